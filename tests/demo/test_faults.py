"""Each fault has its effect on a plain client, and then is used up."""

import socket
import struct
import time
from urllib.parse import urlsplit

import pytest
import requests

from kpa_analytics.demo import Fault, Records, serve

from .http_client import error, post

COMPLETIONS = "completedtrainings.v2.list"


@pytest.fixture
def api():
    records = [{"id": n, "training_id": 1, "date_number": 20260101} for n in range(1, 2501)]
    with serve(Records({COMPLETIONS: records})) as api:
        yield api


def ids(api, page, limit=1000):
    body = post(api, COMPLETIONS, page=page, limit=limit).json()
    return [record["id"] for record in body["completedtrainings"]]


def test_a_stall_outlasts_a_short_timeout(api):
    api.faults.add(Fault.stall(10))
    with pytest.raises(requests.ReadTimeout):
        post(api, "api.ping", timeout=0.1)
    assert post(api, "api.ping", timeout=60).json() == {"ok": True}


@pytest.mark.slow
def test_a_client_that_closes_the_connection_causes_no_output(api, capfd):
    api.faults.add(Fault.stall(0.3))
    with socket.create_connection(("127.0.0.1", urlsplit(api.url).port)) as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client.sendall(b"POST /v1/api.ping HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}")
        while not api.requests:
            time.sleep(0.01)
    time.sleep(0.5)  # the answer goes to nobody
    assert post(api, "api.ping").json() == {"ok": True}
    assert capfd.readouterr().err == ""


def test_a_cut_body_is_shorter_than_its_content_length(api):
    api.faults.add(Fault.cut())
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        post(api, COMPLETIONS)
    assert len(ids(api, 1)) == 1000


def test_a_dropped_connection_has_no_answer(api):
    api.faults.add(Fault.drop())
    with pytest.raises(requests.ConnectionError):
        post(api, "api.ping")
    assert post(api, "api.ping").json() == {"ok": True}


@pytest.mark.parametrize("code", [500, 502, 503, 504])
def test_a_gateway_error_has_its_status(api, code):
    api.faults.add(Fault.status(code))
    assert post(api, "api.ping").status_code == code


def test_a_page_of_html_comes_with_200(api):
    api.faults.add(Fault.page())
    answer = post(api, "api.ping")
    assert answer.status_code == 200
    assert answer.text.startswith("<html>")


def test_both_forms_of_the_rate_limit(api):
    api.faults.add(Fault.rate_limited())
    assert error(post(api, "api.ping")) == "rate_limit_exceeded"
    api.faults.add(Fault.too_many_requests())
    plain = post(api, "api.ping")
    assert plain.status_code == 429
    assert "Retry-After" not in plain.headers
    api.faults.add(Fault.too_many_requests(retry_after=7))
    assert post(api, "api.ping").headers["Retry-After"] == "7"


@pytest.mark.parametrize(
    "code", ["parameter_missing", "content_not_found", "invalid_key_for_customer", "token_inactive"]
)
def test_any_code_can_be_answered(api, code):
    api.faults.add(Fault.error(code))
    answer = post(api, "api.ping")
    assert error(answer) == code
    assert "description" not in answer.json()


def test_a_description_can_echo_the_token(api):
    api.faults.add(Fault.error("token_invalid", "no such token: {token}"))
    assert post(api, "api.ping").json()["description"] == f"no such token: {api.token}"


def test_a_server_error_has_a_request_id(api):
    api.faults.add(Fault.server_error())
    answer = post(api, "api.ping")
    assert error(answer) == "server_error"
    assert answer.headers["HZS-Request-ID"]


def test_a_redirect_has_its_location(api):
    api.faults.add(Fault.redirect("https://elsewhere.example/"))
    answer = post(api, "api.ping")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "https://elsewhere.example/"


def test_random_bytes_are_not_json_and_depend_on_the_seed(api):
    api.faults.add(Fault.garbage(), times=2)
    first, second = post(api, "api.ping"), post(api, "api.ping")
    assert len(first.content) == 256
    assert first.content == second.content
    with pytest.raises(requests.JSONDecodeError):
        first.json()


def test_a_body_can_be_edited(api):
    api.faults.add(Fault.body(lambda body: body.replace(b'"ok":true', b'"ok":"yes"')))
    assert post(api, "api.ping").json() == {"ok": "yes"}


def test_a_record_added_during_a_download_shifts_the_others(api):
    new = {"id": 9999, "training_id": 1, "date_number": 20260102}
    api.faults.add(Fault.change(lambda records: records.add_completions(new)), page=2)
    first, second = ids(api, 1), ids(api, 2)
    assert set(first) & set(second) == {first[-1]}
    assert ids(api, 1)[0] == 9999


def test_a_record_removed_during_a_download_shifts_the_others(api):
    api.faults.add(Fault.change(lambda records: records.remove_completions(2500)), page=2)
    seen = ids(api, 1) + ids(api, 2) + ids(api, 3)
    assert len(seen) == 2499
    assert set(range(1, 2501)) - set(seen) == {1500}


def test_a_corrected_date_moves_a_record(api):
    def correct(records):
        records.edit_completion(1, date_number=20260301)

    api.faults.add(Fault.change(correct), page=2)
    seen = ids(api, 1) + ids(api, 2) + ids(api, 3)
    assert len(seen) == 2500
    assert 1 not in seen


def test_a_fault_affects_the_given_number_of_requests(api):
    api.faults.add(Fault.status(503), times=2)
    assert api.faults.pending == 1
    assert [post(api, "api.ping").status_code for _ in range(3)] == [503, 503, 200]
    assert api.faults.pending == 0
    api.faults.add(Fault.status(503), times=None)
    assert [post(api, "api.ping").status_code for _ in range(3)] == [503] * 3
    api.faults.clear()
    assert post(api, "api.ping").status_code == 200


def test_a_fault_affects_only_its_method_and_page(api):
    api.faults.add(Fault.status(503), method=COMPLETIONS, page=2)
    assert post(api, "api.ping").status_code == 200
    assert post(api, COMPLETIONS).status_code == 200
    assert post(api, COMPLETIONS, page=2).status_code == 503
    assert post(api, COMPLETIONS, page=2).status_code == 200


def test_faults_can_be_combined(api):
    api.faults.add(Fault.change(lambda records: records.remove_completions(2500)))
    api.faults.add(Fault.status(503))
    assert post(api, COMPLETIONS).status_code == 503
    assert post(api, COMPLETIONS).json()["paging"]["total"] == 2499

"""The simulated API follows the vendor's protocol, as a plain HTTP client sees it."""

import json
import socket
import time
from urllib.parse import quote_plus

import pytest
import requests

from kpa_analytics.demo import AS_OF, Records, organisation, serve
from kpa_analytics.demo_mark import DEMO_HEADER

from .http_client import error, get, post

COMPLETIONS = "completedtrainings.v2.list"
STATUS = "training-employee-status.list"
UNPAGED = {
    "trainings.v2.list": "trainings",
    "grouptrainings.list": "grouptrainings",
    "users.list": "users",
    "fieldoffices.list": "fieldoffices",
    "linesofbusiness.list": "linesofbusiness",
    "jobtitles.list": "jobtitles",
}


def numbered(count, **fields):
    return {COMPLETIONS: [{"id": n, "date_number": 20260101, **fields} for n in range(count)]}


@pytest.mark.parametrize("ask", [get, post])
def test_get_and_post_have_the_same_answer(api, ask):
    body = ask(api, COMPLETIONS, training_id=1001, limit=5).json()
    assert body["ok"] is True
    assert len(body["completedtrainings"]) == 5
    assert {record["training_id"] for record in body["completedtrainings"]} == {1001}


def test_a_plus_in_a_query_is_a_blank(api):
    query = quote_plus(json.dumps({"token": api.token, "limit": 1}))
    body = requests.get(f"{api.url}/{COMPLETIONS}?{query}", timeout=60).json()
    assert body["ok"] is True


def test_pages_have_100_records_by_default(api):
    first = post(api, COMPLETIONS).json()
    assert len(first["completedtrainings"]) == 100
    assert first["paging"] == {"total": 20_000, "last_page": 200}


def test_all_pages_together_have_all_records():
    with serve(Records(numbered(340))) as api:
        ids = []
        for page in range(1, 5):
            body = post(api, COMPLETIONS, page=page).json()
            assert body["paging"] == {"total": 340, "last_page": 4}
            ids += [record["id"] for record in body["completedtrainings"]]
    assert sorted(ids) == [*range(340)]


def test_status_pages_have_1000_records_by_default(api):
    body = post(api, STATUS).json()
    assert len(body["employees"]) == body["paging"]["total"] > 100


def test_completions_come_newest_day_first_then_highest_id(api):
    records = post(api, COMPLETIONS, limit=1000, page=2).json()["completedtrainings"]
    order = [(record["date_number"], record["id"]) for record in records]
    assert order == sorted(order, reverse=True)


def test_a_page_past_the_last_is_empty(api):
    body = post(api, COMPLETIONS, limit=1000, page=21).json()
    assert body["completedtrainings"] == []
    assert body["paging"] == {"total": 20_000, "last_page": 20}


def test_an_empty_account_has_no_pages():
    with serve(Records()) as api:
        body = post(api, COMPLETIONS).json()
        assert body == {
            "ok": True,
            "completedtrainings": [],
            "paging": {"total": 0, "last_page": 0},
        }
        for method, items in UNPAGED.items():
            assert post(api, method).json()[items] == []


@pytest.mark.parametrize(("count", "pages"), [(1000, 1), (1001, 2), (2345, 3)])
def test_last_page_depends_on_the_limit(count, pages):
    with serve(Records(numbered(count))) as api:
        paging = post(api, COMPLETIONS, limit=1000).json()["paging"]
        assert paging == {"total": count, "last_page": pages}


@pytest.mark.parametrize(
    "params",
    [
        {"limit": 1001},
        {"limit": 0},
        {"page": 0},
        {"page": -1},
        {"page": "2"},
        {"limit": True},
        {"training_id": "x"},
        {"user_id": 5},
        {"has_attachments": "yes"},
        {"pretty": 1},
    ],
)
def test_an_invalid_value_is_parameter_invalid(api, params):
    assert error(post(api, COMPLETIONS, **params)) == "parameter_invalid"


@pytest.mark.parametrize(
    "params", [{"training_ids": 5}, {"training_ids": ["5"]}, {"m_user_ids": [5]}]
)
def test_lists_are_checked_item_by_item(api, params):
    assert error(post(api, STATUS, **params)) == "parameter_invalid"


@pytest.mark.parametrize("method", [COMPLETIONS, "users.list", "api.ping"])
def test_an_unknown_parameter_is_refused(api, method):
    assert error(post(api, method, colour="red")) == "parameter_unexpected"


def test_an_unpaged_method_refuses_a_page(api):
    assert error(post(api, "users.list", page=1)) == "parameter_unexpected"


def test_an_unknown_method_is_refused(api):
    assert error(post(api, "completedtrainings.v9.list")) == "api_method_not_found"


def test_another_verb_is_refused(api):
    assert error(requests.put(f"{api.url}/api.ping", timeout=60)) == "request_method_invalid"


@pytest.mark.parametrize("body", [b"{", b"[1]", b'"text"', b"\xff\xfe"])
def test_a_body_that_is_not_a_json_object_is_refused(api, body):
    answer = requests.post(f"{api.url}/api.ping", data=body, timeout=60)
    assert error(answer) == "request_data_invalid"


def test_a_query_that_is_not_a_json_object_is_refused(api):
    answer = requests.get(f"{api.url}/api.ping?token={api.token}", timeout=60)
    assert error(answer) == "request_data_invalid"


def test_tokens_are_checked(api):
    assert error(requests.post(f"{api.url}/api.ping", timeout=60)) == "token_missing"
    assert error(post(api, "api.ping", token="")) == "token_missing"
    assert error(post(api, "api.ping", token="x" * 41)) == "token_invalid"
    assert error(post(api, "api.ping", token=5)) == "token_invalid"
    assert post(api, "api.ping").json() == {"ok": True}


@pytest.mark.parametrize("code", ["token_inactive", "token_permission", "account_inactive"])
def test_an_account_can_be_refused_and_accepted_again(api, code):
    api.refuse(code)
    assert error(post(api, "api.ping")) == code
    api.refuse(None)
    assert post(api, "api.ping").json() == {"ok": True}


def test_each_account_sees_its_own_records():
    with serve(Records(numbered(3))) as api:
        other = api.add_account(Records(numbered(7)))
        assert post(api, COMPLETIONS).json()["paging"]["total"] == 3
        assert post(api, COMPLETIONS, token=other).json()["paging"]["total"] == 7
        assert len({api.token, other}) == 2
        assert {len(api.token), len(other)} == {41}


def test_the_headers_name_the_request_and_the_demo(api):
    first, second = post(api, "api.ping"), post(api, "api.ping")
    assert first.headers[DEMO_HEADER] == "true"
    assert first.headers["HZS-Request-ID"] != second.headers["HZS-Request-ID"]
    assert first.headers["HZS-Response-Time"].isdecimal()
    assert first.headers["Content-Type"] == "application/json"


def test_pretty_adds_white_space(api):
    pretty, plain = post(api, "jobtitles.list", pretty=True), post(api, "jobtitles.list")
    assert pretty.json() == plain.json()
    assert "\n" in pretty.text
    assert "\n" not in plain.text


def test_completions_are_filtered(api):
    attached = post(api, COMPLETIONS, has_attachments=True).json()
    bare = post(api, COMPLETIONS, has_attachments=False).json()
    assert attached["paging"]["total"] + bare["paging"]["total"] == 20_000
    assert all(record["files"] for record in attached["completedtrainings"])
    assert not any(record["files"] for record in bare["completedtrainings"])
    person = attached["completedtrainings"][0]["m_user_id"]
    theirs = post(api, COMPLETIONS, user_id=person, limit=1000).json()["completedtrainings"]
    assert {record["m_user_id"] for record in theirs} == {person}
    assert post(api, COMPLETIONS, training_id=1).json()["paging"] == {"total": 0, "last_page": 0}


def test_hand_written_records_are_served_unchanged():
    records = [
        {"id": "9", "training_id": "abc", "date_number": 0, "extra": {"a": [1]}},
        {"id": 12, "date_number": 20260102},
    ]
    with serve(Records({COMPLETIONS: records})) as api:
        served = post(api, COMPLETIONS).json()["completedtrainings"]
        assert served == [records[1], records[0]]
        assert post(api, COMPLETIONS, training_id=5).json()["completedtrainings"] == []


def test_unpaged_methods_send_all_records_and_users_list_names_its_columns(api, company):
    for method, items in UNPAGED.items():
        body = post(api, method).json()
        assert body["ok"] is True
        assert "paging" not in body
        assert len(body[items]) > 3
    users = post(api, "users.list").json()
    assert len(users["users"]) == company.users.height
    assert "firstname" in users["columns"]


def test_optional_user_fields_are_absent_rather_than_null(api):
    users = post(api, "users.list").json()["users"]
    there = {"terminationDate" in user for user in users}
    assert there == {True, False}
    assert all(user.get("terminationDate", 0) is not None for user in users)


@pytest.mark.slow
def test_after_the_rate_limit_every_request_fails_during_the_penalty():
    with serve(Records(), rate_limit=3) as api:
        api.service.penalty = 1
        other = api.add_account(Records())
        assert [post(api, "api.ping").json()["ok"] for _ in range(5)] == [True] * 3 + [False] * 2
        assert error(post(api, "api.ping")) == "rate_limit_exceeded"
        assert post(api, "api.ping", token=other).json()["ok"] is True
        end = time.monotonic() + 60
        while not post(api, "api.ping").json()["ok"]:
            assert time.monotonic() < end
            time.sleep(0.05)


def test_requests_are_recorded_without_the_token(api):
    post(api, COMPLETIONS, page=2, limit=10)
    get(api, "api.ping")
    first, second = api.requests
    assert first == ("POST", COMPLETIONS, {"page": 2, "limit": 10}, 2, False)
    assert second == ("GET", "api.ping", {}, None, True)
    assert api.token not in repr(api.requests) + repr(api)


def test_an_address_outside_the_api_is_an_html_404(api):
    answer = requests.get(api.url.replace("/v1", "/"), timeout=60)
    assert answer.status_code == 404
    assert "json" not in answer.headers["Content-Type"]


def test_connections_are_kept_alive_until_the_server_closes():
    with requests.Session() as session:
        with serve(Records()) as api:
            for _ in range(3):
                answer = session.post(f"{api.url}/api.ping", json={"token": api.token}, timeout=60)
            assert answer.headers.get("Connection") != "close"
            assert session.get_adapter(api.url).poolmanager.pools.keys()
            assert len(api._server.connections) == 1
        with pytest.raises(requests.ConnectionError):
            session.post(f"{api.url}/api.ping", json={"token": api.token}, timeout=60)


def test_only_this_machine_can_reach_it(api):
    assert api._server.socket.getsockname()[0] == "127.0.0.1"
    port = int(api.url.split(":")[2].removesuffix("/v1"))
    with pytest.raises((ConnectionRefusedError, TimeoutError)):
        socket.create_connection(("127.0.0.2", port), timeout=1)


@pytest.mark.slow
def test_the_employee_status_is_as_of_the_given_day():
    company = organisation(people=40, completions=800)
    with serve(company) as now, serve(company, as_of=AS_OF.replace(year=2029)) as later:
        ours, theirs = post(now, STATUS).json(), post(later, STATUS).json()
    assert ours["last_updated"] < theirs["last_updated"]
    assert {employee["status"] for employee in theirs["employees"]} == {"incomplete"}
    assert {employee["status"] for employee in ours["employees"]} != {"incomplete"}

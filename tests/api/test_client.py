"""The client's envelope, errors and retries, through real HTTP."""

from __future__ import annotations

import pickle

import pytest

import kpa_analytics as kpa
from kpa_analytics.api.client import Client
from kpa_analytics.demo import Fault
from kpa_analytics.demo.server import DemoAPI
from kpa_analytics.demo.sources import COMPLETIONS, USERS, Records
from kpa_analytics.errors import (
    API_ERRORS,
    KPAAPIError,
    KPADataError,
    KPAError,
    KPAParameterInvalidError,
    KPARateLimitError,
    KPAServerError,
    KPASettingsError,
    KPATokenInactiveError,
    KPATokenInvalidError,
    KPATransportError,
)
from tests.conftest import completion, completions, sent, use

pytestmark = pytest.mark.usefixtures("waits")


@pytest.fixture
def api() -> DemoAPI:
    with kpa.demo.serve(completions(3)) as served:
        yield use(served, retries=2)


@pytest.fixture
def client(api: DemoAPI) -> Client:
    with Client() as opened:
        yield opened


def test_ping(client: Client) -> None:
    assert client.call("api.ping")["ok"] is True


def test_a_closed_client_says_that_a_new_one_is_needed(client: Client, api: DemoAPI) -> None:
    kpa.load_trainings(client=client)
    client.close()
    client.close()
    before = len(api.requests)
    with pytest.raises(KPASettingsError, match=r"is closed: make a new one with kpa\.Client\(\)"):
        client.call("api.ping")
    with pytest.raises(KPASettingsError, match="is closed"):
        kpa.load_completions(client=client, refresh=True)
    assert len(api.requests) == before


def test_calls_go_by_post_with_the_token_in_the_body(client: Client, api: DemoAPI) -> None:
    client.call("api.ping")
    assert [(r.verb, r.token_in_url) for r in api.requests] == [("POST", False)]


@pytest.mark.parametrize(("code", "error"), sorted(API_ERRORS.items()))
def test_every_documented_code_has_its_own_class(
    client: Client, api: DemoAPI, code: str, error: type[KPAAPIError]
) -> None:
    api.faults.add(Fault.error(code, "what the vendor says"), times=None)
    with pytest.raises(error) as caught:
        client.call("api.ping")
    assert (caught.value.code, caught.value.method) == (code, "api.ping")
    assert caught.value.description == "what the vendor says"
    assert caught.value.request_id is not None
    assert caught.value.request_id in str(caught.value)


def test_an_undocumented_code_is_raised(client: Client, api: DemoAPI) -> None:
    api.faults.add(Fault.error("invalid_key_for_customer"))
    with pytest.raises(KPAAPIError, match="invalid_key_for_customer"):
        client.call("api.ping")


def test_the_words_of_the_api_are_shown_on_one_line_and_cut(client: Client, api: DemoAPI) -> None:
    api.faults.add(Fault.error(" token_inactive\n", "off\n\x1b[31mred \x00" + "x" * 10_000))
    with pytest.raises(KPATokenInactiveError) as caught:
        client.call("api.ping")
    assert caught.value.code == "token_inactive"
    assert r"(off \x1b[31mred \x00xxx" in str(caught.value)
    assert len(str(caught.value)) < 600


def test_a_deactivated_account_says_whom_to_ask(client: Client, api: DemoAPI) -> None:
    api.faults.add(Fault.error("account_inactive"))
    with pytest.raises(KPAAPIError, match=r"account_inactive\. Ask the vendor's support"):
        client.call("api.ping")


def test_an_unknown_token_names_the_setting(api: DemoAPI) -> None:
    use(api, token="somebody-else")
    with Client() as other, pytest.raises(KPATokenInvalidError, match="KPA_API_TOKEN"):
        other.call("api.ping")


def test_invalid_token_means_the_same_as_token_invalid(client: Client, api: DemoAPI) -> None:
    api.faults.add(Fault.error("invalid_token"))
    with pytest.raises(KPATokenInvalidError, match="KPA_API_TOKEN"):
        client.call("api.ping")


def test_a_limit_over_the_maximum_is_refused(client: Client) -> None:
    with pytest.raises(KPAParameterInvalidError):
        client.page(COMPLETIONS, 1, limit=1001)


def test_errors_survive_pickling(client: Client, api: DemoAPI) -> None:
    api.faults.add(Fault.error("token_inactive", "off"))
    with pytest.raises(KPAAPIError) as caught:
        client.call("api.ping")
    again = pickle.loads(pickle.dumps(caught.value))
    assert (type(again), str(again)) == (type(caught.value), str(caught.value))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (Fault.stall(10), "timeout"),
        (Fault.drop(), "connection"),
        (Fault.cut(), "cut"),
        (Fault.status(503), "server"),
        (Fault.status(500), "server"),
        (Fault.page(), "not_json"),
        (Fault.garbage(), "not_json"),
    ],
    ids=lambda value: getattr(value, "name", value),
)
def test_a_transport_fault_is_retried_and_then_raised_with_its_reason(
    api: DemoAPI, fault: Fault, reason: str
) -> None:
    use(api, retries=1, timeout=0.5 if reason == "timeout" else 60)
    with Client() as client:
        api.faults.add(fault, times=1)
        assert client.call("api.ping")["ok"] is True
        api.faults.add(fault, times=None)
        with pytest.raises(KPATransportError) as caught:
            client.call("api.ping")
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (Fault.page(), "begins with '<html><body>Please sign in.* check the network and api_url"),
        (Fault.status(403), "HTTP 403; .* list of allowed IP addresses"),
        (Fault.page("", 404), "HTTP 404; the answer is empty. Check api_url or KPA_API_URL"),
        (Fault.status(503), "HTTP 503; .* try again later"),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_an_answer_of_another_server_is_an_error_that_says_what_to_do(
    api: DemoAPI, fault: Fault, said: str
) -> None:
    use(api, retries=0)
    api.faults.add(fault)
    with Client() as client, pytest.raises(KPATransportError, match=said):
        client.call("api.ping")


def test_server_error_is_retried(client: Client, api: DemoAPI) -> None:
    api.faults.add(Fault.server_error(), times=2)
    assert client.call("api.ping")["ok"] is True
    api.faults.add(Fault.server_error(), times=3)
    with pytest.raises(KPAServerError):
        client.call("api.ping")


@pytest.mark.parametrize("code", ["token_permission", "parameter_invalid", "content_not_found"])
def test_a_refusal_is_not_retried(client: Client, api: DemoAPI, code: str) -> None:
    api.faults.add(Fault.error(code), times=None)
    with pytest.raises(KPAAPIError):
        client.call("api.ping")
    assert len(api.requests) == 1


@pytest.mark.parametrize(
    "fault",
    [Fault.rate_limited(), Fault.too_many_requests(), Fault.too_many_requests(30)],
    ids=["envelope", "429", "429 with Retry-After"],
)
def test_after_rate_limit_exceeded_each_of_three_waits_doubles(api: DemoAPI, fault: Fault) -> None:
    use(api, rate_limit_wait=60)
    waits = [f"rate_limit_exceeded: trying again in {wait} s" for wait in (60, 120, 240)]
    notes: list[str] = []
    with Client() as client:
        client.notify = notes.append
        api.faults.add(fault, times=3)
        assert client.call("api.ping")["ok"] is True
        assert notes == waits

        api.requests.clear()
        api.faults.add(fault, times=None)
        with pytest.raises(KPARateLimitError, match="wait a minute"):
            client.call("api.ping")
    assert len(api.requests) == 4
    assert notes == 2 * waits


@pytest.mark.parametrize(
    ("header", "first", "waited"),
    [(7, 60.0, "60"), (70, 20.0, "70"), (90, 20.0, "80"), (None, 20.0, "20")],
)
def test_a_longer_retry_after_is_used_up_to_our_longest_wait(
    api: DemoAPI, header: int | None, first: float, waited: str
) -> None:
    use(api, rate_limit_wait=first)
    notes: list[str] = []
    with Client() as client:
        client.notify = notes.append
        api.faults.add(Fault.too_many_requests(header))
        client.call("api.ping")
    assert notes == [f"rate_limit_exceeded: trying again in {waited} s"]


def test_redirects_are_not_followed(client: Client, api: DemoAPI) -> None:
    with kpa.demo.serve(Records()) as elsewhere:
        api.faults.add(Fault.redirect(f"{elsewhere.url}/api.ping"))
        with pytest.raises(KPATransportError, match="not followed") as caught:
            client.call("api.ping")
        assert caught.value.reason == "redirect"
        assert elsewhere.requests == []


def test_only_the_apis_own_address_can_be_reached(client: Client) -> None:
    from requests.exceptions import InvalidSchema

    with pytest.raises(InvalidSchema):
        client._session.get("https://example.com/")


def test_a_cached_page_sends_no_second_request(client: Client, api: DemoAPI) -> None:
    first = client.page(COMPLETIONS, 1)
    second = client.page(COMPLETIONS, 1)
    assert (first.answer.from_cache, second.answer.from_cache) == (False, True)
    assert second.records == first.records
    assert sent(api) == [1]


def test_a_refusal_is_not_cached(client: Client, api: DemoAPI) -> None:
    api.faults.add(Fault.error("content_not_found"))
    with pytest.raises(KPAAPIError):
        client.page(COMPLETIONS, 1)
    assert len(client.page(COMPLETIONS, 1).records) == 3


def test_a_wrong_type_names_the_record_and_the_field() -> None:
    bad = Records({COMPLETIONS: [completion(1), completion(2, training_id="abc")]})
    with kpa.demo.serve(bad) as api:
        use(api)
        with Client() as client, pytest.raises(KPADataError, match=r"training_id of record 2.*abc"):
            client.page(COMPLETIONS, 1)


def test_numbers_sent_as_text_are_accepted() -> None:
    texts = {"id": "1238", "training_id": "1046", "created": "1582830441803"}
    with kpa.demo.serve(Records({COMPLETIONS: [completion(1, **texts, extra={"new": 1})]})) as api:
        use(api)
        with Client() as client:
            record = client.page(COMPLETIONS, 1).records[0]
    assert (record.id, record.training_id, record.created) == (1238, 1046, 1582830441803)


def test_an_answer_without_its_list_is_refused(client: Client, api: DemoAPI) -> None:
    api.faults.add(Fault.body(lambda body: b'{"ok": true, "people": []}'), method=USERS)
    with pytest.raises(KPADataError, match="no list 'users'"):
        client.records(USERS)


@pytest.mark.parametrize("value", ["null", "5", "0", "false", '"x"', "{}", "[5]", "[null]"])
def test_what_is_no_list_of_records_is_refused(client: Client, api: DemoAPI, value: str) -> None:
    body = f'{{"ok": true, "users": {value}}}'.encode()
    api.faults.add(Fault.body(lambda _: body), method=USERS)
    with pytest.raises(KPADataError, match="users"):
        client.records(USERS)


@pytest.mark.parametrize("method", ["../x", "", None, 5, "users list", "users.list?token=1"])
def test_what_is_no_name_of_a_method_is_not_sent(
    client: Client, api: DemoAPI, method: object
) -> None:
    with pytest.raises(KPADataError, match="is not the name of an API method"):
        client.call(method)  # type: ignore[arg-type]
    assert api.requests == []


def test_an_unknown_method_is_an_api_error(client: Client) -> None:
    with pytest.raises(KPAError, match="api_method_not_found"):
        client.call("trainings.v9.list")

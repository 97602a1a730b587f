"""Network faults: answers that stall, break off or are wrong, and how often we retry."""

from __future__ import annotations

import gzip
import signal
import time
import zlib
from collections.abc import Iterator

import pytest

import kpa_analytics as kpa
from kpa_analytics.api.client import Client
from kpa_analytics.demo import Fault
from kpa_analytics.demo.server import DemoAPI
from kpa_analytics.demo.sources import COMPLETIONS
from kpa_analytics.errors import KPAError, KPARateLimitError, KPATransportError
from tests.conftest import completions, sent, use
from tests.hard.loading import LOAD, started, stopped, when
from tests.hard.wire import RESET, Wire, answer, served

OK = b'{"ok": true}'


@pytest.fixture
def api() -> Iterator[DemoAPI]:
    with kpa.demo.serve(completions(6_500)) as opened:
        yield use(opened)


PASSING = [
    Fault.drop(),
    Fault.cut(),
    Fault.status(500),
    Fault.status(503),
    Fault.page(),
    Fault.garbage(),
    Fault.server_error(),
]


@pytest.mark.parametrize(
    ("fault", "retries"),
    [*((fault, 3) for fault in PASSING), (Fault.drop(), 0), (Fault.server_error(), 1)],
    ids=lambda value: getattr(value, "name", value),
)
def test_a_passing_fault_is_retried_exactly_as_often_as_set(
    api: DemoAPI, waits: list[float], fault: Fault, retries: int
) -> None:
    use(api, retries=retries)
    api.faults.add(fault, times=None)
    with Client() as client, pytest.raises(KPAError):
        client.call("api.ping")
    assert len(api.requests) == retries + 1
    assert len(waits) == retries


@pytest.mark.slow
def test_the_waits_grow_and_differ_between_clients(api: DemoAPI, waits: list[float]) -> None:
    use(api, retries=3)
    api.faults.add(Fault.drop(), times=None)
    for _ in range(5):
        with Client() as client, pytest.raises(KPATransportError):
            client.call("api.ping")
    for place in range(3):
        at_that_place = waits[place::3]
        assert len(set(at_that_place)) == 5
        assert 0.5 * 2**place <= min(at_that_place) < max(at_that_place) <= 0.5 * 2**place + 0.5


@pytest.mark.parametrize("code", [400, 401, 403, 404, 418])
def test_a_permanent_status_is_not_retried(api: DemoAPI, code: int) -> None:
    api.faults.add(Fault.status(code), times=None)
    with Client() as client, pytest.raises(KPATransportError, match=str(code)) as caught:
        client.call("api.ping")
    assert (len(api.requests), caught.value.reason) == (1, "status")


@pytest.mark.slow
def test_a_download_waits_after_rate_limit_exceeded(api: DemoAPI) -> None:
    api.faults.add(Fault.rate_limited(), page=3, times=2)
    assert kpa.load_completions().height == 6_500
    assert sent(api)[:6] == [1, 2, 3, 3, 3, 4]


@pytest.mark.slow
def test_pages_stay_cached_when_the_rate_limit_ends_a_download(api: DemoAPI) -> None:
    api.faults.add(Fault.too_many_requests(), page=3, times=4)
    with pytest.raises(KPARateLimitError):
        kpa.load_completions()
    assert kpa.load_completions().height == 6_500
    assert sent(api)[:8] == [1, 2, 3, 3, 3, 3, 3, 4]


def test_an_endless_retry_after_is_limited_to_our_longest_wait(
    api: DemoAPI, waits: list[float]
) -> None:
    use(api, rate_limit_wait=20)
    api.faults.add(Fault.too_many_requests("9" * 400))
    with Client() as client:
        assert client.call("api.ping")["ok"] is True
    assert waits == [80]


@pytest.mark.parametrize("header", ["", "soon", "-5", "1e9", "\u00b2", "Mon, 99 Foo"])
def test_a_strange_retry_after_does_not_fail_a_load(
    api: DemoAPI, waits: list[float], header: str
) -> None:
    use(api, rate_limit_wait=20)
    api.faults.add(Fault.too_many_requests(header))
    with Client() as client:
        assert client.call("api.ping")["ok"] is True
    assert waits == [20]


@pytest.fixture
def wire() -> Iterator[Wire]:
    with served() as opened:
        kpa.configure(token="t" * 41, api_url=opened.url, timeout=60, retries=0)
        yield opened


def _reason(wire: Wire) -> str:
    with Client() as client, pytest.raises(KPATransportError) as caught:
        client.call("api.ping")
    assert caught.value.__context__ is None
    return caught.value.reason


@pytest.mark.slow
def test_a_stall_before_the_answer_is_a_timeout(wire: Wire) -> None:
    kpa.configure(timeout=0.2)
    wire.pieces, wire.pause = [b"HTTP/1.1 200 OK\r\n", b"\r\n"], 10
    assert _reason(wire) == "timeout"


@pytest.mark.slow
def test_a_stall_in_the_body_is_a_timeout(wire: Wire) -> None:
    kpa.configure(timeout=0.2)
    wire.pieces, wire.pause = [answer(OK[:5], length=len(OK)), OK[5:]], 10
    assert _reason(wire) == "timeout"


@pytest.mark.slow
def test_a_body_that_never_ends_is_a_timeout(wire: Wire) -> None:
    kpa.configure(timeout=0.05)
    wire.pieces = [answer(b"", length=10**6), *[b" "] * 1_000]
    wire.pause = 0.02
    assert _reason(wire) == "timeout"


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
PACKED = answer(b"", "Content-Encoding: gzip", length=10**6)

#: What is sent first, and what then trickles in without an end and without a record.
TRICKLES = {
    "status line": (b"", b"H"),
    "continue": (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "header": (b"HTTP/1.1 200 OK\r\nX: ", b"y"),
    "headers": (b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"),
    "chunk size": (CHUNKED, b"0"),
    "chunk extension": (CHUNKED + b"c;", b"x"),
    "chunk": (CHUNKED + b"c\r\n" + OK[:4], b""),
    "trailer": (CHUNKED + b"c\r\n" + OK + b"\r\n0\r\n", b"X: y\r\n"),
    "trailer line": (CHUNKED + b"c\r\n" + OK + b"\r\n0\r\nX: ", b"y"),
    "gzip header": (PACKED + b"\x1f\x8b\x08\x08\0\0\0\0\0\xff", b"name"),
    "gzip members": (PACKED, gzip.compress(b"")),
    "stalled gzip member": (PACKED + gzip.compress(OK)[:12], b""),
}


@pytest.mark.slow
@pytest.mark.parametrize("shape", TRICKLES)
def test_bytes_without_progress_end_after_the_timeout(wire: Wire, shape: str) -> None:
    """Without a deadline, each of these would last until the server closes the connection."""
    kpa.configure(timeout=0.2)
    first, drop = TRICKLES[shape]
    wire.pieces, wire.pause = [first, *[drop] * 90], 0.05
    assert _reason(wire) == "timeout"


@pytest.mark.slow
def test_a_slow_collection_releases_its_lock(wire: Wire) -> None:
    kpa.configure(timeout=0.2, progress=False)
    wire.pieces, wire.pause = [b"HTTP/1.1 200 OK\r\nX: ", *[b"y"] * 90], 0.05
    for _ in range(2):
        with pytest.raises(KPATransportError, match="no answer in time"):
            kpa.load_trainings()


@pytest.mark.slow
def test_a_small_body_that_decompresses_to_too_much_is_refused(wire: Wire) -> None:
    kpa.configure(retries=2)
    packer = zlib.compressobj(level=1, wbits=31)
    nothing = bytes(10**6)
    bomb = b"".join([*(packer.compress(nothing) for _ in range(300)), packer.flush()])
    wire.pieces = [answer(bomb, "Content-Encoding: gzip")]
    with Client() as client, pytest.raises(KPATransportError, match="256 MB") as caught:
        client.call("api.ping")
    assert (caught.value.reason, wire.asked) == ("too_large", 1)


@pytest.mark.parametrize(
    ("pieces", "reason"),
    [
        ([answer(OK, length=99)], "cut"),
        ([answer(OK[:4], length=99), RESET], "cut"),
        ([RESET], "connection"),
        ([b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"ok"'], "cut"),
        ([b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"], "cut"),
        ([answer(gzip.compress(OK)[:15], "Content-Encoding: gzip")], "not_json"),
        ([answer(b"not gzip at all", "Content-Encoding: gzip")], "cut"),
        ([b"\x15\x03\x01 this is no HTTP \r\n\r\n"], "connection"),
        ([answer(b"<p>", "Content-Type: text/html; charset=undefined")], "not_json"),
        ([answer(b"\xff\xfe", "Content-Type: text/html; charset=idna")], "not_json"),
        ([answer(b"")], "not_json"),
    ],
)
def test_every_kind_of_broken_answer_has_its_reason(
    wire: Wire, pieces: list[bytes], reason: str
) -> None:
    wire.pieces = pieces
    assert _reason(wire) == reason


@pytest.mark.parametrize(
    ("first", "more"),
    [
        (b"HTTP/1.1 200 OK\r\n", b"X: y\r\n" * 300),
        (b"HTTP/1.1 200 OK\r\nX: ", b"y" * 70_000),
        (b"HTTP/1.1 ", b"2" * 70_000),
    ],
    ids=["headers", "header", "status line"],
)
def test_headers_that_never_end_are_refused_as_too_long(
    wire: Wire, first: bytes, more: bytes
) -> None:
    kpa.configure(retries=2)
    wire.pieces = [first, *[more] * 1_000]
    with Client() as client, pytest.raises(KPATransportError, match="headers are too") as caught:
        client.call("api.ping")
    assert (caught.value.reason, wire.asked) == ("too_large", 1)


def test_an_answer_that_is_not_http_is_not_called_a_lost_connection(wire: Wire) -> None:
    wire.pieces = [b"\x15\x03\x01\0\x02\x02\x46\r\n"]  # as from a server that expects https
    with Client() as client, pytest.raises(KPATransportError, match="is not HTTP; check api_url"):
        client.call("api.ping")


@pytest.mark.parametrize(
    "whole",
    [
        answer(OK),
        answer(gzip.compress(OK), "Content-Encoding: gzip", "Vary: Accept-Encoding"),
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nc\r\n" + OK + b"\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n" + OK,
        answer(OK, "Date: Mon, 01 Jan 99999999999999999999 00:00:00 GMT"),
    ],
    ids=["plain", "gzip", "chunked", "until closed", "no date"],
)
def test_every_encoding_of_a_complete_answer_is_read(wire: Wire, whole: bytes) -> None:
    wire.pieces, wire.pause = [whole[:70], whole[70:]], 0.02
    with Client() as client:
        assert client.call("api.ping") == {"ok": True}


def test_pages_are_cached_whatever_their_transport_headers(api: DemoAPI) -> None:
    """`Vary` and `ETag` do not matter: a cached page is fresh for `max_age` seconds."""

    def dressed(call: object, response: object) -> object:
        response.headers.update({"Vary": "*", "ETag": '"x"', "Cache-Control": "no-store"})
        return response

    api.faults.add(Fault("headers", after=dressed), times=None)
    with Client() as client:
        client.page(COMPLETIONS, 1)
        assert client.page(COMPLETIONS, 1).answer.from_cache
    with Client() as client:
        assert client.page(COMPLETIONS, 1).answer.from_cache
    assert sent(api) == [1]


def test_a_timeout_beyond_a_sockets_maximum_is_accepted(api: DemoAPI) -> None:
    use(api, timeout=1e300)
    with Client() as client:
        assert client.call("api.ping")["ok"] is True


@pytest.mark.slow
@pytest.mark.parametrize(("number", "later"), [(1, 0.0), (3, 0.005), (5, 0.012), (7, 0.03)])
def test_ctrl_c_at_any_moment_leaves_a_usable_cache(
    api: DemoAPI, number: int, later: float
) -> None:
    api.faults.add(Fault.stall(0.01), times=None)
    process = started(api, LOAD)
    when(lambda: number in sent(api), process)
    time.sleep(later)
    code, _, complaint = stopped(process, signal.SIGINT)
    assert code == 0 or "KeyboardInterrupt" in complaint
    assert api.token not in complaint
    assert kpa.load_completions().height == 6_500
    assert len(sent(api)) <= 7 + 1  # the interrupted page may be requested twice

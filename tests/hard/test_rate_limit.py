"""The shared budget: processes and threads of one account together keep its limit."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing

import pytest

import kpa_analytics as kpa
from kpa_analytics.api.client import Client
from kpa_analytics.demo import Fault
from kpa_analytics.demo.server import DemoAPI
from tests.conftest import completions, use
from tests.hard.loading import account, ended, killed, started

#: Forty a minute: ten at most in any fifteen seconds.
PER_MINUTE, BURST, WINDOW = 40, 10, 15.0
#: Seconds of a window that the test does not wait: permits and arrivals are dated back.
SKIPPED = 8.0

PINGS = """
from kpa_analytics.api.client import Client
with Client() as client:
    for _ in range({count}):
        client.call("api.ping")
"""

HOLD = """
from filelock import FileLock
with FileLock({path!r}):
    print("held", flush=True)
    input()
"""


@pytest.fixture
def api() -> Iterator[DemoAPI]:
    with kpa.demo.serve(completions(3)) as opened:
        yield use(opened)


def pass_by(seconds: float) -> None:
    """Date all permits back, as if so much time had passed."""
    with closing(sqlite3.connect(account() / "budget.sqlite")) as budget:
        back = (int(seconds * 1000),)
        budget.execute("UPDATE rate_bucket SET item_timestamp = item_timestamp - ?", back)
        budget.commit()


@pytest.mark.slow
def test_processes_and_threads_share_one_budget(api: DemoAPI) -> None:
    """By the server's clock, no window of the burst's length has more requests than the burst."""
    use(api, requests_per_minute=PER_MINUTE)
    came: list[float] = []
    api.faults.add(Fault.change(lambda _: came.append(time.monotonic())), times=None)

    three = [
        started(api, PINGS.format(count=count), KPA_REQUESTS_PER_MINUTE=str(PER_MINUTE))
        for count in (4, 4, 99)
    ]
    victim = three.pop()
    with Client() as client:
        threads = [threading.Thread(target=client.call, args=("api.ping",)) for _ in range(4)]
        for thread in threads:
            thread.start()
        while len(came) < BURST:
            time.sleep(0.01)
        killed(victim)
        pass_by(SKIPPED)
        came[:] = [moment - SKIPPED for moment in came]
        for thread in threads:
            thread.join()
    assert [ended(process)[0] for process in three] == [0, 0]
    assert len(came) >= 12
    # From permit to arrival a request may take seconds on a busy machine.
    windows = [sum(first <= moment < first + WINDOW - 5 for moment in came) for first in came]
    assert max(windows) <= BURST


def test_a_request_that_waits_notifies_once(api: DemoAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    use(api, requests_per_minute=4)  # one at a time, every fifteen seconds
    notes: list[str] = []
    looks = iter(range(3))
    real, here = time.sleep, threading.current_thread()

    def time_passes(seconds: float) -> None:
        if threading.current_thread() is not here:  # a server of an earlier test
            real(seconds)
        elif next(looks) == 2:
            pass_by(WINDOW)

    with Client() as client:
        client.call("api.ping")
        client.notify = notes.append
        monkeypatch.setattr("kpa_analytics.api.rate_limit.time.sleep", time_passes)
        client.call("api.ping")
    assert notes == ["waiting for the limit of requests per minute"]
    assert next(looks, None) is None


@pytest.mark.slow
@pytest.mark.parametrize("lock", ["budget.sqlite.lock", "completions.lock"])
def test_a_process_that_died_holds_no_lock(api: DemoAPI, lock: str) -> None:
    kpa.load_completions()
    holder = started(api, HOLD.format(path=str(account() / lock)))
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    killed(holder)
    assert kpa.load_completions(refresh=True).height == 3


def test_permits_dated_in_the_future_do_not_block_requests(api: DemoAPI) -> None:
    use(api, requests_per_minute=4)
    kpa.load_trainings()
    later = int((time.time() + 10**9) * 1000)
    with closing(sqlite3.connect(account() / "budget.sqlite")) as budget:
        budget.executemany("INSERT INTO rate_bucket VALUES ('x', ?)", [(later,)] * 9)
        budget.execute("DELETE FROM rate_bucket WHERE item_timestamp < ?", (later,))
        budget.commit()
    kpa.load_trainings(refresh=True)
    assert len(api.requests) == 2


@pytest.mark.slow
def test_a_clock_set_back_during_a_session_does_not_block_requests(
    api: DemoAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(api, requests_per_minute=4)
    with Client() as client:
        client.call("api.ping")
        now = time.time_ns()
        monkeypatch.setattr(
            "pyrate_limiter.buckets.sqlite_bucket.time_ns", lambda: now - 10**9 * 86_400
        )
        client.call("api.ping")
    assert len(api.requests) == 2

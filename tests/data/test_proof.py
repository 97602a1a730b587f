"""Whatever changes during a download, loading returns the whole collection or raises an error."""

from __future__ import annotations

import itertools
import json
import random
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import polars as pl
import pytest

import kpa_analytics as kpa
from kpa_analytics.data.progress import PageBar
from kpa_analytics.demo import Fault
from kpa_analytics.demo.server import DemoAPI
from kpa_analytics.demo.sources import COMPLETIONS, Listing, Records
from kpa_analytics.errors import KPASnapshotError, KPATransportError
from tests.conftest import completion, completions, sent, use
from tests.hard.canned import canned

OLDEST, NEWEST = 20190101, 20210101
COUNT = 320


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> DemoAPI:
    """An account of four small pages."""
    monkeypatch.setattr("kpa_analytics.api.client.PAGE_SIZE", 100)
    with kpa.demo.serve(completions(COUNT)) as served:
        yield use(served, retries=0)


def _before(api: DemoAPI, page: int, change: Callable[[Records], object], times: int = 1) -> None:
    api.faults.add(Fault.change(change), page=page, times=times, method=COMPLETIONS)


def _ids() -> set[int]:
    frame = kpa.load_completions()
    assert frame["id"].is_unique().all()
    return set(frame["id"])


def _now() -> int:
    """The `created` of a record made while we read, epoch ms; a little later than the test runs."""
    return int(time.time() * 1000) + 5_000


def test_while_nothing_changes_the_bar_counts_pages_without_a_note(
    api: DemoAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[int | str] = []
    monkeypatch.setattr(PageBar, "page", lambda bar, number, *, of: shown.append(number))
    monkeypatch.setattr(PageBar, "note", lambda bar, text: shown.append(text))
    kpa.load_completions()
    assert shown == [1, 2, 3, 4]


def test_a_record_added_at_the_top_shifts_nothing_away(api: DemoAPI) -> None:
    _before(api, 2, lambda org: org.add_completions(completion(9001, date_number=NEWEST)))
    assert _ids() == {*range(1, COUNT + 1), 9001}
    assert sent(api) == [1, 2, 1, 2, 3, 4]


def test_a_record_added_further_down_is_seen(api: DemoAPI) -> None:
    _before(api, 2, lambda org: org.add_completions(completion(9001, date_number=OLDEST)))
    assert _ids() == {*range(1, COUNT + 1), 9001}


@pytest.mark.slow
def test_pages_that_come_with_new_records_are_read_too(api: DemoAPI) -> None:
    many = [completion(n, date_number=OLDEST, created=_now()) for n in range(9000, 9060)]
    _before(api, 3, lambda org: org.add_completions(*many))
    assert len(_ids()) == COUNT + 60
    assert sent(api) == [1, 2, 3, 1, 2, 3, 4, 5]


@pytest.mark.parametrize("page", [2, 3, 4])
def test_a_removed_record_makes_us_read_again(api: DemoAPI, page: int) -> None:
    top = kpa.load_completions()["id"][0]
    kpa.clear_cache()
    api.requests.clear()
    _before(api, page, lambda org: org.remove_completions(top))
    assert _ids() == set(range(1, COUNT + 1)) - {top}
    assert sent(api).count(1) == 2


@pytest.mark.slow
def test_one_removed_above_and_one_added_below_is_noticed(api: DemoAPI) -> None:
    """The total and the number of ids stay the same, yet one record slipped between pages."""
    top = kpa.load_completions()["id"][0]
    kpa.clear_cache()

    def swap(org: Records) -> None:
        org.remove_completions(top)
        org.add_completions(completion(9001, date_number=OLDEST, created=_now()))

    _before(api, 3, swap)
    assert _ids() == {*range(1, COUNT + 1), 9001} - {top}


def test_a_record_dated_anew_moves_up_and_pushes_no_other_out(api: DemoAPI) -> None:
    last = kpa.load_completions()["id"][-1]
    kpa.clear_cache()
    _before(api, 3, lambda org: org.edit_completion(last, date_number=NEWEST))
    frame = kpa.load_completions()
    assert set(frame["id"]) == set(range(1, COUNT + 1))
    assert frame.filter(pl.col("id") == last)["date"].dt.year().to_list() == [2021]


def test_an_account_that_never_holds_still_is_an_error(api: DemoAPI) -> None:
    numbers = itertools.count(1)
    _before(api, 3, lambda org: org.remove_completions(next(numbers)), times=100)
    with pytest.raises(KPASnapshotError, match="kept changing"):
        kpa.load_completions()
    assert sent(api).count(1) == 3
    assert kpa.snapshots().is_empty()


def test_a_failed_refresh_leaves_the_good_snapshot(api: DemoAPI) -> None:
    whole = kpa.load_completions()
    api.faults.add(Fault.drop(), page=3, times=None)
    with pytest.raises(KPATransportError):
        kpa.load_completions(refresh=True)
    assert kpa.load_completions().equals(whole)
    assert kpa.snapshots().height == 1


def test_the_vendors_own_duplicates_are_kept_once_two_readings_agree() -> None:
    twice = [completion(n) for n in range(1, 1200)] + [completion(7, training_id=999)]
    with kpa.demo.serve(Records({COMPLETIONS: twice})) as api:
        use(api)
        frame = kpa.load_completions()
        assert frame.height == 1200
        assert frame.filter(pl.col("id") == 7)["training_id"].sort().to_list() == [999, 1046]
        assert sent(api) == [1, 2, 1, 2]


def test_duplicates_on_a_single_page_are_kept_too() -> None:
    twice = [completion(n) for n in range(1, 20)] + [completion(7, training_id=999)]
    with kpa.demo.serve(Records({COMPLETIONS: twice})) as api:
        use(api)
        frame = kpa.load_completions()
        assert frame.filter(pl.col("id") == 7)["training_id"].sort().to_list() == [999, 1046]
        assert sent(api) == [1]


def test_records_made_in_the_future_are_no_reason_to_fail() -> None:
    odd = [completion(n, created=_now() + 10**9) for n in range(1, 20)]
    with kpa.demo.serve(Records({COMPLETIONS: odd})) as api:
        use(api)
        assert kpa.load_completions().height == 19


def test_an_interrupted_download_resumes(api: DemoAPI) -> None:
    api.faults.add(Fault.drop(), page=3)
    with pytest.raises(KPATransportError):
        kpa.load_completions()
    api.requests.clear()
    assert len(_ids()) == COUNT
    assert sent(api) == [3, 4]


def test_old_pages_are_not_mixed_with_a_collection_that_changed(api: DemoAPI) -> None:
    api.faults.add(Fault.drop(), page=3)
    with pytest.raises(KPATransportError):
        kpa.load_completions()
    api.organisation.add_completions(completion(9001, date_number=NEWEST))
    api.requests.clear()
    assert _ids() == {*range(1, COUNT + 1), 9001}
    assert sent(api) == [3, 1, 2, 3, 4]


def test_pages_folded_into_a_snapshot_are_not_kept_twice() -> None:
    with kpa.demo.serve(completions(3_500)) as api:
        use(api)
        kpa.load_completions()
    pages = next(kpa.configure().cache_dir.rglob("pages.sqlite"))
    assert pages.stat().st_size < 20_000


@pytest.mark.slow
def test_pages_overlap_and_one_page_takes_one_request() -> None:
    with kpa.demo.serve(completions(3_500)) as api:
        use(api)
        kpa.load_completions()
        assert [request.params["limit"] for request in api.requests] == [1000, 990, 985, 981]
    with kpa.demo.serve(completions(999)) as api:
        use(api)
        kpa.load_completions()
        assert sent(api) == [1]


def test_kept_pages_of_two_downloads_are_not_mixed(api: DemoAPI) -> None:
    """Cut at page 4, a deletion, a refresh cut at page 2: only the refresh's page 1 may serve."""
    api.faults.add(Fault.drop(), page=4)
    with pytest.raises(KPATransportError):
        kpa.load_completions()
    top = max(api.organisation.records[COMPLETIONS], key=lambda record: record["date_number"])["id"]
    api.organisation.remove_completions(top)
    api.faults.add(Fault.drop(), page=2)
    with pytest.raises(KPATransportError):
        kpa.load_completions(refresh=True)
    api.requests.clear()
    assert _ids() == set(range(1, COUNT + 1)) - {top}
    assert sent(api) == [2, 3, 4]


def test_a_snapshot_is_as_old_as_its_oldest_page(api: DemoAPI) -> None:
    api.faults.add(Fault.drop(), page=3)
    with pytest.raises(KPATransportError):
        kpa.load_completions()
    cut = datetime.now(UTC)
    kpa.load_completions()
    assert kpa.snapshots()["fetched_at"][0] < cut


@pytest.mark.parametrize("count", [2_500, 3_000])
def test_after_a_full_last_page_of_a_capped_total_more_is_requested(count: int) -> None:
    def capped(body: bytes) -> bytes:
        answer = json.loads(body)
        paging = answer["paging"]
        paging["total"], paging["last_page"] = (
            min(2000, paging["total"]),
            min(2, paging["last_page"]),
        )
        return json.dumps(answer).encode()

    with kpa.demo.serve(completions(count)) as api:
        use(api)
        api.faults.add(Fault.body(capped), times=None)
        assert _ids() == set(range(1, count + 1))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("count", "days"), [pytest.param(5_500, 28, marks=pytest.mark.slow), (2_500, 1)]
)
def test_ties_whose_order_changes_from_page_to_page_are_loaded_whole(count: int, days: int) -> None:
    """A database that sorts the top of the list anew for each offset."""
    records = [completion(n, date_number=20200101 + n % days) for n in range(1, count + 1)]

    class Ties(Records):
        def select(self, method: str, params: Any, as_of: Any) -> Listing:
            end = params.get("page", 1) * params.get("limit", 100)
            chance = random.Random(end)
            mixed = sorted(
                self.records.get(method, []),
                key=lambda record: (-record["date_number"], chance.random()),
            )
            return Listing.of(mixed)

    with kpa.demo.serve(Ties({COMPLETIONS: records})) as api:
        use(api)
        frame = kpa.load_completions()
        assert sorted(frame["id"]) == [*range(1, count + 1)]
        assert frame["date"].is_sorted(descending=True)
        first = {"limit": 1000, "page": 1}
        assert sum(received.params == first for received in api.requests) == 2, (
            "two readings without an order are enough"
        )


@pytest.mark.parametrize("count", [1_500, 2_500, pytest.param(5_500, marks=pytest.mark.slow)])
def test_ties_that_look_like_a_collection_that_moves_are_loaded_whole(count: int) -> None:
    """A few ties change places from page to page, as in DuckDB: only the totals do not change."""
    records = [completion(n, date_number=20200101) for n in range(count, 0, -1)]

    class Ties(Records):
        def select(self, method: str, params: Any, as_of: Any) -> Listing:
            rows = self.records.get(method, [])
            turned = random.Random(params.get("page", 1) * params.get("limit", 100)).randrange(6)
            return Listing.of([*rows[turned:], *rows[:turned]])

    with kpa.demo.serve(Ties({COMPLETIONS: records})) as api:
        use(api)
        assert _ids() == set(range(1, count + 1))


@pytest.mark.parametrize("hours", [None, 0, -24, 24], ids=["absent", "right", "slow", "fast"])
def test_no_clock_is_believed(hours: int | None) -> None:
    """A removal above and an addition below what was read, whatever day the server says it is."""
    account = [completion(number, date_number=20200101) for number in range(2500, 0, -1)]
    asked = 0

    def answering(method: str, request: dict[str, Any]) -> bytes:
        nonlocal asked
        asked += 1
        if asked == 2:
            del account[0]
            account.append(completion(9001, date_number=OLDEST, created=_now()))
        first, limit = (request["page"] - 1) * request["limit"], request["limit"]
        paging = {"total": len(account), "last_page": -(-len(account) // limit)}
        records = account[first : first + limit]
        return json.dumps({"ok": True, "completedtrainings": records, "paging": paging}).encode()

    moment = datetime.now(UTC) + timedelta(hours=hours or 0)
    headers = {} if hours is None else {"Date": format_datetime(moment, usegmt=True)}
    with canned(answering, **headers):
        ids = _ids()
    assert ids >= set(range(1, 2500))
    assert ids <= {*range(1, 2501), 9001}


@pytest.mark.parametrize(
    "position",
    [lambda start, place: place, lambda start, place: (start + place) % COUNT],
    ids=["every page is the first", "after the last page comes the first"],
)
def test_full_pages_without_end_are_an_error(
    position: Callable[[int, int], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kpa_analytics.api.client.PAGE_SIZE", 100)
    account = [completion(number, date_number=20200101) for number in range(COUNT, 0, -1)]
    called: list[str] = []

    def answering(method: str, request: dict[str, Any]) -> bytes:
        called.append(method)
        assert len(called) < 100
        limit, start = request["limit"], (request["page"] - 1) * request["limit"]
        records = [account[position(start, place)] for place in range(limit)]
        paging = {"total": COUNT, "last_page": -(-COUNT // limit)}
        return json.dumps({"ok": True, "completedtrainings": records, "paging": paging}).encode()

    with canned(answering), pytest.raises(KPASnapshotError, match="contradict each other"):
        kpa.load_completions()

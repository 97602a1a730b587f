"""The incremental refresh: few requests and the right result, or else a full download."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import kpa_analytics as kpa
from kpa_analytics.data.incremental import may_refresh_again
from kpa_analytics.data.snapshots import Snapshot
from kpa_analytics.demo import Fault
from kpa_analytics.demo.server import DemoAPI
from kpa_analytics.demo.sources import COMPLETIONS, Records
from kpa_analytics.errors import KPADataError, KPADataWarning
from kpa_analytics.wording import moment
from tests.conftest import at_most, completion, sent, use
from tests.data.refreshing import NEWEST, aged, new_records


def _agrees_with_a_full_download(api: DemoAPI) -> int:
    """Check that the refresh equals a full download; return the number of requests."""
    recent = kpa.load_completions(refresh="recent")
    requests = len(sent(api))
    walk = kpa.snapshots()["walk"][0]
    assert recent.equals(kpa.load_completions(refresh=True))
    assert walk in ("incremental", "full")
    return requests if walk == "incremental" else -requests


@pytest.mark.slow
def test_without_changes_a_refresh_takes_one_request(api: DemoAPI) -> None:
    assert _agrees_with_a_full_download(api) == 1


@pytest.mark.slow
def test_fifty_new_records_take_two_requests(api: DemoAPI) -> None:
    """One for the newest page, and one for the total of their training."""
    api.organisation.add_completions(*new_records(50))
    assert _agrees_with_a_full_download(api) == 2


@pytest.mark.slow
def test_pages_are_fetched_until_they_join_the_kept_records(api: DemoAPI) -> None:
    api.organisation.add_completions(*new_records(250))
    assert _agrees_with_a_full_download(api) == 4


@pytest.mark.slow
def test_one_known_record_is_not_enough_to_join(api: DemoAPI) -> None:
    api.organisation.add_completions(*new_records(99))
    assert _agrees_with_a_full_download(api) == 3


@pytest.mark.slow
def test_pages_of_new_records_must_agree_where_they_overlap(api: DemoAPI) -> None:
    """The total is unchanged; without an overlap, the record between the pages would be missed."""

    def moved(organisation: Records) -> None:
        organisation.remove_completions(100_249)
        organisation.add_completions(completion(300_000, date_number=20150101))

    api.organisation.add_completions(*new_records(250))
    api.faults.add(Fault.change(moved), page=2)
    assert _agrees_with_a_full_download(api) < 0


@pytest.mark.slow
@pytest.mark.parametrize("change", ["add", "remove"])
def test_a_total_that_changes_between_pages_needs_a_full_download(
    api: DemoAPI, change: str
) -> None:
    def changed(organisation: Records) -> None:
        if change == "add":
            organisation.add_completions(completion(300_000, date_number=20150101))
        else:
            organisation.remove_completions(1_100)

    api.organisation.add_completions(*new_records(250))
    api.faults.add(Fault.change(changed), page=2)
    assert _agrees_with_a_full_download(api) < 0


@pytest.mark.usefixtures("only_its_page")
@pytest.mark.slow
def test_the_age_of_a_refresh_counts_from_its_own_oldest_page(api: DemoAPI, tmp_path: Path) -> None:
    first = kpa.load_all().snapshots["completions"]
    began = datetime.now(UTC)
    data = kpa.load_all(refresh="recent")
    snapshot = data.snapshots["completions"]
    assert first.fetched_at < began <= snapshot.fetched_at <= datetime.now(UTC)
    assert snapshot.full_walk_at == first.fetched_at
    walked_at = kpa.snapshots().filter(table="completions")["full_walk_at"]
    assert (walked_at[0] is not None, walked_at[1]) == (True, None)
    assert f"last full download {moment(first.fetched_at)}" in repr(kpa.load_all())
    pack = kpa.export_audit(data, tmp_path / "pack", as_of="2021-01-01", incremental=True)
    report = (pack / "report.html").read_text(encoding="utf-8")
    assert f"last read on {moment(first.fetched_at)}" in report
    sources = json.loads((pack / "manifest.json").read_text(encoding="utf-8"))["sources"]
    full_walks = {source["table"]: source["full_walk_at"] for source in sources}
    assert full_walks["completions"] == f"{first.fetched_at:%Y-%m-%dT%H:%M:%SZ}"
    assert full_walks["users"] is None


@pytest.mark.slow
def test_three_removed_records_are_found_by_bisecting(api: DemoAPI) -> None:
    api.organisation.remove_completions(5, 500, 999)
    assert 0 < _agrees_with_a_full_download(api) <= 10


def test_a_refresh_that_needs_more_than_half_of_the_pages_downloads_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("kpa_analytics.api.client.PAGE_SIZE", 10)
    with kpa.demo.serve(aged(50)) as api:
        use(api)
        kept = kpa.load_completions()["id"]
        api.organisation.remove_completions(*kept[15::10])
        kpa.load_completions(refresh="recent")
    assert kpa.snapshots()["walk"][0] == "full"


def test_a_page_in_the_middle_must_agree_with_the_newest_pages(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A record of the newest pages is entered again before the last page, which overlaps them."""

    def entered_again(organisation: Records) -> None:
        organisation.remove_completions(100_003)
        organisation.add_completions(completion(300_000, date_number=NEWEST))

    monkeypatch.setattr("kpa_analytics.api.client.PAGE_SIZE", 20)
    with kpa.demo.serve(aged(60)) as api:
        use(api)
        kept = kpa.load_completions()["id"]
        api.organisation.remove_completions(kept[14])
        api.organisation.add_completions(*new_records(25))
        second_time = Fault.change(entered_again)
        api.faults.add(Fault.change(lambda _: api.faults.add(second_time, page=2)), page=2)
        assert 300_000 in kpa.load_completions(refresh="recent")["id"]


@pytest.mark.slow
def test_new_records_with_old_dates_are_found(api: DemoAPI) -> None:
    late = [completion(200_000 + n, date_number=20160301 + n) for n in range(3)]
    api.organisation.add_completions(*late, *new_records(20))
    assert 0 < _agrees_with_a_full_download(api) <= 10


@pytest.mark.slow
def test_a_record_that_moved_needs_a_full_download(api: DemoAPI) -> None:
    api.organisation.edit_completion(3, date_number=NEWEST)
    assert _agrees_with_a_full_download(api) == -15


@pytest.mark.slow
def test_a_total_that_changes_during_a_refresh_needs_a_full_download(api: DemoAPI) -> None:
    api.organisation.remove_completions(600)
    api.faults.add(Fault.change(lambda org: org.remove_completions(900)), page=7)
    assert _agrees_with_a_full_download(api) < 0


@pytest.mark.slow
def test_edits_on_fetched_pages_are_seen(api: DemoAPI) -> None:
    api.organisation.edit_completion(1_199, notes="corrected")
    recent = kpa.load_completions(refresh="recent")
    assert recent.filter(pl.col("id") == 1_199)["notes"].to_list() == ["corrected"]


@pytest.mark.slow
def test_a_refresh_of_a_thousand_pages_takes_few_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages of fifty keep the test quick; bench_recent uses pages of a thousand."""
    with kpa.demo.serve(aged(50_000)) as api:
        use(api)
        kpa.load_completions()
        monkeypatch.setattr("kpa_analytics.api.client.PAGE_SIZE", 50)
        api.requests.clear()
        api.organisation.add_completions(*new_records(50))
        kpa.load_completions(refresh="recent")
        assert len(sent(api)) <= 4
        api.requests.clear()
        api.organisation.remove_completions(6_789, 23_456, 45_678)
        recent = kpa.load_completions(refresh="recent")
        assert len(sent(api)) <= 45
        assert kpa.snapshots()["walk"][0] == "incremental"
        assert set(recent["id"]) == {r["id"] for r in api.organisation.records[COMPLETIONS]}


@pytest.mark.slow
def test_without_a_snapshot_everything_is_downloaded(api: DemoAPI) -> None:
    kpa.clear_cache()
    kpa.load_completions(refresh="recent")
    assert len(sent(api)) == 14
    assert kpa.snapshots()["walk"].to_list() == ["full"]


@pytest.mark.slow
def test_a_refresh_keeps_the_impossible_dates(api: DemoAPI) -> None:
    api.organisation.add_completions(completion(100_000, date_number=20200230))
    with pytest.warns(KPADataWarning):
        kpa.load_completions(refresh=True)
    api.organisation.add_completions(
        completion(100_001, date_number=NEWEST, special_expiration_date_number=20201301)
    )
    with pytest.warns(KPADataWarning, match="100001"):
        kpa.load_completions(refresh="recent")
    with pytest.warns(KPADataWarning):
        data = kpa.load_all(refresh="recent")
    assert set(data.faults["record_id"]) == {"100000", "100001"}


def _increments() -> list[tuple[str, int]]:
    data = kpa.load_all(refresh="recent")
    snapshot = data.snapshots["completions"]
    assert (snapshot.full_walk_at is None) == (snapshot.walk == "full")
    assert ("last full download" in repr(data)) == (snapshot.walk == "incremental")
    kept = kpa.load_all().snapshots["completions"]
    assert (kept.walk, kept.increments, kept.full_walk_at) == (
        snapshot.walk,
        snapshot.increments,
        snapshot.full_walk_at,
    )
    return [(snapshot.walk, snapshot.increments)]


@pytest.mark.slow
def test_after_ten_refreshes_all_pages_are_downloaded_again() -> None:
    with kpa.demo.serve(aged(20)) as api:
        use(api)
        kpa.load_completions()
        seen = [increment for _ in range(12) for increment in _increments()]
    assert seen == [*(("incremental", n) for n in range(1, 11)), ("full", 0), ("incremental", 1)]


def test_a_week_after_the_last_full_download_all_pages_are_downloaded_again() -> None:
    now = datetime.now(UTC)

    def kept(**facts: object) -> Snapshot:
        text = {"table": "completions", "method": COMPLETIONS, "host": "h", "rows_sha256": ""}
        numbers = {"rows": 0, "pages": 0, "params": {}, "demo": True, "package_version": "1"}
        return Snapshot(**{"fetched_at": now, "walk": "full", **text, **numbers, **facts})

    assert may_refresh_again(kept())
    assert may_refresh_again(
        kept(full_walk_at=now - timedelta(days=6), walk="incremental", increments=9)
    )
    assert not may_refresh_again(kept(full_walk_at=now - timedelta(days=7), walk="incremental"))
    assert not may_refresh_again(kept(fetched_at=now - timedelta(days=7)))
    assert not may_refresh_again(kept(full_walk_at=now, walk="incremental", increments=10))


@pytest.mark.usefixtures("only_its_page")
@pytest.mark.slow
def test_an_audit_refuses_incremental_completions_by_default(api: DemoAPI, tmp_path: Path) -> None:
    data = kpa.load_all(refresh="recent")
    for unasked in (data, kpa.load_all()):
        with pytest.raises(KPADataError, match=r"newest pages.*refresh=True.*incremental=True"):
            kpa.export_audit(unasked, tmp_path / "pack", as_of="2021-01-01")
        for document, key in ((kpa.transcript, "m_user_id"), (kpa.roster, "training_id")):
            with pytest.raises(KPADataError, match="incremental=True"):
                document(unasked, unasked.completions[key][0], as_of="2021-01-01")
    assert not (tmp_path / "pack").exists()
    pack = kpa.export_audit(data, tmp_path / "pack", as_of="2021-01-01", incremental=True)
    assert "deleted and entered again" in (pack / "report.html").read_text(encoding="utf-8")
    whole = kpa.load_all(refresh=True)
    assert kpa.export_audit(whole, tmp_path / "whole", as_of="2021-01-01").is_dir()


@pytest.mark.slow
def test_an_unknown_refresh_value_is_an_error(api: DemoAPI) -> None:
    with pytest.raises(KPADataError, match="'latest'"):
        kpa.load_completions(refresh="latest")


@pytest.mark.slow
@settings(
    max_examples=at_most(20),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    removed=st.sets(st.integers(0, 249), max_size=5),
    late=st.lists(st.integers(20150101, 20150128), max_size=4),
    new=st.integers(0, 75),
)
def test_after_any_changes_a_refresh_agrees_with_a_full_download(
    removed: set[int], late: list[int], new: int
) -> None:
    """Five pages of fifty take little time."""
    with (
        pytest.MonkeyPatch.context() as patch,
        kpa.demo.serve(aged(250)) as api,
    ):
        patch.setattr("kpa_analytics.api.client.PAGE_SIZE", 50)
        use(api)
        kpa.load_completions()
        api.organisation.remove_completions(*removed)
        api.organisation.add_completions(
            *(completion(50_000 + n, date_number=day) for n, day in enumerate(late)),
            *new_records(new),
        )
        recent = kpa.load_completions(refresh="recent")
        whole = kpa.load_completions(refresh=True)
    missed = set(whole["id"]) ^ set(recent["id"])
    assert not missed or (removed and late)
    assert recent.height == whole.height

"""An incremental refresh sees corrections and removals, or downloads all pages again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import pytest

import kpa_analytics as kpa
from kpa_analytics.demo.server import DemoAPI
from kpa_analytics.demo.sources import COMPLETIONS, Listing, Records
from kpa_analytics.errors import KPADataWarning
from tests.conftest import completion, sent, use
from tests.data.refreshing import NEWEST, aged, new_records


@pytest.fixture
def catalogue() -> Iterator[DemoAPI]:
    """12,000 records: 120 of training 7, 120 of each from 21 to 24, and the rest of training 8."""
    records = aged(12_000)
    for record in records.records[COMPLETIONS]:
        rare = {0: 7, 1: 21, 2: 22, 3: 23, 4: 24}
        record["training_id"] = rare.get(record["id"] % 100, 8)
    with kpa.demo.serve(records) as served:
        use(served)
        kpa.load_completions()
        served.requests.clear()
        yield served


def _again(number: int, **fields: object) -> dict[str, object]:
    """An old record of training 7, entered again under a new id."""
    return completion(number, **{"training_id": 7, "date_number": 20160401, **fields})


def _whole_at(api: DemoAPI, walk: str) -> int:
    """Check the refresh's records and kind; return the number of requests."""
    recent = kpa.load_completions(refresh="recent")
    requests = len(sent(api))
    assert kpa.snapshots()["walk"][0] == walk
    assert recent["date"].is_sorted(descending=True)
    assert recent.sort("id").equals(kpa.load_completions(refresh=True).sort("id"))
    return requests


@pytest.mark.slow
@pytest.mark.parametrize(
    "day", [20160401, *(pytest.param(day, marks=pytest.mark.slow) for day in (20190909, 20150101))]
)
def test_an_old_correction_of_a_training_with_new_records_is_seen(
    catalogue: DemoAPI, day: int
) -> None:
    catalogue.organisation.remove_completions(2_600)
    catalogue.organisation.add_completions(_again(100_000, date_number=day))
    catalogue.organisation.add_completions(
        *(_again(200_000 + n, date_number=NEWEST) for n in (0, 1))
    )
    assert _whole_at(catalogue, "incremental") == 2


@pytest.mark.slow
def test_edits_of_a_training_with_new_records_are_seen(catalogue: DemoAPI) -> None:
    catalogue.organisation.edit_completion(2_600, notes="corrected")
    catalogue.organisation.edit_completion(3_600, date_number=20180505)
    catalogue.organisation.add_completions(_again(200_000, date_number=NEWEST))
    assert _whole_at(catalogue, "incremental") == 2


@pytest.mark.slow
def test_an_old_correction_of_a_training_that_lost_a_record_is_seen(catalogue: DemoAPI) -> None:
    catalogue.organisation.remove_completions(11_900, 2_600)
    catalogue.organisation.add_completions(_again(100_000))
    assert _whole_at(catalogue, "incremental") <= 8


@pytest.mark.slow
def test_a_record_entered_again_under_another_training_needs_a_full_download(
    catalogue: DemoAPI,
) -> None:
    catalogue.organisation.remove_completions(2_650)
    catalogue.organisation.add_completions(
        _again(100_000), _again(200_000, training_id=8, date_number=NEWEST)
    )
    assert _whole_at(catalogue, "full") > 10


@pytest.mark.slow
def test_at_most_three_trainings_are_requested(catalogue: DemoAPI) -> None:
    new = [
        _again(200_000 + n, training_id=training, date_number=NEWEST)
        for n, training in enumerate((7, 8, 21, 22, 23, 24) * 8)
    ]
    catalogue.organisation.add_completions(*new)
    assert _whole_at(catalogue, "incremental") == 4


@pytest.mark.slow
def test_a_correction_of_another_training_than_a_big_one_needs_a_full_download() -> None:
    """Of a training with more records than a page holds only the total is compared."""
    records = aged(3_000).records[COMPLETIONS]
    for record in records:
        record["training_id"] = 7 if record["id"] % 2 else 8
    with kpa.demo.serve(Records({COMPLETIONS: records})) as api:
        use(api)
        kpa.load_completions()
        gone = records[2_500]
        api.organisation.remove_completions(gone["id"])
        other = 15 - gone["training_id"]
        api.organisation.add_completions(
            completion(100_000, training_id=other, date_number=gone["date_number"]),
            *new_records(1, training_id=gone["training_id"]),
        )
        api.requests.clear()
        _whole_at(api, "full")


class _Heedless(Records):
    """An API that ignores filters."""

    def select(self, method: str, params: Mapping[str, Any], as_of: date) -> Listing:
        return super().select(method, {}, as_of)


def test_an_ignored_training_filter_needs_a_full_download() -> None:
    records = aged(3_000).records[COMPLETIONS]
    for record in records:
        record["training_id"] = record["id"] % 10
    with kpa.demo.serve(_Heedless({COMPLETIONS: records})) as api:
        use(api)
        kpa.load_completions()
        api.organisation.add_completions(*new_records(1, training_id=3))
        kpa.load_completions(refresh="recent")
    assert kpa.snapshots()["walk"][0] == "full"


@pytest.mark.slow
def test_a_corrected_impossible_date_is_no_longer_reported(catalogue: DemoAPI) -> None:
    wrong = {"special_expiration_date_number": 20201301}
    catalogue.organisation.add_completions(_again(100_000, date_number=NEWEST, **wrong))
    with pytest.warns(KPADataWarning):
        kpa.load_completions(refresh="recent")
    catalogue.organisation.edit_completion(100_000, special_expiration_date_number=20211231)
    kpa.load_completions(refresh="recent")
    assert kpa.load_all().faults.is_empty()

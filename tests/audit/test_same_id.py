"""The record that counts is the one whose evidence a pack shows, also without an id of its own."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

import kpa_analytics as kpa
from kpa_analytics.analysis.expiry_status import expiry_status
from kpa_analytics.audit.cases import audit_cases, valid_completions
from kpa_analytics.audit.record_rows import audit_records
from kpa_analytics.schema import COMPLETIONS, TRAININGS
from tests.frames import frame_of

DAY = date(2026, 6, 30)
UNSIGNED = {"date": date(2026, 1, 1), "signed": False, "files": 0, "m_instructor_id": "joy"}
SIGNED = {"signed": True, "files": 2, "m_instructor_id": "ike"}
EARLY, LATE = (datetime(2026, 1, day, tzinfo=UTC) for day in (2, 3))


def of_pack(*records: dict[str, object]) -> tuple[list[tuple[object, ...]], list[str]]:
    """The evidence of Ann's case, and the standing of each of her records, by date."""
    common = {"id": 1, "m_user_id": "ann", "training_id": 7, "created": EARLY}
    data = kpa.TrainingData(
        completions=frame_of(COMPLETIONS, *(common | record for record in records)),
        trainings=frame_of(TRAININGS, {"id": 7, "renewal_months": 12}),
    )
    status = expiry_status(data.completions, data.trainings, as_of=DAY)
    cases = audit_cases(data, status)
    assert valid_completions(cases).height == 1
    rows = audit_records(data, status, as_of=DAY, expiring_days=30).sort("date", "m_instructor_id")
    assert rows.filter(rows["status"].is_not_null())["standing"].to_list() == ["counts"]
    return cases.select("signed", "files", "m_instructor_id").rows(), rows["standing"].to_list()


@pytest.mark.parametrize(
    ("other", "standing"),
    [
        ({"date": date(2024, 1, 1)}, ["superseded", "counts"]),
        ({"date": date(2026, 12, 1)}, ["counts", "future"]),
        ({"date": None}, ["undated", "counts"]),
    ],
)
@pytest.mark.parametrize("shared_id", [1, None])
def test_of_two_records_with_one_id_or_none_only_one_counts(
    other: dict[str, object], standing: list[str], shared_id: int | None
) -> None:
    records = [{**record, "id": shared_id} for record in (SIGNED | other, UNSIGNED)]
    for shown in (records, records[::-1]):
        assert of_pack(*shown) == ([(False, 0, "joy")], standing)


def test_of_two_copies_of_a_day_the_one_made_later_counts() -> None:
    copy = SIGNED | {"date": UNSIGNED["date"], "created": LATE}
    for records in ([copy, UNSIGNED], [UNSIGNED, copy]):
        assert of_pack(*records) == ([(True, 2, "ike")], ["counts", "superseded"])


def test_a_record_without_an_id_has_its_evidence() -> None:
    assert of_pack(UNSIGNED | {"id": None}) == ([(False, 0, "joy")], ["counts"])

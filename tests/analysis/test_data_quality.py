"""Findings about completions that were recorded late, or after the previous one had expired."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import kpa_analytics as kpa
from kpa_analytics.schema import COMPLETIONS, FINDINGS, TRAININGS, USERS
from tests.analysis.company import FIRST, company
from tests.analysis.oracle import by_id
from tests.analysis.oracle_renewals import counting
from tests.analysis.oracle_schedule import judge
from tests.conftest import at_most
from tests.frames import frame_of

LADDERS = {"id": 7, "title": "Ladders", "schedule_type": "rolling", "renewal_months": 12}
ANN = {"id": "a", "firstname": "Ann", "lastname": "Moe"}


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def record(number: int, day: date | None, recorded: date | None, **fields: Any) -> dict[str, Any]:
    created = recorded and noon(recorded)
    case = {"id": number, "training_id": 7, "m_user_id": "a", "date": day, "created": created}
    return {**case, **fields}


def findings_of(
    *records: dict[str, Any], training: Any = None, as_of: str = "2026-06-30"
) -> list[Any]:
    data = kpa.TrainingData(
        completions=frame_of(COMPLETIONS, *records),
        trainings=frame_of(TRAININGS, training or LADDERS),
        users=frame_of(USERS, ANN),
    )
    findings = kpa.data_quality(data, as_of=as_of)
    assert FINDINGS.fits(findings)
    late = pl.col("finding").str.starts_with("recorded_")
    return findings.filter(late).select("finding", "record_id", "field", "value").rows()


@pytest.mark.slow
def test_a_completion_is_recorded_late_after_more_than_30_days() -> None:
    day = date(2026, 3, 1)
    assert findings_of(record(1, day, day + timedelta(30))) == []
    assert findings_of(record(1, day, day + timedelta(31))) == [
        ("recorded_late", "1", "created", "2026-04-01")
    ]
    assert findings_of(record(1, day, None), record(2, None, day)) == []


@pytest.mark.slow
def test_the_messages_give_the_days_and_both_names() -> None:
    done = [
        record(1, date(2024, 5, 10), date(2024, 5, 10)),
        record(2, date(2025, 5, 9), date(2025, 7, 1)),
    ]
    data = kpa.TrainingData(
        completions=frame_of(COMPLETIONS, *done),
        trainings=frame_of(TRAININGS, LADDERS),
        users=frame_of(USERS, ANN),
    )
    findings = kpa.data_quality(data, as_of="2026-06-30").filter(pl.col("record_id") == "2")
    assert findings.select("finding", "message").rows() == [
        (
            "recorded_late",
            "Completion 2 is dated 9 May 2025, but it was recorded on 1 Jul 2025, 53 days later.",
        ),
        (
            "recorded_after_expiry",
            "Completion 2 of training 7 (Ladders) by person a (Moe, Ann) is dated 9 May 2025, but "
            "it was recorded on 1 Jul 2025, after the previous completion had expired on "
            "10 May 2025.",
        ),
    ]


def after_expiry(*records: dict[str, Any], **options: Any) -> list[str]:
    rows = findings_of(*records, **options)
    return [row[1] for row in rows if row[0] == "recorded_after_expiry"]


@pytest.mark.slow
def test_a_renewal_is_reported_if_it_was_recorded_after_the_expiration_and_a_day() -> None:
    first = record(1, date(2024, 5, 10), date(2024, 5, 10))
    expires = date(2025, 5, 10)
    assert after_expiry(first, record(2, expires, expires + timedelta(1))) == []
    assert after_expiry(first, record(2, expires, expires + timedelta(2))) == ["2"]
    assert after_expiry(first, record(2, expires + timedelta(1), date(2025, 7, 1))) == []
    assert after_expiry(first, record(2, expires, None)) == []
    future = record(2, expires, date(2025, 7, 1))
    assert after_expiry(first, future, as_of="2025-05-09") == []


@pytest.mark.slow
def test_a_person_who_was_known_to_be_valid_in_between_is_not_reported() -> None:
    first = record(1, date(2024, 5, 10), date(2024, 5, 10))
    in_time = record(3, date(2025, 5, 8), date(2025, 5, 8))
    backdated = record(2, date(2025, 4, 1), date(2025, 9, 1))
    assert after_expiry(first, in_time, backdated) == []
    same_day = record(4, date(2025, 5, 8), date(2025, 9, 1))
    assert after_expiry(first, in_time, same_day) == []
    assert after_expiry(first, backdated) == ["2"]


@pytest.mark.slow
def test_a_window_certificate_has_not_expired_until_the_training_is_offered_again() -> None:
    june = {
        "id": 7,
        "schedule_type": "window",
        "window_open_month": 6,
        "window_open_day": 1,
        "window_close_month": 6,
        "window_close_day": 30,
    }
    done = [
        record(1, date(2024, 6, 10), date(2024, 6, 10)),
        record(2, date(2025, 6, 20), date(2025, 9, 1)),
    ]
    assert after_expiry(*done, training=june) == []
    offered = {**june, "window_last_offered_date": date(2025, 6, 5)}
    assert after_expiry(*done, training=offered) == ["2"]


@pytest.mark.slow
def test_trainings_that_include_each_other_in_a_circle_do_not_end_the_checks() -> None:
    circle = {**LADDERS, "included_trainings_id": [7]}
    assert findings_of(record(1, date(2026, 3, 1), date(2026, 5, 1)), training=circle)


def expected(completions: list[dict[str, Any]], trainings: Any, as_of: date) -> list[str]:
    """The ids of `recorded_after_expiry`, in plain Python."""
    pairs: dict[Any, list[dict[str, Any]]] = {}
    for row in completions:
        if row["date"] and row["date"] <= as_of:
            pairs.setdefault((row["m_user_id"], row["training_id"]), []).append(row)
    reported = []
    for (_, training), records in pairs.items():
        ordered = counting(records)
        for before, after in pairwise(ordered):
            known = min(r["created"] for r in records if r["date"] >= after["date"]).date()
            special = before["special_expiration_date"]
            end = judge(before["date"], special, trainings.get(training), known, 30).expiration_date
            if end and after["date"] <= end and known > end + timedelta(days=1):
                reported.append(str(after["id"]))
    return sorted(reported)


@pytest.mark.slow
@settings(max_examples=at_most(10))
@given(seed=st.integers(0, 10**6), as_of=st.dates(FIRST, date(2027, 12, 31)))
def test_equal_to_plain_python_in_random_companies(seed: int, as_of: date) -> None:
    completions, trainings, users, _ = company(seed, people=12, count=1200)
    data = kpa.TrainingData(completions=completions, trainings=trainings, users=users)
    findings = kpa.data_quality(data, as_of=as_of)
    ours = findings.filter(finding="recorded_after_expiry")["record_id"].sort().to_list()
    assert ours == expected(completions.to_dicts(), by_id(trainings.to_dicts()), as_of)
    late = {
        str(row["id"])
        for row in completions.to_dicts()
        if row["date"] and (row["created"].date() - row["date"]).days > 30
    }
    assert set(findings.filter(finding="recorded_late")["record_id"]) == late


@pytest.mark.slow
def test_a_frame_in_several_parts_has_the_same_findings():
    """Only the last part has a record that is wrong; polars' streaming engine panicked."""
    days = [date(2022, 1, 1)] * 5 + [date(2026, 1, 1)] * 3
    rows = [
        {"id": number, "training_id": 7, "m_user_id": "a", "created": noon(days[0]), "date": day}
        for number, day in enumerate(days)
    ]
    parts = [frame_of(COMPLETIONS, *rows[:5]), frame_of(COMPLETIONS, *rows[5:])]
    divided = pl.concat(parts, rechunk=False)
    findings, expected = (
        kpa.data_quality(kpa.TrainingData(completions=frame), as_of="2026-06-30")
        for frame in (divided, divided.rechunk())
    )
    assert divided.n_chunks() == 2
    assert findings.filter(pl.col("finding") == "implausible_date").height == 3
    assert findings.equals(expected)

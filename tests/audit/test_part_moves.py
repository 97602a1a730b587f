"""Moves into or out of the part of the records that two packs are about."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl

from kpa_analytics.audit.part_moves import moves_between
from kpa_analytics.audit.people import people_rows
from kpa_analytics.data.training_data import TrainingData
from kpa_analytics.schema import COMPLETIONS, PEOPLE, USERS
from tests.frames import frame_of

BEFORE, AFTER = date(2026, 3, 31), date(2026, 6, 30)


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def test_who_was_hired_by_the_earlier_day_moved_in_with_the_records_made_by_then() -> None:
    hired = {"ann": BEFORE, "bob": date(2026, 4, 1)}
    made = {1: BEFORE, 2: date(2026, 4, 1)}
    records = [
        {"id": number, "m_user_id": "ann", "training_id": 7, "created": noon(day)}
        for number, day in made.items()
    ]
    whole = TrainingData(
        completions=frame_of(COMPLETIONS, *records),
        users=frame_of(USERS, *({"id": who, "hireDate": noon(day)} for who, day in hired.items())),
    )
    joined = people_rows(whole, AFTER)
    none = pl.Series([], dtype=pl.Int64)
    moves = moves_between(BEFORE, AFTER, joined, PEOPLE.empty(), none, whole)
    assert moves.moved_in == ["ann"]
    assert moves.records == [1]

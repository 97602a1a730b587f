"""Small frames for tests: records as dicts, and random ones from a world where ids collide."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import polars as pl
from hypothesis import strategies as st

from kpa_analytics.schema import COMPLETIONS, GROUP_TRAININGS, Table


def frame_of(table: Table, *records: dict[str, Any]) -> pl.DataFrame:
    """A frame of `table`; a field that a record does not have is null."""
    return pl.DataFrame(records, schema=table.schema, orient="row")


PEOPLE = [f"5e580f0cb780600088bd2c{number:02x}" for number in range(5)]
DAYS = st.dates(date(2024, 1, 1), date(2026, 12, 31))
INSTANTS = st.datetimes(datetime(2024, 1, 1), datetime(2026, 12, 31)).map(
    lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000, tzinfo=UTC)
)


def _maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


COMPLETION = st.fixed_dictionaries(
    {
        "id": st.integers(1, 40),
        "training_id": st.integers(1, 4),
        "m_user_id": st.sampled_from(PEOPLE),
        "created": INSTANTS,
        "date": _maybe(DAYS),
        "special_expiration_date": _maybe(DAYS),
        "m_instructor_id": _maybe(st.sampled_from(PEOPLE[:3])),
        "group_training_id": _maybe(st.integers(50, 54)),
        "notes": _maybe(st.sampled_from(["", "=1+1", "Übung"])),
        "signed": _maybe(st.booleans()),
        "files": _maybe(st.integers(0, 2)),
    }
)

SESSION = st.fixed_dictionaries(
    {
        "id": st.integers(50, 56),
        "created": INSTANTS,
        "m_trainees_id": st.lists(st.sampled_from(PEOPLE), max_size=4),
        "trainings_id": st.lists(st.integers(1, 5), max_size=3),
        "m_instructor_id": st.sampled_from(PEOPLE),
    }
)


def completions(unique: bool = False) -> st.SearchStrategy[pl.DataFrame]:
    """Random completions; ids may repeat unless they must be unique."""
    rows = st.lists(COMPLETION, max_size=25, unique_by=(lambda r: r["id"]) if unique else None)
    return rows.map(lambda records: frame_of(COMPLETIONS, *records))


def sessions() -> st.SearchStrategy[pl.DataFrame]:
    """Random listed sessions, each id once."""
    rows = st.lists(SESSION, max_size=6, unique_by=lambda record: record["id"])
    return rows.map(lambda records: frame_of(GROUP_TRAININGS, *records))

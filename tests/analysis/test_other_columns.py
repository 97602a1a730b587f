"""Columns that a function does not read change nothing, whatever their names and types."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import cache
from inspect import signature
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import kpa_analytics as kpa
from kpa_analytics.analysis.case_groups import BY, group_columns
from kpa_analytics.schema import GROUP_TRAININGS, GROUPS, USERS, Table
from tests.analysis.company import company
from tests.frames import frame_of

DAY = date(2026, 6, 15)

_CALLS: dict[str, Callable[..., pl.DataFrame]] = {
    "expiry_status": lambda c, t, u, **_: kpa.expiry_status(c, t, u, as_of=DAY),
    "renewals": lambda c, t, u, **_: kpa.renewals(c, t, u, as_of=DAY),
    "over_time": lambda c, t, u, **_: kpa.status_over_time(
        c, t, u, start=DAY, end=DAY, by="supervisor"
    ),
    "eligible_instructors": lambda c, t, u, **_: kpa.eligible_instructors(c, t, u, as_of=DAY),
    "instructor_activity": lambda c, t, u, **_: kpa.instructor_activity(c, t, u),
    "instructor_coverage": lambda c, t, u, **_: kpa.instructor_coverage(c, t, u, as_of=DAY),
    "group_share": lambda c, **_: kpa.group_share(c),
    "group_sessions": lambda c, t, u, sessions, **_: kpa.group_sessions(c, sessions, t, u),
    "required_trainings": lambda t, u, **_: kpa.required_trainings(t, u, as_of=DAY),
    "training_matrix": lambda status, **_: kpa.training_matrix(status),
    **{
        f"supervisor_lists by {by}": lambda status, u, groups, by=by, **_: kpa.supervisor_lists(
            status, u, by=by, groups=groups
        )
        for by in ("supervisor", "manager", "field_office", "job_title")
    },
    "renewal_curve": lambda due, u, **_: kpa.renewal_curve(due, u, as_of=DAY),
    **{
        f"renewal_punctuality by {by}": lambda due, u, groups, by=by, **_: kpa.renewal_punctuality(
            due, u, by=by, groups=groups, as_of=DAY
        )
        for by in (*BY, "month", None)
    },
}

_SLOW = ("over_time", "eligible_instructors", "required_trainings")


@cache
def frames() -> dict[str, pl.DataFrame]:
    completions, trainings, users, _ = company(11, people=8, count=60)
    known = frame_of(USERS, *users.to_dicts())
    return {
        "c": completions,
        "t": trainings,
        "u": known,
        "groups": frame_of(GROUPS, {"kind": "field_office", "id": "x", "name": "Xenia"}),
        "sessions": frame_of(GROUP_TRAININGS, {"id": 1, "m_trainees_id": ["a"]}),
        "status": kpa.expiry_status(completions, trainings, known, as_of=DAY),
        "due": kpa.renewals(completions, trainings, known, as_of=DAY),
    }


@cache
def others() -> dict[str, Any]:
    """Every column of every table, and those of groups, with a value that is wrong in all rows."""
    tables = [table for table in vars(kpa.schema).values() if isinstance(table, Table)]
    columns: dict[str, Any] = {name: pl.String for by in BY for name in group_columns(by)}
    columns |= {"left": pl.Date, "hired": pl.Date}
    for table in tables:
        columns |= table.schema
    del columns["account"], columns["demo"]  # they say whose the rows are, and whether invented
    return {name: pl.lit(_value(dtype), dtype) for name, dtype in columns.items()}


def _value(dtype: Any) -> Any:
    values: dict[Any, Any] = {
        pl.String: "other",
        pl.Date: date(2001, 1, 1),
        pl.Boolean: True,
        pl.Int64: 7,
        pl.Float64: 0.5,
        kpa.schema.INSTANT: datetime(2001, 1, 1, tzinfo=UTC),
    }
    return dtype.categories[0] if isinstance(dtype, pl.Enum) else values.get(dtype)


@pytest.mark.parametrize(
    "call",
    [
        pytest.param(call, id=name, marks=[pytest.mark.slow] * (name in _SLOW))
        for name, call in _CALLS.items()
    ],
)
def test_other_columns_change_no_result(call: Callable[..., pl.DataFrame]) -> None:
    expected = call(**frames())
    for name in {*signature(call).parameters} & {*frames()}:
        frame = frames()[name]
        more = frame.with_columns(
            value.alias(column) for column, value in others().items() if column not in frame.columns
        )
        result = call(**{**frames(), name: more})
        assert_frame_equal(result.select(expected.columns), expected)

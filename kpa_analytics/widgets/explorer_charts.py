"""The charts of each explorer, as Vega-Lite specifications with their data inside."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from kpa_analytics import charts
from kpa_analytics.charts.render import drawn

if TYPE_CHECKING:
    import polars as pl

Specifications = list[dict[str, Any]]

#: The field, beside the status, that identifies a bar of each of the expiry explorer's charts.
BAR_FIELDS = ("month", "training_id")


def expiry_charts(
    rows: pl.DataFrame, as_of: date, dark: bool, requirements_known: bool
) -> Specifications:
    """The timeline and the trainings, in the order of `BAR_FIELDS`."""
    known = {"requirements_known": requirements_known}
    return [
        drawn(charts.expiry_timeline, rows, as_of=as_of, dark=dark),
        drawn(charts.expiry_by_training, rows, as_of=as_of, dark=dark, top=15, **known),
    ]


def instructor_charts(
    activity: pl.DataFrame, coverage: pl.DataFrame, as_of: date, dark: bool
) -> Specifications:
    """Activity over time, and the instructors of each training."""
    return [
        drawn(charts.instructor_activity, activity, as_of=as_of, top=12, dark=dark),
        drawn(charts.instructor_coverage, coverage, top=20, dark=dark),
    ]


def session_charts(sessions: pl.DataFrame, as_of: date, dark: bool) -> Specifications:
    """Group sessions over time and by size."""
    return [
        drawn(charts.group_sessions, sessions, as_of=as_of, dark=dark),
        drawn(charts.group_sizes, sessions, dark=dark),
    ]

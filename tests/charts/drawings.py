"""Every chart by name, and frames for it: ordinary, demo and hostile."""

from __future__ import annotations

from functools import cache
from typing import Any

import polars as pl
import pytest

from kpa_analytics import charts
from kpa_analytics.charts.render import specification, svg
from tests.charts import frames
from tests.charts.frames import HOSTILE

CHARTS = (
    "expiry_timeline",
    "expirations_by_week",
    "expiry_by_training",
    "expiry_by_group",
    "training_matrix",
    "status_summary",
    "instructor_activity",
    "instructor_coverage",
    "instructor_training",
    "group_sessions",
    "group_sizes",
    "group_share",
    "status_over_time",
    "renewal_punctuality",
    "person_timeline",
    "session_plan",
    "session_fill",
)
every_chart = pytest.mark.parametrize("name", CHARTS)
_STATUS = (
    *("expiry_timeline", "expirations_by_week", "expiry_by_training"),
    *("training_matrix", "status_summary"),
)


def inputs(name: str, *, demo: bool = False, titles: list[str] | None = None) -> list[pl.DataFrame]:
    """Small frames for a chart."""
    if name in _STATUS:
        return [frames.status_frame(40, 8, demo=demo, titles=titles)]
    if name == "expiry_by_group":
        return [frames.status_frame(40, 8, demo=demo), frames.users_frame(40, demo=demo)]
    if name == "instructor_activity":
        return [frames.activity_frame(demo=demo)]
    if name == "instructor_coverage":
        return [frames.coverage_frame(demo=demo, titles=titles)]
    if name == "instructor_training":
        return frames.taught_frames(demo=demo, titles=titles)
    if name == "status_over_time":
        return [frames.trend_frame(demo=demo)]
    if name == "renewal_punctuality":
        return [frames.punctuality_frame(demo=demo)]
    if name == "person_timeline":
        return frames.person_frames(demo=demo, titles=titles)
    if name == "session_plan":
        return [frames.planned_frame(demo=demo, titles=titles)]
    if name == "session_fill":
        return [frames.taught_sessions_frame(demo=demo, titles=titles)]
    if name == "group_share":
        return [frames.share_frame(demo=demo)]
    return [frames.sessions_frame(demo=demo)]


def hostile(name: str) -> list[pl.DataFrame]:
    """Frames for a chart in which every text is hostile, long, empty or right to left."""
    text = ("user", "training", "instructor")
    bad = pl.Series(HOSTILE)
    return [
        frame.with_columns(
            pl.lit(bad).gather(pl.int_range(pl.len()) % bad.len()).alias(column)
            for column in frame.columns
            if column in text
        )
        for frame in inputs(name, titles=HOSTILE)
    ]


def draw(name: str, given: list, **options: object):
    if name == "person_timeline":
        options = {"as_of": frames.AS_OF, **options}
    return getattr(charts, name)(*given, **options)


def valid_spec(name: str, *, dark: bool = False, demo: bool = False) -> dict[str, Any]:
    """The specification of a chart of its small frames: altair validates it, once."""
    return _valid_spec(name, dark, demo)


@cache
def _valid_spec(name: str, dark: bool, demo: bool) -> dict[str, Any]:
    return specification(draw(name, inputs(name, demo=demo), dark=dark))


def picture(name: str, *, dark: bool = False, demo: bool = False) -> str:
    """The drawing of that specification."""
    return _picture(name, dark, demo)


@cache
def _picture(name: str, dark: bool, demo: bool) -> str:
    return svg(_valid_spec(name, dark, demo))

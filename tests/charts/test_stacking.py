"""Every case is visible in a bar, however few there are."""

from __future__ import annotations

import polars as pl
import pytest

from kpa_analytics.analysis.instructors import instructor_activity
from kpa_analytics.charts.stacking import stacked
from kpa_analytics.statuses import STATUSES
from tests.charts.drawings import draw, every_chart, inputs
from tests.charts.frames import (
    AS_OF,
    USUAL,
    completions,
    coverage_frame,
    sessions_frame,
    share_frame,
    status_frame,
    users_frame,
)
from tests.charts.marks import bars


def tiny(name: str) -> list[pl.DataFrame]:
    """The frames of a chart, with one case of each kind beside 10,000 others."""
    row = status_frame(1, 1, density=1).head(1)
    if name in ("expiry_timeline", "expiry_by_training", "status_summary", "expiry_by_group"):
        rows = pl.concat(
            [row] * 10_000
            + [
                row.with_columns(pl.lit(status, row.schema["status"]).alias("status"))
                for status in STATUSES
            ]
            + [row.with_columns(training_id=pl.lit(99, pl.Int64), training=pl.lit("Rare"))]
        ).with_columns(expiration_date=pl.lit(AS_OF), days_left=pl.lit(0, pl.Int64))
        return [rows, users_frame(5)] if name == "expiry_by_group" else [rows]
    if name == "instructor_activity":
        return [instructor_activity(completions(*[AS_OF] * 10_000, *USUAL))]
    if name == "instructor_coverage":
        return [
            coverage_frame(3).with_columns(
                pl.Series("instructors", [1, 10_000, 2]), pl.Series("completions", [3, 2, 1])
            )
        ]
    if name == "group_share":
        few = {"in_groups": [10_000, 1, 1], "alone": [1, 10_000, 1]}
        return [share_frame(3).with_columns(pl.Series(key, few[key]) for key in few)]
    if name in ("group_sessions", "group_sizes"):
        sessions = sessions_frame(200)
        return [pl.concat([*[sessions.head(50).with_columns(date=pl.lit(AS_OF))] * 200, sessions])]
    return inputs(name)


@pytest.mark.slow
@every_chart
def test_one_case_among_ten_thousand_is_visible(name):
    sizes = bars(draw(name, tiny(name)))
    assert sizes
    for label, wide, high in sizes:
        if not label.endswith(": 0 sessions"):
            assert min(wide, high) >= 1.5, label


def test_a_bar_is_as_long_as_the_sum_of_its_parts_if_they_are_visible():
    assert stacked([3, 4, 5], least=1) == [(0, 3), (3, 7), (7, 12)]
    lifted = stacked([1, 0, 10_000, 1], least=60)
    assert [end - start for start, end in lifted] == [60, 0, 9_882, 60]
    assert stacked([0, 0], least=2) == [(0, 0), (0, 0)]

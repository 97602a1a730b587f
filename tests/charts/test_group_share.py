"""The chart of the share of completions that come from group sessions."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from kpa_analytics import charts
from kpa_analytics.charts.render import specification, svg
from tests.charts.frames import share_frame


def test_the_share_keeps_sixty_periods_and_adds_up_the_rest():
    frame = share_frame(100)
    table = charts.group_share_table(frame)
    assert table.height == 61
    assert table["in_groups"].sum() == frame["in_groups"].sum()
    assert table["alone"].sum() == frame["alone"].sum()
    last = table.filter(pl.col("period") == date(2026, 6, 1)).row(0, named=True)
    source = frame.filter(pl.col("period") == date(2026, 6, 1)).row(0, named=True)
    assert last["share"] == source["share"]
    rest = table.filter(pl.col("period").is_null())["total"][0]
    assert f"Not drawn: {rest:,} earlier" in charts.group_share(frame).description


@pytest.mark.slow
def test_the_share_s_line_stops_where_a_period_has_no_completion():
    frame = share_frame(12)
    whole, broken = (
        svg(specification(charts.group_share(kept)))
        for kept in (frame, frame.filter(pl.int_range(12) != 6))
    )
    line = 'aria-roledescription="line mark"'
    assert (whole.count(line), broken.count(line)) == (1, 2)

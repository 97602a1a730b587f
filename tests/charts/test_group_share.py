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
    assert (
        f"Not drawn: {rest:,} in earlier months (more than 60 back)"
        in charts.group_share(frame).description
    )


def test_a_share_is_0_percent_only_for_none_and_100_percent_only_for_all():
    counts = [(1, 20_000), (20_000, 1), (0, 9), (9, 0)]
    columns = zip(*counts, strict=True)
    grouped, alone = (
        pl.Series(name, column)
        for name, column in zip(("in_groups", "alone"), columns, strict=True)
    )
    frame = share_frame(4).with_columns(grouped, alone, share=grouped / (grouped + alone))
    rows = next(iter(specification(charts.group_share(frame))["datasets"].values()))
    assert [row["percent"] for row in rows] == ["<1%", ">99%", "0%", "100%"]


@pytest.mark.slow
def test_the_share_s_line_stops_where_a_period_has_no_completion():
    frame = share_frame(12)
    whole, broken = (
        svg(specification(charts.group_share(kept)))
        for kept in (frame, frame.filter(pl.int_range(12) != 6))
    )
    line = 'aria-roledescription="line mark"'
    assert (whole.count(line), broken.count(line)) == (1, 2)

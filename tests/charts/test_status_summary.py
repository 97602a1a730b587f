"""The chart of how many cases have each status."""

from __future__ import annotations

import re

import polars as pl
import pytest

from kpa_analytics import charts
from kpa_analytics.schema import EXPIRY_STATUS
from tests.charts.frames import STATUS, activity_frame, status_frame
from tests.charts.marks import drawing


def test_unknown_numbers_of_the_summary_are_null():
    held = status_frame(30, 4).filter(~pl.col("status").is_in(["missing", "not_due"]))
    figures = dict(charts.status_summary_table(held).select("status", "rows").rows())
    assert figures["missing"] is figures["not_due"] is None
    known = charts.status_summary_table(held, requirements_known=True)
    assert dict(known.select("status", "rows").rows())["missing"] == 0
    texts = re.findall(r">([^<]*)</text>", drawing(charts.status_summary(held)))
    assert texts.count("not known") == 2
    assert "0" not in texts


def test_an_empty_status_frame_shows_missing_as_unknown():
    assert charts.status_summary_table(EXPIRY_STATUS.empty())["people"].to_list() == [
        0, None, 0, 0, None,
    ]  # fmt: skip
    assert activity_frame(0, 0).is_empty()


def test_a_frame_with_only_missing_rows_is_drawn_without_requirements():
    undated = status_frame(1, 1, density=1).with_columns(
        pl.lit("missing", EXPIRY_STATUS.schema["status"]).alias("status"),
        pl.lit(None, pl.Date).alias("expiration_date"),
        pl.lit(None, pl.Int64).alias("days_left"),
    )
    chart = charts.status_summary(undated, requirements_known=False)
    assert "missing not known" in drawing(chart)


def test_the_summary_counts_rows_and_people():
    table = charts.status_summary_table(STATUS)
    for row in table.iter_rows(named=True):
        rows = STATUS.filter(pl.col("status") == row["status"])
        assert (row["rows"], row["people"]) == (rows.height, rows["m_user_id"].n_unique())
    assert table["share"].sum() == pytest.approx(1)

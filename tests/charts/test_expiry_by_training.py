"""The chart of statuses by training."""

from __future__ import annotations

import json
import re
from collections import Counter

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpa_analytics import charts
from kpa_analytics.charts.render import specification, svg
from kpa_analytics.charts.text import labels
from kpa_analytics.statuses import STATUSES
from tests.charts.frames import LONG, STATUS, status_frame


def worst(frame: pl.DataFrame, key: str) -> list[tuple[float, int, int, int]]:
    """(share of gaps, gaps, expiring, rows) of each key, the highest share first."""
    tally: dict[object, Counter[str]] = {}
    for row in frame.iter_rows(named=True):
        tally.setdefault(row[key], Counter())[row["status"]] += 1
    scored = [
        (gaps / t.total(), gaps, t["expiring"], t.total())
        for t in tally.values()
        for gaps in (t["expired"] + t["missing"],)
    ]
    return sorted(scored, reverse=True)


@pytest.mark.slow
@given(top=st.integers(1, 60))
def test_trainings_are_ranked_by_their_share_of_gaps_and_the_rest_is_folded(top):
    table = charts.expiry_by_training_table(STATUS, top=top)
    ranked = worst(STATUS, "training_id")
    named = table.filter(pl.col("folded") == 1)
    drawn = [
        (row["share"], row["expired"] + row["missing"], row["expiring"], row["total"])
        for row in named.iter_rows(named=True)
    ]
    assert drawn == ranked[: len(drawn)]
    assert table["total"].sum() == STATUS.height
    assert table["folded"].sum() == len(ranked)
    for status in STATUSES:
        assert table[status].sum() == (STATUS["status"] == status).sum()
    if len(ranked) > top + 1:
        assert table["training"][-1] == f"other trainings ({len(ranked) - top})"


def test_trainings_with_the_same_title_stay_two_rows():
    twins = STATUS.with_columns(training=pl.lit("Ladders"))
    table = charts.expiry_by_training_table(twins, top=40)
    assert table["training"].n_unique() == table.height == STATUS["training_id"].n_unique()


def test_a_label_with_its_key_differs_from_every_other_label():
    same = pl.DataFrame({"id": [7, 8, 9], "title": ["Ladders", "Ladders", "Ladders (7)"]})
    assert labels(same, "title", "id")["title"].is_unique().all()
    frame = status_frame(30, 4, titles=["other trainings (2)", "b", "c", "d"])
    ranked = charts.expiry_by_training_table(frame, top=2)
    assert ranked["training"].is_unique().all()


@pytest.mark.slow
def test_the_axis_shortens_a_title_and_the_tooltip_keeps_it():
    frame = status_frame(20, 3, titles=[LONG[:300], "b", "c"])
    spec = specification(charts.expiry_by_training(frame))
    assert LONG[:300].strip() in json.dumps(spec)
    drawn = re.findall(r"<text[^>]*>([^<]*)</text>", svg(spec))
    end = LONG[:300].strip()[-9:]  # titles of one series differ at their end
    assert any(
        text.startswith("Annual refresher") and text.endswith(end) and "…" in text for text in drawn
    )
    assert not any(LONG[:100] in text for text in drawn)


@pytest.mark.parametrize("chosen", [["missing"], ["expired"], ["expired", "missing"]])
def test_the_bars_of_some_statuses_begin_at_the_axis(chosen):
    spec = specification(charts.expiry_by_training(STATUS, statuses=chosen))
    rows = [row for rows in spec["datasets"].values() for row in rows if "low" in row]
    assert {row["status"] for row in rows} == {*chosen}
    ends = {}
    for row in sorted(rows, key=lambda row: (row["place"], row["low"])):
        assert row["low"] == pytest.approx(ends.get(row["place"], 0))
        ends[row["place"]] = row["high"]

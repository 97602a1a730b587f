"""The chart of who taught when."""

from __future__ import annotations

from collections import Counter

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpa_analytics import charts
from kpa_analytics.analysis.instructors import instructor_activity
from tests.charts.frames import ACTIVITY, USUAL, completions


def test_as_of_decides_which_periods_are_drawn():
    activity = instructor_activity(completions(*USUAL))
    table = charts.instructor_activity_table(activity, as_of="2020-01-15")
    assert set(table["part"]) == {"later periods"}
    assert table["completions"].sum() == len(USUAL)
    said = charts.instructor_activity(activity, as_of="2020-01-15").description
    assert "Not drawn: 60 completions in later months" in said


@given(top=st.integers(1, 30))
def test_activity_counts_every_completion(top):
    table = charts.instructor_activity_table(ACTIVITY, top=top)
    assert table["completions"].sum() == ACTIVITY["completions"].sum()
    drawn = table.filter(pl.col("part") == "instructor")
    assert drawn["m_instructor_id"].n_unique() == min(top, 12)
    assert drawn["period"].n_unique() <= 60
    known = ACTIVITY.select("m_instructor_id", "period", "completions", "trainees")
    assert drawn.join(known, on=known.columns).height == drawn.height


def test_the_busiest_instructors_are_drawn_first():
    recent = ACTIVITY.filter(pl.col("period").rank("dense", descending=True) <= 60)
    taught: Counter[str] = Counter()
    for row in recent.iter_rows(named=True):
        if row["m_instructor_id"]:
            taught[row["m_instructor_id"]] += row["completions"]
    table = charts.instructor_activity_table(ACTIVITY, top=4).filter(pl.col("part") == "instructor")
    order = table.unique("place").sort("place")["m_instructor_id"].to_list()
    assert [taught[who] for who in order] == sorted(taught.values(), reverse=True)[:4]


def activity(**taught: int) -> pl.DataFrame:
    """The completions of one month by instructor."""
    rows = [
        {"m_instructor_id": name, "instructor": name, "completions": number}
        for name, number in taught.items()
    ]
    month = ACTIVITY.drop("m_instructor_id", "instructor", "completions").tail(1)
    return pl.DataFrame(rows).join(month, how="cross").select(ACTIVITY.columns)


@pytest.mark.parametrize(
    ("taught", "title"),
    [
        ({"Ann": 4, "Bo": 2, "Cy": 1}, "Ann taught the most: 4 of 7 completions"),
        (
            {"Ann": 4, "Bo": 4, "Cy": 1},
            "Ann and 1 more taught the most: 4 completions each, of 9 completions",
        ),
        ({"Ann": 4, "Bo": 4}, "2 instructors taught 4 completions each"),
        ({"Ann": 4}, "Ann taught 4 completions"),
    ],
)
def test_the_title_compares_all_instructors_also_those_not_drawn(taught, title):
    said = charts.instructor_activity(activity(**taught), top=1).description
    assert said.startswith(f"{title}. ")
    assert "most first" not in said

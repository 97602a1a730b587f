"""The tables of the instructor and session charts, compared with counts in plain Python."""

from __future__ import annotations

from collections import Counter
from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpa_analytics import charts
from kpa_analytics.charts.render import specification, svg
from kpa_analytics.errors import KPADataError
from kpa_analytics.schema import INSTRUCTOR_ACTIVITY
from tests.charts.frames import activity_frame, coverage_frame, sessions_frame, share_frame

ACTIVITY = activity_frame(12, 70)
SESSIONS = sessions_frame(200)


def size(row: dict) -> int:
    return row["attendees"] if row["attendees"] is not None else row["recorded"]


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


def test_coverage_starts_with_trainings_of_one_instructor_and_names_them():
    frame = coverage_frame(40)
    table = charts.instructor_coverage_table(frame, top=60)
    teach = sorted(frame["instructors"], key=lambda number: (number == 0, number))
    assert table["instructors"].to_list() == teach
    assert teach[-1] == 0
    alone = table.filter(pl.col("carried") == "one person alone")
    names = dict(frame.select("training_id", pl.col("instructor_names").list.first()).iter_rows())
    assert alone.height == frame["single_instructor"].sum() > 0
    assert all(row["names"] == names[row["training_id"]] for row in alone.iter_rows(named=True))


def test_coverage_names_three_and_counts_the_others():
    several = charts.instructor_coverage_table(coverage_frame(40)).filter(pl.col("instructors") > 3)
    for row in several.iter_rows(named=True):
        assert row["names"].count(";") == 3
        assert row["names"].endswith(f"; {row['instructors'] - 3} more")


def test_coverage_says_how_many_trainings_it_leaves_out():
    frame = coverage_frame(40)
    said = charts.instructor_coverage(frame, top=10).description
    assert "Not drawn: 26 trainings with as many instructors or more" in said
    assert "4 trainings with no instructor recorded" in said


def test_sessions_are_counted_per_month_and_size():
    table = charts.group_sessions_table(SESSIONS)
    classes = ((1, "1 person"), (5, "2 to 5"), (10, "6 to 10"), (20, "11 to 20"))
    expected = Counter(
        (
            row["date"] and row["date"].replace(day=1),
            next((name for most, name in classes if size(row) <= most), "21 or more"),
        )
        for row in SESSIONS.iter_rows(named=True)
    )
    drawn = {(row["period"], row["size"]): row["sessions"] for row in table.iter_rows(named=True)}
    assert drawn == expected
    assert table["people"].sum() == sum(size(row) for row in SESSIONS.iter_rows(named=True))


def test_many_years_of_sessions_are_drawn_in_longer_periods():
    for days, every in ((1_000, "1mo"), (3_000, "3mo"), (9_000, "1y")):
        table = charts.group_sessions_table(sessions_frame(300, days=days))
        assert table["every"].unique().to_list() == [every]
        assert table["period"].n_unique() <= 41
        assert table["sessions"].sum() == 300


def test_a_session_without_a_day_is_counted_beside_the_chart():
    assert "Not drawn: 1 session without a day" in charts.group_sessions(SESSIONS).description


def test_sizes_are_counted_in_steps_without_gaps():
    table = charts.group_sizes_table(SESSIONS)
    assert table["sessions"].sum() == SESSIONS.height
    assert (table["start"].diff().drop_nulls() == table["end"][0] - table["start"][0] + 1).all()
    for row in table.iter_rows(named=True):
        inside = [
            r
            for r in SESSIONS.iter_rows(named=True)
            if row["start"] <= max(size(r), 1) <= row["end"]
        ]
        assert row["sessions"] == len(inside)


def test_one_enormous_session_adds_few_bars():
    huge = SESSIONS.with_columns(
        pl.when(pl.col("group_training_id") == 3)
        .then(40_000)
        .otherwise("attendees")
        .alias("attendees")
    )
    assert charts.group_sizes_table(huge).height <= 30


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


def test_the_share_s_line_stops_where_a_period_has_no_completion():
    frame = share_frame(12)
    whole, broken = (
        svg(specification(charts.group_share(kept)))
        for kept in (frame, frame.filter(pl.int_range(12) != 6))
    )
    line = 'aria-roledescription="line mark"'
    assert (whole.count(line), broken.count(line)) == (1, 2)


@pytest.mark.parametrize(
    ("periods", "every", "name", "until"),
    [
        ([date(2025, 7, 1), date(2026, 6, 1)], "1mo", "June 2026", "2026-07-01"),
        ([date(2025, 1, 1)], "1y", "2025", "2026-01-01"),
        ([date(2025, 4, 1)], "1q", "Q2 2025", "2025-07-01"),
        ([date(2025, 1, 1), date(2025, 7, 1)], "1mo", "July 2025", "2025-08-01"),
        ([date(2025, 1, 6), date(2025, 2, 3)], "1w", "from 3 February 2025", "2025-02-10"),
    ],
)
def test_a_period_has_the_length_in_every(periods, every, name, until):
    rows = [
        {"m_instructor_id": "a", "instructor": "A", "period": one, "every": every,
         "completions": 1, "trainees": 1, "trainings": 1, "group_sessions": 0, "demo": False}
        for one in periods
    ]  # fmt: skip
    frame = pl.DataFrame(rows, schema=INSTRUCTOR_ACTIVITY.schema)
    drawn = charts.instructor_activity(frame).to_dict()
    last = [row for rows in drawn["datasets"].values() for row in rows if "until" in row][-1]
    assert (last["name"], last["until"][:10]) == (name, until)


def test_an_invalid_length_is_an_error_that_names_every():
    frame = activity_frame(2, 3)
    with pytest.raises(KPADataError, match="every"):
        charts.instructor_activity(frame, every="month")


def test_an_empty_chart_still_counts_what_has_no_day():
    undated = sessions_frame(3).with_columns(pl.lit(None, pl.Date).alias("date"))
    assert "Not drawn: 3 sessions without a day" in charts.group_sessions(undated).description
    share = share_frame(1).with_columns(pl.lit(None, pl.Date).alias("period"))
    rest = share["in_groups"].sum() + share["alone"].sum()
    assert f"Not drawn: {rest:,} without a day" in charts.group_share(share).description

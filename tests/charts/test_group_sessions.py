"""The chart of group sessions by month and size."""

from __future__ import annotations

from collections import Counter

import polars as pl
import pytest

from kpa_analytics import charts
from kpa_analytics.analysis.group_sessions import group_sessions
from kpa_analytics.schema import GROUP_TRAININGS
from tests.charts.frames import AS_OF, MISTYPED, SESSIONS, USUAL, completions, sessions_frame, size
from tests.charts.marks import bars


@pytest.mark.parametrize(
    "wrong", [MISTYPED[0], *(pytest.param(each, marks=pytest.mark.slow) for each in MISTYPED[1:])]
)
def test_a_mistyped_year_makes_no_slivers_of_sessions(wrong):
    usual, with_wrong = (
        charts.group_sessions(group_sessions(completions(*days)))
        for days in (USUAL, [*USUAL, wrong])
    )
    assert bars(with_wrong) == bars(usual)
    when = "more than 1 year later" if wrong > AS_OF else "more than 20 years earlier"
    assert f"Not drawn: 1 session {when}" in with_wrong.description
    sizes = charts.group_sizes(group_sessions(completions(*USUAL, wrong)))
    assert "61 sessions" in sizes.description


def test_a_session_without_a_list_of_people_is_not_empty():
    listed = pl.DataFrame(
        [{"id": 1, "m_trainees_id": None}, {"id": 2, "m_trainees_id": []}],
        schema=GROUP_TRAININGS.schema,
    )
    sessions = group_sessions(completions().clear(), listed).sort("group_training_id")
    assert sessions["attendees"].to_list() == [None, 0]
    assert sessions["listed"].to_list() == [True, True]


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
    assert "Not drawn: 1 session without a date" in charts.group_sessions(SESSIONS).description

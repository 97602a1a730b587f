"""The chart of planned sessions."""

from __future__ import annotations

import re
from datetime import date

import polars as pl
import pytest

from kpa_analytics import charts
from kpa_analytics.analysis.planning.session_plan import SessionPlan
from kpa_analytics.errors import KPADataError
from kpa_analytics.schema import PLANNED_PEOPLE, UNPLACED
from tests.charts.frames import planned_frame
from tests.charts.marks import drawing

SESSIONS = planned_frame()


def test_every_session_is_in_a_cell():
    table = charts.session_plan_table(SESSIONS)
    assert table["sessions"].sum() == SESSIONS.height
    assert table["filled"].sum() == SESSIONS["filled"].sum()
    first = table.row(0, named=True)
    own = SESSIONS.filter(
        pl.col("training_id") == first["training_id"], pl.col("week") == first["period"]
    )
    assert (first["sessions"], first["filled"], first["seats"]) == (
        *(own.height, own["filled"].sum(), own["seats"].sum()),
    )
    people = table.group_by("row", maintain_order=True).agg(pl.sum("filled"))["filled"]
    assert people.to_list() == sorted(people, reverse=True)


def test_it_says_what_it_leaves_out():
    table = charts.session_plan_table(SESSIONS, top=2)
    rest = SESSIONS.height - table["sessions"].sum()
    said = charts.session_plan(SESSIONS, top=2).description
    assert (
        f"Not drawn: {rest} sessions of 6 trainings with at most as many people as the last row"
    ) in said


@pytest.mark.slow
def test_a_plan_and_its_sessions_give_the_same_chart():
    plan = SessionPlan(
        as_of=date(2026, 6, 30),
        first_week=date(2026, 7, 6),
        weeks=20,
        sessions=SESSIONS,
        people=PLANNED_PEOPLE.empty(),
        unplaced=UNPLACED.empty(),
    )
    assert charts.session_plan(plan).to_json() == charts.session_plan(SESSIONS).to_json()


@pytest.mark.slow
def test_a_long_plan_is_drawn_by_month_and_stays_small():
    long = planned_frame(40, 104)
    table = charts.session_plan_table(long, top=40)
    assert set(table["every"]) == {"1mo"}
    assert (table["period"].dt.day() == 1).all()
    assert len(charts.session_plan(long, top=40).to_json()) < 100_000
    assert set(charts.session_plan_table(planned_frame(2, 27))["every"]) == {"1w"}


def test_the_title_names_the_busiest_week():
    sessions = SESSIONS.filter(pl.col("week") == date(2026, 7, 6))
    said = charts.session_plan(sessions).description
    assert said.startswith(f"{sessions.height} sessions are planned, in the week of 6 Jul 2026")
    weeks = SESSIONS.group_by("week").len().sort("len", "week", descending=[True, False])
    assert f", {weeks['len'][0]} of them in the week of " in (
        charts.session_plan(SESSIONS).description
    )


@pytest.mark.parametrize("top", [0, 41, True, "all"])
def test_the_number_of_rows_is_checked(top):
    with pytest.raises(KPADataError, match="top must be a whole number from 1 to 40"):
        charts.session_plan(SESSIONS, top=top)


@pytest.mark.slow
def test_a_number_of_three_digits_is_drawn_and_has_room_in_its_cell():
    busy = SESSIONS.with_columns(pl.col("filled") * 30, pl.col("seats") * 30)
    most = charts.session_plan_table(busy)["filled"].max()
    assert 100 <= most < 1000
    text = re.search(rf"<text([^>]*)>{most}</text>", drawing(charts.session_plan(busy)))
    assert text
    assert 'font-size="10px"' in text[1]

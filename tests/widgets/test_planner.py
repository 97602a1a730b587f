"""The planner: a plan whose sessions can be moved and dropped, and the gaps then."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest

import kpa_analytics as kpa
from kpa_analytics.analysis.planner_view import Gaps
from kpa_analytics.analysis.planning.gaps_left import GapsLeft
from kpa_analytics.analysis.planning.session_seats import MOST_SEATS
from kpa_analytics.analysis.planning.session_texts import WITHOUT_REQUIREMENTS
from kpa_analytics.report_text import NO_REQUIREMENTS
from kpa_analytics.schema import COMPLETIONS, TRAININGS, USERS
from kpa_analytics.widgets import Dashboard, PlannerExplorer
from kpa_analytics.widgets.planner_rows import left_in_a_sentence, planner_figures
from kpa_analytics.widgets.traits import ChoiceError

AS_OF = date(2026, 6, 30)
MONDAYS = [date(2026, 7, 6) + timedelta(weeks=week) for week in range(6)]


def account() -> kpa.TrainingData:
    """Ike teaches Ladders and Ropes; two people are due in July, and one is expired."""
    held = [
        ("ike", 7, date(2026, 1, 5), "ann"),
        ("ike", 8, date(2025, 7, 22), "ann"),
        ("bob", 7, date(2025, 7, 15), "ike"),
        ("bob", 8, date(2024, 7, 29), "ike"),
        ("eve", 7, date(2025, 1, 2), "ike"),
    ]
    rows = [
        {
            **{"id": number, "m_user_id": person, "training_id": training, "date": day},
            "m_instructor_id": instructor,
        }
        for number, (person, training, day, instructor) in enumerate(held, 1)
    ]
    catalogue = [
        {"id": 7, "title": "Ladders", "schedule_type": "rolling", "renewal_months": 12},
        {"id": 8, "title": "Ropes", "schedule_type": "rolling", "renewal_months": 24},
    ]
    people = [{"id": name, "lastname": name.capitalize()} for name in ("ike", "bob", "eve")]
    return kpa.TrainingData(
        completions=pl.DataFrame(rows, schema=COMPLETIONS.schema),
        trainings=pl.DataFrame(catalogue, schema=TRAININGS.schema),
        users=pl.DataFrame(people, schema=USERS.schema),
    )


@pytest.fixture(scope="module")
def data() -> kpa.TrainingData:
    return account()


@pytest.fixture
def planner(data: kpa.TrainingData) -> PlannerExplorer:
    return PlannerExplorer(data, as_of=AS_OF, weeks=6)


def rows(planner: PlannerExplorer) -> list[tuple[Any, ...]]:
    return planner.sessions.select("session", "week", "training", "change").rows()


def press(planner: PlannerExplorer, label: str) -> None:
    next(button for button in planner._buttons if button.description == label).click()


def test_it_shows_the_plan_and_the_gaps(planner: PlannerExplorer) -> None:
    assert rows(planner) == [
        (1, MONDAYS[0], "Ladders", None),
        (2, MONDAYS[3], "Ropes", None),
    ]
    assert planner.gaps == (1, 3, 0)
    assert planner.sessions.drop("change", "check", "note").equals(planner.plan.sessions)
    assert len(planner.charts) == 1


@pytest.mark.slow
def test_trainings_that_lose_their_last_instructor_are_named_below_the_figures(
    planner: PlannerExplorer,
) -> None:
    sentence = "Ropes: nobody is eligible to teach it after 22 Jul 2027"
    planner.set(weeks=60)
    assert sentence in planner._figures.value
    planner.trainings = [7]
    assert sentence not in planner._figures.value
    assert "Ladders: nobody is eligible to teach it after 5 Jan 2027" in planner._figures.value
    planner.set(trainings=(), search="eve")  # who needs Ladders only
    assert "Ladders: nobody is eligible" in planner._figures.value
    assert sentence not in planner._figures.value
    planner.search = "zzzz"
    assert "nobody is eligible" not in planner._figures.value


def notes(planner: PlannerExplorer) -> list[str]:
    return re.findall("<li>([^<]*)</li>", planner._figures.value)


def test_certificates_that_expire_again_are_named_below_the_figures(
    planner: PlannerExplorer,
) -> None:
    planner.set(weeks=60)
    said = notes(planner)
    number = planner.gaps.planned
    assert number == 2 + planner.unplaced.height
    assert said[0].startswith(f"{number} known gaps on 29 Aug 2027 with these sessions: ")
    assert said[0].endswith("2 new certificates that expire before the plan ends")
    assert (
        "2 certificates earned in these sessions will expire before the plan ends on 29 Aug 2027 "
        "(Ladders: 2 on 6 Jul 2027); no second session is planned"
    ) in said


@pytest.mark.slow
def test_what_is_said_of_gaps_follows_the_choices_and_the_moves(planner: PlannerExplorer) -> None:
    planner.set(weeks=60, search="bob")
    assert "1 new certificate that expires before the plan ends" in notes(planner)[0]
    planner.set(search="", trainings=["Ropes"])
    assert not any("again" in note for note in notes(planner))
    planner.set(trainings=None, moves={"session": 1, "week": None})
    assert not any("again before the plan ends" in note for note in notes(planner))
    planner.moves = {"session": 1, "week": date(2026, 9, 7)}  # until 7 Sep 2027
    assert not any("again" in note for note in notes(planner))


@pytest.mark.slow
def test_the_causes_of_the_gaps_that_are_left_add_up(company: kpa.TrainingData) -> None:
    planner = PlannerExplorer(company)
    first = planner.sessions["session"][0]
    for choices in ({}, {"weeks": 60}, {"moves": {"session": first, "week": None}}):
        planner.set(**choices)
        counts, causes = re.match(r"([\d,]+) gaps on [^:]*: (.*)", notes(planner)[0]).groups()
        numbers = [int(text.replace(",", "")) for text in re.findall(r"(?:^|, )([\d,]+) ", causes)]
        assert sum(numbers) == int(counts.replace(",", "")) == planner.gaps.planned
        assert "cases of composed trainings, which are planned through their parts" in causes


def test_a_gap_of_a_completion_without_a_person_is_counted_at_the_start_too(
    data: kpa.TrainingData,
) -> None:
    nobody = data.completions.filter(pl.col("id") == 5).with_columns(
        id=pl.lit(6, pl.Int64), m_user_id=pl.lit(None, pl.String)
    )
    more = replace(data, completions=pl.concat([data.completions, nobody]))
    before, after = (PlannerExplorer(each, as_of=AS_OF, weeks=6).gaps for each in (data, more))
    assert after == Gaps(*(number + 1 for number in before))


def test_gaps_that_are_all_without_a_place_need_no_sentence() -> None:
    end = date(2026, 8, 9)

    def said(*left: int, unplaced: int, known: bool = True) -> list[str]:
        return left_in_a_sentence(GapsLeft(*left), unplaced, end, known=known)

    assert said(0, 0, 0, 0, unplaced=3) == said(3, 0, 0, 0, unplaced=3) == []
    assert said(1, 1, 1, 1, unplaced=1, known=False) == [
        "4 known gaps on 9 Aug 2026 with these sessions: 1 case without a place, 1 new "
        "certificate that expires before the plan ends, 1 case of composed trainings, which are "
        "planned through their parts, 1 case that the plan does not cover"
    ]
    assert said(2, 0, 0, 0, unplaced=3) == [
        "2 gaps on 9 Aug 2026 with these sessions: 2 cases without a place (1 other has no place, "
        "but is not a gap on that day)"
    ]


@pytest.mark.slow
def test_the_people_of_the_selected_session_are_listed(planner: PlannerExplorer) -> None:
    assert planner.people.is_empty()
    planner._sessions.chosen_row = 0
    assert planner.selected == 1
    assert planner.people["m_user_id"].to_list() == ["bob", "eve"]
    planner._sessions.chosen_row = -1
    assert planner.selected is None


@pytest.mark.slow
def test_moving_a_session_changes_its_week_and_what_must_be_checked(
    planner: PlannerExplorer,
) -> None:
    planner.selected = 1
    for _ in range(3):
        press(planner, "Later")
    assert rows(planner)[0] == (1, MONDAYS[3], "Ladders", "moved from 6 Jul 2026")
    assert planner.moves == ({"session": 1, "week": MONDAYS[3]},)
    assert planner.sessions["check"].to_list() == ["Ike teaches another session in this week"] * 2
    assert planner.sessions["note"][0] == (
        "moved from 6 Jul 2026; Ike teaches another session in this week"
    )
    assert planner._people.caption == (
        f"People of the session of 27 Jul 2026: Ladders (Ike); {planner.sessions['note'][0]}"
    )
    press(planner, "Earlier")
    assert planner.sessions["check"].to_list() == [None, None]
    press(planner, "Restore")
    assert planner.moves == ()


@pytest.mark.slow
def test_the_reasons_for_places_say_that_the_session_was_moved_or_dropped(
    planner: PlannerExplorer,
) -> None:
    planner.selected = 1
    planned = planner.people
    press(planner, "Later")
    assert planner.people["reason"].to_list() == [
        f"{reason}; you moved it to 13 Jul 2026" for reason in planned["reason"]
    ]
    press(planner, "Drop")
    assert planner.people["reason"].to_list() == [
        f"{reason}; you dropped it" for reason in planned["reason"]
    ]
    press(planner, "Restore")
    assert planner.people.equals(planned)


@pytest.mark.slow
def test_an_instructor_who_is_no_longer_eligible_is_named(data: kpa.TrainingData) -> None:
    planner = PlannerExplorer(data, as_of=AS_OF, weeks=40)
    late = date(2027, 1, 11)
    planner.moves = {"session": 1, "week": late}
    row = planner.sessions.filter(pl.col("session") == 1)
    assert row["check"].item() == "Ike may teach it until 5 Jan 2027 only"


@pytest.mark.slow
def test_dropping_a_session_brings_its_gaps_back_and_undo_holds_it(
    planner: PlannerExplorer,
) -> None:
    planner.selected = 1
    press(planner, "Drop")
    assert rows(planner)[0] == (1, MONDAYS[0], "Ladders", "dropped")
    assert planner.gaps == (1, 3, 2)
    planner.undo()
    assert planner.gaps.planned == 0


@pytest.mark.slow
def test_filters_choose_sessions_and_gaps(planner: PlannerExplorer) -> None:
    planner.trainings = ["Ropes"]
    assert rows(planner) == [(2, MONDAYS[3], "Ropes", None)]
    assert planner.gaps == (0, 1, 0)
    planner.set(trainings=None, search="eve")
    assert rows(planner) == [(1, MONDAYS[0], "Ladders", None)]
    assert planner.gaps == (1, 1, 0)


@pytest.mark.slow
def test_another_plan_ends_the_moves_and_says_so(planner: PlannerExplorer) -> None:
    planner.set(moves={"session": 1, "week": MONDAYS[2]}, selected=1)
    planner.capacity = 1
    assert planner.moves == ()
    assert "The plan has changed" in planner._notice.value
    planner.capacity = MOST_SEATS  # as many as on the command line
    assert planner.capacity == 10_000


@pytest.mark.slow
def test_a_move_that_cannot_be_is_refused_and_changes_nothing(planner: PlannerExplorer) -> None:
    for move, said in (
        ({"session": 9, "week": MONDAYS[0]}, "moves: there is no session 9 in this plan"),
        (
            {"session": 1, "week": date(2026, 6, 29)},
            "moves: session 1 cannot be in the week of 29 Jun 2026: the plan runs from",
        ),
        ({"session": "1", "week": None}, "moves must be moves such as"),
        ({"session": 1, "week": "soon"}, "week must be a day such as 2026-06-30"),
        ({"session": 1}, "moves must be moves such as"),
        (7, "moves must be moves such as"),
    ):
        with pytest.raises(ChoiceError) as caught:
            planner.moves = move
        assert said in str(caught.value)
        assert planner.moves == ()
    with pytest.raises(ChoiceError, match="selected: there is no session 9 in this plan"):
        planner.selected = 9
    assert planner.selected is None


@pytest.mark.slow
def test_only_buttons_that_change_the_selected_session_are_enabled(
    planner: PlannerExplorer,
) -> None:
    def enabled() -> list[str]:
        return [button.description for button in planner._buttons if not button.disabled]

    assert enabled() == []
    planner.selected = 1
    assert enabled() == ["Later", "Drop"]  # it is in the first week
    press(planner, "Later")
    assert enabled() == ["Earlier", "Later", "Drop", "Restore"]
    planner.moves = {"session": 1, "week": MONDAYS[5]}
    assert enabled() == ["Earlier", "Drop", "Restore"]
    press(planner, "Drop")
    assert "Restore" in enabled()
    assert "Drop" not in enabled()
    press(planner, "Restore")
    press(planner, "Later")
    press(planner, "Earlier")  # back in its planned week
    assert enabled() == ["Later", "Drop"]
    assert planner.moves == ()


@pytest.mark.slow
def test_a_session_that_a_filter_hides_is_no_longer_selected(planner: PlannerExplorer) -> None:
    planner.set(selected=1, moves={"session": 1, "week": MONDAYS[5]})
    assert "Planned sessions, 1 change" in planner._sessions.caption
    assert planner._people.caption == (
        "People of the session of 10 Aug 2026: Ladders (Ike); moved from 6 Jul 2026"
    )
    planner.trainings = ["Ropes"]
    assert planner.selected is None
    assert planner.people.is_empty()
    assert all(button.disabled for button in planner._buttons)
    assert "change" not in planner._sessions.caption
    planner.undo()
    assert planner.selected == 1


@pytest.mark.slow
def test_a_hidden_session_that_is_selected_is_named_and_can_be_moved(
    planner: PlannerExplorer,
) -> None:
    planner.set(trainings=["Ropes"], selected=1, moves={"session": 1, "week": MONDAYS[5]})
    assert planner._people.caption == (
        "People of the session of 10 Aug 2026: Ladders (Ike); moved from 6 Jul 2026"
    )
    assert planner.people["training"].unique().to_list() == ["Ladders"]
    press(planner, "Restore")
    assert planner.moves == ()
    planner.trainings = ["Ropes", "Ladders"]
    assert planner._sessions.chosen_row == planner.sessions["session"].index_of(1)


@pytest.mark.slow
def test_a_session_that_is_the_same_in_a_longer_plan_stays_selected(
    planner: PlannerExplorer,
) -> None:
    planner.selected = 1
    planner.weeks = 8
    assert planner.selected == 1


@pytest.mark.slow
@pytest.mark.parametrize("moves", [(), ({"session": 2, "week": None},)])
def test_newer_records_end_moves_and_the_selection(moves: tuple, data: kpa.TrainingData) -> None:
    """The numbers of another plan are those of other sessions."""
    planner = PlannerExplorer(data, as_of=AS_OF, weeks=6, selected=2, moves=moves)
    planner.load(data)
    assert (planner.selected, len(planner.moves)) == (2, len(moves))
    of_ropes = data.completions.filter(pl.col("training_id") != 7)
    planner.load(replace(data, completions=of_ropes))
    assert rows(planner) != []
    assert (planner.selected, planner.moves) == (None, ())
    assert ("The plan has changed" in planner._notice.value) is bool(moves)


@pytest.mark.slow
def test_gaps_are_known_ones_where_no_requirements_were_provided(
    data: kpa.TrainingData,
) -> None:
    unknown = PlannerExplorer(data, as_of=AS_OF)
    status = {"m_user_id": "bob", "complete_training_ids": [7], "incomplete_training_ids": []}
    vendors = pl.DataFrame([status], schema=kpa.schema.EMPLOYEE_STATUS.schema)
    known = PlannerExplorer(replace(data, employee_status=vendors), as_of=AS_OF)
    assert known.data.requirements is not None
    left_out = WITHOUT_REQUIREMENTS.format(note=NO_REQUIREMENTS)
    for said in ("known gap on 30 Jun 2026", "known gaps on 3 Jan 2027", left_out):
        assert said in unknown._figures.value
        assert said not in known._figures.value
    assert "expired or missing on 30 Jun 2026" in known._figures.value


@pytest.mark.slow
def test_the_move_of_a_state_is_not_that_of_another_session(data: kpa.TrainingData) -> None:
    """Newer records can give the number of a moved session to another one."""
    planner = PlannerExplorer(data, as_of=AS_OF, weeks=6)
    planner.moves = {"session": 1, "week": MONDAYS[2]}
    state = planner.state
    of_ropes = replace(data, completions=data.completions.filter(pl.col("training_id") != 7))
    with pytest.raises(ChoiceError, match="session 1 of this plan is not the session"):
        PlannerExplorer(of_ropes, **state)
    newer = PlannerExplorer(of_ropes, as_of=AS_OF, weeks=6)
    with pytest.raises(ChoiceError, match="is not the session that was moved, of training 7"):
        newer.state = state
    assert newer.moves == ()
    for other in ({"m_instructor_id": "bob"}, {"planned": MONDAYS[1]}, {"training_id": 8}):
        with pytest.raises(ChoiceError, match="is not the session that was moved"):
            planner.moves = {**state["moves"][0], **other}
    for wrong in ({"m_instructor_id": None}, {"planned": None}, {"training_id": "7"}):
        with pytest.raises(ChoiceError):
            planner.moves = {**state["moves"][0], **wrong}


@pytest.mark.slow
def test_moves_have_the_same_form_after_undo_and_from_a_state(planner: PlannerExplorer) -> None:
    planner.selected = 1
    press(planner, "Later")
    moves, state = planner.moves, planner.state
    planner.weeks = 8
    planner.undo()
    assert planner.moves == moves
    planner.moves = None
    planner.state = state
    assert planner.moves == moves == ({"session": 1, "week": MONDAYS[1]},)


@pytest.mark.slow
def test_reset_works_after_newer_records_have_changed_the_plan(data: kpa.TrainingData) -> None:
    planner = PlannerExplorer(
        data, as_of=AS_OF, weeks=6, moves={"session": 1, "week": MONDAYS[2]}, selected=1
    )
    planner.load(replace(data, completions=data.completions.filter(pl.col("training_id") != 7)))
    planner.set(weeks=9, search="bob")
    planner.reset()
    assert (planner.weeks, planner.search, planner.moves) == (6, "", ())
    assert "The plan has changed" in planner._notice.value


@pytest.mark.slow
def test_the_people_of_a_dropped_session_have_no_place(planner: PlannerExplorer) -> None:
    assert planner.unplaced.is_empty()
    planner.set(moves={"session": 1, "week": None}, selected=1)
    assert {*planner.unplaced["m_user_id"]} == {*planner.people["m_user_id"]} == {"bob", "eve"}
    assert {*planner.unplaced["reason"]} == {"you dropped the session of 6 Jul 2026"}
    planner.search = "eve"
    assert planner.unplaced["m_user_id"].to_list() == ["eve"]
    planner.set(search="", trainings=["Ropes"])
    assert planner.unplaced.is_empty()
    planner.set(trainings=None, bars={"figure": "unplaced"})
    planner.moves = None
    assert planner.unplaced.is_empty()
    assert planner.bars == ()


@pytest.mark.slow
def test_a_state_shows_the_same_view(planner: PlannerExplorer, data: kpa.TrainingData) -> None:
    planner.set(moves={"session": 2, "week": MONDAYS[1]}, selected=2)
    again = PlannerExplorer(data, **planner.state)
    assert again.state == planner.state
    assert rows(again) == rows(planner)


@pytest.mark.slow
def test_it_is_a_tab_of_the_dashboard(data: kpa.TrainingData) -> None:
    dashboard = Dashboard(data, as_of=AS_OF)
    assert dashboard.planner.as_of == AS_OF
    dashboard.trainings = ["Ropes"]
    assert dashboard.planner.sessions["training"].to_list() == ["Ropes"]


def test_a_state_has_no_moves_and_no_first_day_that_another_day_has_ended(
    data: kpa.TrainingData,
) -> None:
    dashboard = Dashboard(data, as_of=AS_OF)
    dashboard.planner.moves = {"session": 1, "week": None}
    dashboard.trend.start = "2026-02-01"
    before = dashboard.state
    dashboard.as_of = "2026-01-31"
    state = dashboard.state
    assert state["tabs"] == {}
    again = Dashboard(data)
    again.state = state
    assert again.state == state
    dashboard.undo()
    assert dashboard.state == before


def in_milliseconds(day: date) -> int:
    return (day - date(1970, 1, 1)).days * 86_400_000


def test_a_cell_of_the_chart_lists_its_sessions_and_their_people(planner: PlannerExplorer) -> None:
    planner.selected = 2
    clicked = {"training_id": 7, "week": in_milliseconds(MONDAYS[0])}
    planner._charts.picked = [0, [clicked]]
    assert planner.bars == ({"training_id": 7, "week": MONDAYS[0]},)
    assert planner.selected is None  # its people would be of another session
    assert [row[0] for row in rows(planner)] == [1]
    assert planner.people["m_user_id"].sort().to_list() == ["bob", "eve"]
    assert planner._sessions.caption == "Selected: Ladders, week of 6 Jul 2026"
    assert planner._people.caption == "People of Ladders, week of 6 Jul 2026"
    planner._charts.picked = [0, []]
    assert planner.bars == ()
    assert len(rows(planner)) == 2


def test_people_of_several_trainings_are_listed_with_their_training(
    planner: PlannerExplorer,
) -> None:
    planner.selected = 1
    assert planner.people["training"].n_unique() == 1
    assert "Training" not in planner._people.rows_as_shown.columns
    planner.set(selected=None, bars=[{"figure": "people"}])
    assert planner.people["training"].n_unique() > 1
    assert (
        planner._people.rows_as_shown["Training"].to_list() == planner.people["training"].to_list()
    )


def test_a_label_of_the_chart_lists_the_sessions_of_its_cells(planner: PlannerExplorer) -> None:
    rows = planner._charts.rows(0)
    of_training = next(row for row in rows if "short" in row)
    of_week = next(row for row in rows if "label" in row)
    (legend,) = [
        layer["encoding"]["color"]["legend"]["values"]
        for layer in planner.charts[0]["layer"]
        if "legend" in layer["encoding"].get("color", {})
    ]
    every = planner.sessions
    behind = {
        ("axis", of_training["short"]): pl.col("training_id") == of_training["training_id"],
        ("axis", of_week["label"]): pl.col("week") == date.fromisoformat(of_week["period"]),
    }
    for (kind, label), is_behind in behind.items():
        planner._label_clicked(kind, label, 0)
        assert planner.sessions.sort("session").equals(every.filter(is_behind).sort("session"))
        assert planner.people.height == planner.sessions["filled"].sum()
        planner._label_clicked(kind, label, 0)
        assert planner.bars == ()
    listed = []
    for label in legend:
        planner._label_clicked("legend", label, 0)
        listed += planner.sessions["session"].to_list()
    assert sorted(listed) == every["session"].sort().to_list()


def test_a_cell_without_sessions_is_no_longer_selected(planner: PlannerExplorer) -> None:
    planner.set(bars={"training_id": 7, "week": MONDAYS[0]}, selected=1)
    press(planner, "Later")
    assert planner.bars == ()
    assert planner.selected == 1
    assert rows(planner)[0][1] == MONDAYS[1]


@pytest.mark.slow
def test_a_long_plan_has_a_cell_for_each_month(data: kpa.TrainingData) -> None:
    planner = PlannerExplorer(data, as_of=AS_OF, weeks=60)
    last = planner.sessions["week"].max()
    assert isinstance(last, date)
    cell = {"training_id": planner.sessions["training_id"][-1], "month": last}
    planner.bars = cell
    assert planner.bars == ({**cell, "month": last.replace(day=1)},)
    assert {week.replace(day=1) for week in planner.sessions["week"]} == {last.replace(day=1)}
    with pytest.raises(ChoiceError, match="training_id"):
        planner.bars = {"training_id": 99, "month": last}


@pytest.mark.slow
def test_several_figures_show_all_that_they_list(planner: PlannerExplorer) -> None:
    gaps, held = {"figure": "gaps-today"}, {"figure": "sessions"}
    cell = planner.sessions.select("training_id", "week").row(0, named=True)
    sessions, cases = planner._sessions.layout, planner._unplaced.layout
    planner.bars = [gaps, gaps]
    assert planner.gap_cases.height == planner.gaps.today > 0
    assert (sessions.display, cases.display) == ("none", "none")
    for other in (held, cell):
        planner.bars = [gaps, other]
        assert (sessions.display, cases.display) == (None, "none")
        assert planner._gap_cases.layout.display is None


def test_a_figure_of_one_has_a_note_in_the_singular() -> None:
    end = date(2026, 8, 9)
    cases = pl.DataFrame({"m_user_id": ["bob", "bob"]})
    held = pl.DataFrame(schema={"filled": pl.Int64, "seats": pl.Int64, "change": pl.String})

    def notes(gaps: Gaps, unplaced: pl.DataFrame, *, known: bool) -> list[str]:
        tiles = planner_figures(held, gaps, unplaced, AS_OF, end, of_people=False, known=known)
        return re.findall(r'kpa-detail">([^<]*)<', tiles)[2:]

    assert notes(Gaps(1, 1, 1), cases.head(1), known=False) == [
        "known gap on 30 Jun 2026",
        "known gap on 9 Aug 2026",
        "known gap on 9 Aug 2026",
        "case of 1 person",
    ]
    assert notes(Gaps(2, 0, 1), cases, known=True) == [
        "expired or missing on 30 Jun 2026",
        "gaps on 9 Aug 2026",
        "gap on 9 Aug 2026",
        "cases of 1 person",
    ]

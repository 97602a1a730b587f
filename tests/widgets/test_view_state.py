"""`state` restores a view; Undo and Reset go back to earlier ones."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

import kpa_analytics as kpa
from kpa_analytics.schema import COMPLETIONS, USERS
from kpa_analytics.widgets import (
    Dashboard,
    ExpiryExplorer,
    GroupTrainingExplorer,
    InstructorExplorer,
    PlannerExplorer,
    TrendExplorer,
)
from kpa_analytics.widgets.address import Address
from kpa_analytics.widgets.bars import Bar
from kpa_analytics.widgets.chart_explorer import ChartExplorer
from kpa_analytics.widgets.explorer import Explorer
from kpa_analytics.widgets.traits import ChoiceError
from kpa_analytics.widgets.view_state import KEPT, has_names, without_names
from tests.frames import frame_of

CHANGES = {
    ExpiryExplorer: {"as_of": "2026-03-31", "statuses": ["expired", "missing"]},
    InstructorExplorer: {"months": 6, "search": "a"},
    GroupTrainingExplorer: {"months": 36, "as_of": "2026-05-31"},
    TrendExplorer: {"every": "1q", "by": "supervisor", "start": "2025-01-31"},
}


def buttons(explorer: Explorer) -> dict[str, object]:
    return {button.description: button for button in explorer._history.buttons.children}


@pytest.mark.slow
@pytest.mark.parametrize("make", CHANGES)
def test_a_state_restores_the_view(company: kpa.TrainingData, make: type[Explorer]) -> None:
    explorer = make(company, **CHANGES[make])
    table = explorer._shown_tables[0]
    table.sort = [table.shown_columns[0]["column"], True]
    table.picked = [column["column"] for column in table.shown_columns[:2]]
    number = table.shown_columns[1]["kind"] == "number"
    table.filters = {table.shown_columns[1]["column"]: [1, None] if number else "a"}
    state = json.loads(json.dumps(explorer.state))
    assert state["tables"] == {table.name: table.view}
    again = make(company, **state)
    assert again.state == explorer.state
    assert again._shown_tables[0].rows == table.rows
    other = make(company)
    other.state = state
    assert other.choices == explorer.choices
    assert other._shown_tables[0].shown_columns == table.shown_columns


@pytest.mark.slow
@pytest.mark.parametrize(
    ("make", "choices", "selected"),
    [
        (ExpiryExplorer, {"search": "nobody at all"}, {"due_within": 30}),
        (InstructorExplorer, {"trainings": [1001]}, {"figure": "single-instructor"}),
        (InstructorExplorer, {"trainings": [1001]}, {"figure": "not-taught"}),
        (InstructorExplorer, {"trainings": [1001]}, {"figure": "nobody-else"}),
        (GroupTrainingExplorer, {"search": "nobody at all"}, {"figure": "not-recorded"}),
        (TrendExplorer, {"search": "nobody at all"}, {"figure": "gaps"}),
        (PlannerExplorer, {"search": "nobody at all"}, {"figure": "sessions"}),
    ],
)
def test_a_selection_without_rows_is_the_same_view_from_its_state(
    company: kpa.TrainingData, make: type[ChartExplorer], choices: dict[str, Any], selected: Bar
) -> None:
    explorer = make(company, **choices)
    setattr(explorer, make.picks, selected)
    assert explorer._shown_tables[0].filtered_rows.is_empty()
    restored = make(company, **explorer.state)
    other = make(company)
    other.state = explorer.state
    for again in (restored, other):
        assert again.state == explorer.state
        assert getattr(again, make.picks) == (selected,)
        captions = [(table.caption, table.filtered_rows.height) for table in again._shown_tables]
        assert captions == [(t.caption, t.filtered_rows.height) for t in explorer._shown_tables]


@pytest.mark.slow
def test_bars_and_cases_are_in_the_state_by_id(company: kpa.TrainingData) -> None:
    explorer = ExpiryExplorer(company)
    case = explorer.rows.row(0, named=True)
    month = {"month": "2026-07-01", "status": "expiring"}
    explorer.set(selected=month)
    assert explorer.state["selected"] == [month]
    explorer.set(selected=(), explained=case)
    assert ExpiryExplorer(company, **explorer.state).explanation.title == explorer.explanation.title
    everyone = company.users.select("firstname", "lastname").rows()
    text = json.dumps(explorer.state)
    assert not any(name in text for row in everyone for name in row)


@pytest.mark.slow
def test_undo_goes_back_step_by_step_and_reset_to_the_beginning(
    company: kpa.TrainingData,
) -> None:
    explorer = ExpiryExplorer(company, expiring_days=45)
    undo, reset = buttons(explorer)["Undo"], buttons(explorer)["Reset"]
    assert undo.disabled
    assert reset.disabled
    states = [explorer.state]
    for change in ({"expiring_days": 60}, {"statuses": ["expired"], "as_of": "2026-03-31"}):
        explorer.set(**change)
        states.append(explorer.state)
    explorer._table.filters = {"user": "a"}
    states.append(explorer.state)
    for before in reversed(states[:-1]):
        undo.click()
        assert explorer.state == before
    assert undo.disabled
    explorer.state = states[-1]
    reset.click()
    assert explorer.expiring_days == 45
    assert explorer.state == states[0]
    assert reset.disabled
    undo.click()
    assert explorer.state == states[-1]


@pytest.mark.slow
def test_the_last_20_states_are_kept(company: kpa.TrainingData) -> None:
    explorer = ExpiryExplorer(company, search="zzz", expiring_days=0)
    for days in range(1, KEPT + 4):
        explorer.expiring_days = days
    for _ in range(KEPT + 2):
        explorer.undo()
    assert explorer.expiring_days == 3


@pytest.mark.slow
def test_a_change_that_fails_is_no_state(company: kpa.TrainingData) -> None:
    explorer = ExpiryExplorer(company)
    with pytest.raises(kpa.errors.KPADataError):
        explorer.set(explained={"m_user_id": "nobody", "training_id": 7})
    assert buttons(explorer)["Undo"].disabled


@pytest.mark.parametrize(
    ("state", "error"),
    [
        ({"horizon": 3}, "no choice horizon"),
        ({"tables": {"people": {}}}, "'people' is not one of"),
        ({"tables": {"expirations": {"picked": ["salary"]}}}, "'salary' is not one of"),
        ({"tables": {"expirations": {"width": 3}}}, "'width' is not one of"),
        ({"tables": {"expirations": {"filters": "a"}}}, "filters of expirations is not valid"),
        ({"tables": {"expirations": {"filters": {"user": 3}}}}, "user must be a text, not 3"),
        *(
            ({"tables": {"expirations": {"filters": {"days_left": wrong}}}}, "days_left must be ")
            for wrong in ("3", 3, [0], [0, "3"], [True, None])
        ),
        ({"tables": 3}, "tables must be a dictionary"),
    ],
)
def test_a_wrong_state_is_an_error_that_names_the_offender(
    unchanged: ExpiryExplorer, state: dict[str, object], error: str
) -> None:
    before = unchanged.state
    with pytest.raises(kpa.errors.KPADataError, match=error):
        unchanged.state = state
    assert unchanged.state == before


@pytest.mark.slow
def test_a_dashboards_state_has_every_tab(company: kpa.TrainingData) -> None:
    dashboard = Dashboard(company)
    first = dashboard.state
    dashboard.as_of = "2026-05-31"
    dashboard.expiry.statuses = ["expired"]
    dashboard._tabs.selected_index = 2
    dashboard.groups._sessions.sort = ["recorded", False]
    state = json.loads(json.dumps(dashboard.state))
    assert state["tab"] == "groups"
    assert state["tabs"] == {
        "expiry": {"statuses": ["expired"]},
        "groups": {"tables": {"group-sessions": {"sort": ["recorded", False]}}},
    }
    again = Dashboard(company)
    again.state = state
    assert again.state == dashboard.state
    assert again._tabs.selected_index == 2
    assert again.groups.sessions["recorded"].is_sorted()
    for _ in range(4):
        dashboard.undo()
    assert dashboard.state == first
    again.reset()
    assert again.state == first
    with pytest.raises(kpa.errors.KPADataError, match="'people' is not one of"):
        again.state = {"tab": "people"}


@pytest.mark.slow
def test_a_refresh_forgets_the_states_of_other_records(company: kpa.TrainingData) -> None:
    explorer = ExpiryExplorer(company, expiring_days=45)
    explorer.expiring_days = 60
    explorer.load(company)
    assert buttons(explorer)["Undo"].disabled
    buttons(explorer)["Reset"].click()
    assert explorer.expiring_days == 45


def test_a_link_has_no_text_in_which_people_search() -> None:
    state = {
        "search": "Moe",
        "as_of": "2026-06-30",
        "tabs": {"expiry": {"tables": {"expirations": {"filters": {"user": "Roe"}}}}},
    }
    assert has_names(state)
    assert without_names(state) == {"as_of": "2026-06-30"}
    assert not has_names(without_names(state))


def test_a_link_keeps_filters_between_numbers() -> None:
    numbers = {"expirations": {"filters": {"days_left": [0, None]}}}
    assert without_names({"tables": numbers}) == {"tables": numbers}
    assert not has_names({"tables": numbers})
    both = {"filters": {"user": "Roe", "days_left": [0, 30]}}
    assert has_names(both)
    assert without_names(both) == {"filters": {"days_left": [0, 30]}}


@pytest.mark.parametrize("damaged", ["Roe", ["Roe"], {"days_left": [["Roe"], None]}, 3, None])
def test_filters_of_a_damaged_address_are_left_out(damaged: object) -> None:
    assert without_names({"filters": damaged}) == {}


@pytest.mark.slow
def test_the_address_of_a_page_has_the_view_and_no_names(company: kpa.TrainingData) -> None:
    dashboard = Dashboard(company)
    address = Address(dashboard)
    assert address.left_out == ""
    dashboard.set(as_of="2026-05-31", search="Smith")
    dashboard.expiry._table.filters = {"user": "Jones"}
    dashboard.expiry.expiring_days = 60
    assert address.state["as_of"] == "2026-05-31"
    assert address.state["tabs"] == {"expiry": {"expiring_days": 60}}
    assert "Smith" not in str(address.state)
    assert "Jones" not in str(address.state)
    assert "without the people search and the texts in filters" in address.left_out
    dashboard.set(search="")
    dashboard.expiry._table.filters = {"days_left": [0, 30]}
    assert address.left_out == ""
    by_link = Dashboard(company)
    Address(by_link)._handle_custom_msg({"restore": address.state, "opened": True}, [])
    assert by_link.expiry._table.filters == {"days_left": [0, 30]}

    opened = Dashboard(company)
    opening = {"restore": {**address.state, "search": "Smith"}, "opened": True}
    Address(opened)._handle_custom_msg(opening, [])
    assert (str(opened.as_of), opened.search, opened.expiry.expiring_days) == ("2026-05-31", "", 60)


@pytest.mark.slow
def test_undo_does_not_go_back_before_the_view_that_a_page_was_opened_with(
    company: kpa.TrainingData,
) -> None:
    dashboard = Dashboard(company)
    first, address = dashboard.state, Address(dashboard)
    view = {**first, "tab": "trend", "tabs": {"trend": {"by": "supervisor"}}}
    address._handle_custom_msg({"restore": view, "opened": True}, [])
    assert dashboard.state == view
    assert buttons(dashboard)["Undo"].disabled
    dashboard.trend.every = "1q"
    dashboard.undo()
    dashboard.undo()
    assert dashboard.state == view
    address._handle_custom_msg({"restore": {**view, "tab": "groups"}, "opened": False}, [])
    dashboard.undo()
    assert dashboard.state == view
    buttons(dashboard)["Reset"].click()
    assert dashboard.state == first
    dashboard.undo()
    assert dashboard.state == view


@pytest.mark.slow
def test_an_address_with_wrong_parts_shows_the_others_and_names_the_wrong_ones(
    company: kpa.TrainingData,
) -> None:
    dashboard = Dashboard(company)
    training = company.trainings["id"][0]
    tabs = {
        "expiry": {
            "statuses": ["expired", "lost"],
            "expiring_days": "x",
            "tables": {"expirations": {"sort": ["user", True]}, "cats": {"sort": ["user", True]}},
        },
        "planner": {
            "capacity": 9,
            "by": "boss",
            "moves": [{"session": 9_999, "week": "2026-07-20"}, {"session": 1, "week": None}],
        },
        "people": {"months": 3},
    }
    view = {"as_of": "2026-02-30", "trainings": [training, 424242], "tab": "planner", "tabs": tabs}
    Address(dashboard)._handle_custom_msg({"restore": {**view, "colour": 7}, "opened": True}, [])
    said = (
        "and they were ignored: As of (2026-02-30); Trainings (424242); "
        "colour; Expirations, Expiring within (days) (x); Expirations, Statuses (lost); "
        "Expirations, table cats; Planner, Moved sessions (session 9999, week 2026-07-20); "
        "Planner, Plan by (boss); tab people."
    )
    assert said in dashboard._notice.value
    assert dashboard.trainings == (training,)
    assert dashboard.state["tab"] == "planner"
    assert dashboard.expiry.statuses == ("expired",)
    assert dashboard.expiry._table.sort == ["user", True]
    assert dashboard.planner.capacity == 9
    assert dashboard.planner.moves == ({"session": 1, "week": None},)
    assert buttons(dashboard)["Undo"].disabled


@pytest.mark.slow
def test_a_wrong_part_of_an_address_takes_no_other_part_with_it(
    company: kpa.TrainingData,
) -> None:
    """A move needs the weeks of its plan, and a tab that is not named shows what it began with."""
    dashboard, weeks = Dashboard(company), 30
    session = dashboard.planner.plan.sessions["session"][0]
    move = {"session": session, "week": dashboard.planner.plan.first_week.isoformat()}
    later = {"weeks": weeks, "moves": [move], "selected": session}
    dashboard.expiry.statuses = ["expired"]
    view = {"colour": 7, "tabs": {"planner": later}}
    assert dashboard.restore_what_fits(view) == ["colour"]
    assert (dashboard.planner.weeks, dashboard.planner.selected) == (weeks, session)
    assert [move["session"] for move in dashboard.planner.moves] == [session]
    assert dashboard.expiry.statuses == ()


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ({"as_of": []}, ["As of ([])"]),
        ({"": 1}, ["''"]),
        ({"trainings": [[7], {"a": 1}]}, ["Trainings ([7], a 1)"]),
        ({"search": 7, "field_offices": [None]}, ["Field offices (none)", "People (7)"]),
        ({"tabs": 3}, ["tabs"]),
        ({"tabs": {"trend": {"every": "9x"}}}, ["Trend, One point per (9x)"]),
        ({"tabs": {"expiry": {"tables": {"expirations": {"sort": ["user"]}}}}}, None),
        ({"tabs": {"expiry": {"top": 0, "expiring_days": 60}}}, ["Expirations, Top (0)"]),
    ],
)
@pytest.mark.slow
def test_every_wrong_part_is_named(
    state: dict[str, object], said: list[str] | None, company: kpa.TrainingData
) -> None:
    dashboard = Dashboard(company)
    first = dashboard.state
    said = ["Expirations, table expirations"] if said is None else said
    assert dashboard.restore_what_fits(state) == said
    assert dashboard.state | {"tabs": {}} == first
    dashboard.as_of = "2026-05-31"  # nothing is broken


@pytest.mark.slow
def test_an_address_that_somebody_damaged_is_said_and_changes_nothing(
    company: kpa.TrainingData,
) -> None:
    dashboard = Dashboard(company)
    before = dashboard.state
    wrong_parts = ({"as_of": "soon"}, {"tab": "people"}, {"tab": []}, {"tabs": 3}, {"trainings": 5})
    for wrong in (*wrong_parts, None, [1]):
        dashboard.say("")
        Address(dashboard)._handle_custom_msg({"restore": wrong, "opened": True}, [])
        assert "kpa-alert" in dashboard._notice.value, wrong
        assert "page&#x27;s address" in dashboard._notice.value, wrong
        assert dashboard.state == before


@pytest.mark.slow
@pytest.mark.parametrize("make", [ExpiryExplorer, GroupTrainingExplorer, Dashboard])
def test_a_state_that_is_no_dictionary_is_refused(
    make: type[Explorer], company: kpa.TrainingData
) -> None:
    view = make(company)
    for wrong in ("abc", None, [1]):
        with pytest.raises(ChoiceError, match=r"state must be a dictionary, as in `state`, not "):
            view.state = wrong
    if make is Dashboard:
        with pytest.raises(ChoiceError, match="tabs: groups must be a dictionary"):
            view.state = {"tabs": {"groups": 3}}


@pytest.mark.slow
def test_frames_have_the_same_columns_whatever_was_chosen(company: kpa.TrainingData) -> None:
    shown = {"picked": ["user", "job_title"]}
    planner = PlannerExplorer(company, weeks=4)
    before = [planner.unplaced.columns, planner.people.columns]
    planner.state = {"tables": {"cases-without-place": shown, "planned-people": shown}}
    assert [planner.unplaced.columns, planner.people.columns] == before


@pytest.mark.slow
def test_a_dashboard_s_state_explains_only_what_is_listed(company: kpa.TrainingData) -> None:
    dashboard = Dashboard(company)
    person, training = dashboard.expiry.table.select("m_user_id", "training_id").row(0)
    dashboard.expiry.explained = {"m_user_id": person, "training_id": training}
    dashboard._tabs.selected_index = 2
    assert "explained" in dashboard.state["tabs"]["expiry"]
    dashboard.trainings = [each for each in company.trainings["id"] if each != training][:1]
    again = Dashboard(company)
    again.state = dashboard.state
    assert again.expiry.explained == dashboard.expiry.explained is None


@pytest.mark.slow
def test_a_sort_by_a_column_that_is_not_shown_is_restored(company: kpa.TrainingData) -> None:
    explorer = ExpiryExplorer(company)
    by_instructor = {"sort": ["instructor", False]}
    picked = {"picked": ["user", "instructor"]}
    explorer.state = {"tables": {"expirations": {**picked, **by_instructor}}}
    explorer.state = {"tables": {"expirations": by_instructor}}
    fresh = ExpiryExplorer(company, **explorer.state)
    assert fresh.table.equals(explorer.table)
    assert not fresh.table.equals(ExpiryExplorer(company).table)


def test_one_undo_restores_a_selection_that_a_shared_choice_ended_in_another_tab() -> None:
    done = [
        {"id": n, "training_id": n, "m_user_id": "ann", "date": date(2026, 5, 4)} for n in (7, 8)
    ]
    data = kpa.TrainingData(completions=frame_of(COMPLETIONS, *done))
    dashboard = Dashboard(data, as_of="2026-06-30")
    dashboard.expiry.selected = {"training_id": 7, "status": "current"}
    dashboard._tabs.selected_index = 1
    before = dashboard.state
    dashboard.trainings = [8]
    assert dashboard.expiry.selected == ()
    dashboard.undo()
    assert dashboard.state == before


def test_what_was_chosen_of_a_column_ends_with_it_and_comes_back_with_one_undo() -> None:
    done = {"id": 1, "training_id": 7, "m_user_id": "ann", "date": date(2026, 5, 4)}
    data = kpa.TrainingData(
        completions=frame_of(COMPLETIONS, done), users=frame_of(USERS, {"id": "ann"})
    )
    explorer = TrendExplorer(data, as_of="2026-06-30", by="job_title")
    explorer._table.filters = {"job_title": "no", "total": [1, None]}
    explorer._table.picked = ["job_title", "total"]
    before = explorer.state
    explorer.by = "training"
    left = {"picked": ["total"], "filters": {"total": [1, None]}}
    assert explorer.state["tables"] == {"trend": left}
    assert TrendExplorer(data, **explorer.state).state == explorer.state
    explorer.undo()
    assert explorer.state == before

"""Every figure lists the rows that it counts, unless it is 0; Change lists gaps of two kinds."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from html import unescape
from typing import Any

import ipywidgets as ipw
import polars as pl
import pytest

import kpa_analytics as kpa
from kpa_analytics.widgets import (
    Dashboard,
    ExpiryExplorer,
    GroupTrainingExplorer,
    InstructorExplorer,
    PlannerExplorer,
    TrendExplorer,
)
from kpa_analytics.widgets.chart_explorer import ChartExplorer
from kpa_analytics.widgets.table import RowsTable

#: The table of each figure; by default, the first table of the explorer.
TABLES = {
    InstructorExplorer: {
        "Instructors": "instructors",
        "Completions taught": "completions-taught",
    },
    GroupTrainingExplorer: dict.fromkeys(
        ["Attendances listed", "Attendances recorded", "Listed, not recorded"], "attendees"
    ),
    TrendExplorer: {"": "trend-cases"},
    PlannerExplorer: {
        "Places taken": "planned-people",
        "Cases without a place": "cases-without-place",
        **dict.fromkeys(
            ["Gaps at the start", "Without these sessions", "With these sessions"], "gaps"
        ),
    },
}
EXPLORERS = (
    *(ExpiryExplorer, InstructorExplorer, GroupTrainingExplorer, TrendExplorer, PlannerExplorer),
)


@pytest.fixture(scope="module")
def made(company: kpa.TrainingData) -> dict[type[ChartExplorer], Any]:
    explorers: dict[type[ChartExplorer], Any] = {make: make(company) for make in EXPLORERS}
    explorers[GroupTrainingExplorer] = GroupTrainingExplorer(company, months=120)
    return explorers


@pytest.fixture
def shown(made: dict[type[ChartExplorer], Any]) -> Iterator[dict[type[ChartExplorer], Any]]:
    """One explorer of each kind; what a test chooses is reset."""
    yield made
    for explorer in made.values():
        explorer.reset()


def press(explorer: ChartExplorer, figure: str) -> None:
    """Click a figure, which is named by its class: what the browser sends."""
    explorer._figures._handle_custom_msg({"pick": figure}, [])


def figures(explorer: ChartExplorer) -> list[tuple[str, str, int | None]]:
    """Each figure: its label, the class of its button ("" for plain text), and its number."""
    read = re.findall(
        r'<li class="([^"]*)"><span class="kpa-words">([^<]*)</span><strong>([^<]*)</strong>'
        r'<span class="kpa-detail">([^<]*)<',
        explorer._figures.value,
    )
    return [
        (unescape(label), button(explorer, css), number(shown, unescape(detail)))
        for css, label, shown, detail in read
    ]


def button(explorer: ChartExplorer, css: str) -> str:
    names = [name.removeprefix("kpa-") for name in css.split()]
    return next((name for name in names if name in explorer._figures.picks), "")


def number(shown: str, detail: str) -> int | None:
    """The number of rows: of a share, the number in its detail; None if it is not known."""
    if shown == "not known":
        return None
    counted = re.search(r"([\d,]+) of ", detail) if shown.endswith("%") else None
    text = counted[1] if counted else shown
    return int(text.replace(",", "").replace("\N{MINUS SIGN}", "-"))


def table_of(explorer: ChartExplorer, label: str) -> RowsTable:
    names = TABLES.get(type(explorer), {})
    name = names.get(label, names.get("", explorer._shown_tables[0].name))
    return next(table for table in explorer._shown_tables if table.name == name)


def change(cases: pl.DataFrame) -> int:
    """The gaps among these cases, minus the cases that are no gap."""
    gaps = cases["status"].is_in(["expired", "missing"]).fill_null(False).sum()
    return 2 * gaps - cases.height


def check_figures(explorer: ChartExplorer) -> int:
    """Click every figure twice; return how many were clicked."""
    whole = [table.all_rows for table in explorer._shown_tables]
    clicked = 0
    for label, figure, rows in figures(explorer):
        if not figure:
            assert not rows, label
            continue
        press(explorer, figure)
        table = table_of(explorer, label)
        assert (
            change(table.filtered_rows) == rows
            if label == "Change"
            else table.filtered_rows.height == rows
        )
        assert explorer._figures.chosen == [figure]
        assert figure == "all" or table.caption.startswith(("Selected: ", "Only ")), label
        press(explorer, figure)
        assert all(map(pl.DataFrame.equals, whole, (t.all_rows for t in explorer._shown_tables)))
        clicked += 1
    return clicked


@pytest.mark.slow
@pytest.mark.parametrize("make", EXPLORERS)
def test_a_click_on_a_figure_lists_as_many_rows_as_it_says(
    shown, make: type[ChartExplorer]
) -> None:
    assert check_figures(shown[make]) >= 2


@pytest.mark.slow
def test_figures_list_the_rows_of_the_choices_made(shown, company: kpa.TrainingData) -> None:
    instructors, groups = shown[InstructorExplorer], shown[GroupTrainingExplorer]
    instructors.instructors = instructors.table["m_instructor_id"][:1]
    assert "Nobody else teaches" in {label for label, _, _ in figures(instructors)}
    check_figures(instructors)
    groups.months = 3
    check_figures(groups)
    trend = shown[TrendExplorer]
    trend.by = "field_office"
    check_figures(trend)
    planner = shown[PlannerExplorer]
    planner.moves = {"session": planner.sessions["session"][0], "week": None}
    check_figures(planner)
    assert planner.sessions.height > planner._not_dropped.height


#: A figure of each explorer, and the rows that it lists.
LISTED: tuple[tuple[type[ChartExplorer], str, Callable[[Any], pl.Series]], ...] = (
    (InstructorExplorer, "single-instructor", lambda it: it.coverage["single_instructor"]),
    (InstructorExplorer, "not-taught", lambda it: it.coverage["instructors"] == 0),
    (GroupTrainingExplorer, "people-listed", lambda it: it.sessions["attendees"] > 0),
    (
        GroupTrainingExplorer,
        "not-recorded",
        lambda it: it.attendees["standing"] == "Listed, not recorded",
    ),
    (TrendExplorer, "gaps", lambda it: it.cases["status"].is_in(["expired", "missing"])),
    (TrendExplorer, "on-time", lambda it: it.cases["outcome"] == "on_time"),
    (PlannerExplorer, "people", lambda it: it.people["session"].is_in(it.sessions["session"])),
)


@pytest.mark.slow
@pytest.mark.parametrize(("make", "figure", "rows"), LISTED)
def test_a_figure_lists_rows_of_its_own_kind(shown, make, figure, rows) -> None:
    explorer = shown[make]
    press(explorer, figure)
    listed = rows(explorer)
    assert listed.len() > 0
    assert listed.all()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("make", "figure"),
    [
        (InstructorExplorer, "single-instructor"),
        (GroupTrainingExplorer, "not-recorded"),
        (TrendExplorer, "gaps"),
        (PlannerExplorer, "unplaced"),
    ],
)
def test_a_selected_figure_is_in_the_state_and_can_be_undone(shown, company, make, figure) -> None:
    explorer = shown[make]
    press(explorer, figure)
    assert getattr(explorer, make.picks) == ({"figure": figure},)
    state = json.loads(json.dumps(explorer.state))
    assert state[make.picks] == [{"figure": figure}]
    again = make(company, **state)
    assert again._figures.chosen == [figure]
    assert [table.caption for table in again._shown_tables] == [
        table.caption for table in explorer._shown_tables
    ]
    assert explorer._charts.picked == [-1, []]
    explorer.undo()
    assert getattr(explorer, make.picks) == ()
    explorer.state = state
    assert getattr(explorer, make.picks) == ({"figure": figure},)
    explorer.reset()
    assert getattr(explorer, make.picks) == ()
    with pytest.raises(kpa.errors.KPADataError, match="figure: 'other' is not one of"):
        setattr(explorer, make.picks, {"figure": "other"})


@pytest.mark.slow
def test_the_state_of_a_dashboard_has_the_selected_figure(company: kpa.TrainingData) -> None:
    dashboard = Dashboard(company)
    press(dashboard.instructors, "not-taught")
    state = json.loads(json.dumps(dashboard.state))
    assert state["tabs"]["instructors"]["selected"] == [{"figure": "not-taught"}]
    dashboard.reset()
    assert dashboard.instructors.selected == ()
    dashboard.state = state
    assert dashboard.instructors._coverage.caption == "Selected: Not taught in this period"


@pytest.mark.slow
def test_a_figure_that_is_no_longer_shown_is_deselected(shown) -> None:
    explorer = shown[InstructorExplorer]
    press(explorer, "single-instructor")
    explorer.instructors = explorer.table["m_instructor_id"][:1]
    assert explorer.selected == ()
    assert explorer._figures.chosen == ["all"]


@pytest.mark.slow
def test_the_people_of_a_session_take_the_place_of_those_of_a_figure(shown) -> None:
    explorer = shown[GroupTrainingExplorer]
    press(explorer, "people-recorded")
    everyone, sessions = explorer.attendees.height, explorer.sessions.height
    explorer.selected = explorer.sessions["group_training_id"][0]
    assert explorer.attendees.height < everyone
    assert explorer.sessions.height == sessions
    press(explorer, "people-listed")
    assert explorer.selected is None


@pytest.mark.slow
def test_people_of_several_sessions_are_listed_with_training_and_instructor(shown) -> None:
    explorer = shown[GroupTrainingExplorer]
    listed = explorer.sessions.filter(pl.col("attendees") > 0, pl.col("instructor").is_not_null())
    session = listed["group_training_id"][0]
    people, of_sessions = explorer._attendees, ["Trainings", "Instructor"]
    explorer.selected = session
    assert not {*of_sessions} & {heading.label for heading in people.headings}
    taught_by = f": {'; '.join(listed['trainings'][0])} ({listed['instructor'][0]})"
    assert people.caption.endswith(taught_by)
    explorer.selected = None
    press(explorer, "people-listed")
    assert [heading.label for heading in people.headings][-2:] == of_sessions
    by_id = explorer._rows.select("group_training_id", "trainings", "instructor")
    expected = people.filtered_rows.select("group_training_id").join(
        by_id, on="group_training_id", how="left", maintain_order="left"
    )
    assert expected["group_training_id"].n_unique() > 1
    assert people.rows_as_shown["Trainings"].equals(expected["trainings"])
    assert people.rows_as_shown["Instructor"].equals(expected["instructor"])
    taught = people.filtered_rows["m_instructor_id"].is_not_null().arg_true()[0]
    assert people.row(taught)["m_instructor_id"] == people.filtered_rows["m_instructor_id"][taught]
    explorer.selected = session
    assert not {*of_sessions} & {heading.label for heading in people.headings}


@pytest.mark.slow
def test_no_figure_is_marked_while_a_bar_is_selected(shown) -> None:
    for make in (ExpiryExplorer, InstructorExplorer):
        explorer = shown[make]
        rows = explorer.rows if make is ExpiryExplorer else explorer.coverage
        fields = ["training_id", "status"] if make is ExpiryExplorer else ["training_id"]
        explorer.selected = rows.select(fields).row(0, named=True)
        assert explorer.selected
        assert explorer._figures.chosen == []


@pytest.mark.slow
def test_cases_without_a_place_are_listed_alone(shown) -> None:
    planner = shown[PlannerExplorer]
    press(planner, "unplaced")
    assert planner._sessions.layout.display == planner._people.layout.display == "none"
    assert planner._unplaced.layout.display is None
    press(planner, "unplaced")
    assert planner._sessions.layout.display is None


@pytest.mark.parametrize("make", EXPLORERS)
def test_figures_and_tables_are_sent_once_after_the_charts(
    shown: dict[type[ChartExplorer], Any],
    make: type[ChartExplorer],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    explorer = shown[make]
    sent: list[str] = []
    tables = {id(table): f"table {at}" for at, table in enumerate(explorer._shown_tables)}
    names = {id(explorer._figures): "figures", id(explorer._charts): "charts", **tables}

    def send_state(widget: ipw.Widget, key: object = None) -> None:
        if id(widget) in names:
            sent.append(names[id(widget)])

    monkeypatch.setattr(ipw.Widget, "send_state", send_state)
    explorer.set(search="an", trainings=explorer.data.trainings["id"].to_list()[:9])
    others = [name for name in sent if name != "charts"]
    assert {"figures", "table 0"} <= {*others}
    assert len(others) == len({*others})
    assert sent[: len(sent) - len(others)] == ["charts"] * (len(sent) - len(others))
    assert others[0] == "figures"

"""A person's record opens in place from a row, and closes."""

from __future__ import annotations

from functools import partial

import polars as pl
import pytest

import kpa_analytics as kpa
from kpa_analytics.widgets import (
    ExpiryExplorer,
    GroupTrainingExplorer,
    InstructorExplorer,
    PlannerExplorer,
    TrendExplorer,
)
from kpa_analytics.widgets.chart_explorer import ChartExplorer
from kpa_analytics.widgets.table import RowsTable
from kpa_analytics.widgets.table_rows import PERSON_IDS, ColumnHeading


def press(table: RowsTable, row: int, column: str, **which: int) -> None:
    """Click a name in a table, as the browser reports it."""
    table._handle_custom_msg({"person": row, "column": column, **which}, [])


@pytest.mark.slow
def test_a_click_on_a_person_opens_their_transcript(company: kpa.TrainingData) -> None:
    explorer = ExpiryExplorer(company, as_of="2026-03-31")
    assert explorer.record is None
    who = explorer.table.row(3, named=True)
    press(explorer._table, 3, "user")
    expected = kpa.transcript(company, who["m_user_id"], as_of="2026-03-31")
    assert explorer.record is not None
    assert explorer.record.html == expected.html == explorer._record.html
    assert who["user"] in explorer._record.title
    explorer._record.html = ""  # as the button "Close record" does
    assert explorer.record is None


@pytest.mark.slow
def test_attendees_of_a_session_have_records_too(company: kpa.TrainingData) -> None:
    explorer = GroupTrainingExplorer(company)
    explorer.selected = explorer.sessions["group_training_id"][0]
    press(explorer._attendees, 0, "user")
    assert explorer.attendees["user"][0] in explorer._record.title
    explorer.close_record()
    assert explorer._record.html == ""


@pytest.mark.slow
def test_instructors_have_records_too(company: kpa.TrainingData) -> None:
    explorer = InstructorExplorer(company)
    assert explorer._people.shown_columns[0]["kind"] == "person"
    press(explorer._people, 1, "instructor")
    assert explorer.table["instructor"][1] in explorer._record.title


@pytest.mark.slow
def test_a_row_that_names_two_people_opens_the_record_of_each(company: kpa.TrainingData) -> None:
    explorer = InstructorExplorer(company, selected={"figure": "completions"})
    names = explorer._completions.filtered_rows.row(0, named=True)
    assert names["user"] != names["instructor"]
    for column in ("user", "instructor"):
        press(explorer._completions, 0, column)
        assert names[column] in explorer._record.title


@pytest.mark.slow
def test_a_supervisor_whose_cases_are_counted_has_a_record(company: kpa.TrainingData) -> None:
    explorer = TrendExplorer(company, by="supervisor", every="1y")
    at = next(n for n, who in enumerate(explorer.table["supervisor_id"]) if who is not None)
    press(explorer._table, at, "supervisor")
    assert explorer.table["supervisor"][at] in explorer._record.title
    press(explorer._table, at, "total")
    assert explorer.table["supervisor"][at] in explorer._record.title


@pytest.mark.slow
def test_every_column_that_names_a_person_opens_their_record(company: kpa.TrainingData) -> None:
    for make in (
        *(ExpiryExplorer, GroupTrainingExplorer, InstructorExplorer),
        *(PlannerExplorer, partial(TrendExplorer, by="supervisor")),
    ):
        explorer = make(company)
        tables = [each for each in vars(explorer).values() if isinstance(each, RowsTable)]
        headings = [ColumnHeading(**column) for table in tables for column in table.all_columns]
        named = {heading.column for heading in headings if heading.kind == "person"}
        assert named
        assert named == {heading.column for heading in headings} & PERSON_IDS.keys()


@pytest.mark.slow
def test_each_of_several_names_in_a_cell_has_a_record(company: kpa.TrainingData) -> None:
    explorer = InstructorExplorer(company)
    table = explorer._coverage
    kinds = {column["column"]: column["kind"] for column in table.shown_columns}
    assert kinds["instructor_names"] == "people"
    names = explorer.coverage["instructor_names"].to_list()
    row = next(place for place, several in enumerate(names) if len(several) > 1)
    assert table.rows[row][[*kinds].index("instructor_names")] == names[row]
    for at, name in enumerate(names[row]):
        press(table, row, "instructor_names", at=at)
        assert name in explorer._record.title
    explorer.close_record()
    press(table, row, "instructor_names", at=len(names[row]))
    assert explorer.record is None
    table.filters = {"instructor_names": names[row][1]}
    assert {names[row][1]} <= {*explorer.coverage["instructor_names"][0]}


@pytest.mark.slow
@pytest.mark.parametrize("make", [GroupTrainingExplorer, PlannerExplorer])
def test_the_instructor_of_a_session_has_a_record(
    company: kpa.TrainingData, make: type[GroupTrainingExplorer | PlannerExplorer]
) -> None:
    explorer = make(company)
    table = explorer._sessions
    at = next(n for n, who in enumerate(table.filtered_rows["m_instructor_id"]) if who is not None)
    kinds = {column["column"]: column["kind"] for column in table.shown_columns}
    assert kinds["instructor"] == "person"
    press(table, at, "instructor")
    assert table.filtered_rows["instructor"][at] in explorer._record.title
    assert explorer.selected is None


def test_a_name_without_an_id_opens_no_record() -> None:
    table = RowsTable((ColumnHeading("instructor", "Instructor", "person"),), None)
    names = {"m_instructor_id": ["ike", None], "instructor": ["Ike", "no instructor"]}
    table.show(pl.DataFrame(names), "")
    assert table.rows == [["Ike"], [["no instructor"]]]


@pytest.mark.slow
def test_a_record_that_is_not_there_is_an_error(company: kpa.TrainingData) -> None:
    explorer = ExpiryExplorer(company)
    with pytest.raises(kpa.errors.KPADataError, match="no person in the records"):
        explorer.open_record("nobody")
    press(explorer._table, 10**6, "user")
    assert explorer.record is None


@pytest.mark.parametrize(
    "make",
    [ExpiryExplorer, InstructorExplorer, GroupTrainingExplorer, TrendExplorer, PlannerExplorer],
)
def test_a_record_has_the_whole_width_of_the_explorer(
    company: kpa.TrainingData, make: type[ChartExplorer]
) -> None:
    explorer = make(company)  # type: ignore[call-arg]
    assert explorer._record in explorer.view.children

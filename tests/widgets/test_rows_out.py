"""The rows on screen as CSV, Excel and text for the clipboard, from every explorer's table."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from datetime import date
from typing import Any

import openpyxl
import polars as pl
import pytest

import kpa_analytics as kpa
from kpa_analytics.outcomes import OUTCOME_LABELS
from kpa_analytics.report_text import DEMO_MARK
from kpa_analytics.statuses import STATUS_LABELS
from kpa_analytics.widgets import (
    ExpiryExplorer,
    GroupTrainingExplorer,
    InstructorExplorer,
    PlannerExplorer,
    TrendExplorer,
)
from kpa_analytics.widgets.about_rows import about_rows
from kpa_analytics.widgets.chart_explorer import ChartExplorer
from kpa_analytics.widgets.rows_out import rows_as
from kpa_analytics.widgets.table import RowsTable


def ask(table: RowsTable, message: dict[str, Any]) -> list[tuple[dict[str, Any], list[bytes]]]:
    """The answers of a table to a message of the browser."""
    answers = []
    table.send = lambda content, buffers=None: answers.append((content, buffers))
    table._handle_custom_msg(message, [])
    del table.send
    return answers


def out(table: RowsTable, kind: str) -> tuple[str, bytes]:
    (answer,) = ask(table, {"out": kind})
    return answer[0]["name"], answer[1][0]


def read_csv(content: bytes) -> list[list[str]]:
    return [*csv.reader(io.StringIO(content.decode("utf-8-sig")))]


def sheets(content: bytes) -> dict[str, list[list[Any]]]:
    book = openpyxl.load_workbook(io.BytesIO(content))
    return {sheet.title: [[cell.value for cell in row] for row in sheet.rows] for sheet in book}


def test_every_row_is_in_the_csv_in_the_order_shown(unchanged: ExpiryExplorer) -> None:
    table = unchanged._table
    name, content = out(table, "csv")
    assert name == "expirations-2026-06-30.csv"
    heading, *rows = read_csv(content)
    assert heading == ["demo_data", *(heading.label for heading in table.headings)]
    assert len(rows) == unchanged.table.height > table.page_size
    assert {row[0] for row in rows} == {DEMO_MARK}
    assert [row[1:3] for row in rows] == [
        [*row] for row in unchanged.table.select("user", "training").rows()
    ]
    assert [row[4] for row in rows] == [
        str(day or "") for day in unchanged.table["expiration_date"]
    ]


@pytest.mark.slow
def test_sort_filter_and_columns_of_the_screen_are_those_of_the_file(
    company: kpa.TrainingData,
) -> None:
    explorer = ExpiryExplorer(company, statuses=["expired"])
    table = explorer._table
    table.sort = ["user", True]
    table.filters = {"training": "aid FIRST"}
    table.picked = ["user", "training", "field_office", "job_title", "employeeNumber"]
    heading, *rows = read_csv(out(table, "csv")[1])
    assert heading[1:] == ["Person", "Training", "Employee number", "Field office", "Job title"]
    assert {row[2] for row in rows} == {"First Aid"}
    people = [row[1] for row in rows]
    assert people == sorted(people, reverse=True)
    numbers = dict(company.users.select("employeeNumber", "lastname").rows())
    assert all(numbers[row[3]] == row[1].split(",")[0] for row in rows)


@pytest.mark.slow
def test_the_columns_of_instructors_say_by_whom_a_person_was_trained(
    company: kpa.TrainingData,
) -> None:
    explorer = ExpiryExplorer(company)
    table = explorer._table
    table.picked = ["user", "training", "date", "instructor", "instructor_certificate"]
    table.filters = {"instructor_certificate": "expired"}
    heading, *rows = read_csv(out(table, "csv")[1])
    assert heading[4:] == ["Instructor", "Instructor's certificate at the time"]
    assert {row[5] for row in rows} == {"Expired"}
    frame = table.filtered_rows
    expected = company.completions.select("id", "m_instructor_id", "date")
    same = frame.join(expected, left_on="completion_id", right_on="id", how="left")
    assert same["m_instructor_id"].equals(same["m_instructor_id_right"])
    assert [row[3] for row in rows] == [str(day) for day in same["date_right"]]
    names = dict(company.users.select("id", pl.format("{}, {}", "lastname", "firstname")).rows())
    assert [row[4] for row in rows] == [names[each] for each in frame["m_instructor_id"]]
    # A click on a name opens the record of the instructor, as of every person.
    assert table.row(0)["m_instructor_id"] == frame["m_instructor_id"][0]


@pytest.mark.slow
def test_the_workbook_says_where_its_rows_come_from(company: kpa.TrainingData) -> None:
    training = company.trainings["id"][0]
    explorer = ExpiryExplorer(company, trainings=[training], search="a", as_of="2026-05-31")
    explorer._table.filters = {"status": "expired", "days_left": [-400, None]}
    name, content = out(explorer._table, "xlsx")
    assert name == "expirations-2026-05-31.xlsx"
    book = sheets(content)
    assert [*book] == ["rows", "about"]
    assert len(book["rows"]) == explorer.table.height + 1
    facts = dict(book["about"])
    assert facts["Demo data"] == DEMO_MARK
    assert facts["As of"] == "31 May 2026"
    assert facts["Trainings"] == explorer.known["trainings"][training]
    assert facts["People"] == "a"
    assert facts["Status contains"] == "expired"
    assert facts["Days left, filtered"] == "-400 or more"
    assert explorer.table["days_left"].min() >= -400
    whole = explorer._table.all_rows.height
    assert facts["Table"].endswith(f"; filtered: {explorer.table.height:,} of {whole:,} rows")
    assert facts["Sorted by"] == "Days left, ascending"
    assert re.search(r"fetched \d+ \w+ 20\d\d, .* UTC from 127\.0\.0\.1", facts["Records"])


@pytest.mark.parametrize("make", [GroupTrainingExplorer, PlannerExplorer])
def test_a_file_does_not_say_what_a_click_on_the_screen_does(
    company: kpa.TrainingData, make: type[ChartExplorer]
) -> None:
    explorer: Any = make(company)
    table = explorer._sessions
    assert "click" in table.caption
    table.filters = {"instructor": "a"}
    said = about_rows(explorer, table)["Table"]
    assert said == table.caption.replace(": click a session to list its people", "")
    assert re.fullmatch(r"(Planned sessions|Sessions); filtered: \d+ of \d+ rows", said)


def test_files_of_changed_records_say_so(company: kpa.TrainingData) -> None:
    fewer = replace(company, completions=company.completions.head(1000))
    for data, expected in [(company, False), (fewer, True)]:
        explorer = ExpiryExplorer(data, as_of="2026-05-31")
        said = about_rows(explorer, explorer._table)["Records"]
        assert said.endswith(", changed since the download") == expected
        assert said.startswith("1,000 completions; 1,500 were fetched ") == expected
        assert said.split(" from ")[0] in explorer._mark.value


def test_the_clipboard_has_tabs_and_no_broken_row(unchanged: ExpiryExplorer) -> None:
    _, content = out(unchanged._table, "clipboard")
    rows = [*csv.reader(io.StringIO(content.decode()), delimiter="\t")]
    assert len(rows) == unchanged.table.height + 1
    assert {len(row) for row in rows} == {len(unchanged._table.shown_columns) + 1}


TABLES = [
    (ExpiryExplorer, ["expirations"]),
    (InstructorExplorer, ["instructor-coverage", "instructors", "completions-taught"]),
    (GroupTrainingExplorer, ["group-sessions", "attendees"]),
    (TrendExplorer, ["trend", "trend-cases"]),
    (
        PlannerExplorer,
        ["planned-sessions", "planned-people", "gaps", "cases-without-place"],
    ),
]


@pytest.mark.slow
@pytest.mark.parametrize(("make", "names"), TABLES)
def test_every_table_gives_out_what_it_shows(
    company: kpa.TrainingData, make: type[ChartExplorer], names: list[str]
) -> None:
    explorer = make(company)
    if isinstance(explorer, GroupTrainingExplorer):
        explorer.selected = explorer.sessions["group_training_id"][0]
    if isinstance(explorer, TrendExplorer):
        explorer.selected = {"day": "2026-06-30", "status": "expired"}
    if isinstance(explorer, PlannerExplorer):
        explorer.set(selected=1, bars={"figure": "gaps-today"})
    if isinstance(explorer, InstructorExplorer):
        explorer.selected = {"figure": "completions"}
    assert [table.name for table in explorer._shown_tables] == names
    for table in explorer._shown_tables:
        name, content = out(table, "csv")
        assert name == f"{table.name}-2026-06-30.csv"
        heading, *rows = read_csv(content)
        assert heading[1:] == [column.label for column in table.headings]
        assert len(rows) == table.total > 0
        assert len(sheets(out(table, "xlsx")[1])["rows"]) == table.total + 1


SIGNED_TABLES = [
    (ExpiryExplorer, {}, "_table", STATUS_LABELS),
    (
        *(TrendExplorer, {"selected": {"day": "2026-06-30", "status": "expired"}}),
        *("_people", STATUS_LABELS),
    ),
    (
        *(TrendExplorer, {"selected": {"month": "2026-05-01", "outcome": "on_time"}}),
        *("_people", OUTCOME_LABELS),
    ),
    (PlannerExplorer, {"bars": {"figure": "gaps-today"}}, "_gap_cases", STATUS_LABELS),
]


@pytest.mark.parametrize(("make", "choices", "name", "labels"), SIGNED_TABLES)
def test_a_status_has_a_sign_on_the_screen_and_none_in_files(
    company: kpa.TrainingData,
    make: type[ChartExplorer],
    choices: dict[str, Any],
    name: str,
    labels: dict[str, str],
) -> None:
    table = getattr(make(company, **choices), name)
    kinds = {heading.column: heading.kind for heading in table.headings}
    column = "outcome" if labels is OUTCOME_LABELS else "status"
    assert kinds[column] == "status"
    place = [*kinds].index(column)
    plain = [labels[value] for value in table.filtered_rows[column]]
    assert plain
    on_screen = [row[place] for row in table.rows]
    assert [text.split(" ", 1)[1] for text in on_screen] == plain[: len(on_screen)]
    _, *rows = read_csv(out(table, "csv")[1])
    assert [row[place + 1] for row in rows] == plain  # the first column says that it is demo data
    _, *cells = sheets(out(table, "xlsx")[1])["rows"]
    assert [row[place + 1] for row in cells] == plain
    text = out(table, "clipboard")[1].decode()
    _, *copied = csv.reader(io.StringIO(text), delimiter="\t")
    assert [row[place + 1] for row in copied] == plain


HOSTILE = pl.DataFrame(
    {"Person": ["=1+1", "a\tb\n@c"], "Who": [["=2", "x"], None], "Day": [date(2026, 1, 2), None]}
)


@pytest.mark.parametrize("kind", ["csv", "clipboard"])
def test_no_text_acts_as_a_formula(kind: str) -> None:
    text = rows_as(kind, HOSTILE, {}, demo=False).decode("utf-8-sig")
    separator = "," if kind == "csv" else "\t"
    _, first, second = csv.reader(io.StringIO(text), delimiter=separator)
    assert first == ["'=1+1", "'=2; x", "2026-01-02"]
    assert second[0].endswith("'@c")


def test_a_workbook_has_texts_and_no_formulas() -> None:
    content = rows_as("xlsx", HOSTILE, {"As of": "=1"}, demo=False)
    book = openpyxl.load_workbook(io.BytesIO(content))
    cells = [cell for sheet in book for row in sheet.rows for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "d", "n"}
    assert "demo_data" not in [cell.value for cell in book["rows"][1]]


def test_an_empty_sheet_can_be_filtered_once_it_has_rows() -> None:
    empty = pl.DataFrame({"Person": [], "Training": []}, schema_overrides={"Person": pl.String})
    book = openpyxl.load_workbook(io.BytesIO(rows_as("xlsx", empty, {}, demo=False)))
    assert book["rows"].auto_filter.ref == "A1:B2"


def test_a_sheet_that_would_be_too_long_is_an_error_that_says_what_to_do() -> None:
    many = pl.DataFrame({"Row": pl.int_range(1_048_576, eager=True)})
    with pytest.raises(kpa.errors.KPAError, match=r"1,048,575 rows.*1,048,576.*CSV"):
        rows_as("xlsx", many, {}, demo=False)


def test_real_data_are_not_marked(company: kpa.TrainingData) -> None:
    real = replace(
        company,
        completions=company.completions.clear(),
        users=company.users.clear(),
        group_trainings=company.group_trainings.clear(),
        employee_status=company.employee_status.clear(),
        snapshots={},
    )
    explorer = InstructorExplorer(real, as_of="2026-06-30")
    heading, *_ = read_csv(out(explorer._coverage, "csv")[1])
    assert heading[0] == "Training"


def test_a_failure_is_said_and_the_browser_waits_no_longer(
    unchanged: ExpiryExplorer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kpa_analytics.widgets.rows_out.find_spec", lambda _: None)
    assert ask(unchanged._table, {"out": "xlsx"}) == [({"failed": True}, None)]
    assert "[audit]" in unchanged._notice.value
    unchanged.say("")

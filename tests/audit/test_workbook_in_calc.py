"""audit.xlsx opened by LibreOffice: every cell is that of the frames, and can be read."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
from datetime import date, datetime
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from kpa_analytics.analysis.training_matrix import training_matrix
from kpa_analytics.audit.evidence import gather, with_labels
from kpa_analytics.audit.identity import with_numbers
from kpa_analytics.audit.recompute import recompute_tables
from kpa_analytics.audit.report_method import rule_rows
from kpa_analytics.report_text import sheet_heading
from kpa_analytics.statuses import STATUS_SIGNS
from tests.audit.packs import AS_OF, pdf_pages

pytestmark = pytest.mark.slow

CALC = next(filter(None, map(shutil.which, ("soffice", "libreoffice"))), None)
_LACKING = "no LibreOffice on this machine (Debian: apt-get install libreoffice-calc-nogui)"
#: Every sheet, as shown, in UTF-8 (LibreOffice help, "Filter Options for CSV").
AS_CSV = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"


def converted(kind: str, folder: Path, *workbooks: Path) -> Path:
    """The folder with what LibreOffice makes of the workbooks, all of them at one start."""
    if CALC is None:
        pytest.fail(_LACKING) if os.environ.get("CI") else pytest.skip(_LACKING)
    command = [
        *(CALC, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless"),
        *("--convert-to", kind, "--outdir", str(folder / "made"), *map(str, workbooks)),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=240)
    return folder / "made"


@pytest.fixture(scope="module")
def shown(pack, tmp_path_factory) -> dict[str, list[list[str]]]:
    """The cells of each sheet as LibreOffice shows them."""
    made = converted(AS_CSV, tmp_path_factory.mktemp("calc"), pack / "audit.xlsx")
    cells = {}
    for file in made.glob("audit-*.csv"):
        with file.open(encoding="utf-8", newline="") as text:
            cells[file.stem.removeprefix("audit-")] = list(csv.reader(text))
    return cells


@pytest.fixture(scope="module")
def frames(data) -> dict[str, pl.DataFrame]:
    evidence = gather(
        data,
        as_of=AS_OF,
        expiring_days=30,
        required=None,
        title="Training records",
        names=True,
        earlier=None,
    )
    matrix = training_matrix(evidence.status)
    signs = pl.col(matrix.columns[2:]).cast(pl.String).replace_strict(STATUS_SIGNS)
    return {
        "status": evidence.cases,
        "completions": evidence.records,
        "matrix": matrix.with_columns(signs),
        "findings": evidence.findings,
        "instructors": with_labels(evidence).coverage.drop("demo"),
        "sessions": evidence.sessions.drop("demo", "m_trainees_id"),
        "vendor": evidence.disagreements,
        "rules": rule_rows(evidence),
        "trend": evidence.past.trend,
        "renewals": evidence.past.renewals,
        **recompute_tables(evidence),
    }


def as_text(value: object) -> str:
    """A value as a spreadsheet shows it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return "; ".join(map(str, value))
    return str(value)


def test_every_cell_is_that_of_the_frames(shown, frames, data):
    assert {*shown} == {*frames, "summary", "data dictionary"}
    for name, frame in frames.items():
        numbered = with_numbers(frame, data.users)
        heading, *rows = ([*row[1:]] for row in shown[name])
        headings = [
            column if name == "matrix" and place > 2 else sheet_heading(column)
            for place, column in enumerate(numbered.columns)
        ]
        assert heading == headings, name
        assert len(rows) == numbered.height, name
        for row, values in zip(rows, numbered.iter_rows(), strict=True):
            assert row == [*map(as_text, values)], name


@pytest.fixture(scope="module")
def papers(pack, tmp_path_factory) -> Path:
    """The workbook as PDF, and its sheet of people with a column that is too narrow."""
    folder = tmp_path_factory.mktemp("papers")
    book = openpyxl.load_workbook(pack / "audit.xlsx")
    for name in book.sheetnames:
        if name != "people":
            del book[name]
    place = [cell.value for cell in book["people"][1]].index("created")
    book["people"].column_dimensions["ABCDEFGHIJKLM"[place]].width = 11
    book.save(folder / "narrow.xlsx")
    return converted("pdf", folder, pack / "audit.xlsx", folder / "narrow.xlsx")


def test_no_cell_is_too_narrow_for_its_number_or_date(shown, papers):
    """A PDF shows what a window shows: #### in place of a number that does not fit."""
    pages = pdf_pages((papers / "audit.pdf").read_bytes())
    first = shown["completions"][1]
    assert any(first[shown["completions"][0].index("created")] in page for page in pages)
    assert not [page for page in pages if "###" in page]


def test_a_column_that_is_too_narrow_is_seen(papers):
    assert "###" in pdf_pages((papers / "narrow.pdf").read_bytes())[0]


def test_numbers_are_numbers_and_dates_are_dates(book, frames, data):
    kinds = {pl.Date: datetime, pl.Int64: int, pl.Boolean: bool, pl.Datetime: datetime}
    for name, frame in frames.items():
        columns = with_numbers(frame, data.users)
        for place, (column, dtype) in enumerate(columns.schema.items(), start=2):
            cells = [cell.value for (cell,) in book[name].iter_rows(2, None, place, place)]
            values = {type(cell) for cell in cells if cell is not None}
            assert values <= {kinds.get(dtype.base_type(), str)}, (name, column)
    tiles = {row[0].value: row[1] for row in book["summary"].iter_rows()}
    assert isinstance(tiles["Expired"].value, int)


def test_every_sheet_prints_whole_with_its_headings_on_each_page(book):
    for sheet in book.worksheets:
        assert sheet.print_title_rows == "$1:$1"
        last = sheet.print_area.replace("$", "").split(":")[-1]
        assert sheet[last].row >= sheet.max_row
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.page_setup.fitToHeight == 0, "one page wide, as many pages high as it takes"

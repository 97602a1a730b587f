"""A workbook says where it cuts, and loses no digit: what it can't hold is whole elsewhere."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import openpyxl
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import kpa_analytics as kpa
from kpa_analytics.audit.evidence import gather
from kpa_analytics.audit.excel_limits import EXCEL, Limits, fitting, is_cut
from kpa_analytics.audit.report import report
from kpa_analytics.audit.xlsx import write_workbook
from kpa_analytics.data.scope import Scope
from kpa_analytics.demo import Records
from kpa_analytics.demo import sources as wire
from kpa_analytics.errors import KPADataWarning
from kpa_analytics.report_text import CELL_CUT
from tests.audit.packs import AS_OF, Page, completion, load, pdf_text, person, training, user
from tests.drawn_once import left_blank

WORKER = "\N{CONSTRUCTION WORKER}"
#: 40,000 UTF-16 units, in which the cut falls inside a character of two of them.
LONG = "a" + WORKER * 19_999 + "z"
LONG_ID = 9_007_199_254_740_993
MOMENT = 1_780_000_000_000


@pytest.fixture(scope="module")
def evidence(data):
    """The evidence of ten people: a workbook that is written and read quickly."""
    some = data.completions["m_user_id"].unique(maintain_order=True).head(10)
    return gather(
        data.part(Scope(description="ten people", people=some)),
        as_of=AS_OF,
        expiring_days=30,
        required=None,
        title="Training records",
        names=True,
        earlier=None,
    )


def written(evidence, path, limits):
    made = datetime(2026, 6, 30, tzinfo=UTC)
    cuts = write_workbook(evidence, report(evidence, []), path, made=made, limits=limits)
    return cuts, openpyxl.load_workbook(path)


def texts(sheet) -> list[str]:
    return [cell for row in sheet.iter_rows(values_only=True) for cell in row if cell]


@pytest.mark.slow
def test_every_sheet_says_that_rows_are_cut_where_they_are_cut(evidence, tmp_path):
    cuts, book = written(evidence, tmp_path / "a.xlsx", EXCEL._replace(rows=50))
    rows = evidence.records.height
    said = f"Sheet completions: only the first 48 of {rows:,} rows are here"
    (sentence,) = (cut for cut in cuts if cut.startswith(said))
    assert "All rows are in records.csv and records.parquet" in sentence
    sheet = book["completions"]
    assert sheet.max_row == 50
    assert sheet.cell(50, 1).value == sentence
    assert sheet.cell(1, evidence.records.width + 2).value == sentence
    assert sheet.cell(49, 2).value == evidence.records["id"][47]
    for cut in cuts:
        name = cut.split(":")[0].removeprefix("Sheet ")
        assert any(cut in str(text) for text in texts(book[name]))
        assert cut in texts(book["summary"])
    tall = [name for name in book.sheetnames if book[name].max_row == 50 and name != "summary"]
    assert {f"Sheet {name}" for name in tall} == {cut.split(":")[0] for cut in cuts}


@pytest.mark.slow
def test_a_sheet_that_just_fits_says_nothing(evidence, tmp_path):
    limits = EXCEL._replace(rows=evidence.records.height + 1)
    cuts, book = written(evidence, tmp_path / "a.xlsx", limits)
    assert not any("Sheet completions" in cut for cut in cuts)
    assert book["completions"].max_row == evidence.records.height + 1


@pytest.mark.slow
def test_columns_that_are_cut_are_counted(evidence, tmp_path):
    cuts, book = written(evidence, tmp_path / "a.xlsx", EXCEL._replace(columns=10))
    added = ("demo_data", "employeeNumber")
    matrix = kpa.training_matrix(evidence.status).width + len(added)
    (sentence,) = (cut for cut in cuts if cut.startswith("Sheet matrix"))
    assert f"only the first 9 of {matrix} columns" in sentence
    assert book["matrix"].cell(1, 10).value == sentence


@pytest.mark.slow
def test_without_a_cut_no_sheet_and_no_manifest_says_anything(pack, evidence, tmp_path):
    cuts, book = written(evidence, tmp_path / "a.xlsx", EXCEL)
    assert cuts == []
    assert not [
        text for name in book.sheetnames for text in texts(book[name]) if CELL_CUT in str(text)
    ]
    assert json.loads((pack / "manifest.json").read_bytes())["workbook_cuts"] == []


@pytest.mark.slow
def test_texts_are_cut_in_headings_cells_and_summary_alike(evidence, tmp_path):
    cuts, book = written(evidence, tmp_path / "a.xlsx", Limits(1_000, 1_000, 50))
    cut = {message.split(":")[0].removeprefix("Sheet ") for message in cuts if "cut" in message}
    ends = {
        name
        for name in book.sheetnames
        if any(str(text).endswith(CELL_CUT) for text in texts(book[name]))
    }
    assert ends == cut >= {"summary", "rules"}


@given(st.text(max_size=60), st.integers(len(CELL_CUT) + 2, 60))
def test_no_text_is_longer_than_a_cell_and_no_character_is_halved(text, units):
    text = text.encode("utf-16", "replace").decode("utf-16")
    shown = fitting(text, units)
    assert len(shown.encode("utf-16-le")) <= 2 * units
    assert text.startswith(shown.rstrip(" ").removesuffix(CELL_CUT.rstrip(" ")).rstrip(" "))
    assert (CELL_CUT in shown) == is_cut(text, units)


@pytest.mark.parametrize(("beginning", "room"), [("", EXCEL.units), ("<r>", EXCEL.units - 1)])
def test_a_text_that_looks_like_rich_text_has_room_for_one_unit_less(beginning, room):
    fits = beginning.ljust(room, "x")
    assert not is_cut(fits)
    assert fitting(fits).rstrip() == fits
    assert is_cut(f"{fits}x")
    assert fitting(f"{fits}x").rstrip().endswith(CELL_CUT.rstrip())


@pytest.fixture(scope="module")
def long_texts(tmp_path_factory):
    folder = tmp_path_factory.mktemp("limits")
    done = [
        completion(LONG_ID, 7, person(1), 20260101, created=MOMENT, notes=LONG),
        completion(
            LONG_ID + 1,
            7,
            person(1),
            20250101,
            created=MOMENT,
            group_training_id=999_999_999_999_999,
        ),
    ]
    source = Records(
        {
            wire.COMPLETIONS: done,
            wire.TRAININGS: [training(7, "Ladders")],
            wire.USERS: [user(1, "Ana", "Ruiz")],
        }
    )
    with kpa.demo.serve(source) as api:
        data = load(folder / "cache", api)
    with left_blank(), pytest.warns(KPADataWarning) as caught:
        pack = kpa.export_audit(data, folder / "pack", as_of=AS_OF)
    return pack, [str(warning.message) for warning in caught]


@pytest.mark.slow
def test_a_note_of_40_000_units_is_cut_between_two_characters_and_named(long_texts):
    pack, warned = long_texts
    sheet = openpyxl.load_workbook(pack / "audit.xlsx")["completions"]
    heading = [cell.value for cell in sheet[1]]
    notes = [row[heading.index("notes")] for row in sheet.iter_rows(values_only=True)]
    (cut,) = (note for note in notes[1:] if note)
    assert len(cut.encode("utf-16-le")) <= 2 * 32_767
    assert cut.endswith(WORKER + CELL_CUT)
    assert cut.removesuffix(CELL_CUT) == "a" + WORKER * cut.count(WORKER)
    (sentence,) = json.loads((pack / "manifest.json").read_bytes())["workbook_cuts"]
    place = next(cell.coordinate for row in sheet.iter_rows() for cell in row if cell.value == cut)
    assert f"1 text was cut, because an Excel cell can hold 32,767 characters: {place}." in sentence
    assert heading[-1] == sentence
    assert f"audit.xlsx: {sentence}" in warned
    assert sentence in Page((pack / "report.html").read_text(encoding="utf-8")).text
    assert "1 text was cut" in pdf_text((pack / "audit.pdf").read_bytes())


@pytest.mark.slow
def test_what_the_workbook_cuts_is_whole_in_csv_and_parquet(long_texts):
    pack, _ = long_texts
    assert LONG in pl.read_parquet(pack / "records.parquet")["notes"].to_list()
    assert LONG in pl.read_csv(pack / "records.csv")["notes"].to_list()


@pytest.mark.slow
def test_ids_of_16_digits_are_text_and_shorter_ones_numbers(long_texts):
    pack, _ = long_texts
    sheet = openpyxl.load_workbook(pack / "audit.xlsx")["completions"]
    heading, *rows = sheet.iter_rows(values_only=True)
    ids = {row[heading.index("id")] for row in rows}
    assert ids == {str(LONG_ID), str(LONG_ID + 1)}
    assert {row[heading.index("training id")] for row in rows} == {7}
    sessions = [row[heading.index("group training id")] for row in rows]
    assert 999_999_999_999_999 in sessions

"""The tables of a plan as an Excel workbook. No cell is a formula or a link."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

import polars as pl
import xlsxwriter

from kpa_analytics.analysis.planning.expiring_again import in_a_sentence
from kpa_analytics.analysis.planning.last_instructors import in_sentences
from kpa_analytics.analysis.planning.session_plan import SessionPlan
from kpa_analytics.audit.csv import marked
from kpa_analytics.audit.excel_limits import EXCEL, fitting
from kpa_analytics.audit.xlsx_rows import BulkSheet
from kpa_analytics.errors import KPADataError
from kpa_analytics.report_text import DEMO_MARK
from kpa_analytics.schema import PLANNED_PEOPLE, PLANNED_SESSIONS, UNPLACED, Table
from kpa_analytics.spreadsheet import flat
from kpa_analytics.wording import count, day

_WIDEST, _WIDTH_OF_MARK = 60, 16
#: Columns for other programs, which are hidden, and the sentence that says so.
_IDS = ("training_id", "m_user_id", "m_instructor_id")
_HIDDEN = "The ids of trainings and people are in hidden columns."
_SHEETS: dict[str, Table] = {
    "sessions": PLANNED_SESSIONS,
    "people": PLANNED_PEOPLE,
    "unplaced": UNPLACED,
}


def plan_workbook(plan: SessionPlan) -> bytes:
    """The sheets sessions, people, unplaced and about; the same plan gives the same bytes.

    Raises:
        KPADataError: a table has more rows than an Excel sheet holds.
    """
    content = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
    with xlsxwriter.Workbook(content, options) as book:
        made = datetime(plan.as_of.year, plan.as_of.month, plan.as_of.day)
        notice = DEMO_MARK if plan.demo else ""
        book.set_properties({"title": plan.title, "created": made, "comments": notice})
        for name in _SHEETS:
            _sheet(book, name, getattr(plan, name), demo=plan.demo)
        _about(book, plan)
    return content.getvalue()


def _sheet(book: Any, name: str, rows: pl.DataFrame, *, demo: bool) -> None:
    if rows.height >= EXCEL.rows:
        raise KPADataError(
            f"{name}: an Excel sheet holds {count(EXCEL.rows - 1, 'row')}, and the plan has "
            f"{rows.height:,}: plan fewer weeks"
        )
    table = marked(flat(rows), demo=demo)
    bold = book.add_format({"bold": True, "bottom": 1, "align": "right"})
    bold_text = book.add_format({"bold": True, "bottom": 1, "indent": 1})
    sheet = book.add_worksheet(name, worksheet_class=BulkSheet)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(table.height, 1), table.width - 1)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_header(f"&C&B{DEMO_MARK}" if demo else "")
    for place, column in enumerate(table):
        is_number = column.dtype.is_numeric()
        sheet.write_string(0, place, column.name, bold if is_number else bold_text)
        longest: Any = column.cast(pl.String).str.len_chars().max()
        width = max(len(column.name) + 4, int(longest or 0) + 3)
        most = _WIDTH_OF_MARK if demo and place == 0 else _WIDEST
        is_hidden = column.name in _IDS or (column.name == "group" and longest is None)
        sheet.set_column(place, place, min(most, width), None, {"hidden": is_hidden})
    sheet.put(table, {column.name: _format(book, column) for column in table})


def _format(book: Any, column: pl.Series) -> Any:
    if column.dtype == pl.Date:
        return book.add_format({"num_format": "yyyy-mm-dd", "align": "left", "indent": 1})
    if column.dtype.is_numeric():
        return book.add_format({"num_format": "0" if column.dtype.is_integer() else "#,##0"})
    return book.add_format({"align": "left", "indent": 1})


def _about(book: Any, plan: SessionPlan) -> None:
    """Write the last sheet: what the plan is, and what each column says."""
    sheet, bold = book.add_worksheet("about"), book.add_format({"bold": True, "valign": "top"})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, 90)
    lines = [
        *([("Demo data", DEMO_MARK)] if plan.demo else []),
        ("Plan", plan.title),
        ("Result", plan.summary),
        ("Statuses as of", day(plan.as_of)),
        *(("Requirements", sentence) for sentence in plan.unknown),
        *(
            ("New certificates", sentence)
            for sentence in in_a_sentence(plan.expiring_again, plan.last_day)
        ),
        *(("Last instructors", sentence) for sentence in in_sentences(plan.last_instructors)),
        ("Columns", _HIDDEN),
        *(
            (f"{name}: {column.name}", column.meaning)
            for name, table in _SHEETS.items()
            for column in table.columns
        ),
    ]
    for row, (label, text) in enumerate(lines):
        sheet.write_string(row, 0, label, bold)
        sheet.write_string(row, 1, fitting(text), wrapped)

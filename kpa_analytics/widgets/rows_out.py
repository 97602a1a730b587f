"""The rows of an explorer's table as CSV, as an Excel workbook, and as text for the clipboard."""

from __future__ import annotations

import io
from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any

import polars as pl

from kpa_analytics.audit.csv import marked
from kpa_analytics.errors import KPAError
from kpa_analytics.install_command import install_command
from kpa_analytics.report_text import DEMO_MARK
from kpa_analytics.spreadsheet import flat
from kpa_analytics.wording import count, listing

CSV, EXCEL, CLIPBOARD = "csv", "xlsx", "clipboard"
TYPES = {
    CSV: "text/csv",
    EXCEL: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    CLIPBOARD: "text/plain",
}
_WIDEST = 60


def rows_as(kind: str, rows: pl.DataFrame, facts: Mapping[str, str], *, demo: bool) -> bytes:
    """The content of a file with these rows, in this order.

    Args:
        kind: "csv", "xlsx" or "clipboard" (columns separated by tabs).
        rows: the rows. No text in them can act as a formula in the result.
        facts: where the rows come from and how they were chosen, for the workbook's second sheet.
        demo: True for demo data, which the first column then says.

    Raises:
        KPAError: the rows do not fit a sheet, or the extra `audit` is not installed (for "xlsx").
    """
    if kind == EXCEL:
        return _workbook(rows, facts, demo=demo)
    table = marked(flat(rows), demo=demo)
    if kind == CSV:
        return _text(table, include_bom=True, quote_style="non_numeric")
    return _text(table, separator="\t")


def _text(table: pl.DataFrame, **options: Any) -> bytes:
    content = io.BytesIO()
    table.write_csv(content, **options)
    return content.getvalue()


def _workbook(rows: pl.DataFrame, facts: Mapping[str, str], *, demo: bool) -> bytes:
    if find_spec("xlsxwriter") is None:
        raise KPAError(f"Excel workbooks need XlsxWriter: {install_command('audit')}")
    import xlsxwriter

    from kpa_analytics.audit import excel_limits
    from kpa_analytics.audit.xlsx_rows import BulkSheet

    if rows.height >= excel_limits.EXCEL.rows:
        raise KPAError(
            f"an Excel sheet holds {count(excel_limits.EXCEL.rows - 1, 'row')}, and the table "
            f"has {rows.height:,}: filter it, or use the CSV"
        )
    table = marked(flat(rows), demo=demo)
    content = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
    with xlsxwriter.Workbook(content, options) as book:
        bold = book.add_format({"bold": True, "bottom": 1})
        sheet = book.add_worksheet("rows", worksheet_class=BulkSheet)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, max(table.height, 1), table.width - 1)
        for place, column in enumerate(table):
            sheet.write_string(0, place, column.name, bold)
            sheet.set_column(place, place, _width(column))
        cut = sheet.put(table, {column.name: _format(book, column) for column in table})
        _about(book, facts, cut, demo=demo)
    return content.getvalue()


def _format(book: Any, column: pl.Series) -> Any:
    """Days and moments as the report writes them; numbers with all of their digits."""
    if column.dtype == pl.Date:
        return book.add_format({"num_format": "yyyy-mm-dd", "align": "left"})
    if isinstance(column.dtype, pl.Datetime):
        return book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss", "align": "left"})
    return book.add_format({"num_format": "0" if column.dtype.is_integer() else "General"})


def _width(column: pl.Series) -> int:
    longest: Any = column.cast(pl.String).str.len_chars().max()
    return min(_WIDEST, max(len(column.name) + 3, int(longest or 0) + 2))


def _about(book: Any, facts: Mapping[str, str], cut: list[str], *, demo: bool) -> None:
    """Write the second sheet: where the rows come from and how they were chosen."""
    from kpa_analytics.audit.excel_limits import fitting

    lines = {**({"Demo data": DEMO_MARK} if demo else {}), **facts}
    if cut:
        lines["Texts that were cut"] = listing(cut, most=12)
    sheet, bold = book.add_worksheet("about"), book.add_format({"bold": True, "valign": "top"})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, 90)
    for row, (label, text) in enumerate(lines.items()):
        sheet.write_string(row, 0, label, bold)
        sheet.write_string(row, 1, fitting(text), wrapped)

"""audit.xlsx: every row behind the report; no cell of it is a formula or a link."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import xlsxwriter

from kpa_analytics.analysis.matrix import training_matrix
from kpa_analytics.audit.tables import marked
from kpa_analytics.charts import STATUS_SIGNS, status_colours
from kpa_analytics.charts.theme import ink_on, palette
from kpa_analytics.demo_mark import DEMO_MARK
from kpa_analytics.schema import STATUS

if TYPE_CHECKING:
    from kpa_analytics.audit.evidence import Evidence

#: What Excel holds: rows of a sheet, columns of a sheet, characters of a cell, from which year.
_ROWS, _COLUMNS, _LETTERS, _FIRST_YEAR = 1_048_576, 16_384, 32_767, 1900
_WIDTHS = {pl.Date: 12, pl.Int64: 11, pl.Boolean: 9, STATUS: 15}
_WIDE = {"user": 26, "training": 34, "instructor": 24, "message": 90, "notes": 40, "trainings": 44}


def write_workbook(
    evidence: Evidence, story: dict[str, Any], path: Path, *, made: datetime
) -> None:
    """Write the workbook: summary, status, completions, matrix, findings, and what else there is.

    Args:
        evidence: everything the pack says.
        story: the report, for the headline figures and the words of the summary.
        path: the file.
        made: the moment that the workbook gives as its own.
    """
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_date_format": "yyyy-mm-dd",
    }
    with xlsxwriter.Workbook(path, options) as book:
        notice = DEMO_MARK if evidence.data.demo else ""
        book.set_properties(
            {"title": evidence.title, "created": made.replace(tzinfo=None), "comments": notice}
        )
        writer = _Writer(book, demo=evidence.data.demo)
        writer.summary(story)
        writer.sheet("status", evidence.status)
        writer.sheet("completions", evidence.records)
        writer.matrix(training_matrix(evidence.status))
        writer.sheet("findings", evidence.findings)
        writer.sheet("instructors", _joined(evidence.coverage.drop("demo")))
        writer.sheet("sessions", _joined(evidence.sessions.drop("demo", "m_trainees_id")))
        writer.sheet("vendor", evidence.disagreements)
        if evidence.changed_since:
            writer.sheet("changes", evidence.changed)


class _Writer:
    """Writes frames as sheets of one workbook, in its formats."""

    def __init__(self, book: xlsxwriter.Workbook, *, demo: bool) -> None:
        self._book, self._demo = book, demo
        self._heading = book.add_format({"bold": True, "bottom": 1, "valign": "top"})
        self._upright = book.add_format({"bold": True, "bottom": 1, "rotation": 90})
        self._day = book.add_format({"num_format": "yyyy-mm-dd", "align": "left"})
        self._moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss", "align": "left"})
        self._status = {
            status: book.add_format(
                {"bg_color": colour, "font_color": ink_on(colour), "align": "center"}
            )
            for status, colour in status_colours().items()
        }

    def summary(self, story: dict[str, Any]) -> None:
        """The first sheet: what this is, the headline figures, how to read it."""
        title = self._book.add_format({"bold": True, "font_size": 18})
        figure = self._book.add_format({"bold": True, "num_format": "#,##0", "align": "right"})
        wrapped = self._book.add_format({"text_wrap": True, "valign": "top"})
        sheet = self._sheet("summary")
        sheet.set_column(0, 0, 22)
        sheet.set_column(1, 1, 16)
        sheet.set_column(2, 2, 84)
        lines: list[tuple[Any, ...]] = [((story["title"], title),)]
        if story["notice"]:
            alarm = {"bold": True, "bg_color": palette().demo, "font_color": "#FFFFFF"}
            lines.append(((story["notice"], self._book.add_format(alarm)),))
        lines += [((story["subtitle"], None),), ((" · ".join(story["facts"]), None),), ()]
        for tile in story["tiles"]:
            colour = self._status.get(tile["status"])
            value = tile["value"].replace(",", "")
            shown = int(value) if value.isdigit() else value
            lines.append(((tile["label"], colour), (shown, figure), (tile["note"], None)))
        lines.append(())
        for section in story["sections"]:
            for place, said in enumerate(section["words"]):
                heading = section["heading"] if place == 0 else ""
                lines.append(
                    ((heading, self._heading if heading else None), ("", None), (said, wrapped))
                )
        for row, cells in enumerate(lines):
            for column, (value, style) in enumerate(cells):
                if isinstance(value, int):
                    sheet.write_number(row, column, value, style)
                elif value:
                    sheet.write_string(row, column, value[:_LETTERS], style)

    def sheet(self, name: str, frame: pl.DataFrame) -> None:
        """A frame as a sheet: heading frozen and filtered, days as days, statuses in colour."""
        rows = marked(frame, demo=self._demo)
        shown = rows[:, :_COLUMNS].head(_ROWS - 1)
        sheet = self._sheet(name)
        sheet.freeze_panes(1, 0)
        self._headings(sheet, shown, self._heading)
        for place, (column, dtype) in enumerate(shown.schema.items()):
            sheet.set_column(place, place, _WIDE.get(column, _WIDTHS.get(dtype, 14)))
        self._rows(sheet, shown, signs=False)

    def matrix(self, matrix: pl.DataFrame) -> None:
        """People by trainings: a sign and a colour in each cell, headings upright, names frozen."""
        rows = marked(matrix, demo=self._demo)
        shown = rows[:, :_COLUMNS].head(_ROWS - 1)
        sheet = self._sheet("matrix")
        names = shown.columns.index("user") + 1
        sheet.freeze_panes(1, names)
        sheet.set_row(0, 190)
        self._headings(sheet, shown, self._upright)
        sheet.set_column(0, names - 2, 14)
        sheet.set_column(names - 1, names - 1, _WIDE["user"])
        sheet.set_column(names, max(names, shown.width - 1), 4)
        self._rows(sheet, shown, signs=True)

    def _headings(self, sheet: Any, frame: pl.DataFrame, style: Any) -> None:
        sheet.autofilter(0, 0, max(frame.height, 1), frame.width - 1)
        for place, column in enumerate(frame.columns):
            sheet.write_string(0, place, column[:_LETTERS], style)

    def _rows(self, sheet: Any, frame: pl.DataFrame, *, signs: bool) -> None:
        writers = [self._cell_writer(sheet, dtype, signs=signs) for dtype in frame.dtypes]
        for row, values in enumerate(frame.iter_rows(), start=1):
            for place, value in enumerate(values):
                if value is not None:
                    writers[place](row, place, value)

    def _sheet(self, name: str) -> Any:
        sheet = self._book.add_worksheet(name)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        mark = f"&C&B{DEMO_MARK}" if self._demo else ""
        sheet.set_header(mark)
        sheet.set_footer("&L&A&R&P / &N")
        if self._demo:
            sheet.set_tab_color(palette().demo)
        return sheet

    def _cell_writer(self, sheet: Any, dtype: Any, *, signs: bool) -> Any:
        if dtype == STATUS:
            said = STATUS_SIGNS if signs else {status: status for status in STATUS_SIGNS}
            return lambda row, place, value: sheet.write_string(
                row, place, said[value], self._status[value]
            )
        if dtype == pl.Date:
            return self._day_writer(sheet, self._day)
        if isinstance(dtype, pl.Datetime):
            return self._day_writer(sheet, self._moment)
        if dtype == pl.Boolean:
            return sheet.write_boolean
        if dtype.is_numeric():
            return sheet.write_number
        return lambda row, place, value: sheet.write_string(row, place, value[:_LETTERS])

    def _day_writer(self, sheet: Any, style: Any) -> Any:
        """Days as days; those before Excel's calendar begins as text."""

        def write(row: int, place: int, value: Any) -> None:
            if value.year < _FIRST_YEAR:
                sheet.write_string(row, place, value.isoformat())
            else:
                plain = value.replace(tzinfo=None) if isinstance(value, datetime) else value
                sheet.write_datetime(row, place, plain, style)

        return write


def _joined(frame: pl.DataFrame) -> pl.DataFrame:
    """Lists as text, one item after another."""
    lists = [name for name, dtype in frame.schema.items() if isinstance(dtype, pl.List)]
    return frame.with_columns(pl.col(lists).cast(pl.List(pl.String)).list.join("; "))

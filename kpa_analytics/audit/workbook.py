"""audit.xlsx: every row behind the report; no cell of it is a formula or a link."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import xlsxwriter

from kpa_analytics.analysis.matrix import training_matrix
from kpa_analytics.audit.bulk_sheet import MOST_COLUMNS, MOST_ROWS, BulkSheet, safe
from kpa_analytics.audit.rules import rule_rows
from kpa_analytics.audit.schedule_rows import schedule_rows
from kpa_analytics.audit.tables import marked
from kpa_analytics.charts import STATUS_SIGNS, status_colours
from kpa_analytics.charts.theme import ink_on, palette
from kpa_analytics.demo_mark import DEMO_MARK
from kpa_analytics.schema import STATUS

if TYPE_CHECKING:
    from kpa_analytics.audit.evidence import Evidence

_WIDTHS = {pl.Date: 12, pl.Int64: 11, pl.Boolean: 9, STATUS: 15}
_WIDE = {"user": 26, "training": 34, "instructor": 24, "message": 90, "notes": 40, "trainings": 44}
_WIDE |= {"text": 120, "kind": 34, "schedule": 52, "schedule_from": 40, "expiring_days_from": 40}


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
    options = {"strings_to_formulas": False, "strings_to_urls": False}
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
        writer.sheet("rules", rule_rows(evidence))
        writer.sheet("trainings", schedule_rows(evidence))
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
        alarm = self._book.add_format(
            {"bold": True, "bg_color": palette().demo, "font_color": "#FFFFFF"}
        )
        figure = self._book.add_format({"bold": True, "num_format": "#,##0", "align": "right"})
        wrapped = self._book.add_format({"text_wrap": True, "valign": "top"})
        sheet = self._sheet("summary")
        for place, width in enumerate((24, 16, 92)):
            sheet.set_column(place, place, width)
        lines: list[list[tuple[Any, Any]]] = [[(story["title"], title)]]
        if story["notice"]:
            lines.append([(story["notice"], alarm)])
        lines += [[(story["subtitle"], None)], [(" · ".join(story["facts"]), None)], []]
        for tile in story["tiles"]:
            bare = tile["value"].replace(",", "")
            value = int(bare) if bare.isdigit() else bare
            colour = self._status.get(tile["status"])
            lines.append([(tile["label"], colour), (value, figure), (tile["note"], None)])
        for section in story["sections"]:
            lines.append([])
            headings = [section["heading"], *[""] * len(section["words"])]
            for heading, said in zip(headings, section["words"], strict=False):
                lines.append([(heading, self._heading), ("", None), (said, wrapped)])
        for row, cells in enumerate(lines):
            for column, (value, style) in enumerate(cells):
                if isinstance(value, int):
                    sheet.write_number(row, column, value, style)
                elif value:
                    sheet.write_string(row, column, safe(value), style)

    def sheet(self, name: str, frame: pl.DataFrame) -> None:
        """A frame as a sheet: heading frozen and filtered, days as days, statuses in colour."""
        shown = self._shown(frame)
        sheet = self._sheet(name)
        sheet.freeze_panes(1, 0)
        self._headings(sheet, shown, self._heading)
        for place, (column, dtype) in enumerate(shown.schema.items()):
            sheet.set_column(place, place, _WIDE.get(column, _WIDTHS.get(dtype, 14)))
        sheet.put(shown, {name: self._style(dtype) for name, dtype in shown.schema.items()})

    def matrix(self, matrix: pl.DataFrame) -> None:
        """People by trainings: a sign and a colour in each cell, headings upright, names frozen."""
        shown = self._shown(matrix)
        sheet = self._sheet("matrix")
        names = shown.columns.index("user") + 1
        sheet.freeze_panes(1, names)
        sheet.set_row(0, 190)
        self._headings(sheet, shown, self._upright)
        sheet.set_column(0, names - 2, 14)
        sheet.set_column(names - 1, names - 1, _WIDE["user"])
        sheet.set_column(names, max(names, shown.width - 1), 4)
        cells = pl.col(shown.columns[names:]).cast(pl.String).replace_strict(STATUS_SIGNS)
        by_sign = {STATUS_SIGNS[status]: style for status, style in self._status.items()}
        signs = shown.with_columns(cells) if shown.width > names else shown
        sheet.put(signs, dict.fromkeys(shown.columns[names:], by_sign))

    def _shown(self, frame: pl.DataFrame) -> pl.DataFrame:
        """What of a frame a sheet can hold, with the demo mark."""
        return marked(frame, demo=self._demo)[:, :MOST_COLUMNS].head(MOST_ROWS - 1)

    def _sheet(self, name: str) -> Any:
        sheet = self._book.add_worksheet(name, worksheet_class=BulkSheet)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        sheet.set_header(f"&C&B{DEMO_MARK}" if self._demo else "")
        sheet.set_footer("&L&A&R&P / &N")
        if self._demo:
            sheet.set_tab_color(palette().demo)
        return sheet

    def _headings(self, sheet: Any, frame: pl.DataFrame, style: Any) -> None:
        sheet.autofilter(0, 0, max(frame.height, 1), frame.width - 1)
        for place, column in enumerate(frame.columns):
            sheet.write_string(0, place, safe(column), style)

    def _style(self, dtype: pl.DataType) -> Any:
        if dtype == STATUS:
            return self._status
        if isinstance(dtype, pl.Datetime):
            return self._moment
        return self._day if dtype == pl.Date else None


def _joined(frame: pl.DataFrame) -> pl.DataFrame:
    """Lists as text, one item after another."""
    lists = [name for name, dtype in frame.schema.items() if isinstance(dtype, pl.List)]
    return frame.with_columns(pl.col(lists).cast(pl.List(pl.String)).list.join("; "))

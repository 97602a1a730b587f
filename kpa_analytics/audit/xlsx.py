"""audit.xlsx: every row behind the report. No cell is a formula or a link."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, Any

import polars as pl
import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

from kpa_analytics.analysis.training_matrix import training_matrix
from kpa_analytics.audit.csv import marked
from kpa_analytics.audit.data_dictionary import data_dictionary
from kpa_analytics.audit.evidence import Evidence
from kpa_analytics.audit.excel_limits import EXCEL, Limits, fitting, is_cut
from kpa_analytics.audit.identity import labels_of, with_numbers
from kpa_analytics.audit.recompute import SHEETS, recompute_tables
from kpa_analytics.audit.report_method import rule_rows
from kpa_analytics.audit.xlsx_rows import BulkSheet
from kpa_analytics.charts.theme import ink_on, palette
from kpa_analytics.report_text import (
    CELLS_CUT,
    COLUMNS_CUT,
    COMPLETE_SOURCES,
    DEMO_MARK,
    ROWS_CUT,
    SheetName,
    sheet_heading,
)
from kpa_analytics.schema import DATA_DICTIONARY, STATUS
from kpa_analytics.statuses import STATUS_SIGNS, status_colours
from kpa_analytics.wording import listing, say

if TYPE_CHECKING:
    from kpa_analytics.data.training_data import TrainingData

#: Widths of columns, in digits of the workbook's font.
_DATE_WIDTH, _MOMENT_WIDTH, _STATUS_WIDTH, _MOST_WIDTH = 12, 21, 15, 60
#: The room of the button that filters a column, beside the heading.
_BUTTON = 3
_LINE_HEIGHT = 15


def write_workbook(
    evidence: Evidence,
    story: dict[str, Any],
    path: Path,
    *,
    made: datetime,
    limits: Limits = EXCEL,
) -> list[str]:
    """Write the workbook: summary, status, completions, matrix, findings, and the rest.

    Returns one sentence for each kind of cut on each sheet. The same sentence is on the sheet
    itself and on the summary.
    """
    options = {"strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(path, options) as book:
        notice = DEMO_MARK if evidence.data.demo else ""
        book.set_properties(
            {"title": evidence.title, "created": made.replace(tzinfo=None), "comments": notice}
        )
        writer = _Writer(book, evidence.data, limits=limits)
        writer.sheet(SheetName.STATUS, evidence.cases)
        writer.sheet(SheetName.COMPLETIONS, evidence.records)
        writer.matrix(training_matrix(evidence.status))
        writer.sheet(SheetName.FINDINGS, evidence.findings)
        coverage = labels_of(evidence.data).of(evidence.coverage.drop("demo"))
        writer.sheet(SheetName.INSTRUCTORS, _joined(coverage))
        writer.sheet(SheetName.SESSIONS, _joined(evidence.sessions.drop("demo", "m_trainees_id")))
        writer.sheet(SheetName.VENDOR, evidence.disagreements)
        writer.sheet(SheetName.RULES, rule_rows(evidence))
        writer.sheet(SheetName.TREND, evidence.past.trend)
        writer.sheet(SheetName.RENEWALS, evidence.past.renewals)
        for name, table in recompute_tables(evidence).items():
            writer.sheet(SHEETS[name], table)
        if evidence.changed_since:
            writer.sheet(SheetName.CHANGES, evidence.changed)
        if evidence.sample:
            writer.sheet(SheetName.SAMPLE, evidence.sample.rows)
        if evidence.since:
            writer.sheet(SheetName.SINCE, evidence.since.rows)
        writer.columns[SheetName.DICTIONARY] = DATA_DICTIONARY.schema.names()
        writer.sheet(SheetName.DICTIONARY, data_dictionary(writer.columns, demo=evidence.data.demo))
        writer.summary(story)
        return writer.cuts


class _Writer:
    """Writes frames as sheets of one workbook, with shared formats."""

    def __init__(self, book: xlsxwriter.Workbook, data: TrainingData, *, limits: Limits) -> None:
        self._book, self._demo, self._limits = book, data.demo, limits
        self._users = data.users
        self.cuts: list[str] = []
        #: The columns of each sheet, without the demo mark.
        self.columns: dict[SheetName, list[str]] = {}
        self._summary = self._sheet(SheetName.SUMMARY)  # the first sheet, written last
        self._heading = book.add_format(
            {"bold": True, "bottom": 1, "valign": "top", "text_wrap": True}
        )
        self._bold = book.add_format({"bold": True})
        self._upright = book.add_format({"bold": True, "bottom": 1, "rotation": 90})
        top = {"valign": "top"}
        self._text = book.add_format(top)
        self._wrapped = book.add_format({**top, "text_wrap": True})
        self._day = book.add_format({**top, "num_format": "yyyy-mm-dd", "align": "left"})
        self._moment = book.add_format(
            {**top, "num_format": "yyyy-mm-dd hh:mm:ss", "align": "left"}
        )
        # The general format would show a number of 12 digits as 1.23E+11.
        self._number = book.add_format({**top, "num_format": "0"})
        self._status = {
            status: book.add_format(
                {**top, "bg_color": colour, "font_color": ink_on(colour), "align": "center"}
            )
            for status, colour in status_colours().items()
        }

    def summary(self, story: dict[str, Any]) -> None:
        """Write the first sheet: title, facts, cuts, headline figures, the report's sentences."""
        title = self._book.add_format({"bold": True, "font_size": 18})
        alarm = self._book.add_format(
            {"bold": True, "bg_color": palette().demo, "font_color": "#FFFFFF"}
        )
        figure = self._book.add_format({"bold": True, "num_format": "#,##0", "align": "right"})
        share = self._book.add_format({"bold": True, "num_format": "0.0%", "align": "right"})
        sheet = self._summary
        for place, width in enumerate((24, 16, 92)):
            sheet.set_column(place, place, width)
        lines: list[list[tuple[Any, Any]]] = [[(story["title"], title)]]
        if story["notice"]:
            lines.append([(story["notice"], alarm)])
        lines += [[(story["subtitle"], None)], [(" · ".join(story["facts"]), None)]]
        lines += [[(warning, self._bold)] for warning in story["warnings"]]
        lines += [
            [(label, None), ("", None), (value, self._wrapped)]
            for label, value in story["cover"]["rows"]
        ]
        first_cut = len(lines)
        lines += [[]]
        for tile in story["tiles"]:
            value = _number(tile["value"])
            style = share if isinstance(value, float) else figure
            colour = self._status.get(tile["status"])
            lines.append([(tile["label"], colour), (value, style), (tile["note"], None)])
        for section in story["sections"]:
            lines.append([])
            headings = [section["heading"], *[""] * len(section["sentences"])]
            for heading, sentence in zip(headings, section["sentences"], strict=False):
                lines.append([(heading, self._heading), ("", None), (sentence, self._wrapped)])
        lines[first_cut:first_cut] = [[(cut, self._bold)] for cut in self._summary_cuts(lines)]
        for row, cells in enumerate(lines):
            for column, (value, style) in enumerate(cells):
                if isinstance(value, int | float):
                    sheet.write_number(row, column, value, style)
                elif value:
                    sheet.write_string(row, column, fitting(value, self._limits.units), style)
        sheet.print_area(0, 0, len(lines), 2)

    def _summary_cuts(self, lines: list[list[tuple[Any, Any]]]) -> list[str]:
        """The sentences about every cut in the workbook, including those on this sheet."""
        texts = [value for cells in lines for value, _ in cells if isinstance(value, str)]
        long = [text for text in texts if is_cut(text, self._limits.units)]
        if long:
            starts = [f"{text[:40]} ..." for text in long]
            self.cuts.append(self._cells_cut(SheetName.SUMMARY, starts))
        return self.cuts

    def sheet(self, name: SheetName, frame: pl.DataFrame) -> None:
        """Write a frame as a sheet, with frozen and filtered headings and coloured statuses."""
        numbered = with_numbers(frame, self._users)
        self.columns[name] = numbered.columns
        whole = marked(numbered, demo=self._demo)
        shown = self._shown(whole)
        sheet = self._sheet(name)
        sheet.freeze_panes(1, 0)
        headings = [sheet_heading(column) for column in shown.columns]
        cut = self._headings(sheet, shown, headings, self._heading)
        lengths = [_length(column) for column in shown]
        widths = [_width(*each) for each in zip(headings, lengths, strict=True)]
        for place, width in enumerate(widths):
            sheet.set_column(place, place, width)
        sheet.set_row(0, _LINE_HEIGHT * max(map(_lines, headings, widths), default=1))
        styles = {
            column.name: self._style(column.dtype, length)
            for column, length in zip(shown, lengths, strict=True)
        }
        cut += sheet.put(shown, styles, units=self._limits.units)
        self._write_cuts(name, sheet, whole, shown, cut)

    def matrix(self, matrix: pl.DataFrame) -> None:
        """Write people by trainings, with a sign and a colour in each cell."""
        numbered = with_numbers(matrix, self._users)
        self.columns[SheetName.MATRIX] = numbered.columns
        whole = marked(numbered, demo=self._demo)
        shown = self._shown(whole)
        sheet = self._sheet(SheetName.MATRIX)
        names = shown.columns.index("employeeNumber") + 1
        sheet.freeze_panes(1, names)
        sheet.set_row(0, _LINE_HEIGHT / 2 * max(map(len, shown.columns)) + _LINE_HEIGHT)
        sheet.repeat_columns(0, names - 1)
        headings = [*map(sheet_heading, shown.columns[:names]), *shown.columns[names:]]
        cut = self._headings(sheet, shown, headings, self._upright)
        for place, column in enumerate(shown.iter_columns()):
            if place < names:
                sheet.set_column(place, place, _width("", _length(column)))
        sheet.set_column(names, max(names, shown.width - 1), 4)
        cells = pl.col(shown.columns[names:]).cast(pl.String).replace_strict(STATUS_SIGNS)
        by_sign = {STATUS_SIGNS[status]: style for status, style in self._status.items()}
        signs = shown.with_columns(cells) if shown.width > names else shown
        styles = dict.fromkeys(shown.columns[names:], by_sign)
        cut += sheet.put(signs, styles, units=self._limits.units)
        self._write_cuts(SheetName.MATRIX, sheet, whole, shown, cut)

    def _shown(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The part of a frame that a sheet can hold, with room for a sentence about the cut."""
        limits = self._limits
        if frame.width > limits.columns:
            frame = frame[:, : limits.columns - 1]
        return frame if frame.height < limits.rows else frame.head(limits.rows - 2)

    def _write_cuts(
        self,
        name: SheetName,
        sheet: Any,
        whole: pl.DataFrame,
        shown: pl.DataFrame,
        cells: list[str],
    ) -> None:
        """Write the sentences about cuts right of the headings, and below the last row."""
        of_sheet = {"sheet": name, "source": COMPLETE_SOURCES[name]}
        cuts = []
        if shown.height < whole.height:
            cuts.append(say(ROWS_CUT, kept=shown.height, all=whole.height, **of_sheet))
            sheet.end_with(cuts[0])
        if shown.width < whole.width:
            cuts.append(say(COLUMNS_CUT, kept=shown.width, all=whole.width, **of_sheet))
        if cells:
            cuts.append(self._cells_cut(name, cells))
        if cuts and shown.width < self._limits.columns:
            sheet.write_string(0, shown.width, " ".join(cuts), self._bold)
        self.cuts += cuts

    def _cells_cut(self, sheet: SheetName, cells: list[str]) -> str:
        return say(
            CELLS_CUT,
            sheet=sheet,
            cut=len(cells),
            units=self._limits.units,
            cells=listing(cells, most=12),
            source=COMPLETE_SOURCES[sheet],
        )

    def _sheet(self, name: SheetName) -> Any:
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

    def _headings(
        self, sheet: Any, frame: pl.DataFrame, headings: list[str], style: Any
    ) -> list[str]:
        """Write the headings; return the cells in which a heading was cut."""
        sheet.autofilter(0, 0, max(frame.height, 1), frame.width - 1)
        sheet.print_area(0, 0, frame.height, frame.width - 1)
        for place, heading in enumerate(headings):
            sheet.write_string(0, place, fitting(heading, self._limits.units), style)
        return [
            xl_rowcol_to_cell(0, place)
            for place, heading in enumerate(headings)
            if is_cut(heading, self._limits.units)
        ]

    def _style(self, dtype: pl.DataType, length: int) -> Any:
        if dtype == STATUS:
            return self._status
        if isinstance(dtype, pl.Datetime):
            return self._moment
        if dtype == pl.Date:
            return self._day
        if dtype.is_integer():
            return self._number
        return self._wrapped if length > _MOST_WIDTH else self._text


def _length(column: pl.Series) -> int:
    """The number of letters that the longest value of a column shows."""
    if column.dtype == pl.Date:
        return _DATE_WIDTH - 2
    if isinstance(column.dtype, pl.Datetime):
        return _MOMENT_WIDTH - 2
    if column.dtype == STATUS:
        return _STATUS_WIDTH - 2
    if column.dtype.is_integer():
        ends = (column.min(), column.max())
        return max(len(str(end)) for end in ends if end is not None) if column.count() else 1
    length = column.cast(pl.String).str.len_chars().max()
    return length if isinstance(length, int) else 1


def _width(heading: str, length: int) -> int:
    """The width of a column in which every number, every date and each word of the heading fits."""
    longest_word = max((len(word) for word in heading.split()), default=0)
    return max(min(length, _MOST_WIDTH) + 2, longest_word + _BUTTON)


def _lines(heading: str, width: int) -> int:
    return len(wrap(heading, max(width - _BUTTON, 1)))


def _number(figure: str) -> int | float | str:
    """The number that a tile shows: a count, a share such as 59.3%, or a text such as "not known".

    Examples:
        >>> _number("1,234"), _number("59.3%"), _number("not known")
        (1234, 0.593, 'not known')
    """
    if figure.endswith("%"):
        return round(float(figure[:-1]) / 100, 6)
    bare = figure.replace(",", "")
    return int(bare) if bare.isdigit() else figure


def _joined(frame: pl.DataFrame) -> pl.DataFrame:
    """Turn lists into texts, with semicolons between the items."""
    lists = [name for name, dtype in frame.schema.items() if isinstance(dtype, pl.List)]
    return frame.with_columns(pl.col(lists).cast(pl.List(pl.String)).list.join("; "))

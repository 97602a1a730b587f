"""The parts of a report: plain data, the same for the page and the document."""

from __future__ import annotations

from itertools import groupby
from sys import maxsize

import polars as pl
from msgspec import Struct

from kpa_analytics import statuses
from kpa_analytics.report_text import GROUP, HEADINGS, MORE_ROWS, MORE_ROWS_IN, SheetName
from kpa_analytics.schema import STATUS
from kpa_analytics.wording import day_texts, one_line, say

#: How a column is set if its type does not say it; `prose` needs most of the width.
_KINDS = {
    **dict.fromkeys(("trainings", "message", "text"), "prose"),
    **dict.fromkeys(("record", "method", "rows_sha256"), "code"),
    "fetched": "date",
    **dict.fromkeys(("files", "gap_share", "on_time_share", *statuses.STATUSES), "number"),
    "month": "date",
    "signed": "flag",
}
#: Rows of a printed table; the workbook has them all.
PRINTED_ROWS = 60
#: Rows that a browser still shows without delay.
MOST_ON_PAGE = 20_000
#: The text in a cell without a value.
NOTHING = "–"  # noqa: RUF001 - an en dash, as in print


class RowGroup(Struct):
    """Rows that are together on paper, under a heading of their own."""

    heading: str
    rows: int


class Sheet(Struct):
    """A table of the report.

    The page shows all `rows`, the paper the first `on_paper` of them. `more` and `more_on_paper`
    say where to find the others. If there are `groups`, the paper shows the column `grouped_by` as
    headings only.
    """

    caption: str
    columns: list[dict[str, str]]
    rows: list[list[str]]
    more: str
    on_paper: int
    more_on_paper: str
    grouped_by: int = -1
    groups: list[RowGroup] = []


class Section(Struct):
    """A section of the report: key, heading, sentences, names of charts, tables."""

    key: str
    heading: str
    sentences: list[str]
    charts: list[str]
    tables: list[Sheet]


def printed(
    frame: pl.DataFrame,
    *columns: str,
    caption: str,
    limit: int | None = None,
    rest: SheetName | None = None,
    by: str = "",
) -> Sheet:
    """Set a frame as a table; the sheet `rest` of the workbook has all rows.

    The paper shows the first `limit` rows, by default all of them. With `by`, it groups the rows by
    this column, by which they must be sorted.

    Examples:
        >>> printed(pl.DataFrame({"cases": [1200, 7]}), "cases", caption="", limit=9).rows
        [['1,200'], ['7']]
    """
    shown = frame.head(MOST_ON_PAGE)
    on_paper = min(limit or shown.height, shown.height)
    kinds = {name: _kind(shown[name]) for name in columns}
    cells = [_cells(shown[name], kind) for name, kind in kinds.items()]
    return Sheet(
        caption,
        [{"heading": HEADINGS[name], "kind": kind} for name, kind in kinds.items()],
        [list(row) for row in zip(*cells, strict=True)],
        _more(frame.height - shown.height, rest),
        on_paper,
        _more(frame.height - on_paper, rest),
        columns.index(by) if by else -1,
        _groups(cells[columns.index(by)]) if by else [],
    )


def filled(tables: list[Sheet]) -> list[Sheet]:
    """The tables that have rows."""
    return [table for table in tables if table.rows]


def _more(hidden: int, rest: SheetName | None) -> str:
    return say(MORE_ROWS_IN if rest else MORE_ROWS, hidden=hidden, sheet=rest) if hidden else ""


def _groups(cells: list[str]) -> list[RowGroup]:
    sizes = [(cell, len(list(same))) for cell, same in groupby(cells)]
    return [RowGroup(say(GROUP, group=cell, cases=size), size) for cell, size in sizes]


def _kind(column: pl.Series) -> str:
    """How a column is set: text, prose, number, date, status, flag or code."""
    if column.dtype == STATUS:
        return "status"
    if column.dtype == pl.Date:
        return "date"
    return _KINDS.get(column.name) or ("number" if column.dtype.is_numeric() else "text")


def _cells(values: pl.Series, kind: str) -> list[str]:
    if kind == "number" and values.dtype.is_numeric():
        return [NOTHING if value is None else f"{value:,}" for value in values]
    if kind == "date" and values.dtype == pl.Date:
        return pl.select(day_texts(pl.lit(values)).fill_null(NOTHING)).to_series().to_list()
    return [
        NOTHING if text is None else text and one_line(text, maxsize)
        for text in values.cast(pl.String)
    ]

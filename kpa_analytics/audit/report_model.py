"""The parts of a report: plain data, the same for the page and the document."""

from __future__ import annotations

import polars as pl
from msgspec import Struct

from kpa_analytics.audit.report_text import HEADINGS, MORE_ROWS, MORE_ROWS_IN, SheetName, say
from kpa_analytics.charts.text import one_line
from kpa_analytics.schema import STATUS

#: How a column is set if its type does not say it; `prose` needs most of the width.
_KINDS = {
    **dict.fromkeys(("trainings", "message", "text"), "prose"),
    **dict.fromkeys(("record", "method", "rows_sha256"), "code"),
    "fetched": "date",
    "signed": "flag",
}
#: The text in a cell without a value.
NOTHING = "–"  # noqa: RUF001 - an en dash, as in print


class Sheet(Struct):
    """A printed table; `more` says where to find the rows that are not printed."""

    caption: str
    columns: list[dict[str, str]]
    rows: list[list[str]]
    more: str


class Section(Struct):
    """A section of the report: key, heading, sentences, names of charts, tables."""

    key: str
    heading: str
    sentences: list[str]
    charts: list[str]
    tables: list[Sheet]


def printed(
    frame: pl.DataFrame, *columns: str, caption: str, limit: int, rest: SheetName | None = None
) -> Sheet:
    """Set the first rows of a frame as a printed table; the sheet `rest` has them all.

    Examples:
        >>> printed(pl.DataFrame({"cases": [1200, 7]}), "cases", caption="", limit=9).rows
        [['1,200'], ['7']]
    """
    shown = frame.head(limit)
    kinds = {name: _kind(shown[name]) for name in columns}
    cells = [_cells(shown[name], kind) for name, kind in kinds.items()]
    hidden = frame.height - shown.height
    return Sheet(
        caption,
        [{"heading": HEADINGS[name], "kind": kind} for name, kind in kinds.items()],
        [list(row) for row in zip(*cells, strict=True)],
        say(MORE_ROWS_IN if rest else MORE_ROWS, hidden=hidden, sheet=rest) if hidden else "",
    )


def _kind(column: pl.Series) -> str:
    """How a column is set: text, prose, number, date, status, flag or code."""
    if column.dtype == STATUS:
        return "status"
    if column.dtype == pl.Date:
        return "date"
    return _KINDS.get(column.name) or ("number" if column.dtype.is_numeric() else "text")


def _cells(values: pl.Series, kind: str) -> list[str]:
    if kind == "number":
        return [NOTHING if value is None else f"{value:,}" for value in values]
    if kind == "date" and values.dtype == pl.Date:
        return values.dt.strftime("%-d %b %Y").fill_null(NOTHING).to_list()
    limit = 320 if kind == "prose" else 160
    return [
        NOTHING if text is None else text and one_line(text, limit)
        for text in values.cast(pl.String)
    ]

"""The parts of a report: plain data, the same for the page and the document."""

from __future__ import annotations

from typing import Literal, NamedTuple

import polars as pl
from msgspec import Struct

from kpa_analytics.audit.report_text import MORE_ROWS, MORE_ROWS_IN, SheetName, say
from kpa_analytics.charts.text import one_line

#: How a cell is set; `prose` is text that needs most of the width.
Kind = Literal["text", "prose", "number", "date", "status", "code"]
#: Stands in a cell without a value.
NOTHING = "–"  # noqa: RUF001 - an en dash, as in print


class Column(NamedTuple):
    """A column of a printed table: its heading, its column in the frame, and how it is set."""

    heading: str
    name: str
    kind: Kind = "text"


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
    frame: pl.DataFrame, *columns: Column, caption: str, limit: int, rest: SheetName | None = None
) -> Sheet:
    """Set the first rows of a frame as a printed table; the sheet `rest` has them all.

    Examples:
        >>> printed(pl.DataFrame({"n": [1200, 7]}), Column("Cases", "n", "number"),
        ...         caption="", limit=9).rows
        [['1,200'], ['7']]
    """
    shown = frame.head(limit)
    cells = [_cells(shown[column.name], column.kind) for column in columns]
    hidden = frame.height - shown.height
    return Sheet(
        caption,
        [{"heading": column.heading, "kind": column.kind} for column in columns],
        [list(row) for row in zip(*cells, strict=True)],
        say(MORE_ROWS_IN if rest else MORE_ROWS, hidden=hidden, sheet=rest) if hidden else "",
    )


def _cells(values: pl.Series, kind: Kind) -> list[str]:
    if kind == "number":
        return [NOTHING if value is None else f"{value:,}" for value in values]
    if kind == "date" and values.dtype == pl.Date:
        return values.dt.strftime("%-d %b %Y").fill_null(NOTHING).to_list()
    limit = 320 if kind == "prose" else 160
    return [
        NOTHING if text is None else text and one_line(text, limit)
        for text in values.cast(pl.String)
    ]

"""A page of rows: sorted by its headings, escaped, and small whatever the frame's size."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

import anywidget
import polars as pl
import traitlets

from kpa_analytics.charts.text import one_line
from kpa_analytics.widgets.style import HERE, STYLE

#: Rows of one page: what the browser holds.
PAGE = 100


class Heading(NamedTuple):
    """A column of the table: its name in the frame, its heading, and its kind."""

    column: str
    words: str
    kind: str = "text"


class Table(anywidget.AnyWidget):
    """The rows of a frame, a page at a time, sorted by a click (or Enter) on a heading.

    Args:
        headings: the columns shown; a `kind` of `number` is aligned right, `status` has its sign,
            `date` does not wrap.
        sort: the column to sort by at first, and whether downwards; None: in the frame's order.
        words: for values that have other words: column -> value -> words.
    """

    _esm = HERE / "table.js"
    _css = STYLE
    columns: Any = traitlets.List().tag(sync=True)
    # As text: ipywidgets would go through every value of them in search of binary data.
    rows: Any = traitlets.List().tag(sync=True, to_json=lambda rows, _: json.dumps(rows))
    start = traitlets.Int(0).tag(sync=True)
    page = traitlets.Int(PAGE).tag(sync=True)
    total = traitlets.Int(0).tag(sync=True)
    caption = traitlets.Unicode().tag(sync=True)
    sort: Any = traitlets.List().tag(sync=True)
    usual: Any = traitlets.List(help="the sort to begin with").tag(sync=True)
    chosen = traitlets.Int(-1, allow_none=True).tag(sync=True)
    choosable = traitlets.Bool(False).tag(sync=True)
    dark = traitlets.Bool(False, help="the page's theme, as the browser sees it").tag(sync=True)

    def __init__(
        self,
        headings: Sequence[Heading],
        sort: tuple[str, bool] | None,
        *,
        words: dict[str, dict[Any, str]] | None = None,
        choosable: bool = False,
    ) -> None:
        self._words = words or {}
        self._frame = pl.DataFrame()
        super().__init__(
            columns=[heading._asdict() for heading in headings],
            sort=list(sort or ()),
            usual=list(sort or ()),
            choosable=choosable,
        )
        self.observe(self._resort, "sort")
        self.observe(self._turn, "start")

    @property
    def frame(self) -> pl.DataFrame:
        """Every row, in the order shown."""
        return self._from_to(0, self._frame.height)

    def show(self, frame: pl.DataFrame, caption: str) -> None:
        """Show a frame from its first row on."""
        self._frame = frame
        with self.hold_sync():
            self.caption = caption
            self.total = frame.height
            self._resort()

    def _resort(self, _: Any = None) -> None:
        with self.hold_sync():
            self.start = 0
            self._turn()

    def _turn(self, _: Any = None) -> None:
        page = self._from_to(self.start, self.start + self.page)
        cells = [self._said(page[heading["column"]]) for heading in self.columns]
        self.rows = [list(row) for row in zip(*cells, strict=True)]

    def _from_to(self, start: int, end: int) -> pl.DataFrame:
        """The rows of these places in the order shown, equal ones as they stood.

        Only they are put together, of however many, and the first ones are found without sorting
        the others.
        """
        column, descending = self.sort or (None, False)
        if column not in self._frame.columns:
            return self._frame[start:end]
        numbered = self._frame.lazy().select(key=column).with_row_index("row")
        order = numbered.sort("key", "row", descending=[descending, False], nulls_last=True)
        places = order.head(end).collect(engine="in-memory")["row"]
        return self._frame[places[start:]]

    def _said(self, values: pl.Series) -> list[Any]:
        """A column's cells, as the browser shows them: no mark in one turns what is beside it."""
        if values.dtype == pl.Date:
            return values.dt.to_string().to_list()  # Python's own days end with the year 9999
        if values.dtype == pl.List:
            lists = values.to_list()
            return [
                "; ".join(one_line(str(item)) for item in items or ()) or None for items in lists
            ]
        if words := self._words.get(values.name):
            return [words.get(value, value) for value in values]
        if values.dtype == pl.String:
            return [text and one_line(text) for text in values]
        return values.to_list()

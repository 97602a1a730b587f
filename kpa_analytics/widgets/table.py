"""A table that sends one page of rows at a time to the browser, sorted by a heading."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

import anywidget
import polars as pl
import traitlets

from kpa_analytics.widgets.style import HERE, STYLE
from kpa_analytics.wording import one_line

#: Rows on a page.
PAGE = 100


class Heading(NamedTuple):
    """A column of the table: its name in the frame, its heading, and its kind."""

    column: str
    words: str
    kind: str = "text"


class Table(anywidget.AnyWidget):
    """The rows of a frame, a page at a time, sorted by a click (or Enter) on a heading.

    Args:
        headings: the columns; the kind `number` is aligned right, `status` shows a sign, and
            `date` does not wrap.
        sort: the column to sort by at first, and whether descending; None keeps the frame's order.
        words: labels that replace values: column -> value -> label.
        choosable: a click on a row sets `chosen` to its place in the order shown, or to -1 if it
            was chosen already.
        hint: what the click does, for a reader who points at the row.

    Attributes:
        words: as above; a change counts from the next `show` on.
    """

    _esm = HERE / "table.js"
    _css = STYLE
    columns: Any = traitlets.List().tag(sync=True)
    # As text: otherwise ipywidgets searches every value for binary data.
    rows: Any = traitlets.List().tag(sync=True, to_json=lambda rows, _: json.dumps(rows))
    start = traitlets.Int(0).tag(sync=True)
    page = traitlets.Int(PAGE).tag(sync=True)
    total = traitlets.Int(0).tag(sync=True)
    caption = traitlets.Unicode().tag(sync=True)
    sort: Any = traitlets.List().tag(sync=True)
    usual: Any = traitlets.List(help="the sort to begin with").tag(sync=True)
    chosen = traitlets.Int(-1, allow_none=True).tag(sync=True)
    choosable = traitlets.Bool(False).tag(sync=True)
    hint = traitlets.Unicode().tag(sync=True)
    dark = traitlets.Bool(False, help="the page's theme, as the browser sees it").tag(sync=True)

    def __init__(
        self,
        headings: Sequence[Heading],
        sort: tuple[str, bool] | None,
        *,
        words: dict[str, dict[Any, str]] | None = None,
        choosable: bool = False,
        hint: str = "",
    ) -> None:
        self.words = words or {}
        self._frame = self._on_page = pl.DataFrame()
        super().__init__(
            columns=[heading._asdict() for heading in headings],
            sort=list(sort or ()),
            usual=list(sort or ()),
            choosable=choosable,
            hint=hint,
        )
        self.observe(self._resort, "sort")
        self.observe(self._turn, "start")

    @property
    def frame(self) -> pl.DataFrame:
        """Every row, in the order shown."""
        return self._from_to(0, self._frame.height)

    def row(self, place: int) -> dict[str, Any] | None:
        """The row at a place in the order shown, if it is on the page shown."""
        at = place - self.start
        return self._on_page.row(at, named=True) if 0 <= at < self._on_page.height else None

    def place(self, **key: Any) -> int:
        """The place of the row with these values, if it is on the page shown; otherwise -1."""
        if self._on_page.is_empty():
            return -1
        same = pl.all_horizontal(pl.col(name).eq_missing(value) for name, value in key.items())
        at = self._on_page.select(same.arg_true()).to_series()
        return self.start + int(at[0]) if at.len() else -1

    def show(
        self, frame: pl.DataFrame, caption: str, headings: Sequence[Heading] | None = None
    ) -> None:
        """Show a frame, starting with its first row; `headings` replaces the columns."""
        self._frame = frame
        with self.hold_sync():
            if headings is not None:
                self.columns = [heading._asdict() for heading in headings]
                if self.sort and self.sort[0] not in frame.columns:
                    self.sort = self.usual
            self.caption = caption
            self.total = frame.height
            self._resort()

    def _resort(self, _: Any = None) -> None:
        with self.hold_sync():
            self.start = 0
            self._turn()

    def _turn(self, _: Any = None) -> None:
        self._on_page = page = self._from_to(self.start, self.start + self.page)
        cells = [self._cells(page[heading["column"]]) for heading in self.columns]
        self.rows = [list(row) for row in zip(*cells, strict=True)]

    def _from_to(self, start: int, end: int) -> pl.DataFrame:
        """The rows from `start` to `end` in the order shown. Equal rows keep their order.

        It gathers only these rows, and does not sort the rows after them.
        """
        column, descending = self.sort or (None, False)
        if column not in self._frame.columns:
            return self._frame[start:end]
        numbered = self._frame.lazy().select(key=column).with_row_index("row")
        order = numbered.sort("key", "row", descending=[descending, False], nulls_last=True)
        places = order.head(end).collect(engine="in-memory")["row"]
        return self._frame[places[start:]]

    def _cells(self, values: pl.Series) -> list[Any]:
        """The cells of a column as plain values, without characters that change text direction."""
        if values.dtype == pl.Date:
            return values.dt.to_string().to_list()  # Python dates end with the year 9999
        if values.dtype == pl.List:
            lists = values.to_list()
            return [
                "; ".join(one_line(str(item)) for item in items or ()) or None for items in lists
            ]
        if words := self.words.get(values.name):
            return [words.get(value, value) for value in values]
        if values.dtype == pl.String:
            return [text and one_line(text) for text in values]
        return values.to_list()

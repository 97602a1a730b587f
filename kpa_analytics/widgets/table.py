"""A table that sends one page of rows at a time to the browser, sorted by a heading."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import anywidget
import polars as pl
import traitlets

from kpa_analytics.widgets.one_at_a_time import one_at_a_time
from kpa_analytics.widgets.style import HERE
from kpa_analytics.widgets.table_rows import (
    ColumnHeading,
    as_shown,
    filter_words,
    linked,
    matching,
    narrows,
    sort_keys,
)
from kpa_analytics.wording import count, listing

#: Rows on a page.
PAGE = 25


class RowsTable(anywidget.AnyWidget):
    """The rows of a frame, a page at a time, sorted by a click (or Enter) on a heading.

    The reader chooses the columns and filters them. The rows can leave the table as a file or
    through the clipboard (see `rows_out`).

    Args:
        headings: the columns.
        sort: the column to sort by at first, and whether descending; None keeps the frame's order.
        name: the table's name in the state of its explorer and in the names of files.
        labels: those that replace values: column -> value -> label.
        choosable: a click on a row sets `chosen_row` to its place in the order shown, or to -1 if
            it was chosen already.
        hint: what the click does, for a reader who points at the row.
        add_columns: adds columns that are hidden at first to a frame; it gets the frame and the
            columns needed.

    Attributes:
        labels: as above; a change counts from the next `show` on.
        picked: the columns that the reader chose; empty for those shown at first.
        filters: column -> the text that its cells must contain or, of a column of numbers, a list
            of the least and the largest number, of which one can be None.
    """

    _esm = HERE / "table.js"
    all_columns: Any = traitlets.List(help="all columns").tag(sync=True)
    shown_columns: Any = traitlets.List(help="the columns shown").tag(sync=True)
    picked: Any = traitlets.List().tag(sync=True)
    filters: Any = traitlets.Dict().tag(sync=True)
    # As text: otherwise ipywidgets searches every value for binary data.
    rows: Any = traitlets.List().tag(sync=True, to_json=lambda rows, _: json.dumps(rows))
    first_wanted = traitlets.Int(0, help="the place of the first row wanted").tag(sync=True)
    first_shown = traitlets.Int(0, help="the place of the first of `rows`").tag(sync=True)
    page_size = traitlets.Int(PAGE).tag(sync=True)
    total = traitlets.Int(0).tag(sync=True)
    caption = traitlets.Unicode().tag(sync=True)
    empty_text = traitlets.Unicode(help="the text in place of rows").tag(sync=True)
    sort: Any = traitlets.List().tag(sync=True)
    initial_sort: Any = traitlets.List(help="the sort to begin with").tag(sync=True)
    chosen_row = traitlets.Int(-1, allow_none=True).tag(sync=True)
    choosable = traitlets.Bool(False).tag(sync=True)
    hint = traitlets.Unicode().tag(sync=True)
    dark = traitlets.Bool(False, help="the page's theme, as the browser sees it").tag(sync=True)

    def __init__(
        self,
        headings: Sequence[ColumnHeading],
        sort: tuple[str, bool] | None,
        *,
        name: str = "rows",
        labels: dict[str, dict[Any, str]] | None = None,
        choosable: bool = False,
        hint: str = "",
        add_columns: Callable[[pl.DataFrame, set[str]], pl.DataFrame] | None = None,
    ) -> None:
        self.name, self.labels = name, labels or {}
        self._add_columns = add_columns
        self._frame = self._with_columns = self._matching = self._on_page = pl.DataFrame()
        super().__init__(
            all_columns=[heading._asdict() for heading in headings],
            shown_columns=[heading._asdict() for heading in headings if heading.shown_at_first],
            sort=list(sort or ()),
            initial_sort=list(sort or ()),
            choosable=choosable,
            hint=hint,
        )
        self.observe(self._show_page, "first_wanted")
        self.observe(self._refilter, ["picked", "filters", "sort"])

    @property
    def headings(self) -> list[ColumnHeading]:
        """The columns shown, in order."""
        return [ColumnHeading(**column) for column in self.shown_columns]

    @property
    def all_rows(self) -> pl.DataFrame:
        """The rows of the frame in its own order, whatever the filters of columns are."""
        return self._frame

    @property
    def filtered_rows(self) -> pl.DataFrame:
        """The rows that match the filters of columns, in the order shown."""
        return self._rows_between(0, None)

    @property
    def rows_as_shown(self) -> pl.DataFrame:
        """The filtered rows as files have them: the columns shown, under their headings.

        Statuses and outcomes have their labels without a sign.
        """
        return as_shown(self.filtered_rows, self.headings, self.labels)

    @property
    def view(self) -> dict[str, Any]:
        """The columns, the sort and the filters, without those that are as at first."""
        view = {"picked": self.picked, "sort": self.sort, "filters": self.filters}
        return {name: value for name, value in view.items() if value != self._first_view[name]}

    @view.setter
    def view(self, view: dict[str, Any]) -> None:
        wanted = {**self._first_view, **view}
        with self.hold_sync():
            for name in ("picked", "filters", "sort"):
                setattr(self, name, wanted[name])

    @property
    def _first_view(self) -> dict[str, Any]:
        return {"picked": [], "sort": self.initial_sort, "filters": {}}

    @property
    def active_filters(self) -> dict[str, Any]:
        """The filters that can leave out a row."""
        kinds = {column["column"]: column["kind"] for column in self.all_columns}
        return {
            name: wanted
            for name, wanted in self.filters.items()
            if narrows(wanted, kinds.get(name, ""))
        }

    @one_at_a_time
    def row(self, place: int) -> dict[str, Any] | None:
        """The row at a place in the order shown, if it is on the page shown."""
        at = place - self.first_wanted
        return self._on_page.row(at, named=True) if 0 <= at < self._on_page.height else None

    @one_at_a_time
    def place(self, **key: Any) -> int:
        """The place of the row with these values, if it is on the page shown; otherwise -1."""
        if self._on_page.is_empty():
            return -1
        same = pl.all_horizontal(pl.col(name).eq_missing(value) for name, value in key.items())
        at = self._on_page.select(same.arg_true()).to_series()
        return self.first_wanted + int(at[0]) if at.len() else -1

    @one_at_a_time
    def show(
        self,
        frame: pl.DataFrame,
        caption: str,
        headings: Sequence[ColumnHeading] | None = None,
        *,
        empty_text: str = "",
    ) -> None:
        """Show a frame, starting with its first row.

        `headings` replaces the columns, and ends the sort, filters and choices of columns that they
        do not have; `empty_text` is the text if the frame has no rows.
        """
        self._frame = self._with_columns = frame
        self._caption, self._empty_text = caption, empty_text
        with self.hold_sync():
            if headings is not None:
                self.all_columns = [heading._asdict() for heading in headings]
                known = {heading.column for heading in headings}
                self.picked = [column for column in self.picked if column in known]
                self.filters = {name: self.filters[name] for name in self.filters if name in known}
                if self.sort and self.sort[0] not in known:
                    self.sort = self.initial_sort
            self._refilter()

    _caption = _empty_text = ""

    @one_at_a_time
    def _refilter(self, _: Any = None) -> None:
        """Take the columns, the filters and the sort that the reader chose."""
        picked = [column for column in self.all_columns if column["column"] in self.picked]
        with self.hold_sync():
            self.shown_columns = picked or [
                column for column in self.all_columns if column["shown_at_first"]
            ]
            needed = {column["column"] for column in self.shown_columns} | self.filters.keys()
            if self.sort:
                needed.add(self.sort[0])
            if self._add_columns and not needed <= {*self._with_columns.columns}:
                self._with_columns = self._add_columns(self._frame, needed)
            self._matching = matching(self._with_columns, self.active_filters, self.labels)
            self.total = self._matching.height
            self.caption = self._caption + self._filtered()
            self.empty_text = "" if self.total else self._why_empty()
            if self.first_wanted:
                self.first_wanted = 0  # which turns the page
            else:
                self._show_page()

    def _filtered(self) -> str:
        """The end of the caption: how many rows the filters of columns leave, if there are any."""
        if self._frame.is_empty() or not self.active_filters:
            return ""
        return f"; filtered: {self.total:,} of {count(self._frame.height, 'row')}"

    def _why_empty(self) -> str:
        used = self.active_filters
        if self._frame.is_empty() or not used:
            return self._empty_text
        named = {column["column"]: column for column in self.all_columns}
        wanted = listing([_quoted(named[name]["label"], each) for name, each in used.items()])
        if len(used) == 1 and named[next(iter(used))]["kind"] == "person":
            return f"Nobody matches '{next(iter(used.values()))}'."
        return f"No row matches {wanted}."

    @one_at_a_time
    def _show_page(self, _: Any = None) -> None:
        self._on_page = page = self._rows_between(
            self.first_wanted, self.first_wanted + self.page_size
        )
        columns = [
            linked(page, column["column"], column["kind"], self.labels.get(column["column"], {}))
            for column in self.shown_columns
        ]
        with self.hold_sync():
            self.rows = [list(row) for row in zip(*columns, strict=True)]
            self.first_shown = self.first_wanted

    def _rows_between(self, start: int, end: int | None) -> pl.DataFrame:
        """The rows from `start` to `end` in the order shown; to the last one if `end` is None.

        Equal rows keep their order. Accents and upper case make no difference to the order of
        texts. It gathers only these rows, and does not sort the rows after them.
        """
        column, descending = self.sort or (None, False)
        rows = self._matching  # read once: JupyterLab handles a click while a cell asks for `frame`
        if column not in rows.columns:
            return rows[start:end]
        keys = sort_keys(rows[column]).to_frame("key")
        numbered = keys.lazy().with_row_index("row")
        order = numbered.sort("key", "row", descending=[descending, False], nulls_last=True)
        places = (order if end is None else order.head(end)).collect(engine="in-memory")["row"]
        return rows[places[start:]]


def _quoted(heading: str, wanted: Any) -> str:
    """The filter of a column in a sentence."""
    text = filter_words(heading, wanted)[1]
    return f"{heading} '{text}'" if isinstance(wanted, str) else f"{heading} {text}"

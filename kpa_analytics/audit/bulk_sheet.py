"""Hundreds of thousands of rows into a worksheet, a column at a time and not cell by cell.

xlsxwriter takes some 6 microseconds a cell: half a minute for a large account. It still writes the
workbook, its formats, its shared texts and the headings; only the cells below them are written
here, a whole column in one expression.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

#: What Excel holds: rows of a sheet, columns of a sheet, characters of a cell.
MOST_ROWS, MOST_COLUMNS, MOST_LETTERS = 1_048_576, 16_384, 32_767
#: Excel counts days from the first of these, and has them right from the second on.
_FIRST_DAY, _RIGHT_FROM = date(1899, 12, 30), date(1900, 3, 1)
_ROWS_AT_ONCE = 20_000
_A_DAY, _DAYS_BEFORE_1970 = 86_400_000, (date(1970, 1, 1) - _FIRST_DAY).days

#: The format of a column, or a format for each of its values.
Style = Any


class BulkSheet(Worksheet):  # type: ignore[misc]
    """A worksheet whose rows below the heading come from a frame."""

    _given = pl.DataFrame()

    def put(self, frame: pl.DataFrame, styles: dict[str, Style]) -> None:
        """Take the rows below the heading. Text stays text, days are days, null is no cell.

        Args:
            frame: the rows, at most as many as Excel holds; no list columns.
            styles: by column, its format or a dictionary of formats by value.
        """
        self._given, self._styles = frame, styles
        # Texts are shared by the whole workbook, which numbers them before it writes any sheet.
        self._values = frame.select(self._value(column) for column in frame)
        self._check_dimensions(frame.height, frame.width - 1)

    def _write_rows(self) -> None:
        super()._write_rows()
        if self._given.is_empty():
            return
        cells = [self._cell(place, column) for place, column in enumerate(self._given)]
        looks = self._values.with_columns(
            self._look(column).alias(f"look {column.name}") for column in self._given
        )
        rows = looks.with_row_index("row", offset=2).with_columns(pl.col("row").cast(pl.String))
        for part in rows.iter_slices(_ROWS_AT_ONCE):
            row = pl.concat_str(pl.lit('<row r="'), "row", pl.lit('">'), *cells, pl.lit("</row>"))
            self.fh.write("".join(part.select(row.alias("xml"))["xml"]))

    def _cell(self, place: int, column: pl.Series) -> pl.Expr:
        """The XML of a column's cells; nothing where there is no value."""
        kind = {pl.String: ' t="s"', pl.Boolean: ' t="b"'}.get(_kind(column), "")
        cell = pl.concat_str(
            pl.lit(f'<c r="{xl_col_to_name(place)}'),
            "row",
            pl.lit('"'),
            pl.col(f"look {column.name}"),
            pl.lit(f"{kind}><v>"),
            pl.col(column.name),
            pl.lit("</v></c>"),
        )
        return cell.fill_null("")

    def _look(self, column: pl.Series) -> pl.Series:
        """The attribute that gives each cell its format."""
        style = self._styles.get(column.name)
        if isinstance(style, dict):
            names = {value: f' s="{one._get_xf_index()}"' for value, one in style.items()}
            return column.cast(pl.String).replace_strict(names, default="", return_dtype=pl.String)
        name = f' s="{style._get_xf_index()}"' if style else ""
        return pl.Series([name]).new_from_index(0, len(column))

    def _value(self, column: pl.Series) -> pl.Series:
        """The number that stands in a cell, as text: of a text, its place among the shared ones."""
        kind = _kind(column)
        if kind == pl.String:
            texts = column.cast(pl.String)
            known = texts.drop_nulls().unique(maintain_order=True)
            places = [self.str_table._get_shared_string_index(safe(text)) for text in known]
            self.str_table.count += texts.len() - texts.null_count() - len(known)
            numbered = texts.replace_strict(known, places, return_dtype=pl.Int64)
            return numbered.cast(pl.String)
        if kind == pl.Date:
            return (column - _FIRST_DAY).dt.total_days().cast(pl.String)
        if kind == pl.Datetime:
            return (column.dt.epoch("ms") / _A_DAY + _DAYS_BEFORE_1970).cast(pl.String)
        return column.cast(pl.Int8 if kind == pl.Boolean else column.dtype).cast(pl.String)


def safe(text: str) -> str:
    """A text that xlsxwriter takes as no more than that, as long as a cell can hold.

    It writes what looks like its own rich text, `<r>...</r>`, as XML without escaping it.
    """
    return f"{text[: MOST_LETTERS - 1]} " if text.startswith("<r>") else text[:MOST_LETTERS]


def _kind(column: pl.Series) -> Any:
    """How a column is written; days before Excel's calendar is right are written as text."""
    dtype = column.dtype
    if isinstance(dtype, pl.Date | pl.Datetime):
        first = column.cast(pl.Date).min()
        return pl.String if first and first < _RIGHT_FROM else dtype.base_type()  # type: ignore[operator]
    return dtype.base_type() if dtype.is_numeric() or dtype == pl.Boolean else pl.String

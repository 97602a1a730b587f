"""Write hundreds of thousands of rows into a worksheet, by column and not cell by cell.

xlsxwriter takes about 6 microseconds a cell, half a minute for a large account. It still writes the
workbook, its formats, its shared texts and the headings. Only the cells below the headings are
written here, a whole column in one expression.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from kpa_analytics.audit.excel_limits import EXCEL, TOO_MANY_DIGITS, fitting, is_cut

#: Excel counts days from the first of these dates, and counts correctly from the second on.
_FIRST_DAY, _RIGHT_FROM = date(1899, 12, 30), date(1900, 3, 1)
_ROWS_AT_ONCE = 20_000
_A_DAY, _DAYS_BEFORE_1970 = 86_400_000, (date(1970, 1, 1) - _FIRST_DAY).days

#: The format of a column, or a format for each of its values.
Style = Any


class BulkSheet(Worksheet):  # type: ignore[misc]
    """A worksheet whose rows below the heading come from a frame."""

    _given = pl.DataFrame()
    _ending = ""

    def put(
        self, frame: pl.DataFrame, styles: dict[str, Style], *, units: int = EXCEL.units
    ) -> list[str]:
        """Set the rows below the heading. Text stays text, dates stay dates, null leaves no cell.

        A text that is too long for a cell is cut, and its end says so. If a whole number in a
        column has more than 15 digits, the column is written as text, because Excel would round.

        `styles` has the format of each column, or a dictionary of formats by value. Returns the
        cells whose text was cut, e.g. `["N2", "N17"]`.
        """
        self._given, self._styles, self._units = frame, styles, units
        self._cut: list[str] = []
        # The workbook shares its texts and numbers them before it writes any sheet.
        self._values = frame.select(self._value(column) for column in frame)
        self._check_dimensions(frame.height, frame.width - 1)
        return self._cut

    def end_with(self, sentence: str) -> None:
        """Write a sentence in the row after the last one."""
        row = self._given.height + 1
        self._check_dimensions(row, 0)
        place = self.str_table._get_shared_string_index(fitting(sentence))
        self._ending = f'<row r="{row + 1}"><c r="A{row + 1}" t="s"><v>{place}</v></c></row>'

    def _write_rows(self) -> None:
        super()._write_rows()
        if not self._given.is_empty():
            self._write_given()
        self.fh.write(self._ending)

    def _write_given(self) -> None:
        cells = [self._cell(place, column) for place, column in enumerate(self._given)]
        looks = self._values.with_columns(
            self._look(column).alias(f"look {column.name}") for column in self._given
        )
        rows = looks.with_row_index("row", offset=2).with_columns(pl.col("row").cast(pl.String))
        for part in rows.iter_slices(_ROWS_AT_ONCE):
            row = pl.concat_str(pl.lit('<row r="'), "row", pl.lit('">'), *cells, pl.lit("</row>"))
            self.fh.write("".join(part.select(row.alias("xml"))["xml"]))

    def _cell(self, place: int, column: pl.Series) -> pl.Expr:
        """The XML of a column's cells; empty for null."""
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
            names = {value: f' s="{look._get_xf_index()}"' for value, look in style.items()}
            return column.cast(pl.String).replace_strict(names, default="", return_dtype=pl.String)
        name = f' s="{style._get_xf_index()}"' if style else ""
        return pl.Series([name]).new_from_index(0, len(column))

    def _value(self, column: pl.Series) -> pl.Series:
        """The value of each cell, as text; for a text, its index among the shared texts."""
        kind = _kind(column)
        if kind == pl.String:
            texts = column.cast(pl.String)
            known = texts.drop_nulls().unique(maintain_order=True)
            shown = [fitting(text, self._units) for text in known]
            places = [self.str_table._get_shared_string_index(text) for text in shown]
            self._name_cut(texts, known)
            self.str_table.count += texts.len() - texts.null_count() - len(known)
            numbered = texts.replace_strict(known, places, return_dtype=pl.Int64)
            return numbered.cast(pl.String)
        if kind == pl.Date:
            return (column - _FIRST_DAY).dt.total_days().cast(pl.String)
        if kind == pl.Datetime:
            return (column.dt.epoch("ms") / _A_DAY + _DAYS_BEFORE_1970).cast(pl.String)
        return column.cast(pl.Int8 if kind == pl.Boolean else column.dtype).cast(pl.String)

    def _name_cut(self, texts: pl.Series, known: pl.Series) -> None:
        """Record the cells of a column whose text is too long."""
        # A text never has more UTF-16 units than UTF-8 bytes, which are faster to count.
        suspects = known.filter(known.str.len_bytes() >= self._units)
        long = [text for text in suspects if is_cut(text, self._units)]
        if long:
            letters = xl_col_to_name(self._given.columns.index(texts.name))
            rows = texts.is_in(long).fill_null(value=False).arg_true()
            self._cut += [f"{letters}{row + 2}" for row in rows]


def _kind(column: pl.Series) -> Any:
    """How a column is written: dates and numbers that Excel would change are written as text."""
    dtype = column.dtype
    if isinstance(dtype, pl.Date | pl.Datetime):
        first = column.cast(pl.Date).min()
        return pl.String if first and first < _RIGHT_FROM else dtype.base_type()  # type: ignore[operator]
    if dtype.is_integer() and _has_long_numbers(column):
        return pl.String
    return dtype.base_type() if dtype.is_numeric() or dtype == pl.Boolean else pl.String


def _has_long_numbers(column: pl.Series) -> bool:
    """Whether a whole number has more than the 15 digits that Excel can keep."""
    ends = [end for end in (column.min(), column.max()) if isinstance(end, int)]
    return any(abs(end) >= TOO_MANY_DIGITS for end in ends)

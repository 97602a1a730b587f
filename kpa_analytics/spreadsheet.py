"""Tables that a spreadsheet can hold: flat columns, and no text that acts as a formula."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, TypeVar

import polars as pl

from kpa_analytics.errors import not_polars

if TYPE_CHECKING:
    from polars.datatypes import DataType

#: A DataFrame or a LazyFrame; a function returns the kind that it received.
Frame = TypeVar("Frame", pl.DataFrame, pl.LazyFrame)

#: The signs that make a spreadsheet take a text for a formula (OWASP, "CSV Injection"), with the
#: full-width forms of the four visible ones.
_VISIBLE = "=+\\-@\uff1d\uff0b\uff0d\uff20"
#: The places where a cell can begin in a text: at its start; after a separator of any locale; after
#: a quote or a line break, which end the cell for a program that expects another separator.
_START = '^|[,;|\t"\r\n\x0b\x0c\x85\u2028\u2029\uff0c\uff1b]'
#: The characters that a program may skip at the start of a cell.
_BLANK = "[\\s\x00-\x1f\x7f-\x9f\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]*"
#: Each pattern has three groups: the start of a cell, the skipped characters, and the sign. The
#: first two contain no sign, so that a sign after another sign is matched too.
FORMULA_STARTS = (
    f"({_START})({_BLANK})('*[{_VISIBLE}])",
    "([,;|\"\r\n])( *)('*\t)",
    "([,;|\"])( *)('*\r)",
    "(^)( *)('*[\t\r\n])",
)
#: Between the items of a list.
_BETWEEN = "; "


def inert(frame: Frame) -> Frame:
    """Put an apostrophe before every sign that could start a formula in a spreadsheet.

    The signs are `=`, `+`, `-` and `@`, also in full width, and a tab or a line break. An
    apostrophe is needed at each place where a cell can begin: at the start of the text, and after a
    comma, a semicolon, a tab, a bar, a quote or a line break in it, with blanks skipped. So the
    text is harmless with any separator that the program expects. An apostrophe that is already
    before such a sign is doubled, so that the text can be restored.

    The names of the columns are texts, too: those of a matrix are titles. OWASP's rule ("CSV
    Injection") checks only the start of a text. Numbers stay numbers.

    Examples:
        >>> inert(pl.DataFrame({"notes": ["=1+1", "fine; =2", "a - b", None]}))["notes"].to_list()
        ["'=1+1", "fine; '=2", 'a - b', None]
    """
    texts = frame.with_columns(_inert(pl.col(pl.String, pl.Enum, pl.Categorical).cast(pl.String)))
    names = pl.Series(texts.collect_schema().names(), dtype=pl.String)
    harmless = pl.select(_inert(pl.lit(names))).to_series()
    return texts.select(pl.nth(place).alias(name) for place, name in enumerate(harmless))


def _inert(text: pl.Expr) -> pl.Expr:
    for start in FORMULA_STARTS:
        text = text.str.replace_all(start, "$1$2'$3")
    return text


def flat(frame: Frame) -> Frame:
    """Make every column one that `write_csv`, `write_excel` and spreadsheets can hold.

    A list becomes text, its items separated by `"; "`; an item that has fields of its own becomes
    JSON. An instant with a time zone becomes the same instant in UTC, without a zone, because Excel
    has none. A text that a spreadsheet would run as a formula gets an apostrophe before it, and so
    does the name of a column. All other values and names, the order of the columns, and the rows
    stay as they are.

    Args:
        frame: any table of this package, or a frame made from one.

    Returns:
        A frame of the same kind and the same rows.

    Raises:
        KPADataError: it is not a polars frame.

    Examples:
        >>> group = pl.DataFrame({"trainings_id": [[7, 9], []], "name": ["=1+1", "Rig 4"]})
        >>> flat(group).rows()
        [('7; 9', "'=1+1"), ('', 'Rig 4')]
    """
    if not isinstance(frame, pl.DataFrame | pl.LazyFrame):
        raise not_polars(frame, "expected a polars frame")
    columns = [_flat(name, dtype) for name, dtype in frame.collect_schema().items()]
    return inert(frame.select(columns))


def _flat(name: str, dtype: DataType) -> pl.Expr:
    column = pl.col(name)
    if isinstance(dtype, pl.List | pl.Array):
        item, inner = pl.element(), dtype.inner
        plain = not isinstance(inner, pl.List | pl.Array | pl.Struct | pl.Binary)
        texts = item.cast(pl.String) if plain else item.map_elements(_as_json, pl.String)
        return column.cast(pl.List(inner)).list.eval(texts.fill_null("")).list.join(_BETWEEN)
    if isinstance(dtype, pl.Struct):
        return column.map_elements(_as_json, pl.String)
    if isinstance(dtype, pl.Datetime) and dtype.time_zone:
        return column.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
    return column.dt.to_string() if isinstance(dtype, pl.Duration) else column


def _as_json(value: object) -> str:
    listed = value.to_list() if isinstance(value, pl.Series) else value
    return json.dumps(listed, ensure_ascii=False, default=str)

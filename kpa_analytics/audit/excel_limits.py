"""What an Excel sheet can hold, and how a workbook says where it was cut to fit.

Source: Microsoft, "Excel specifications and limits": 1,048,576 rows by 16,384 columns, 32,767
characters in a cell, 15 digits in a number. Excel counts characters in UTF-16, where an emoji is
two of them.
"""

from __future__ import annotations

from typing import NamedTuple

#: Stands at the end of a cell that was cut.
CUT = " [cut here: Excel holds no more]"
#: The smallest whole number with more digits than Excel keeps.
TOO_MANY_DIGITS = 10**15
#: Cells that a sentence names one by one.
_NAMED = 12


class Limits(NamedTuple):
    """The most that a sheet can hold: rows with the heading, columns, UTF-16 units of a cell."""

    rows: int
    columns: int
    units: int


EXCEL = Limits(1_048_576, 16_384, 32_767)


def fitting(text: str, units: int = EXCEL.units) -> str:
    """Cut a text to what a cell holds, and say so at its end.

    A text that begins like xlsxwriter's own rich text, `<r>...</r>`, gets a blank at its end:
    xlsxwriter would write it as XML without escaping it.

    Args:
        text: what the cell should hold.
        units: UTF-16 units that a cell can hold.

    Examples:
        >>> fitting("Ladders")
        'Ladders'
        >>> fitting("a" * 50, 40)
        'aaaaaaaa [cut here: Excel holds no more]'
    """
    if text.startswith("<r>"):
        return f"{_cut(text, units - 1)} "
    return _cut(text, units)


def is_cut(text: str, units: int = EXCEL.units) -> bool:
    """Whether a text has more UTF-16 units than a cell can hold.

    Examples:
        >>> is_cut("a" * 32_767), is_cut("a" * 32_766 + "\N{CONSTRUCTION WORKER}")
        (False, True)
    """
    room = units - 1 if text.startswith("<r>") else units
    return _units(text) > room


def rows_sentence(sheet: str, kept: int, rows: int, source: str) -> str:
    """Say that a sheet lacks rows, and where all of them are."""
    return (
        f"Sheet {sheet}: only the first {kept:,} of {rows:,} rows are here, because an Excel sheet "
        f"holds no more. All of them are in {source}."
    )


def columns_sentence(sheet: str, kept: int, columns: int, source: str) -> str:
    """Say that a sheet lacks columns, and where all of them are."""
    return (
        f"Sheet {sheet}: only the first {kept:,} of {columns:,} columns are here, because an Excel "
        f"sheet holds no more. All of them are in {source}."
    )


def cells_sentence(sheet: str, cells: list[str], units: int, source: str) -> str:
    """Say which cells of a sheet were cut, and where the whole texts are."""
    named = ", ".join(cells[:_NAMED])
    rest = f" and {len(cells) - _NAMED:,} more" if len(cells) > _NAMED else ""
    were = "text was" if len(cells) == 1 else "texts were"
    return (
        f"Sheet {sheet}: {len(cells):,} {were} cut, because an Excel cell holds {units:,} "
        f"characters: {named}{rest}. The whole texts are in {source}."
    )


def _cut(text: str, units: int) -> str:
    if _units(text) <= units:
        return text
    room = 2 * (units - len(CUT))
    # "ignore" drops the first half of a character whose second half does not fit.
    return text.encode("utf-16-le", "replace")[:room].decode("utf-16-le", "ignore") + CUT


def _units(text: str) -> int:
    return len(text) + sum(letter > "\uffff" for letter in text)

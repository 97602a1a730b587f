"""How much an Excel sheet can hold, and how a text is cut to fit a cell.

Source: Microsoft, "Excel specifications and limits": 1,048,576 rows by 16,384 columns, 32,767
characters in a cell, 15 digits in a number. Excel counts characters in UTF-16, where an emoji is
two of them.
"""

from __future__ import annotations

from typing import NamedTuple

from kpa_analytics.report_text import CELL_CUT

#: The smallest whole number with more digits than Excel keeps.
TOO_MANY_DIGITS = 10**15


class Limits(NamedTuple):
    """The most that a sheet can hold: rows (with the heading), columns, UTF-16 units in a cell."""

    rows: int
    columns: int
    units: int


EXCEL = Limits(1_048_576, 16_384, 32_767)


def fitting(text: str, units: int = EXCEL.units) -> str:
    """Cut a text to what a cell can hold; the end of a cut text says that it was cut.

    A text that begins like xlsxwriter's own rich text, `<r>...</r>`, gets a blank at its end,
    because xlsxwriter would otherwise write it as XML without escaping it.

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


def _cut(text: str, units: int) -> str:
    if _units(text) <= units:
        return text
    room = 2 * (units - len(CELL_CUT))
    # "ignore" drops the first half of a character whose second half does not fit.
    return text.encode("utf-16-le", "replace")[:room].decode("utf-16-le", "ignore") + CELL_CUT


def _units(text: str) -> int:
    if text.isascii():
        return len(text)
    return len(text) + sum(letter > "\uffff" for letter in text)

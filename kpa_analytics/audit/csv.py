"""Write tables as Parquet and as CSV in which no text can act as a formula."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from kpa_analytics.demo_mark import DEMO_MARK

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


def marked(frame: pl.DataFrame, *, demo: bool) -> pl.DataFrame:
    """Add the demo mark as first column, `demo_data`; leave real data unchanged.

    Examples:
        >>> marked(pl.DataFrame({"id": [7]}), demo=True).columns
        ['demo_data', 'id']
    """
    return frame.select(pl.lit(DEMO_MARK).alias("demo_data"), pl.all()) if demo else frame


def inert(frame: pl.DataFrame) -> pl.DataFrame:
    """Put an apostrophe before every sign that could start a formula in a spreadsheet.

    The signs are `=`, `+`, `-` and `@`, also in full width, and a tab or a line break. An
    apostrophe is needed at each place where a cell can begin: at the start of the text, and after a
    comma, a semicolon, a tab, a bar, a quote or a line break in it, with blanks skipped. So the
    text is harmless with any separator that the program expects. An apostrophe that is already
    before such a sign is doubled, so that the text can be restored.

    OWASP's rule ("CSV Injection") checks only the start of a text. Numbers stay numbers.

    Examples:
        >>> inert(pl.DataFrame({"notes": ["=1+1", "fine; =2", "a - b", None]}))["notes"].to_list()
        ["'=1+1", "fine; '=2", 'a - b', None]
    """
    text = pl.col(pl.String, pl.Enum, pl.Categorical).cast(pl.String)
    for start in FORMULA_STARTS:
        text = text.str.replace_all(start, "$1$2'$3")
    return frame.with_columns(text)


def write_csv(frame: pl.DataFrame, path: Path) -> None:
    """Write a CSV for spreadsheets: UTF-8 with BOM, texts quoted and inert, dates as 2026-06-30."""
    inert(frame).write_csv(path, include_bom=True, quote_style="non_numeric")


def write_parquet(frame: pl.DataFrame, path: Path, facts: dict[str, str]) -> None:
    """Write Parquet with facts (as_of, host, the demo mark, ...) in the file's metadata."""
    frame.write_parquet(path, metadata=facts)

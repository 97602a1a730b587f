"""Tables as files: CSV that a spreadsheet can't be made to run, and Parquet."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from kpa_analytics.demo_mark import DEMO_MARK

#: What makes a spreadsheet take a text for a formula, by OWASP's page on CSV injection; the
#: full-width forms of the four signs included.
_FORMULA = "^[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]"


def marked(frame: pl.DataFrame, *, demo: bool) -> pl.DataFrame:
    """Put the demo mark in the first column, `demo_data`, of every row; real data stays as it is.

    Examples:
        >>> marked(pl.DataFrame({"id": [7]}), demo=True).columns
        ['demo_data', 'id']
    """
    return frame.select(pl.lit(DEMO_MARK).alias("demo_data"), pl.all()) if demo else frame


def inert(frame: pl.DataFrame) -> pl.DataFrame:
    """Put an apostrophe before every text that a spreadsheet could take for a formula.

    Args:
        frame: any frame; only its text columns are touched.

    Returns:
        The frame, same shape. The rule is that of OWASP's "CSV Injection".

    Examples:
        >>> inert(pl.DataFrame({"notes": ["=1+1", "fine", None]}))["notes"].to_list()
        ["'=1+1", 'fine', None]
    """
    text = pl.col(pl.String, pl.Enum, pl.Categorical).cast(pl.String)
    risky = text.str.contains(_FORMULA)
    return frame.with_columns(pl.when(risky).then(pl.lit("'") + text).otherwise(text).name.keep())


def write_csv(frame: pl.DataFrame, path: Path) -> None:
    """Write a CSV for spreadsheets: UTF-8 with BOM, texts quoted and inert, days as 2026-06-30.

    Args:
        frame: the rows; no list columns.
        path: the file.
    """
    inert(frame).write_csv(path, include_bom=True, quote_style="non_numeric")


def write_parquet(frame: pl.DataFrame, path: Path, facts: dict[str, str]) -> None:
    """Write Parquet with facts (as_of, host, the demo mark, ...) in the file's metadata."""
    frame.write_parquet(path, metadata=facts)

"""Write tables as Parquet and as CSV in which no text can act as a formula."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import polars as pl

from kpa_analytics.report_text import DEMO_MARK
from kpa_analytics.spreadsheet import inert


def marked(frame: pl.DataFrame, *, demo: bool) -> pl.DataFrame:
    """Add the demo mark as first column, `demo_data`; leave real data unchanged.

    Examples:
        >>> marked(pl.DataFrame({"id": [7]}), demo=True).columns
        ['demo_data', 'id']
    """
    return frame.select(pl.lit(DEMO_MARK).alias("demo_data"), pl.all()) if demo else frame


def write_csv(frame: pl.DataFrame, path: Path | BytesIO) -> None:
    """Write a CSV for spreadsheets: UTF-8 with BOM, texts quoted and inert, dates as 2026-06-30."""
    inert(frame).write_csv(path, include_bom=True, quote_style="non_numeric")


def write_parquet(frame: pl.DataFrame, path: Path, facts: dict[str, str]) -> None:
    """Write Parquet with facts (as_of, host, the demo mark, ...) in the file's metadata."""
    frame.write_parquet(path, metadata=facts)

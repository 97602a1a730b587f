"""Periods on a time axis: how long one is, where it ends, what it is called."""

from __future__ import annotations

import polars as pl

#: The days between two periods, at most, and the length they mean.
_LENGTHS = ((1, "1d"), (13, "1w"), (40, "1mo"), (99, "3mo"), (200, "6mo"), (10**6, "1y"))


def period_length(frame: pl.DataFrame) -> str:
    """How long a period is, by the shortest time between two: `1d`, `1w`, `1mo`, ... `1y`.

    Args:
        frame: has a Date column `period`; one period alone counts as a month.

    Examples:
        >>> from datetime import date
        >>> period_length(pl.DataFrame({"period": [date(2026, 1, 1), date(2026, 4, 1)]}))
        '3mo'
    """
    gaps = frame.select(pl.col("period").unique().sort().diff().dt.total_days().min())
    gap = gaps.item() or 30
    return next(length for days, length in _LENGTHS if gap <= days)


def period_ends(frame: pl.DataFrame, length: str) -> pl.DataFrame:
    """Add `until` (Date, the day after the period's last) and `name` (e.g. `Q2 2026`)."""
    period = pl.col("period")
    named = {
        "1y": period.dt.strftime("%Y"),
        "3mo": pl.format("Q{} {}", period.dt.quarter(), period.dt.year()),
        "1mo": period.dt.strftime("%B %Y"),
    }
    first_day = pl.concat_str(pl.lit("from "), period.dt.strftime("%d %B %Y").str.strip_prefix("0"))
    return frame.with_columns(
        period.dt.offset_by(length).alias("until"), named.get(length, first_day).alias("name")
    )

"""Periods on a time axis: how long one is, where it ends, what it is called."""

from __future__ import annotations

from datetime import date
from math import gcd
from typing import TYPE_CHECKING

import polars as pl

from kpa_analytics.analysis.periods import period_start

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Months that a period may have where nothing tells, the longest first.
_MONTHS = {12: "1y", 6: "6mo", 3: "3mo", 1: "1mo"}


def period_length(frame: pl.DataFrame, every: str | None = None) -> str:
    """How long a period is: as told, else the longest that all of them could be.

    Args:
        frame: has a Date column `period`; one period alone counts as a month.
        every: the length asked for, as `instructor_activity` of the analysis takes it.

    Raises:
        KPADataError: `every` is no period.

    Examples:
        >>> from datetime import date
        >>> period_length(pl.DataFrame({"period": [date(2026, 1, 1), date(2026, 4, 1)]}))
        '3mo'
        >>> period_length(pl.DataFrame({"period": [date(2025, 7, 1), date(2026, 6, 1)]}))
        '1mo'
    """
    if every is not None:
        period_start("period", every)
        return every
    starts: list[date] = frame["period"].drop_nulls().unique().sort().to_list()
    if any(day.day != 1 for day in starts):
        return _in_days(starts)
    months = [day.year * 12 + day.month - 1 for day in starts]
    apart = gcd(*(month - months[0] for month in months))
    return next(
        name
        for length, name in _MONTHS.items()
        if length == 1 or (apart and apart % length == 0 and months[0] % length == 0)
    )


def _in_days(starts: Sequence[date]) -> str:
    """Weeks begin on Monday; what does not are days."""
    return "1w" if all(day.weekday() == 0 for day in starts) else "1d"


def period_ends(frame: pl.DataFrame, length: str) -> pl.DataFrame:
    """Add `until` (Date, the day after the period's last) and `name` (e.g. `Q2 2026`)."""
    period = pl.col("period")
    named = {
        "1y": period.dt.strftime("%Y"),
        "3mo": pl.format("Q{} {}", period.dt.quarter(), period.dt.year()),
        "1q": pl.format("Q{} {}", period.dt.quarter(), period.dt.year()),
        "1mo": period.dt.strftime("%B %Y"),
    }
    first_day = pl.concat_str(pl.lit("from "), period.dt.strftime("%d %B %Y").str.strip_prefix("0"))
    return frame.with_columns(
        period.dt.offset_by(length).alias("until"), named.get(length, first_day).alias("name")
    )

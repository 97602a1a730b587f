"""Calendar periods: which one a day falls in."""

from __future__ import annotations

import re
from datetime import date

import polars as pl

from kpa_analytics.errors import KPADataError

_EVERY = re.compile(r"[1-9][0-9]{0,2}(d|w|mo|q|y)")


def period_start(column: str, every: str) -> pl.Expr:
    """The first day of the calendar period that each day falls in; null stays null.

    Args:
        column: a column of days.
        every: the period: a number from 1 to 999 and d, w (from Monday), mo, q or y, e.g. `1mo`.
            Multiples count from 1970-01-01 (weeks from Monday of its week). A period that begins
            before the year 1 is given as 0001-01-01.

    Returns:
        An expression of type Date, named `period`.

    Raises:
        KPADataError: `every` is no such period.

    Examples:
        >>> from datetime import date
        >>> days = pl.DataFrame({"date": [date(2026, 5, 17)]})
        >>> days.select(period_start("date", "1q")).item()
        datetime.date(2026, 4, 1)
        >>> period_start("date", "monthly")
        Traceback (most recent call last):
        kpa_analytics.errors.KPADataError: every must be a period such as 1d, 1w, 1mo, ...
    """
    if not isinstance(every, str) or not _EVERY.fullmatch(every):
        raise KPADataError(
            f"every must be a period such as 1d, 1w, 1mo, 1q or 1y, at most 999 of them, "
            f"not {every!r}"
        )
    return pl.col(column).dt.truncate(every).clip(lower_bound=date.min).alias("period")

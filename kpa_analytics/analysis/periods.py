"""Calendar periods, and the last months up to a day."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

import polars as pl

from kpa_analytics.errors import KPADataError
from kpa_analytics.whole_number import whole_number

_MOST_MONTHS = 1_200
_EVERY = re.compile(r"[1-9][0-9]{0,2}(d|w|mo|q|y)")


def period_start(column: str, every: str) -> pl.Expr:
    """The first day of the calendar period that contains each day; null stays null.

    Args:
        column: a column of days.
        every: the length of a period: a number from 1 to 999 and d, w (weeks start on Monday), mo,
            q or y, e.g. `1mo`. Multiples count from 1970-01-01 (weeks from the Monday before it).
            A period that starts before the year 1 gets the first day 0001-01-01.

    Returns:
        An expression of type Date, named `period`.

    Raises:
        KPADataError: `every` is not such a period.

    Examples:
        >>> from datetime import date
        >>> days = pl.DataFrame({"date": [date(2026, 5, 17)]})
        >>> days.select(period_start("date", "1q")).item()
        datetime.date(2026, 4, 1)
        >>> period_start("date", "monthly")
        Traceback (most recent call last):
        kpa_analytics.errors.KPADataError: every must be a number from 1 to 999 and ...
    """
    return pl.col(column).dt.truncate(as_every(every)).clip(lower_bound=date.min).alias("period")


def as_every(every: object) -> str:
    """Check the argument `every`, the length of a period.

    Raises:
        KPADataError: it is not a number from 1 to 999 and d, w, mo, q or y, such as `1mo`.
    """
    if isinstance(every, str) and _EVERY.fullmatch(every):
        return every
    raise KPADataError(
        f"every must be a number from 1 to 999 and d, w, mo, q or y, such as 1mo, not {every!r}"
    )


def as_months(months: object) -> int:
    """Check the argument `months`, the length of a period up to a day.

    Raises:
        KPADataError: it is not a whole number from 1 to 1,200.
    """
    return whole_number(months, "months", _MOST_MONTHS)


def in_last_months(as_of: date, months: int) -> pl.Expr:
    """Whether `date` is in the last calendar months up to and including a day."""
    last = pl.lit(as_of)
    return pl.col("date").is_between(last.dt.offset_by(f"-{months}mo"), last, closed="right")


def part_of(day: pl.Expr, first: pl.Expr, last: pl.Expr, names: Sequence[str]) -> pl.Expr:
    """Name the part in which a day lies: before `first`, drawn, after `last`, or no day at all."""
    earlier, drawn, later, none = map(pl.lit, names)
    return (
        pl.when(day.is_null())
        .then(none)
        .when(day < first)
        .then(earlier)
        .when(day > last)
        .then(later)
        .otherwise(drawn)
    )


def month_number(day: date) -> int:
    """A month as a number: 12 * year + month - 1."""
    return day.year * 12 + day.month - 1


def months_from(day: date, months: int) -> date:
    """The first day of the month that is `months` away, within the years 1 to 9999.

    Examples:
        >>> months_from(date(2026, 6, 30), -18), months_from(date(9999, 12, 31), 2)
        (datetime.date(2024, 12, 1), datetime.date(9999, 12, 1))
    """
    at = min(max(month_number(day) + months, 12), 9999 * 12 + 11)
    return date(at // 12, at % 12 + 1, 1)

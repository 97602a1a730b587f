"""Periods on a time axis: how long one is, which are drawn, where one ends, what it is called."""

from __future__ import annotations

import re
from datetime import date

import polars as pl

from kpa_analytics.analysis.periods import period_start
from kpa_analytics.errors import KPADataError
from kpa_analytics.inputs import as_day

#: How many periods are drawn up to the one of the day asked for, and after it.
BEFORE, AFTER = 60, 12
_QUARTERS = {"1q": "3mo", "2q": "6mo", "4q": "1y", "12mo": "1y"}


def period_length(frame: pl.DataFrame, every: str | None = None) -> str:
    """How long a period is: as the frame says in `every`, else as told, else a month.

    Args:
        frame: has `period` (Date) and `every` (String).
        every: the length asked for, as `instructor_activity` of the analysis takes it.

    Raises:
        KPADataError: `every` is no period or not the frame's, the frame has several, or a period
            begins on a day on which none of this length does.

    Examples:
        >>> quarters = pl.DataFrame({"period": [date(2026, 4, 1)], "every": ["1q"]})
        >>> period_length(quarters)
        '3mo'
    """
    if every is not None:
        period_start("period", every)
    lengths = {_same(length) for length in frame["every"].drop_nulls().unique()}
    lengths |= {_same(every)} if every else set()
    if len(lengths) > 1:
        raise KPADataError(f"every must be one length of period, not {', '.join(sorted(lengths))}")
    length = lengths.pop() if lengths else "1mo"
    starts = frame.select(pl.col("period").drop_nulls().unique().sort())
    odd = starts.filter(pl.col("period") != period_start("period", length))
    if odd.height:
        raise KPADataError(
            f"period {odd.item(0, 0)} is not the first day of a period of {length}; "
            "say how long the periods are: every="
        )
    return length


def _same(every: str) -> str:
    """One spelling for what has several."""
    return _QUARTERS.get(every, every)


def middle_day(frame: pl.DataFrame, column: str, as_of: date | str | None) -> date | None:
    """The day around which a time axis lies.

    Args:
        frame: what is drawn.
        column: its days.
        as_of: the day asked for.

    Returns:
        The day asked for; without one the latest day that is not after today, else the earliest;
        None where there is no day at all. So a year that was mistyped does not move the axis.

    Raises:
        KPADataError: `as_of` is no day.
    """
    if as_of is not None:
        return as_day(as_of)
    days = frame[column].drop_nulls()
    found = days.filter(days <= as_day(None)).max() or days.min()
    return found if isinstance(found, date) else None


def first_and_last(middle: date | None, length: str) -> tuple[pl.Expr, pl.Expr]:
    """The first and the last period drawn: `BEFORE` up to that of the middle, `AFTER` after it."""
    number, unit = re.fullmatch(r"(\d+)(\D+)", length).groups()  # type: ignore[union-attr]
    own = pl.lit(middle, pl.Date).dt.truncate(length)
    return (
        own.dt.offset_by(f"-{(BEFORE - 1) * int(number)}{unit}"),
        own.dt.offset_by(f"{AFTER * int(number)}{unit}"),
    )


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
        # A calendar of four-digit years ends on this day: no later one can be drawn.
        pl.min_horizontal(period.dt.offset_by(length), pl.lit(date.max)).alias("until"),
        named.get(_same(length), first_day).alias("name"),
    )


def months_from(day: date, months: int) -> date:
    """The first of the month so many months away, within the years 1 to 9999.

    Examples:
        >>> months_from(date(2026, 6, 30), -18), months_from(date(9999, 12, 31), 2)
        (datetime.date(2024, 12, 1), datetime.date(9999, 12, 1))
    """
    at = min(max(day.year * 12 + day.month - 1 + months, 12), 9999 * 12 + 11)
    return date(at // 12, at % 12 + 1, 1)

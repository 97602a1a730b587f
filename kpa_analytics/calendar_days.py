"""Calendar arithmetic for the rules: days and windows of every year, and months after a day.

All functions but one take and return polars expressions. A day that does not exist (29 February in
most years, 31 April) means the last day of the month. Null gives null.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

import polars as pl

from kpa_analytics.schema import SCHEDULE_TYPES


class YearlyDay(NamedTuple):
    """A day of every year, e.g. 15 July: its month and day of the month, or null for no day."""

    month: pl.Expr
    day: pl.Expr

    def in_year(self, year: pl.Expr) -> pl.Expr:
        """The day in a year."""
        first = pl.date(year, self.month, 1).to_physical()
        next_month = pl.date(year + self.month // 12, self.month % 12 + 1, 1).to_physical()
        return (first + self.day - 1).clip(upper_bound=next_month - 1).cast(pl.Date)

    def year_after(self, day: pl.Expr) -> pl.Expr:
        """The year of the first such day after `day`."""
        return day.dt.year() + (self.in_year(day.dt.year()) <= day)

    def year_until(self, day: pl.Expr) -> pl.Expr:
        """The year of the last such day on or before `day`."""
        return day.dt.year() - (self.in_year(day.dt.year()) > day)


class YearlyWindow(NamedTuple):
    """A window of days in every year, including its first and last day.

    A window such as 15 December to 15 January closes in the year after it opens.
    """

    opens: YearlyDay
    closes: YearlyDay

    def closing(self, year: pl.Expr) -> pl.Expr:
        """The last day of the window that opens in a year."""
        return self.closes.in_year(year + self._wraps())

    def opened(self, day: pl.Expr) -> pl.Expr:
        """The year of the last window that opens on or before `day`."""
        return self.opens.year_until(day)

    def not_closed(self, day: pl.Expr) -> pl.Expr:
        """The opening year of the first window that closes on or after `day`."""
        in_year = day.dt.year()
        return in_year + (self.closes.in_year(in_year) < day) - self._wraps()

    def _wraps(self) -> pl.Expr:
        opens, closes = (yearly.month * 100 + yearly.day for yearly in self)
        return (closes < opens).cast(pl.Int32)


def monday_of(day: date) -> date:
    """The Monday of the week of a day."""
    return day - timedelta(days=day.weekday())


def months_after(day: pl.Expr, months: pl.Expr) -> pl.Expr:
    """The same day of the month some months later, or the last day of a shorter month."""
    count = day.dt.year() * 12 + day.dt.month() - 1 + months
    return YearlyDay(count % 12 + 1, day.dt.day()).in_year(count // 12)


#: Whether a training of the catalogue is a window training.
IS_WINDOW = pl.col("schedule_type").eq("window").fill_null(False)
#: Whether its schedule type is one of the vendor's, or blank: then the other fields decide.
TYPE_IS_KNOWN = pl.col("schedule_type").is_in(SCHEDULE_TYPES) | (
    pl.col("schedule_type").str.strip_chars().fill_null("").eq("")
)
#: The window of a window training, and a fixed expiration day, as columns of the catalogue.
WINDOW = YearlyWindow(
    YearlyDay(pl.col("window_open_month"), pl.col("window_open_day")),
    YearlyDay(pl.col("window_close_month"), pl.col("window_close_day")),
)
FIXED_DAY = YearlyDay(pl.col("expires_on_month"), pl.col("expires_on_day"))
#: Whether the catalogue gives a fixed expiration day, also one that does not exist.
HAS_FIXED_DAY = pl.all_horizontal(part > 0 for part in FIXED_DAY).fill_null(False)


def are_possible(*days: YearlyDay) -> pl.Expr:
    """Whether all these days exist in some year; never null."""
    return pl.all_horizontal(
        yearly.month.is_between(1, 12) & yearly.day.is_between(1, 31) for yearly in days
    ).fill_null(False)

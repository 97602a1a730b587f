"""Days that come round every year, and months added to a day: the arithmetic of the rules.

Everything here takes and gives polars expressions of calendar days. A day that its month does not
have that year (29 February, 31 April) means the month's last day. Null in, null out.
"""

from __future__ import annotations

from typing import NamedTuple

import polars as pl


class YearlyDay(NamedTuple):
    """A day of the year, e.g. every 15 July: expressions of its month and its day of the month.

    Both are null where there is no such day.
    """

    month: pl.Expr
    day: pl.Expr

    def in_year(self, year: pl.Expr) -> pl.Expr:
        """The day in this year."""
        first = pl.date(year, self.month, 1)
        return pl.min_horizontal(first + pl.duration(days=self.day - 1), first.dt.month_end())

    def year_after(self, day: pl.Expr) -> pl.Expr:
        """The year of the first such day strictly after `day`."""
        return day.dt.year() + (self.in_year(day.dt.year()) <= day)

    def year_until(self, day: pl.Expr) -> pl.Expr:
        """The year of the last such day on or before `day`."""
        return day.dt.year() - (self.in_year(day.dt.year()) > day)


class YearlyWindow(NamedTuple):
    """A window of days that comes round every year, both ends included.

    It closes in the year after it opens where its closing day comes earlier in the year than its
    opening day: 15 December to 15 January.
    """

    opens: YearlyDay
    closes: YearlyDay

    def closing(self, year: pl.Expr) -> pl.Expr:
        """The last day of the window that opens in this year."""
        return self.closes.in_year(year + self._wraps())

    def opened(self, day: pl.Expr) -> pl.Expr:
        """The year of the last window to open on or before `day`."""
        return self.opens.year_until(day)

    def not_closed(self, day: pl.Expr) -> pl.Expr:
        """The year of the first window that has not closed before `day`, open yet or not."""
        in_year = day.dt.year()
        return in_year + (self.closes.in_year(in_year) < day) - self._wraps()

    def holds(self, day: pl.Expr) -> pl.Expr:
        """Whether `day` falls in a window."""
        return day <= self.closing(self.opened(day))

    def _wraps(self) -> pl.Expr:
        opens, closes = (yearly.month * 100 + yearly.day for yearly in self)
        return (closes < opens).cast(pl.Int32)


def months_after(day: pl.Expr, months: pl.Expr) -> pl.Expr:
    """The same day of the month that many calendar months later, cut to the month's last day."""
    count = day.dt.year() * 12 + day.dt.month() - 1 + months
    return YearlyDay(count % 12 + 1, day.dt.day()).in_year(count // 12)

"""Days that come round every year, and months added to a day: the arithmetic of the rules.

Everything here takes and gives polars expressions of calendar days. A day that its month does not
have that year (29 February, 31 April) means the month's last day. Null in, null out.
"""

from __future__ import annotations

from typing import NamedTuple

import polars as pl


class YearlyDay(NamedTuple):
    """A day of the year, e.g. every 15 July: expressions of its month and its day of the month."""

    month: pl.Expr
    day: pl.Expr

    @classmethod
    def columns(cls, month: str, day: str) -> YearlyDay:
        """Read it from two columns; both are null unless they are 1-12 and 1-31."""
        possible = pl.col(month).is_between(1, 12) & pl.col(day).is_between(1, 31)
        return cls(pl.when(possible).then(month), pl.when(possible).then(day))

    def in_year(self, year: pl.Expr) -> pl.Expr:
        """The day in this year."""
        first = pl.date(year, self.month, 1)
        return pl.min_horizontal(first + pl.duration(days=self.day - 1), first.dt.month_end())

    def first_after(self, day: pl.Expr) -> pl.Expr:
        """The first such day strictly after `day`."""
        this_year = self.in_year(day.dt.year())
        return pl.when(this_year > day).then(this_year).otherwise(self.in_year(day.dt.year() + 1))

    def last_until(self, day: pl.Expr) -> pl.Expr:
        """The last such day on or before `day`."""
        this_year = self.in_year(day.dt.year())
        return pl.when(this_year <= day).then(this_year).otherwise(self.in_year(day.dt.year() - 1))


class YearlyWindow(NamedTuple):
    """A window of days that comes round every year, both ends included.

    It closes in the year after it opens where its closing day comes earlier in the year than its
    opening day: 15 December to 15 January.
    """

    opens: YearlyDay
    closes: YearlyDay

    def closing(self, opening: pl.Expr) -> pl.Expr:
        """The last day of the window that opens on `opening`."""
        wraps = (self.closes.month * 100 + self.closes.day) < (
            self.opens.month * 100 + self.opens.day
        )
        return self.closes.in_year(opening.dt.year() + wraps.cast(pl.Int32))

    def around(self, day: pl.Expr) -> pl.Expr:
        """The last day of the window that `day` falls in; null where it falls in none."""
        closing = self.closing(self.opens.last_until(day))
        return pl.when(day <= closing).then(closing)


def months_after(day: pl.Expr, months: pl.Expr) -> pl.Expr:
    """The same day of the month that many calendar months later, cut to the month's last day."""
    count = day.dt.year() * 12 + day.dt.month() - 1 + months
    return YearlyDay(count % 12 + 1, day.dt.day()).in_year(count // 12)

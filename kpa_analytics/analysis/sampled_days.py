"""The days on which statuses are counted, and the position of any day among them."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date

import polars as pl

from kpa_analytics.analysis.periods import as_every

#: The fewest days of a period, by its unit.
_LEAST = {"d": 1, "w": 7, "mo": 28, "q": 89, "y": 365}
#: The units that are a number of months.
_OF_MONTHS = ("mo", "q", "y")


class SampledDays:
    """Days on which statuses are counted.

    Args:
        days: the days (Date), in order; at least one.

    Attributes:
        days: these days.
        count: their number.
    """

    def __init__(self, days: pl.Series) -> None:
        self.days = days.alias("day")
        self.count = days.len()
        numbers = days.to_physical()
        self._first, last = numbers[0], numbers[-1]
        self._span = last - self._first + 1
        each = pl.int_range(self._first, last + 2, dtype=pl.Int32, eager=True)
        self._positions = numbers.search_sorted(each).cast(pl.Int32)

    @classmethod
    def between(cls, start: date, end: date, every: str) -> SampledDays:
        """The days `start`, `start` + `every`, `start` + 2 `every`, ... that are not after `end`.

        Examples:
            >>> days = SampledDays.between(date(2026, 1, 31), date(2026, 4, 29), "1mo")
            >>> days.days.to_list()
            [datetime.date(2026, 1, 31), datetime.date(2026, 2, 28), datetime.date(2026, 3, 31)]
        """
        return cls(pl.date_range(start, end, as_every(every), eager=True))

    @classmethod
    def up_to(cls, end: date, start: date, every: str) -> SampledDays:
        """The days `end`, `end` - `every`, `end` - 2 `every`, ... that are not before `start`.

        From the last day of a month, months, quarters and years lead to the last day of each month.

        Examples:
            >>> days = SampledDays.up_to(date(2026, 6, 30), date(2026, 4, 1), "1mo")
            >>> days.days.to_list()
            [datetime.date(2026, 4, 30), datetime.date(2026, 5, 31), datetime.date(2026, 6, 30)]
        """
        number, unit = re.fullmatch(r"(\d+)(\D+)", as_every(every)).groups()  # type: ignore[union-attr]
        most = (end - start).days // (int(number) * _LEAST[unit])
        steps = pl.int_range(most, -1, -1, dtype=pl.Int64, eager=True) * int(number)
        day = pl.lit(end).dt.offset_by(pl.format("-{}" + unit, pl.lit(steps)))
        if unit in _OF_MONTHS and end.day == monthrange(end.year, end.month)[1]:
            day = day.dt.month_end()
        days = pl.select(day.alias("day")).to_series()
        return cls(days.filter(days >= start))

    def position(self, day: pl.Expr) -> pl.Expr:
        """The number of sampled days before a day; all of them for null, which means never.

        What is true from one day until before another is true on the sampled days from the first
        position until before the second.
        """
        offset = day.to_physical().cast(pl.Int32) - self._first
        return pl.lit(self._positions).gather(offset.fill_null(self._span).clip(0, self._span))

    def positions_of(self, every: SampledDays) -> pl.Series:
        """The positions here of each position in `every`, which has every day of a longer time."""
        days = pl.int_range(every.count + 1, eager=True) + (
            every.days.to_physical()[0] - self._first
        )
        return self._positions.gather(days.clip(0, self._span))

    @property
    def years(self) -> tuple[int, int]:
        """The first and the last year that has a sampled day."""
        return self.days[0].year, self.days[-1].year

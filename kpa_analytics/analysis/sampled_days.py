"""The days on which statuses are counted, and the position of any day among them."""

from __future__ import annotations

from datetime import date

import polars as pl

from kpa_analytics.analysis.periods import as_every


class SampledDays:
    """The days `start`, `start` + `every`, `start` + 2 `every`, ... that are not after `end`.

    Attributes:
        days: these days, in order.
        count: their number.

    Examples:
        >>> SampledDays(date(2026, 1, 31), date(2026, 4, 29), "1mo").days.to_list()
        [datetime.date(2026, 1, 31), datetime.date(2026, 2, 28), datetime.date(2026, 3, 31)]
    """

    def __init__(self, start: date, end: date, every: str) -> None:
        self.days = pl.date_range(start, end, as_every(every), eager=True).alias("day")
        self.count = self.days.len()
        numbers = self.days.to_physical()
        self._first, last = numbers[0], numbers[-1]
        self._span = last - self._first + 1
        each = pl.int_range(self._first, last + 2, dtype=pl.Int32, eager=True)
        self._positions = numbers.search_sorted(each).cast(pl.Int32)

    def position(self, day: pl.Expr) -> pl.Expr:
        """The number of sampled days before a day; all of them for null, which means never.

        What is true from one day until before another is true on the sampled days from the first
        position until before the second.
        """
        offset = day.to_physical().cast(pl.Int32) - self._first
        return pl.lit(self._positions).gather(offset.fill_null(self._span).clip(0, self._span))

    @property
    def years(self) -> tuple[int, int]:
        """The first and the last year that has a sampled day."""
        return self.days[0].year, self.days[-1].year

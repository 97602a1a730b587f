"""The yearly windows of window trainings, as positions among the sampled days."""

from __future__ import annotations

import polars as pl

from kpa_analytics.analysis.sampled_days import SampledDays
from kpa_analytics.calendar_days import WINDOW


class WindowCycles:
    """Each window training's cycles: the days up to and including one of its windows.

    The cycle of a year begins on the day after the window before, and ends with the window that
    opens in that year. So the cycles of a training cover every day once.

    Attributes:
        numbers: the number of each window training: training_id and window.
        years: the first and the last year whose cycles touch the sampled days.
    """

    def __init__(self, catalogue: pl.DataFrame, days: SampledDays) -> None:
        windows = catalogue.filter(pl.col("rule") == "window").with_row_index("window")
        self.numbers = windows.select("training_id", pl.col("window").cast(pl.Int32))
        first, last = days.years
        self.years = first - 1, last + 1
        year = pl.col("year")
        years = pl.int_range(first - 1, last + 2, dtype=pl.Int32, eager=True).alias("year")
        self._cycles = (
            windows.join(years.to_frame(), how="cross", maintain_order="left_right")
            .lazy()
            .select(
                days.position(_end(year - 1)).alias("cycle_begins"),
                days.position(WINDOW.opens.in_year(year)).alias("cycle_opens"),
                days.position(_end(year)).alias("cycle_ends"),
            )
            .collect(engine="in-memory")
        )

    def each(self, rows: pl.LazyFrame, first: pl.Expr, last: pl.Expr) -> pl.LazyFrame:
        """Repeat each row for the cycles of its training from one year to another.

        Years without a sampled day are left out. The rows have the column `window`; added are
        `year`, `cycle_begins`, `cycle_opens` and `cycle_ends` (the position after the window).
        """
        lowest, highest = self.years
        begin = first.clip(lowest, highest)
        end = pl.max_horizontal(last.clip(lowest, highest), begin) + 1
        at = pl.col("window") * (highest - lowest + 1) + (pl.col("year") - lowest)
        return (
            rows.with_columns(pl.int_ranges(begin, end, dtype=pl.Int32).alias("year"))
            .explode("year")
            .with_columns(pl.lit(series).gather(at) for series in self._cycles)
        )


def _end(year: pl.Expr) -> pl.Expr:
    """The first day after the cycle of a year: after its window, or as the next window opens."""
    day_after = WINDOW.closing(year) + pl.duration(days=1)
    return pl.min_horizontal(day_after, WINDOW.opens.in_year(year + 1))

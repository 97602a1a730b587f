"""What a day means to each window training: whether its window is open, and its last offering.

Source: docs/rules.md section 2, read from the vendor's article: being offered again ends a
completion, the passing of a window does not.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from kpa_analytics.analysis.schedules import WINDOW

_OFFERED = pl.col("offered")
_ONE_DAY = pl.duration(days=1)


def windows_on(catalogue: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Where each window training stands on a day.

    Args:
        catalogue: as `schedules` makes it.
        as_of: the day.

    Returns:
        A frame, one row per training whose rule is `window`:

        - `is_open`: a window is open.
        - `next_opens` and `next_closes`: the first and last day of the first window that has not
          closed before the day.
        - `offering_opens`: the first day of the last offering: the opening of the window that it
          fell in, else the day itself. A completion before it is superseded. Null where the
          training was not offered by then; an offering after the day has not happened yet.
        - `in_time_since`: the opening of the window one year before the offering's, while the
          offering's own window is still open; null once it has closed, and where it had none. A
          superseded completion since then has time left.
    """
    today = pl.lit(as_of)
    year, following = pl.col("offering_year"), pl.col("next_year")
    has_window = pl.col("offered_until") >= _OFFERED
    is_still_open = has_window & (today <= pl.col("offered_until"))
    return (
        catalogue.lazy()
        .filter(pl.col("rule") == "window")
        .with_columns(pl.when(today >= _OFFERED).then(_OFFERED).alias("offered"))
        .with_columns(
            WINDOW.opened(_OFFERED).alias("offering_year"),
            WINDOW.not_closed(today).alias("next_year"),
        )
        .with_columns(WINDOW.closing(year).alias("offered_until"))
        .select(
            "training_id",
            WINDOW.holds(today).alias("is_open"),
            WINDOW.opens.in_year(following).alias("next_opens"),
            WINDOW.closing(following).alias("next_closes"),
            pl.when(has_window)
            .then(WINDOW.opens.in_year(year))
            .otherwise(_OFFERED)
            .alias("offering_opens"),
            pl.when(is_still_open).then(WINDOW.opens.in_year(year - 1)).alias("in_time_since"),
        )
        .collect(engine="in-memory")
    )


def renewals(cases: pl.LazyFrame, as_of: date) -> pl.LazyFrame:
    """Bring the first renewal of window cases to what holds on a day.

    A case that is not superseded by an offering is valid however many windows have passed: it is
    to be renewed in the first window that opens after the completion and has not closed yet. A
    superseded one keeps the window that it should have been renewed in; where that is still to
    close though the case is expired, the day before the offering stands in.

    Args:
        cases: cases with date, expiration_source, opens and expiration_date, as `expirations`
            makes them, beside the columns of `windows_on`.
        as_of: the day.

    Returns:
        The cases with opens and expiration_date as of the day; others than window ones unchanged.
    """
    is_window = pl.col("expiration_source") == "window"
    superseded = (pl.col("date") < pl.col("offering_opens")).fill_null(False)
    in_time = (pl.col("date") >= pl.col("in_time_since")).fill_null(False)
    is_over = pl.col("expiration_date") < pl.lit(as_of)
    moves_on = is_window & ~superseded & is_over
    ended_early = is_window & superseded & ~in_time & ~is_over
    return cases.with_columns(
        pl.when(moves_on)
        .then("next_closes")
        .when(ended_early)
        .then(pl.col("offering_opens") - _ONE_DAY)
        .otherwise("expiration_date")
        .alias("expiration_date"),
        pl.when(moves_on).then("next_opens").otherwise("opens").alias("opens"),
    )

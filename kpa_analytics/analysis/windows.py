"""Window trainings on a day: whether the window is open, and when the training was last offered.

A completion stops being valid when the training is offered again, not when a window closes. Source:
the vendor's article on training windows; docs/rules.md section 2.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from kpa_analytics.calendar_days import WINDOW

_OFFERED = pl.col("offered")
_ONE_DAY = pl.duration(days=1)
#: Whether a completion (`date`) is from before the last offering.
SUPERSEDED = (pl.col("date") < pl.col("offering_opens")).fill_null(False)
#: The first day on which a superseded completion is expired: the day of the offering. One that is
#: not older than the window of the year before can be renewed until the offering's window closes.
EXPIRED_FROM = (
    pl.when(pl.col("date") >= pl.col("year_before_opens"))
    .then(pl.col("offering_closes") + _ONE_DAY)
    .otherwise(_OFFERED)
)
#: The columns of an offering (`with_offerings`).
OFFERING = ("offered", "offering_opens", "offering_closes", "year_before_opens")
#: The columns of `windows_on` beside training_id.
WINDOWS = ("is_open", "next_opens", "next_closes", *OFFERING)


def windows_on(offerings: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """The windows and the last offering of each window training, as of a day.

    `offerings` is the result of `with_offerings`. Returns one row per training whose rule is
    `window`:

    - `is_open`: a window is open on the day.
    - `next_opens` and `next_closes`: the first and last day of the window that is open, or else of
      the next one.
    - the columns of `OFFERING`; null if the training was not offered by the day.
    """
    windows = with_windows(offerings.lazy(), pl.lit(as_of))
    return windows.select("training_id", *WINDOWS).collect(engine="in-memory")


def with_windows(offerings: pl.LazyFrame, today: pl.Expr) -> pl.LazyFrame:
    """Add the columns of `windows_on` to rows with those of `with_offerings`.

    `today` is the day of each row.
    """
    following = pl.col("next_year")
    return (
        offerings.with_columns(WINDOW.not_closed(today).alias("next_year"))
        .with_columns(
            WINDOW.opens.in_year(following).alias("next_opens"),
            WINDOW.closing(following).alias("next_closes"),
            *(pl.when(today >= _OFFERED).then(name).alias(name) for name in OFFERING),
        )
        .with_columns((pl.col("next_opens") <= today).alias("is_open"))
        .drop("next_year")
    )


def with_offerings(catalogue: pl.DataFrame) -> pl.DataFrame:
    """The window trainings of the catalogue, with the days of their last offering.

    `offered` is the day on which the training was offered. Added are

    - `offering_opens`: the opening day of the window that contains this day, or else this day.
      Earlier completions are superseded;
    - `offering_closes`: the last day of that window; null if there is none;
    - `year_before_opens`: the opening day of the window one year earlier; null likewise.

    All are null if the training was never offered.
    """
    year, closes = pl.col("offering_year"), pl.col("offering_closes")
    return (
        catalogue.lazy()
        .filter(pl.col("rule") == "window")
        .with_columns(WINDOW.opened(_OFFERED).alias("offering_year"))
        .with_columns(WINDOW.closing(year).alias("offering_closes"))
        .with_columns(pl.when(closes >= _OFFERED).then(closes).alias("offering_closes"))
        .with_columns(
            pl.when(closes.is_not_null())
            .then(WINDOW.opens.in_year(year))
            .otherwise(_OFFERED)
            .alias("offering_opens"),
            pl.when(closes.is_not_null())
            .then(WINDOW.opens.in_year(year - 1))
            .alias("year_before_opens"),
        )
        .drop("offering_year")
        .collect(engine="in-memory")
    )


def outlasts_window(today: pl.Expr) -> pl.Expr:
    """Whether a completion is still valid on a day although the first window after it has closed.

    That is so if no later offering superseded it. This reads the columns of `expirations` and of
    `windows_on`.
    """
    is_window = pl.col("expiration_source") == "window"
    return is_window & ~SUPERSEDED & (pl.col("expiration_date") < today)


def moved_on(expirations: pl.LazyFrame, today: pl.Expr) -> pl.LazyFrame:
    """Update expiring_from and expiration_date of window trainings to the day of each row.

    If no offering supersedes a completion, it is valid, however many windows have passed. It is
    renewed in the first window that opens after the completion and has not closed yet. A superseded
    completion keeps the window in which it should have been renewed. If that window has not closed
    yet but the completion is expired, it expired on the day before the offering. Completions of
    other trainings are unchanged.
    """
    is_window = pl.col("expiration_source") == "window"
    is_over = pl.col("expiration_date") < today
    outlasts = outlasts_window(today)
    ended_early = is_window & SUPERSEDED & (today >= EXPIRED_FROM) & ~is_over
    return expirations.with_columns(
        pl.when(outlasts)
        .then("next_closes")
        .when(ended_early)
        .then(pl.col("offering_opens") - _ONE_DAY)
        .otherwise("expiration_date")
        .alias("expiration_date"),
        pl.when(outlasts).then("next_opens").otherwise("expiring_from").alias("expiring_from"),
    )

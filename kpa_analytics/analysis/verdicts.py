"""What status follows, as of a day, from when each record expires: section 2 of the rule."""

from __future__ import annotations

from datetime import date

import polars as pl

from kpa_analytics.schema import STATUS


def verdicts(
    rows: pl.LazyFrame, open_now: pl.Series, as_of: date, expiring_days: int
) -> pl.LazyFrame:
    """Add to each record what it is worth on a day.

    Args:
        rows: the latest of each pair, with the columns of `expirations`, and the day `hired`.
        open_now: as `schedules.open_on` gives it, of that day.
        as_of: the day asked for.
        expiring_days: days before expiration that count as expiring, where a training has none.

    Returns:
        The rows with days_left, starts_expiring and status.
    """
    today = pl.lit(as_of)
    days_left = pl.col("expiration_date").to_physical().cast(pl.Int64) - today.to_physical()
    return rows.with_columns(
        days_left.alias("days_left"), _starts_expiring(expiring_days).alias("starts_expiring")
    ).with_columns(_status(open_now, today).alias("status"))


def _starts_expiring(expiring_days: int) -> pl.Expr:
    """The earlier of what the training says and what the caller's days say.

    In plain numbers and comparisons: durations and min_horizontal take six times as long.
    """
    opens = pl.col("opens")
    counted = (pl.col("counts_down_to").to_physical() - expiring_days).cast(pl.Date)
    return pl.when(counted < opens).then(counted).otherwise(pl.coalesce(opens, counted))


def _status(open_now: pl.Series, today: pl.Expr) -> pl.Expr:
    return (
        pl.when("is_held")
        .then(_if_held(today))
        .when(_may_wait(today))
        .then(
            pl.when(pl.col("training_id").is_in(open_now.implode()))
            .then(pl.lit("expiring", STATUS))
            .otherwise(pl.lit("not_due", STATUS))
        )
        .otherwise(pl.lit("missing", STATUS))
    )


def _may_wait(today: pl.Expr) -> pl.Expr:
    """Who never completed a window training may wait for the next: new, or never offered it."""
    is_new = pl.col("hired") > pl.col("offered")
    was_offered = (pl.col("offered") <= today).fill_null(False)
    return pl.col("may_wait") & (is_new.fill_null(False) | ~was_offered)


def _if_held(today: pl.Expr) -> pl.Expr:
    """While the very window that it was offered again in is open there is time left: expiring."""
    late = (today >= pl.col("starts_expiring")) | (today >= pl.col("offered_since"))
    return (
        pl.when(today > pl.col("good_through"))
        .then(pl.lit("expired", STATUS))
        .when(late)
        .then(pl.lit("expiring", STATUS))
        .otherwise(pl.lit("current", STATUS))
    )

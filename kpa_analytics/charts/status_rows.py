"""Read an expiry_status frame: its rows, its day and its counts."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import polars as pl

from kpa_analytics.charts.text import day
from kpa_analytics.errors import KPADataError
from kpa_analytics.inputs import AnyFrame, as_day, need
from kpa_analytics.schema import EXPIRY_STATUS
from kpa_analytics.statuses import FROM_REQUIREMENTS, NO_REQUIREMENTS, STATUSES

if TYPE_CHECKING:
    from datetime import date


def read_status(status: AnyFrame, *columns: str) -> pl.DataFrame:
    """Collect the columns that a chart reads, once, whatever the lazy query behind them."""
    return need(status, EXPIRY_STATUS, *columns).select(columns).collect()


def status_day(frame: pl.DataFrame, as_of: date | str | None) -> date | None:
    """The day of the statuses: `expiration_date - days_left`, or `as_of` if no row has these.

    Returns:
        The day, or None if neither the frame nor the caller gives it.

    Raises:
        KPADataError: `as_of` is not a date, or differs from the day of the statuses.
    """
    given = None if as_of is None else as_day(as_of)
    dated = pl.col("expiration_date").is_not_null() & pl.col("days_left").is_not_null()
    first = pl.col("expiration_date", "days_left").get(dated.arg_max(), null_on_oob=True)
    expiration, left = frame.select(first).row(0)
    if expiration is None or left is None:
        return given
    actual = as_day(expiration - timedelta(days=left))
    if given not in (None, actual):
        raise KPADataError(
            f"as_of is {given}, but these statuses are of {actual}; "
            f"call expiry_status(..., as_of={str(given)!r}) first"
        )
    return actual


#: The text in place of a number that depends on requirements.
NOT_KNOWN = f"not known. {NO_REQUIREMENTS}"


def requirements_are_known(frame: pl.DataFrame, known: bool | None) -> bool:
    """Whether requirements were provided. Without them, nobody can be missing a training.

    Args:
        frame: has the column `status`.
        known: the caller's answer; None: True if a row of the frame is missing or not due.
    """
    return bool(frame["status"].is_in(FROM_REQUIREMENTS).any() if known is None else known)


def as_of_phrase(today: date | None) -> str:
    """The day of the statuses as the end of a sentence, or empty text if it is not known."""
    return f", as of {day(today)}" if today else ""


def status_counts(rows: pl.Expr | None = None) -> list[pl.Expr]:
    """Aggregations that count the rows of each status, and `total`.

    Args:
        rows: how many rows each row represents; None: one.
    """
    weight = pl.lit(1) if rows is None else rows
    counts = [
        pl.when(pl.col("status") == status)
        .then(weight)
        .otherwise(0)
        .sum()
        .cast(pl.Int64)
        .alias(status)
        for status in STATUSES
    ]
    total = pl.len() if rows is None else rows.sum()
    return [*counts, total.cast(pl.Int64).alias("total")]

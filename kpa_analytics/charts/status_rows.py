"""What the charts of expiry_status share: reading the frame once, its day, its counts."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import polars as pl

from kpa_analytics.charts.text import day
from kpa_analytics.errors import KPADataError
from kpa_analytics.inputs import AnyFrame, as_day, need
from kpa_analytics.schema import EXPIRY_STATUS
from kpa_analytics.statuses import FROM_REQUIREMENTS, STATUSES

if TYPE_CHECKING:
    from datetime import date


def read_status(status: AnyFrame, *columns: str) -> pl.DataFrame:
    """The columns a chart reads, collected once however long the lazy query behind them is."""
    return need(status, EXPIRY_STATUS, *columns).select(columns).collect()


def status_day(frame: pl.DataFrame, as_of: date | str | None) -> date | None:
    """The day the statuses are of: `expiration_date - days_left`; where none has one, as told.

    Returns:
        The day, or None where neither the frame nor the caller tells: a guess would be false.

    Raises:
        KPADataError: `as_of` is no day, or not the day the statuses are of: a chart that said so
            would be false.
    """
    asked = None if as_of is None else as_day(as_of)
    dated = pl.col("expiration_date").is_not_null() & pl.col("days_left").is_not_null()
    first = pl.col("expiration_date", "days_left").get(dated.arg_max(), null_on_oob=True)
    expiration, left = frame.select(first).row(0)
    if expiration is None or left is None:
        return asked
    found = as_day(expiration - timedelta(days=left))
    if asked not in (None, found):
        raise KPADataError(
            f"as_of is {asked}, but these statuses are of {found}; "
            f"ask expiry_status(..., as_of={str(asked)!r}) first"
        )
    return found


#: What stands where nobody told who must have what.
NOT_KNOWN = "not known, for there is no list of requirements"


def asks_for_requirements(frame: pl.DataFrame, told: bool | None) -> bool:
    """Whether it was known who must have what, so that what is missing could be found.

    Args:
        frame: has `status`.
        told: as the caller knows it; None: where the frame has anything missing or not due.
    """
    found = frame["status"].is_in(FROM_REQUIREMENTS).any() if told is None else told
    return bool(found)


def said_as_of(today: date | None) -> str:
    """The day the statuses are of, to end a sentence with; nothing where it is not known."""
    return f", as of {day(today)}" if today else ""


def status_counts(rows: pl.Expr | None = None) -> list[pl.Expr]:
    """Aggregations: how many rows of each status, one column each, and `total`.

    Args:
        rows: how many rows each row stands for; None: one.
    """
    weight = pl.lit(1) if rows is None else rows
    each = [
        pl.when(pl.col("status") == status).then(weight).otherwise(0).sum().cast(pl.Int64)
        for status in STATUSES
    ]
    named = [count.alias(status) for count, status in zip(each, STATUSES, strict=True)]
    total = pl.len() if rows is None else rows.sum()
    return [*named, total.cast(pl.Int64).alias("total")]

"""Our statuses beside the vendor's, row by row."""

from __future__ import annotations

import polars as pl

from kpa_analytics.inputs import AnyFrame, Frame, as_table, like, need
from kpa_analytics.schema import EMPLOYEE_STATUS, EXPIRY_STATUS, RECONCILIATION, STATUS

_PAIR = ("m_user_id", "training_id")
_OURS = (*_PAIR, "user", "training", "expiration_date", "status")
_THEIRS = (
    "m_user_id",
    "incomplete_training_ids",
    "complete_training_ids",
    "last_completed",
    "last_updated",
)


def reconcile(status: Frame, employee_status: AnyFrame) -> Frame:
    """Set our status of each person and training beside the vendor's, to see where they part.

    The vendor says which required trainings are incomplete or complete, and when each last
    completion expires and starts expiring. In our words, as of the UTC day of its `last_updated`:

    - incomplete and never completed: missing. The vendor lists no grace, so ours may be expiring;
    - incomplete but completed once, or past its `expiresOn`: expired;
    - from `startsExpiringOn` through `expiresOn`: expiring;
    - otherwise completed, or complete with no completion told: current;
    - not in its lists: null, the vendor says nothing of it. That is what it does with a training
      not due yet, and, unless asked with `include_all_completions`, with one not required.

    Args:
        status: as `expiry_status()` makes it; make it for the day of the vendor's statuses.
        employee_status: as `load_employee_status()` makes it.

    Returns:
        A frame of the kind of `status` with the columns of `schema.RECONCILIATION`, one row for
        each pair that either side has, sorted by m_user_id and training_id. `agree` is true where
        dates and statuses are the same on both sides, and false where one side has no row.

    Raises:
        KPADataError: a frame lacks a column that is read.

    Examples:
        >>> from datetime import date
        >>> from kpa_analytics.schema import EMPLOYEE_STATUS, EXPIRY_STATUS
        >>> ours = pl.DataFrame(
        ...     [{"m_user_id": "a", "user": "Moe, Ann", "training_id": 7, "training": "Ladders",
        ...       "expiration_date": date(2026, 7, 15), "status": "current"}],
        ...     schema=EXPIRY_STATUS.schema)
        >>> theirs = pl.DataFrame(
        ...     [{"m_user_id": "a", "complete_training_ids": [7],
        ...       "last_completed": [{"id": 7, "expiresOn": date(2026, 7, 14)}]}],
        ...     schema=EMPLOYEE_STATUS.schema)
        >>> reconcile(ours, theirs).select("our_status", "vendor_status", "days_apart").row(0)
        ('current', 'current', 1)
    """
    ours = need(status, EXPIRY_STATUS, *_OURS).select(_OURS)
    days_apart = pl.col("our_expiration_date") - pl.col("vendor_expiration_date")
    same = [
        pl.col(f"our_{what}").eq_missing(pl.col(f"vendor_{what}"))
        for what in ("expiration_date", "status")
    ]
    rows = (
        ours.drop("user", "training")
        .rename({"expiration_date": "our_expiration_date", "status": "our_status"})
        .join(_vendors_statuses(employee_status), on=_PAIR, how="full", coalesce=True)
        .join(_names(ours, "m_user_id", "user"), on="m_user_id", how="left")
        .join(_names(ours, "training_id", "training"), on="training_id", how="left")
        .with_columns(
            pl.col("user").fill_null(pl.col("m_user_id")),
            pl.col("training").fill_null(pl.col("training_id").cast(pl.String)),
            agree=pl.all_horizontal(same),
            days_apart=days_apart.dt.total_days(),
        )
    )
    return like(status, as_table(rows, RECONCILIATION).sort(_PAIR))


def _names(ours: pl.LazyFrame, key: str, name: str) -> pl.LazyFrame:
    return ours.group_by(key).agg(pl.col(name).min())


def _vendors_statuses(employee_status: AnyFrame) -> pl.LazyFrame:
    """One row per pair the vendor speaks of: its expiration date, and its status in our words."""
    told = (
        need(employee_status, EMPLOYEE_STATUS, *_THEIRS)
        .select(_THEIRS)
        .sort("last_updated", maintain_order=True)
        .unique("m_user_id", keep="last")
        .with_columns(pl.col("last_updated").dt.date().alias("day"))
    )
    listed = {"incomplete_training_ids": True, "complete_training_ids": False}
    required = [
        told.select("m_user_id", "day", training_id=name, incomplete=pl.lit(value))
        .explode("training_id")
        .drop_nulls("training_id")
        for name, value in listed.items()
    ]
    completed = (
        told.select("m_user_id", "day", "last_completed")
        .explode("last_completed")
        .drop_nulls("last_completed")
        .unnest("last_completed")
        .rename({"id": "training_id"})
    )
    pairs = pl.concat([*required, completed], how="diagonal").group_by(_PAIR).agg(pl.all().max())
    return pairs.select(
        *_PAIR,
        pl.col("expiresOn").alias("vendor_expiration_date"),
        _in_our_words().alias("vendor_status"),
    )


def _in_our_words() -> pl.Expr:
    incomplete = pl.col("incomplete").fill_null(False)
    completed = pl.any_horizontal(pl.col("date", "expiresOn").is_not_null())
    return (
        pl.when(incomplete & ~completed)
        .then(pl.lit("missing", STATUS))
        .when(incomplete | (pl.col("day") > pl.col("expiresOn")))
        .then(pl.lit("expired", STATUS))
        .when(pl.col("day") >= pl.col("startsExpiringOn"))
        .then(pl.lit("expiring", STATUS))
        .otherwise(pl.lit("current", STATUS))
    )

"""Compare our statuses with the vendor's, row by row."""

from __future__ import annotations

from datetime import date

import polars as pl

from kpa_analytics.inputs import AnyFrame, Frame, as_table, like, need, need_same_account
from kpa_analytics.schema import CASE_KEY, EMPLOYEE_STATUS, EXPIRY_STATUS, RECONCILIATION, STATUS
from kpa_analytics.statuses import CURRENT, EXPIRED, EXPIRING, MISSING

_OURS = (*CASE_KEY, "user", "training", "expiration_date", "status")
_THEIRS = (
    "m_user_id",
    "incomplete_training_ids",
    "complete_training_ids",
    "last_completed",
    "last_updated",
)


def reconcile(status: Frame, employee_status: AnyFrame) -> Frame:
    """Compare our status of each person and training with the vendor's.

    The vendor lists the required trainings as incomplete or complete, and says when the last
    completion expires and starts expiring. In our terms, as of the UTC day of `last_updated`:

    - incomplete and never completed: missing. The vendor has no grace period, so our status may be
      expiring;
    - incomplete but completed once, or after `expiresOn`: expired;
    - from `startsExpiringOn` through `expiresOn`: expiring;
    - otherwise completed, or complete without a completion: current;
    - not listed: null. The vendor does not list trainings that are not due yet, nor, unless the
      request has `include_all_completions`, trainings that are not required.

    Args:
        status: the result of `expiry_status()` for the day of the vendor's statuses.
        employee_status: as `load_employee_status()` returns it.

    Returns:
        A frame of the same kind as `status` in the columns of `schema.RECONCILIATION`, one row for
        each person and training with a status from us or from the vendor, sorted by m_user_id and
        training_id. `agree` is true if dates and statuses are the same; it is false if one of the
        two has no row.

    Raises:
        KPADataError: a column is missing.

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
    need_same_account(status, employee_status)
    ours = need(status, EXPIRY_STATUS, *_OURS).select(_OURS)
    vendors = need(employee_status, EMPLOYEE_STATUS, *_THEIRS).select(_THEIRS)
    return like(status, _compared(ours, vendors))


def vendor_day(employee_status: pl.DataFrame) -> date | None:
    """The UTC day of the vendor's statuses, of the one that was updated last; None if unknown."""
    updated = employee_status.select(pl.col("last_updated").dt.date().max()).item()
    return updated if isinstance(updated, date) else None


def _compared(ours: pl.LazyFrame, vendors: pl.LazyFrame) -> pl.LazyFrame:
    days_apart = pl.col("our_expiration_date") - pl.col("vendor_expiration_date")
    same = [
        pl.col(f"our_{column}").eq_missing(pl.col(f"vendor_{column}"))
        for column in ("expiration_date", "status")
    ]
    rows = (
        ours.drop("user", "training")
        .rename({"expiration_date": "our_expiration_date", "status": "our_status"})
        .join(
            _vendors_statuses(vendors),
            on=CASE_KEY,
            how="full",
            coalesce=True,
            nulls_equal=True,
        )
        .join(_names(ours, "m_user_id", "user"), on="m_user_id", how="left")
        .join(_names(ours, "training_id", "training"), on="training_id", how="left")
        .with_columns(
            pl.col("user").fill_null(pl.col("m_user_id")),
            pl.col("training").fill_null(pl.col("training_id").cast(pl.String)),
            agree=pl.all_horizontal(same),
            days_apart=days_apart.dt.total_days(),
        )
    )
    return as_table(rows, RECONCILIATION).sort(CASE_KEY)


def _names(ours: pl.LazyFrame, key: str, name: str) -> pl.LazyFrame:
    return ours.group_by(key).agg(pl.col(name).min())


def _vendors_statuses(vendors: pl.LazyFrame) -> pl.LazyFrame:
    """One row per pair that the vendor lists: its expiration date, and its status in our terms."""
    employees = (
        vendors.sort("last_updated", maintain_order=True)
        .unique("m_user_id", keep="last")
        .with_columns(pl.col("last_updated").dt.date().alias("day"))
    )
    listed = {"incomplete_training_ids": True, "complete_training_ids": False}
    required = [
        employees.select("m_user_id", "day", training_id=name, incomplete=pl.lit(value))
        .explode("training_id")
        .drop_nulls("training_id")
        for name, value in listed.items()
    ]
    completed = (
        employees.select("m_user_id", "day", "last_completed")
        .explode("last_completed")
        .drop_nulls("last_completed")
        .unnest("last_completed")
        .rename({"id": "training_id"})
    )
    pairs = pl.concat([*required, completed], how="diagonal").group_by(CASE_KEY).agg(pl.all().max())
    return pairs.select(
        *CASE_KEY,
        pl.col("expiresOn").alias("vendor_expiration_date"),
        _in_our_terms().alias("vendor_status"),
    )


def _in_our_terms() -> pl.Expr:
    incomplete = pl.col("incomplete").fill_null(False)
    completed = pl.any_horizontal(pl.col("date", "expiresOn").is_not_null())
    return (
        pl.when(incomplete & ~completed)
        .then(pl.lit(MISSING, STATUS))
        .when(incomplete | (pl.col("day") > pl.col("expiresOn")))
        .then(pl.lit(EXPIRED, STATUS))
        .when(pl.col("day") >= pl.col("startsExpiringOn"))
        .then(pl.lit(EXPIRING, STATUS))
        .otherwise(pl.lit(CURRENT, STATUS))
    )

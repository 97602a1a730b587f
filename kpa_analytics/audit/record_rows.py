"""Every completion with names, expiration date, and whether it counts."""

from __future__ import annotations

from datetime import date

import polars as pl

from kpa_analytics.analysis.counting_records import counting_records
from kpa_analytics.analysis.engine import Rules
from kpa_analytics.analysis.limiting import OWN_PROOF
from kpa_analytics.audit.identity import with_numbers
from kpa_analytics.data.training_data import TrainingData
from kpa_analytics.employment import employment, has_left
from kpa_analytics.names import with_names, with_titles
from kpa_analytics.schema import CASE_KEY, RECORDS


def audit_records(
    data: TrainingData, status: pl.DataFrame, *, as_of: date, expiring_days: int
) -> pl.DataFrame:
    """Add to every completion the names, the expiration date, and whether it counts.

    `status` is the result of `expiry_status()` for the same records and day. No completion is
    dropped; `standing` says why a completion counts or does not. The result is in `schema.RECORDS`,
    sorted by person, training and date.
    """
    happened = pl.col("date").is_null() | (pl.col("date") <= as_of)
    statuses = Rules(data.trainings).record_statuses(data.completions, as_of, expiring_days)
    expires = pl.when(happened).then(pl.col("expiration_date", "expiration_source"))
    rows = statuses.select(*data.completions.columns, expires).with_row_index("row")
    counted = counting_records(data.completions, status).join(
        status.filter(OWN_PROOF).select(*CASE_KEY, "days_left", "status"),
        on=CASE_KEY,
        nulls_equal=True,
    )
    left = employment(data.users).filter(has_left(as_of)).collect()["m_user_id"]
    standing = (
        pl.when(pl.col("status").is_not_null())
        .then(pl.lit("counts"))
        .when(pl.col("date") > as_of)
        .then(pl.lit("future"))
        .when(pl.col("m_user_id").is_in(left.implode()))
        .then(pl.lit("left"))
        .when(pl.col("date").is_null())
        .then(pl.lit("undated"))
        .otherwise(pl.lit("superseded"))
    )
    named = (
        rows.lazy()
        .join(counted.lazy().drop(CASE_KEY), on="row", how="left")
        .pipe(with_names, data.users, "m_user_id", "user")
        .pipe(with_names, data.users, "m_instructor_id", "instructor")
        .pipe(with_titles, data.trainings)
        .with_columns(standing.alias("standing"))
    )
    in_order = named.sort("user", "m_user_id", "training", "training_id", "date", "id")
    columns = [pl.col(name).cast(dtype) for name, dtype in RECORDS.schema.items()]
    return in_order.collect().pipe(with_numbers, data.users).select(columns)

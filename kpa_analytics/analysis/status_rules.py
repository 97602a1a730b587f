"""The status of completions, and of people who never completed a training, as of a day."""

from __future__ import annotations

from datetime import date

import polars as pl

from kpa_analytics.analysis.windows import moved_on
from kpa_analytics.schema import SOURCE, STATUS
from kpa_analytics.statuses import CURRENT, EXPIRED, EXPIRING, MISSING, NOT_DUE

#: The columns that describe the status of a completion.
STATUS_COLUMNS = ("expiration_source", "expiration_date", "days_left", "starts_expiring", "status")
#: The first day on which the person and the training both exist; null: always.
EXISTS_FROM = pl.max_horizontal("exists_since", "made")
_IS_NEW = (pl.col("hired") > pl.col("offered")).fill_null(False)
#: The first day on which a training that a person never completed is missing. If people may wait
#: for the next window, it is the day of the offering, unless they were hired after it. Null: never.
MISSING_FROM = (
    pl.when(~pl.col("grace_allowed").fill_null(False))
    .then(pl.lit(date.min))
    .when(~_IS_NEW)
    .then("offered")
)


def statuses_on(
    expirations: pl.LazyFrame, windows: pl.DataFrame, as_of: date, expiring_days: int
) -> pl.DataFrame:
    """The status of each expiry key on a day: expiry_key and the columns of `STATUS_COLUMNS`.

    The keys keep their order.

    A completion is valid through its expiration date and expired from the next day. It is expiring
    from the day on which its window opens, or from the training's own number of days before the
    expiration date (`expiring_days` if the training has none). A day before the year 1 or after the
    year 9999 becomes the first or last day of these years.

    Source: docs/rules.md sections 1 and 2.
    """
    on_day = expirations.join(windows.lazy(), on="training_id", how="left", maintain_order="left")
    return (
        moved_on(on_day, pl.lit(as_of))
        .with_columns(starts_expiring(expiring_days))
        .with_columns(status_on(as_of))
        # The status depends on the exact days; the result has only days that Python can represent.
        .with_columns(pl.col("expiration_date", "starts_expiring").clip(date.min, date.max))
        .with_columns(days_left(as_of))
        .select("expiry_key", *STATUS_COLUMNS)
        .collect(engine="in-memory")
    )


def starts_expiring(expiring_days: int) -> pl.Expr:
    """The first day on which a completion is expiring, from its expiration and its window."""
    return (
        pl.when(pl.col("expiring_from").is_not_null())
        .then(pl.min_horizontal("expiring_from", "expiration_date"))
        .otherwise(counted_back(expiring_days).cast(pl.Date))
        .alias("starts_expiring")
    )


def counted_back(expiring_days: int) -> pl.Expr:
    """The expiration minus the training's own expiring days; `expiring_days` if it has none.

    The result is a number of days since 1970, because the day may be before the year 1.
    """
    days = pl.coalesce("expiring_days", pl.lit(expiring_days, pl.Int64))
    return (pl.col("expiration_date").to_physical().cast(pl.Int64) - days).cast(pl.Int32)


def days_left(as_of: date) -> pl.Expr:
    """The days from a day to the expiration date; negative if expired."""
    days = pl.col("expiration_date").to_physical().cast(pl.Int64)
    return (days - pl.lit(as_of).to_physical()).alias("days_left")


def status_on(as_of: date) -> pl.Expr:
    """The status of a completion, from expiration_date and starts_expiring."""
    return (
        pl.when(pl.col("expiration_date") < as_of)
        .then(pl.lit(EXPIRED, STATUS))
        .when(pl.col("starts_expiring") <= as_of)
        .then(pl.lit(EXPIRING, STATUS))
        .otherwise(pl.lit(CURRENT, STATUS))
        .alias("status")
    )


def never_completed(
    rows: pl.LazyFrame,
    people: pl.LazyFrame,
    catalogue: pl.DataFrame,
    windows: pl.DataFrame,
    as_of: date,
) -> pl.LazyFrame:
    """The status of required trainings without a valid record: missing, expiring or not due.

    A pair is left out if the person or the training did not exist on the day, because the vendor
    only gives today's requirements. The rows keep their order; `expiration_source` is `unknown` if
    there is a record without a date, else null.

    Source: docs/rules.md section 3.
    """
    is_open = windows.lazy().select("training_id", "is_open")
    has_record = pl.col("completion_id").is_not_null()
    return (
        rows.join(
            people.select("person", "exists_since", "hired"),
            on="person",
            how="left",
            maintain_order="left",
        )
        .join(
            catalogue.lazy().select("training_id", "offered", "grace_allowed", "made"),
            on="training_id",
            how="left",
            maintain_order="left",
        )
        .join(is_open, on="training_id", how="left", maintain_order="left")
        .filter(~not_yet(as_of))
        .with_columns(
            pl.when(~has_grace(as_of))
            .then(pl.lit(MISSING, STATUS))
            .when("is_open")
            .then(pl.lit(EXPIRING, STATUS))
            .otherwise(pl.lit(NOT_DUE, STATUS))
            .alias("status"),
            pl.when(has_record).then(pl.lit("unknown", SOURCE)).alias("expiration_source"),
        )
    )


def not_yet(as_of: date) -> pl.Expr:
    """Whether the person (`exists_since`) or the training (`made`) did not exist on a day."""
    return (as_of < EXISTS_FROM).fill_null(False)


def has_grace(as_of: date) -> pl.Expr:
    """Whether a person who never completed the training may wait for the next window."""
    return ~(as_of >= MISSING_FROM).fill_null(False)

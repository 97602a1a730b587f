"""Findings about single collections: wrong dates, blank and duplicate ids, repeated records."""

from __future__ import annotations

from datetime import date

import polars as pl

from kpa_analytics.endpoints import COLLECTIONS, endpoint_of
from kpa_analytics.schema import FAULTS

#: The collections that are checked: all except the names of groups.
TABLES = {name: of[0].table for name, of in COLLECTIONS.items() if len(of) == 1}

#: The noun for one record of each collection.
NOUNS = {name: COLLECTIONS[name][0].noun for name in TABLES}

#: A message about repeated completions lists at most this many ids.
_MOST_LISTED = 10


def finding_rows(
    rows: pl.LazyFrame,
    kind: str,
    table: str,
    field: str,
    message: pl.Expr,
    *,
    record: str = "id",
    value: str = "value",
) -> pl.LazyFrame:
    """Make one finding per row; two columns give the record's id and the value in question."""
    return rows.select(
        pl.lit(kind).alias("finding"),
        pl.lit(table).alias("table"),
        pl.col(record).cast(pl.String).alias("record_id"),
        pl.lit(field).alias("field"),
        pl.col(value).cast(pl.String).alias("value"),
        message.alias("message"),
    )


def impossible(faults: pl.LazyFrame) -> pl.LazyFrame:
    """Dates in the API's answers that are not calendar dates, such as 20200230."""
    message = pl.format(
        "{} {} has {} as its {}, which is not a calendar date.",
        pl.col("table").replace(NOUNS),
        "record_id",
        "value",
        "field",
    )
    return faults.select(
        pl.lit("impossible_date").alias("finding"), *FAULTS.schema, message.alias("message")
    )


def blanks(counts: pl.LazyFrame) -> pl.LazyFrame:
    """Optional ids that were "", white space or 0; one row per table and field."""
    incremental = pl.col("walk") == "incremental"
    since = pl.when(incremental).then(pl.lit(" since the last full download"))
    about = ("field", "table", since.otherwise(pl.lit("")))
    message = (
        pl.when(pl.col("count") == 1)
        .then(pl.format("1 value of {} in {} was blank or 0{} and is treated as empty.", *about))
        .otherwise(
            pl.format(
                "{} values of {} in {} were blank or 0{} and are treated as empty.", "count", *about
            )
        )
    )
    return counts.select(
        pl.lit("blank_ids").alias("finding"),
        pl.col("table"),
        pl.lit(None, pl.String).alias("record_id"),
        pl.col("field"),
        pl.col("count").cast(pl.String).alias("value"),
        message.alias("message"),
    )


def undated(completions: pl.LazyFrame, faults: pl.LazyFrame) -> pl.LazyFrame:
    """Completions without a date, except those that `impossible` reports."""
    reported = faults.filter(table="completions", field="date").select("record_id")
    unreported = (
        completions.filter(pl.col("date").is_null())
        .with_columns(pl.col("id").cast(pl.String).alias("record_id"))
        .join(reported, on="record_id", how="anti")
    )
    message = pl.format("Completion {} has no date.", "id")
    return finding_rows(unreported, "impossible_date", "completions", "date", message, value="date")


def expired_before(completions: pl.LazyFrame) -> pl.LazyFrame:
    """Completions whose special expiration date is before their own date."""
    return finding_rows(
        completions.filter(pl.col("special_expiration_date") < pl.col("date")),
        "expiration_before_completion",
        "completions",
        "special_expiration_date",
        pl.format(
            "Completion {} is dated {}, but its special expiration date, {}, is earlier.",
            "id",
            "date",
            "special_expiration_date",
        ),
        value="special_expiration_date",
    )


def in_future(completions: pl.LazyFrame, day: date) -> pl.LazyFrame:
    """Completions dated after the as-of date."""
    message = pl.format(
        "Completion {} is dated {}, after the as-of date {}.", "id", "date", pl.lit(str(day))
    )
    future = completions.filter(pl.col("date") > day)
    return finding_rows(
        future, "completion_in_future", "completions", "date", message, value="date"
    )


def shared_ids(table: str, rows: pl.LazyFrame) -> pl.LazyFrame:
    """Ids that more than one record of a collection has."""
    key = endpoint_of(table).record_key
    shared = rows.group_by(key).agg(pl.len().alias("count")).filter(pl.col("count") > 1)
    message = pl.format(f"{{}} records in {table} share the id {{}}.", "count", key)
    return finding_rows(shared, "duplicate_id", table, key, message, record=key, value=key)


def repeats(completions: pl.LazyFrame) -> pl.LazyFrame:
    """Completions of the same training by the same person on the same day, one row each."""
    same = ["m_user_id", "training_id", "date"]
    dated = completions.select("id", *same).filter(pl.col("date").is_not_null()).unique()
    repeated = (
        dated.join(
            dated.group_by(same).agg(pl.len().alias("count")).filter(pl.col("count") > 1), on=same
        )
        .group_by(*same, "count")
        .agg("id", pl.col("id").sort().head(_MOST_LISTED).cast(pl.String).alias("listed"))
        .with_columns(
            pl.col("listed").list.join(", "),
            pl.when(pl.col("count") > _MOST_LISTED)
            .then(pl.format(" and {} more", pl.col("count") - _MOST_LISTED))
            .otherwise(pl.lit(""))
            .alias("more"),
        )
        .explode("id")
    )
    message = pl.format(
        "Person {} completed training {} more than once on {}: completions {}{}.",
        *same,
        "listed",
        "more",
    )
    return finding_rows(repeated, "same_day_repeat", "completions", "date", message, value="date")

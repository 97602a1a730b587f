"""What can be wrong with records on their own: their days, their ids, their repeats."""

from __future__ import annotations

from datetime import date

import polars as pl

from kpa_analytics.endpoints import COLLECTIONS, endpoint_of
from kpa_analytics.schema import FAULTS

#: The collections that are looked at: all but the names of groups.
TABLES = {name: of[0].table for name, of in COLLECTIONS.items() if len(of) == 1}

#: What a sentence calls a record of each.
NOUNS = {name: COLLECTIONS[name][0].noun for name in TABLES}

#: At most so many records of one repeat are spelt out in each of its messages.
_SPELT_OUT = 10


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
    """One finding per row: about the record named by one column, with the value of another."""
    return rows.select(
        pl.lit(kind).alias("finding"),
        pl.lit(table).alias("table"),
        pl.col(record).cast(pl.String).alias("record_id"),
        pl.lit(field).alias("field"),
        pl.col(value).cast(pl.String).alias("value"),
        message.alias("message"),
    )


def impossible(faults: pl.LazyFrame) -> pl.LazyFrame:
    """The days that the wire held and no calendar has."""
    message = pl.format(
        "{} {} gives {} as its {}, which is no day of the calendar.",
        pl.col("table").replace(NOUNS),
        "record_id",
        "value",
        "field",
    )
    return faults.select(
        pl.lit("impossible_date").alias("finding"), *FAULTS.schema, message.alias("message")
    )


def blanks(counts: pl.LazyFrame) -> pl.LazyFrame:
    """Optional ids that were spelt "", white space or 0; one row per table and field."""
    since = (
        pl.when(walk="incremental").then(pl.lit(" since the last full walk")).otherwise(pl.lit(""))
    )
    message = pl.format(
        "{} values of {} in {} were blank or 0{}: each is read as none.",
        "count",
        "field",
        "table",
        since,
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
    """Completions without a day that no fault accounts for."""
    named = faults.filter(table="completions", field="date").select("record_id")
    unexplained = (
        completions.filter(pl.col("date").is_null())
        .with_columns(pl.col("id").cast(pl.String).alias("record_id"))
        .join(named, on="record_id", how="anti")
    )
    message = pl.format("Completion {} has no date.", "id")
    return finding_rows(
        unexplained, "impossible_date", "completions", "date", message, value="date"
    )


def expired_before(completions: pl.LazyFrame) -> pl.LazyFrame:
    """Special expirations on a day before the completion."""
    return finding_rows(
        completions.filter(pl.col("special_expiration_date") < pl.col("date")),
        "expiration_before_completion",
        "completions",
        "special_expiration_date",
        pl.format(
            "Completion {} is dated {}, but expired before that, on {}.",
            "id",
            "date",
            "special_expiration_date",
        ),
        value="special_expiration_date",
    )


def in_future(completions: pl.LazyFrame, day: date) -> pl.LazyFrame:
    """Completions after the day asked for."""
    message = pl.format("Completion {} is dated {}, after {}.", "id", "date", pl.lit(str(day)))
    future = completions.filter(pl.col("date") > day)
    return finding_rows(
        future, "completion_in_future", "completions", "date", message, value="date"
    )


def shared_ids(table: str, rows: pl.LazyFrame) -> pl.LazyFrame:
    """Ids that several records of one collection share."""
    key = endpoint_of(table).record_key
    shared = rows.group_by(key).agg(pl.len().alias("count")).filter(pl.col("count") > 1)
    message = pl.format(f"{{}} records of {table} share the id {{}}.", "count", key)
    return finding_rows(shared, "duplicate_id", table, key, message, record=key, value=key)


def repeats(completions: pl.LazyFrame) -> pl.LazyFrame:
    """Each record of those in which one person completes one training twice on one day."""
    same = ["m_user_id", "training_id", "date"]
    dated = completions.select("id", *same).filter(pl.col("date").is_not_null()).unique()
    involved = (
        dated.join(
            dated.group_by(same).agg(pl.len().alias("count")).filter(pl.col("count") > 1), on=same
        )
        .group_by(*same, "count")
        .agg("id", pl.col("id").sort().head(_SPELT_OUT).cast(pl.String).alias("spelt"))
        .with_columns(
            pl.col("spelt").list.join(", "),
            pl.when(pl.col("count") > _SPELT_OUT)
            .then(pl.format(" and {} more", pl.col("count") - _SPELT_OUT))
            .otherwise(pl.lit(""))
            .alias("more"),
        )
        .explode("id")
    )
    message = pl.format(
        "Person {} completed training {} more than once on {}: completions {}{}.",
        *same,
        "spelt",
        "more",
    )
    return finding_rows(involved, "same_day_repeat", "completions", "date", message, value="date")

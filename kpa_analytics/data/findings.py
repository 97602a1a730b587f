"""Checks of single collections: wrong dates, blank and duplicate ids, repeated records."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import polars as pl

from kpa_analytics import report_text as texts
from kpa_analytics.data.checks import TABLES, Check, row_sentences
from kpa_analytics.endpoints import endpoint_of
from kpa_analytics.schema import FINDINGS

#: A message about repeated completions lists at most this many ids.
_MOST_LISTED = 10


def impossible_dates(completions: pl.LazyFrame, faults: pl.LazyFrame) -> Iterator[Check]:
    """Dates in the API's answers that are not calendar dates, such as 20200230, or are missing."""
    kind, field = "impossible_date", pl.col("field")
    for table in TABLES:
        of_table = faults.filter(table=table)
        yield Check(kind, table, field, of_table, texts.IMPOSSIBLE_DATE, record="record_id")
    reported = faults.filter(table="completions", field="date").select("record_id")
    undated = (
        completions.filter(pl.col("date").is_null())
        .with_columns(pl.col("id").cast(pl.String).alias("record_id"))
        .join(reported, on="record_id", how="anti")
    )
    yield Check(kind, "completions", "date", undated, texts.NO_DATE, value="date")


def blank_ids(counts: pl.LazyFrame) -> pl.LazyFrame:
    """The one finding about all optional ids that were "", white space or 0.

    It names the tables and fields. If no id was blank, there is no finding.
    """
    incremental = pl.col("walk") == "incremental"
    since = pl.when(incremental).then(pl.lit(texts.SINCE_FULL_DOWNLOAD)).otherwise(pl.lit(""))
    return (
        counts.with_columns(since.alias("since"))
        .select(
            pl.lit("blank_ids").alias("finding"),
            pl.col("table", "field").unique(maintain_order=True).str.join(", "),
            pl.lit(None, pl.String).alias("record_id"),
            pl.col("count").sum().alias("value"),
            row_sentences(texts.BLANKS_OF_FIELD).str.join(", ").alias("listed"),
        )
        .filter(pl.col("value") > 0)
        .with_columns(
            pl.col("value").cast(pl.String),
            row_sentences(texts.BLANK_IDS).alias("message"),
        )
        .select(*FINDINGS.schema)
    )


def wrong_days(completions: pl.LazyFrame, day: date) -> Iterator[Check]:
    """Completions dated after the as-of date, or after their special expiration date."""
    special = "special_expiration_date"
    expired = completions.filter(pl.col(special) < pl.col("date"))
    yield Check(
        "expiration_before_completion",
        "completions",
        special,
        expired,
        texts.EXPIRES_FIRST,
        value=special,
    )
    future = completions.filter(pl.col("date") > day).with_columns(pl.lit(day).alias("as_of"))
    yield Check(
        "completion_in_future", "completions", "date", future, texts.IN_FUTURE, value="date"
    )


def shared_ids(table: str, rows: pl.LazyFrame) -> Check:
    """Ids that more than one record of a collection has."""
    key = endpoint_of(table).record_key
    shared = rows.group_by(key).agg(pl.len().alias("count")).filter(pl.col("count") > 1)
    return Check("duplicate_id", table, key, shared, texts.SHARED_ID, record=key, value=key)


def repeats(completions: pl.LazyFrame) -> Check:
    """Completions of the same training by the same person on the same day, one row each."""
    same = ["m_user_id", "training_id", "date"]
    dated = completions.select("id", *same).filter(pl.col("date").is_not_null()).unique()
    others = pl.col("id").len().cast(pl.Int64) - _MOST_LISTED
    repeated = (
        dated.group_by(same)
        .agg(
            "id",
            pl.col("id").sort().head(_MOST_LISTED).cast(pl.String).str.join(", ").alias("listed"),
            others.alias("others"),
        )
        .filter(pl.col("id").list.len() > 1)
        .with_columns(
            pl.when(pl.col("others") > 0)
            .then(row_sentences(texts.MORE_REPEATS))
            .otherwise(pl.lit(""))
            .alias("more")
        )
        .explode("id")
    )
    return Check("same_day_repeat", "completions", "date", repeated, texts.REPEATED, value="date")

"""The completions that each instructor taught."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import polars as pl
from pyspark.sql import DataFrame
from pyspark.sql import functions as F  # noqa: N812 - the name that Spark's documentation uses

from kpa_analytics.analysis import instructors as _instructors
from kpa_analytics.analysis.periods import period_start
from kpa_analytics.inputs import ACCOUNT
from kpa_analytics.schema import COMPLETIONS, INSTRUCTOR_ACTIVITY, TRAININGS, USERS
from kpa_analytics.spark.arguments import SparkCall, SparkOrPolars, empty_of
from kpa_analytics.spark.columns import arrow_batches, spark_schema
from kpa_analytics.spark.demo_data import with_demo
from kpa_analytics.spark.people import NAMES, with_people_names

if TYPE_CHECKING:
    import pyarrow as pa

    from kpa_analytics.spark.columns import Wire

#: The columns of completions that are counted.
_TAUGHT = ("training_id", "m_user_id", "date", "m_instructor_id", "group_training_id")


def instructor_activity(
    completions: DataFrame,
    trainings: SparkOrPolars | None = None,
    users: SparkOrPolars | None = None,
    *,
    every: str = "1mo",
) -> DataFrame:
    """Count the completions that each instructor taught in each calendar period, by Spark.

    The rows are those of `kpa_analytics.instructor_activity()` on each account. Spark itself counts
    the different people, trainings and sessions, because half of all completions may be those of
    "no instructor", too many for one executor.

    Args:
        completions: a Spark data frame, as for `expiry_status()` of this module.
        trainings: checked, but not needed for any figure.
        users: the people as a Spark data frame or a polars frame, for names.
        every: the length of a period: `1d`, `1w`, `1mo` (default), `1q`, `1y` or multiples.

    Returns:
        A Spark data frame of `account` (if the completions have it) and the columns of
        `schema.INSTRUCTOR_ACTIVITY`, sorted by account, name and period; "no instructor" and null
        periods are last.

    Raises:
        KPADataError: a column is missing or has another type, `account` is missing from a frame, or
            `every` is not a period.

    Examples:
        The page "Work with Spark" of the site has one that runs.
    """
    call = SparkCall(completions)
    taught = call.argument(completions, COMPLETIONS, *_TAUGHT)
    catalogue = call.optional(trainings, TRAININGS, "id")
    people = call.optional(users, USERS, *NAMES)
    _instructors.instructor_activity(
        taught.empty, empty_of(catalogue), empty_of(people), every=every
    )
    rows = taught.spark.select(*taught.wire.sent())
    counts = (
        _with_period(rows, taught.wire, every)
        .groupBy(ACCOUNT, "m_instructor_id", "period")
        .agg(
            F.count(F.lit(1)).alias("completions"),
            F.count_distinct("m_user_id").alias("trainees"),
            F.count_distinct("training_id").alias("trainings"),
            F.count_distinct("group_training_id").alias("group_sessions"),
        )
        .withColumn("every", F.lit(every))
        .withColumn("instructor", F.coalesce("m_instructor_id", F.lit(_instructors.NO_INSTRUCTOR)))
    )
    named = with_people_names(counts, people, "m_instructor_id", "instructor")
    nobody = F.col("m_instructor_id").isNull()
    period = F.col("period").asc_nulls_last()
    ordered = with_demo(named, taught, people).orderBy(
        ACCOUNT, nobody, "instructor", "m_instructor_id", period
    )
    return call.result(ordered.select(ACCOUNT, *INSTRUCTOR_ACTIVITY.schema))


def _with_period(rows: DataFrame, wire: Wire, every: str) -> DataFrame:
    """Add the period of each day."""
    columns = {**pl.Schema(wire.table.schema), "period": pl.Date()}
    schema = spark_schema(pl.Schema({name: columns[name] for name in (*wire.columns, "period")}))

    def run(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            dated = pl.DataFrame(batch).with_columns(period_start("date", every))
            for of_account in dated.partition_by(ACCOUNT):
                yield from arrow_batches(of_account[ACCOUNT][0], of_account, schema)

    return rows.mapInArrow(run, schema)

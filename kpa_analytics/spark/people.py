"""The columns of people that the executors need, and the names of people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import polars as pl
from pyspark.sql import DataFrame
from pyspark.sql import functions as F  # noqa: N812 - the name that Spark's documentation uses

from kpa_analytics.inputs import ACCOUNT
from kpa_analytics.names import named_people
from kpa_analytics.schema import USERS
from kpa_analytics.spark.columns import Wire, arrow_batches, spark_schema

if TYPE_CHECKING:
    import pyarrow as pa

    from kpa_analytics.spark.arguments import Argument

#: The columns of a name.
NAMES = ("id", "lastname", "firstname")
#: The columns of a profile that a status depends on.
PROFILE = (*NAMES, "created", "hireDate", "terminationDate")


def with_people_names(
    rows: DataFrame, users: Argument | None, identifier: str, name: str
) -> DataFrame:
    """Replace `name` by the name of the person in `users`, where it is known."""
    if users is None:
        return rows
    named = _names(users).toDF("_account", "_id", "_name")
    same = F.col(ACCOUNT).eqNullSafe(F.col("_account")) & (F.col(identifier) == F.col("_id"))
    known = F.coalesce("_name", name)
    return rows.join(named, same, "left").withColumn(name, known).drop(*named.columns)


def _names(users: Argument) -> DataFrame:
    """One row per person: account, id, and name.

    Rows of Spark have no order: of several names of an id, the alphabetically first one is used.
    """
    wire = Wire(USERS, NAMES)
    schema = spark_schema(pl.Schema({"id": pl.String(), "name": pl.String()}))

    def run(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            rows = pl.DataFrame(batch)
            for of_account in rows.partition_by(ACCOUNT):
                names = named_people(wire.received(of_account), "id", "name").collect()
                yield from arrow_batches(of_account[ACCOUNT][0], names, schema)

    names = users.spark.select(*wire.sent()).mapInArrow(run, schema)
    return names.groupBy(ACCOUNT, "id").agg(F.min("name").alias("name"))

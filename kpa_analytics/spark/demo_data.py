"""Which accounts are demo data, and the one day of a call without `as_of`."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F  # noqa: N812 - the name that Spark's documentation uses
from pyspark.sql import types as T  # noqa: N812

from kpa_analytics.as_of import Day, as_day
from kpa_analytics.demo_mark import DEMO_ID_PREFIX
from kpa_analytics.inputs import ACCOUNT

if TYPE_CHECKING:
    from datetime import date

    from kpa_analytics.spark.arguments import Argument

_DEMO = "demo"


def demo_accounts(*arguments: Argument | None) -> DataFrame:
    """One row per account: `account`, and `demo`, as `demo_flag` decides it from the frames."""
    flags = [_flags(argument.spark) for argument in arguments if argument is not None]
    return reduce(DataFrame.union, flags).groupBy(ACCOUNT).agg(F.max(_DEMO).alias(_DEMO))


def one_day(as_of: Day | None, *arguments: Argument | None) -> date:
    """The day for all executors: `as_of`, or today, or `demo.AS_OF` if all is demo data."""
    if as_of is not None:
        return as_day(as_of)
    row = demo_accounts(*arguments).agg(F.min(_DEMO)).first()
    return as_day(None, demo=row is not None and bool(row[0]))


def with_demo(rows: DataFrame, *arguments: Argument | None) -> DataFrame:
    """Add `demo`: whether the account of a row is demo data."""
    flags = demo_accounts(*arguments).withColumnRenamed(ACCOUNT, "_account")
    same = F.col(ACCOUNT).eqNullSafe(F.col("_account"))
    return rows.join(F.broadcast(flags), same, "left").drop("_account")


def _flags(frame: DataFrame) -> DataFrame:
    marks = [F.lit(False), *(mark for field in frame.schema for mark in _marks(field))]
    return frame.select(ACCOUNT, reduce(or_, marks).alias(_DEMO))


def _marks(field: T.StructField) -> list[Column]:
    """Whether a value of a column has the mark of demo data, if the column can have it."""
    name, value = field.name, F.col(field.name)
    if isinstance(field.dataType, T.BooleanType) and name == _DEMO:
        mark = value
    elif isinstance(field.dataType, T.StringType) and (name == "id" or name.endswith("_id")):
        mark = value.startswith(DEMO_ID_PREFIX)
    elif field.dataType == T.ArrayType(T.StringType()) and name.endswith(("_id", "_ids")):
        mark = F.exists(value, lambda identifier: identifier.startswith(DEMO_ID_PREFIX))
    else:
        return []
    return [F.coalesce(mark, F.lit(False))]

"""The frames of a call: they are checked on the driver, before Spark starts a job."""

from __future__ import annotations

from copy import copy
from functools import cached_property
from typing import TYPE_CHECKING

import polars as pl
from pyspark.sql import DataFrame
from pyspark.sql import functions as F  # noqa: N812 - the name that Spark's documentation uses

from kpa_analytics.errors import KPADataError
from kpa_analytics.inputs import ACCOUNT, need
from kpa_analytics.spark.columns import Wire, polars_schema

if TYPE_CHECKING:
    from pyspark.sql import Column

    from kpa_analytics.schema import Table

#: A Spark data frame, or a polars frame that is small enough for one machine.
SparkOrPolars = DataFrame | pl.DataFrame | pl.LazyFrame

_RENAMED = "_account"


class SparkCall:
    """A call with completions as a Spark data frame.

    Args:
        completions: the completions.

    Attributes:
        session: their Spark session.
        has_accounts: whether each row has an `account`.

    Raises:
        KPADataError: they are not a Spark data frame.
    """

    def __init__(self, completions: object) -> None:
        if not isinstance(completions, DataFrame):
            kind = type(completions)
            raise KPADataError(
                "completions: expected a Spark data frame, got "
                f"{kind.__module__.partition('.')[0]}.{kind.__name__}; for records that fit into "
                "one machine, use the functions of kpa_analytics itself"
            )
        self.session = completions.sparkSession
        self.has_accounts = ACCOUNT in completions.columns

    def argument(self, frame: SparkOrPolars, table: Table, *columns: str) -> Argument:
        """A frame of the call, of which the executors need these columns."""
        return Argument(self, frame, table, columns)

    def optional(self, frame: SparkOrPolars | None, table: Table, *columns: str) -> Argument | None:
        """The same for a frame that may be None."""
        return None if frame is None else self.argument(frame, table, *columns)

    def result(self, frame: DataFrame) -> DataFrame:
        """A result without the column `account` if the completions have none."""
        return frame if self.has_accounts else frame.drop(ACCOUNT)


class Argument:
    """A frame that a caller gave.

    Args:
        call: the call.
        frame: the frame.
        table: the table whose rows it has.
        columns: the columns that the executors need. The function on one machine finds the ones
            that are missing, if it is called with `empty`.

    Attributes:
        wire: how its columns travel.
        empty: a polars frame of these columns, without rows.

    Raises:
        KPADataError: it is neither a Spark nor a polars frame, or the column `account` is missing,
            superfluous or not text; or a column occurs twice; capitals make no difference.
    """

    def __init__(
        self, call: SparkCall, frame: SparkOrPolars, table: Table, columns: tuple[str, ...]
    ) -> None:
        if not isinstance(frame, DataFrame | pl.DataFrame | pl.LazyFrame):
            raise KPADataError(
                f"{table.name}: expected a Spark data frame or a polars frame, got "
                f"{type(frame).__name__}"
            )
        if isinstance(frame, DataFrame):
            _check_spelling(table, frame.columns, columns)
        schema = polars_schema(frame) if isinstance(frame, DataFrame) else frame.collect_schema()
        _check_account(table, schema, call.has_accounts)
        self._call, self._frame = call, frame
        self.wire = Wire(table, tuple(name for name in columns if name in schema))
        self.empty = pl.DataFrame(schema={name: schema[name] for name in self.wire.columns})

    @cached_property
    def spark(self) -> DataFrame:
        """The Spark data frame, with `account`: null if there are no accounts."""
        frame = self._frame
        if not isinstance(frame, DataFrame):
            frame = self._call.session.createDataFrame(self._arrow(frame))
        if self._call.has_accounts:
            return frame
        return frame.withColumn(ACCOUNT, F.lit(None).cast("string"))

    def only(self, condition: Column) -> Argument:
        """The argument with those rows of its Spark data frame that meet a condition."""
        filtered = copy(self)
        filtered.spark = self.spark.filter(condition)
        return filtered

    def _arrow(self, frame: pl.DataFrame | pl.LazyFrame) -> object:
        accounts = [pl.col(_RENAMED).alias(ACCOUNT)] if self._call.has_accounts else []
        renamed = frame.rename({ACCOUNT: _RENAMED}, strict=False)  # `need` would refuse accounts
        known = need(renamed, self.wire.table, *self.wire.columns)
        rows = known.select(*accounts, *self.wire.columns).collect(engine="in-memory")
        return rows.to_arrow(compat_level=pl.CompatLevel.oldest())


def empty_of(argument: Argument | None) -> pl.DataFrame | None:
    """The frame of an argument without rows; None for None."""
    return None if argument is None else argument.empty


def _check_spelling(table: Table, names: list[str], columns: tuple[str, ...]) -> None:
    """Refuse column names that differ only in case, because Spark cannot tell them apart."""
    for column in (ACCOUNT, *columns):
        alike = [name for name in names if name.lower() == column.lower()]
        if len(alike) > 1:
            raise KPADataError(
                f"{table.name}: Spark can't tell the columns {', '.join(alike)} apart: keep one"
            )
        if column == ACCOUNT and alike and alike != [ACCOUNT]:
            raise KPADataError(
                f"{table.name}: column {alike[0]!r} must have the name {ACCOUNT!r}, so that ids of "
                "different accounts are not joined"
            )


def _check_account(table: Table, schema: pl.Schema, has_accounts: bool) -> None:
    name, done = table.name, "completions"
    if has_accounts != (ACCOUNT in schema):
        has_it, lacks_it = (done, name) if has_accounts else (name, done)
        raise KPADataError(
            f"{lacks_it}: no column {ACCOUNT!r}, but {has_it} has it; without it, ids of "
            "different accounts would be joined"
        )
    if has_accounts and schema[ACCOUNT] != pl.String:
        raise KPADataError(f"{name}: column {ACCOUNT!r} is {schema[ACCOUNT]}, not String")

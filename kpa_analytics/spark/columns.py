"""The types of columns: Spark's, ours, and those that travel to the executors."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import polars as pl
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F  # noqa: N812 - the name that Spark's documentation uses
from pyspark.sql import types as T  # noqa: N812
from pyspark.sql.pandas.types import to_arrow_schema

from kpa_analytics.inputs import ACCOUNT
from kpa_analytics.schema import Table

if TYPE_CHECKING:
    import pyarrow as pa

_TO_SPARK: dict[object, T.DataType] = {
    pl.Int64: T.LongType(),
    pl.Float64: T.DoubleType(),
    pl.String: T.StringType(),
    pl.Boolean: T.BooleanType(),
    pl.Date: T.DateType(),
}
_TO_POLARS: dict[type[T.DataType], pl.DataType] = {
    T.ByteType: pl.Int8(),
    T.ShortType: pl.Int16(),
    T.IntegerType: pl.Int32(),
    T.LongType: pl.Int64(),
    T.FloatType: pl.Float32(),
    T.DoubleType: pl.Float64(),
    T.StringType: pl.String(),
    T.CharType: pl.String(),
    T.VarcharType: pl.String(),
    T.BooleanType: pl.Boolean(),
    T.DateType: pl.Date(),
    T.TimestampType: pl.Datetime("us", "UTC"),
    T.TimestampNTZType: pl.Datetime("us"),
    T.BinaryType: pl.Binary(),
    T.DecimalType: pl.Decimal(38, 0),
    T.NullType: pl.Null(),
}


class Wire(NamedTuple):
    """How the columns of a table travel to the executors and back.

    Instants travel as milliseconds, so that the time zones of sessions and machines do not matter.

    Attributes:
        table: the table.
        columns: those of its columns that travel.
        key: one of them that is renamed, or empty text.
        name: its name while it travels.
    """

    table: Table
    columns: tuple[str, ...]
    key: str = ""
    name: str = ""

    def sent(self) -> list[Column]:
        """The account and the columns, as Spark sends them."""
        return [F.col(ACCOUNT), *map(self._sent, self.columns)]

    def _sent(self, column: str) -> Column:
        dtype = self.table.schema[column]
        value = (
            F.unix_millis(F.col(column))
            if isinstance(dtype, pl.Datetime)
            else F.col(column).cast(_spark_type(dtype))
        )
        return value.alias(self._name(column))

    def received(self, rows: pl.DataFrame) -> pl.DataFrame:
        """The columns with the names and types of the table."""
        types = self.table.schema
        return rows.select(
            pl.col(self._name(column)).cast(types[column]).alias(column) for column in self.columns
        )

    def _name(self, column: str) -> str:
        return self.name if column == self.key else column


def spark_schema(schema: pl.Schema) -> T.StructType:
    """The Spark schema of a result, after the account: statuses and other enums are texts."""
    fields = ((ACCOUNT, pl.String()), *schema.items())
    return T.StructType([T.StructField(name, _spark_type(dtype)) for name, dtype in fields])


def _spark_type(dtype: pl.DataType) -> T.DataType:
    if isinstance(dtype, pl.List):
        return T.ArrayType(_spark_type(dtype.inner))  # type: ignore[arg-type]
    if isinstance(dtype, pl.Datetime):
        return T.TimestampType()
    return T.StringType() if isinstance(dtype, pl.Enum) else _TO_SPARK[dtype]


def polars_schema(frame: DataFrame) -> pl.Schema:
    """The schema that a Spark data frame has in polars."""
    return pl.Schema({field.name: _polars_type(field.dataType) for field in frame.schema})


def _polars_type(dtype: T.DataType) -> pl.DataType:
    if isinstance(dtype, T.ArrayType):
        return pl.List(_polars_type(dtype.elementType))
    return _TO_POLARS.get(type(dtype), pl.Object())


def arrow_batches(
    account: str | None, result: pl.DataFrame, schema: T.StructType
) -> list[pa.RecordBatch]:
    """The result of an account as Spark takes it from an executor, in the columns of `schema`."""
    texts = result.with_columns(
        pl.selectors.enum().cast(pl.String), pl.lit(account, pl.String).alias(ACCOUNT)
    )
    table = texts.select(schema.names).to_arrow(compat_level=pl.CompatLevel.oldest())
    batches: list[pa.RecordBatch] = table.cast(to_arrow_schema(schema)).to_batches()
    return batches

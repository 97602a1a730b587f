"""Check a function's arguments: frames, switches and lists. Days are checked in `as_of`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import polars as pl

from kpa_analytics.errors import KPADataError, not_polars
from kpa_analytics.spreadsheet import Frame as Frame

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from kpa_analytics.schema import Table

AnyFrame = pl.DataFrame | pl.LazyFrame
#: The first column of frames of several accounts.
ACCOUNT = "account"


def need(frame: AnyFrame, table: Table, *columns: str) -> pl.LazyFrame:
    """Check that a frame has the columns that an analysis reads.

    Args:
        frame: a frame of `table`.
        table: the expected table, which names the function that makes it.
        columns: the columns that the analysis reads.

    Returns:
        The frame, lazy, with all its columns.

    Raises:
        KPADataError: it is not a polars frame, it has rows of several accounts, or a column is
            missing or has another type.

    Examples:
        >>> from kpa_analytics.schema import COMPLETIONS
        >>> need(pl.DataFrame({"id": [1]}), COMPLETIONS, "id", "date")
        Traceback (most recent call last):
        kpa_analytics.errors.KPADataError: completions: no column 'date'; load_completions() ...
    """
    if not isinstance(frame, pl.DataFrame | pl.LazyFrame):
        expected = f"{table.name}: expected a polars frame from {table.made_by}"
        raise not_polars(frame, expected, _schema_of(table))
    schema, wanted = frame.collect_schema(), table.schema
    if ACCOUNT in schema and f"{ACCOUNT}_id" not in schema:  # with it, `account` names a group
        _need_one_account(frame, table)
    for column in columns:
        if column not in schema:
            raise KPADataError(
                f"{table.name}: no column {column!r}; {table.made_by} returns such frames"
            )
        if not _fits(schema[column], wanted[column]):
            raise KPADataError(
                f"{table.name}: column {column!r} is {schema[column]}, not "
                f"{wanted[column]}; {table.made_by} returns such frames"
            ).in_python(
                f"{_to_days(column, schema[column], wanted[column])}a frame from pandas gets these "
                f"types with pl.from_pandas(frame, schema_overrides={_schema_of(table)})"
            )
    others = [name for name in columns if schema[name] != wanted[name]]
    lazy = frame.lazy()
    return lazy.with_columns(pl.col(name).cast(wanted[name]) for name in others) if others else lazy


def typed(frame: Frame, table: Table) -> Frame:
    """Convert the columns that `need` accepts with another type to the types of their table.

    Every other column stays as it is.

    Examples:
        >>> from kpa_analytics.schema import TRAININGS
        >>> small = pl.DataFrame({"id": [7]}, schema={"id": pl.Int8})
        >>> typed(small, TRAININGS).schema["id"]
        Int64
    """
    schema = frame.collect_schema()
    others = [
        pl.col(name).cast(dtype)
        for name, dtype in table.schema.items()
        if name in schema and schema[name] != dtype and _fits(schema[name], dtype)
    ]
    return frame.with_columns(others) if others else frame


def _to_days(column: str, dtype: pl.DataType, wanted: pl.DataType) -> str:
    """The advice for a column of days that has texts or moments."""
    if wanted != pl.Date or not isinstance(dtype, pl.String | pl.Datetime):
        return ""
    conversion = "str.to_date()" if isinstance(dtype, pl.String) else "dt.date()"
    return f"frame.with_columns(pl.col({column!r}).{conversion}) makes days of it; "


def _schema_of(table: Table) -> str:
    return f"kpa.schema.{table.name.upper()}.schema"


def _need_one_account(frame: AnyFrame, table: Table) -> None:
    names = (
        frame.lazy()
        .select(pl.col(ACCOUNT).unique().cast(pl.String))
        .collect(engine="in-memory")[ACCOUNT]
    )
    if len(names) > 1:
        raise _several_accounts(f"{table.name}: ", sorted(map(str, names)))


def need_same_account(*records: AnyFrame | str | None) -> None:
    """Refuse to join records of different accounts: the same id can mean different things.

    Args:
        *records: frames, or the names of their accounts. Frames without the column `account`, and
            None, are of any account.

    Raises:
        KPADataError: the rows are of more than one account; the message names them.

    Examples:
        >>> north, south = (pl.DataFrame({"account": [name]}) for name in ("north", "south"))
        >>> need_same_account(north, south, None)
        Traceback (most recent call last):
        kpa_analytics.errors.KPADataError: these are records of several accounts (north, south), ...
    """
    named = (
        frame.lazy().select(pl.col(ACCOUNT).unique().cast(pl.String)).collect(engine="in-memory")
        for frame in records
        if isinstance(frame, pl.DataFrame | pl.LazyFrame)
        and {ACCOUNT, f"{ACCOUNT}_id"} & {*frame.collect_schema()} == {ACCOUNT}
    )
    given = {name for name in records if isinstance(name, str)}
    names = sorted(given | {str(name) for each in named for name in each[ACCOUNT]})
    if len(names) > 1:
        raise _several_accounts("", names)


def _several_accounts(place: str, names: Sequence[str]) -> KPADataError:
    return KPADataError(
        f"{place}these are records of several accounts ({', '.join(names[:5])}), and the same id "
        "can mean different things in each of them"
    ).in_python(
        "fleet.status() and fleet.each() compute each account separately, and fleet.together() "
        "makes the ids unique"
    )


def read(frame: AnyFrame, table: Table, *columns: str) -> pl.DataFrame:
    """Collect only these columns; a lazy query runs only once.

    Raises:
        KPADataError: as `need`.
    """
    return need(frame, table, *columns).select(columns).collect(engine="in-memory")


def need_if_known(frame: AnyFrame | None, table: Table, *columns: str) -> pl.LazyFrame:
    """Check a frame like `need`; for None, return an empty table."""
    return need(table.empty() if frame is None else frame, table, *columns)


def _fits(dtype: pl.DataType, wanted: pl.DataType) -> bool:
    """Whether one type converts to the other without a guess or a loss of more than a ms."""
    if isinstance(dtype, pl.List) and isinstance(wanted, pl.List):
        return _fits(dtype.inner, wanted.inner)  # type: ignore[arg-type]
    if isinstance(dtype, pl.Datetime) and isinstance(wanted, pl.Datetime):
        return dtype.time_zone == wanted.time_zone
    whole = dtype.is_integer() and wanted == pl.Int64 and dtype not in (pl.UInt64, pl.Int128)
    text = wanted == pl.String and isinstance(dtype, pl.Categorical | pl.Enum)
    return dtype in (wanted, pl.Null) or whole or text


def like(frame: Frame, result: pl.LazyFrame) -> Frame:
    """Return the result as the same kind of frame as the input.

    For data in memory, the in-memory engine takes half the time of the streaming engine.
    """
    return result if isinstance(frame, pl.LazyFrame) else result.collect(engine="in-memory")


def computed(
    frame: Frame, compute: Callable[[pl.DataFrame], pl.DataFrame], table: Table | pl.Schema
) -> Frame:
    """Compute a table from a frame; from a LazyFrame, when the result is collected.

    Args:
        frame: the frame.
        compute: makes the table from the collected frame.
        table: the table, or its schema.
    """
    if isinstance(frame, pl.DataFrame):
        return compute(frame)
    return frame.map_batches(
        compute,
        schema=table if isinstance(table, pl.Schema) else table.schema,
        predicate_pushdown=False,
        projection_pushdown=False,
        slice_pushdown=False,
    )


def at_once(step: pl.LazyFrame) -> pl.LazyFrame:
    """Compute a step now, because several later steps use it."""
    return step.collect(engine="in-memory").lazy()


def as_table(result: pl.LazyFrame, table: Table) -> pl.LazyFrame:
    """Select the columns of a table, in its order and with its types."""
    return result.select(pl.col(name).cast(dtype) for name, dtype in table.schema.items())


def with_all_columns(frame: pl.DataFrame, schema: pl.Schema) -> pl.DataFrame:
    """Select the columns of a schema, in its order and with its types; a missing one is null.

    Examples:
        >>> frame = pl.DataFrame({"id": ["7"]})
        >>> with_all_columns(frame, pl.Schema({"title": pl.String, "id": pl.Int64})).row(0)
        (None, 7)
    """
    return frame.select(
        (pl.col(name) if name in frame.columns else pl.lit(None)).cast(dtype).alias(name)
        for name, dtype in schema.items()
    )


def need_switch(value: object, name: str) -> bool:
    """Check an argument that is True or False: a text such as "no" would count as True.

    Raises:
        KPADataError: the value is neither.
    """
    if isinstance(value, bool):
        return value
    raise KPADataError(f"{name} must be True or False, not {value!r}")


def need_list(values: Iterable[str], name: str) -> list[str]:
    """Check an argument that is a list of texts: the letters of a single text would be a list, too.

    Raises:
        KPADataError: it is a single text, or nothing that can be listed.

    Examples:
        >>> need_list("expired", "statuses")
        Traceback (most recent call last):
        kpa_analytics.errors.KPADataError: statuses must be a list such as ['expired'], not ...
    """
    if isinstance(values, str):
        raise KPADataError(f"{name} must be a list such as {[values]!r}, not {values!r}")
    if not isinstance(values, Iterable):
        raise KPADataError(f"{name} must be a list of texts, not {values!r}")
    return list(values)

"""What every analysis does first: check its frames, read its day, put names to ids."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, TypeVar

import polars as pl

from kpa_analytics.errors import KPADataError

if TYPE_CHECKING:
    from kpa_analytics.schema import Table

#: A frame in, the same kind of frame out.
Frame = TypeVar("Frame", pl.DataFrame, pl.LazyFrame)
AnyFrame = pl.DataFrame | pl.LazyFrame


def need(frame: AnyFrame, table: Table, *columns: str) -> pl.LazyFrame:
    """Take a frame lazily once it is sure to have what the analysis reads.

    Args:
        frame: a frame that should be one of `table`.
        table: the table it should be, which knows the function that makes it.
        columns: the columns that will be read.

    Returns:
        The frame, lazy, with all its columns.

    Raises:
        KPADataError: it is no polars frame, a column is missing, or has another type.

    Examples:
        >>> from kpa_analytics.schema import COMPLETIONS
        >>> need(pl.DataFrame({"id": [1]}), COMPLETIONS, "id", "date")
        Traceback (most recent call last):
        kpa_analytics.errors.KPADataError: completions: no column 'date'; load_completions() ...
    """
    if not isinstance(frame, pl.DataFrame | pl.LazyFrame):
        raise KPADataError(
            f"{table.name}: expected a polars frame as {table.made_by} makes it, "
            f"got {type(frame).__name__}"
        )
    schema = frame.collect_schema()
    for column in columns:
        if column not in schema:
            raise KPADataError(
                f"{table.name}: no column {column!r}; {table.made_by} makes such frames"
            )
        if schema[column] not in (table.schema[column], pl.Null):
            raise KPADataError(
                f"{table.name}: column {column!r} is {schema[column]}, not "
                f"{table.schema[column]}; {table.made_by} makes such frames"
            )
    nulls = [pl.col(name).cast(table.schema[name]) for name in columns if schema[name] == pl.Null]
    return frame.lazy().with_columns(nulls)


def like(frame: AnyFrame, result: pl.LazyFrame) -> AnyFrame:
    """Give the result back in the kind of frame that came in."""
    return result if isinstance(frame, pl.LazyFrame) else result.collect()


def as_day(value: object | None, name: str = "as_of") -> date:
    """Read a calendar day: a date, a datetime, ISO text `2026-06-30`, or None for today.

    Args:
        value: the day asked for. A datetime is taken where it is midnight, so is no moment.
        name: the argument's name, for the error.

    Returns:
        The day. None gives the machine's own day: the one place where its time zone is read.

    Raises:
        KPADataError: the value is no plain calendar day.

    Examples:
        >>> as_day("2026-06-30")
        datetime.date(2026, 6, 30)
        >>> as_day("30/06/2026")
        Traceback (most recent call last):
        kpa_analytics.errors.KPADataError: as_of must be a day such as 2026-06-30, not '30/06/2026'
    """
    if value is None:
        return date.today()
    if isinstance(value, datetime):
        plain = value.tzinfo is None and value == datetime.combine(
            value.date(), datetime.min.time()
        )
        if plain:
            return value.date()
    elif isinstance(value, date):
        return value
    elif isinstance(value, str) and len(value) == len("2026-06-30"):
        try:
            return date.fromisoformat(value)
        except ValueError as error:
            raise KPADataError(f"{name} must be a day such as 2026-06-30, not {value!r}") from error
    raise KPADataError(f"{name} must be a day such as 2026-06-30, not {value!r}")


def people_names(users: AnyFrame | None, id_column: str, name_column: str) -> pl.LazyFrame:
    """One row per person known: the id and "Last, First" (or the one name there is).

    Args:
        users: as `load_users()` makes them, or None where they are not known.
        id_column: the name to give the id column.
        name_column: the name to give the name column.

    Returns:
        A lazy frame of two String columns, unique by id; a nameless person is left out, so that
        a left join and `fill_null` with the id show the id.
    """
    from kpa_analytics.schema import USERS

    roster = USERS.empty() if users is None else users
    parts = [pl.col(part).str.strip_chars().replace("", None) for part in ("lastname", "firstname")]
    return (
        need(roster, USERS, "id", "lastname", "firstname")
        .select(
            pl.col("id").alias(id_column),
            pl.concat_str(parts, separator=", ", ignore_nulls=True).alias(name_column),
        )
        .filter(pl.col(name_column) != "")
        .unique(id_column, keep="first", maintain_order=True)
    )


def training_titles(trainings: AnyFrame | None) -> pl.LazyFrame:
    """One row per training known: training_id and its title as `training`.

    Args:
        trainings: as `load_trainings()` makes them, or None where they are not known.

    Returns:
        A lazy frame of (training_id Int64, training String), unique by id, untitled ones left out.
    """
    from kpa_analytics.schema import TRAININGS

    catalogue = TRAININGS.empty() if trainings is None else trainings
    return (
        need(catalogue, TRAININGS, "id", "title")
        .select(pl.col("id").alias("training_id"), pl.col("title").alias("training"))
        .filter(pl.col("training").str.strip_chars() != "")
        .unique("training_id", keep="first", maintain_order=True)
    )

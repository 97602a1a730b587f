"""Names for ids: the names and employee numbers of people, and the titles of trainings.

Of several rows with one id, the first one that has a name, a number or a title gives it.
"""

from __future__ import annotations

import polars as pl

from kpa_analytics.inputs import AnyFrame, need_if_known
from kpa_analytics.schema import TRAININGS, USERS


def named_people(users: AnyFrame | None, id_column: str, name_column: str) -> pl.LazyFrame:
    """The name in each row that has one: "Last, First", or the one name that is known."""
    parts = [pl.col(part).str.strip_chars().replace("", None) for part in ("lastname", "firstname")]
    return (
        need_if_known(users, USERS, "id", "lastname", "firstname")
        .select(
            pl.col("id").alias(id_column),
            pl.concat_str(parts, separator=", ", ignore_nulls=True).alias(name_column),
        )
        .filter(pl.col(name_column) != "")
    )


def people_names(users: AnyFrame | None, id_column: str, name_column: str) -> pl.LazyFrame:
    """The name of each person who has one, by id, as in `named_people`."""
    names = named_people(users, id_column, name_column)
    return names.unique(id_column, keep="first", maintain_order=True)


def with_names(
    rows: pl.LazyFrame, users: AnyFrame | None, id_column: str, name_column: str
) -> pl.LazyFrame:
    """Add the names of people, in the order of the rows; the id if the name is unknown."""
    names = people_names(users, id_column, name_column)
    return rows.join(names, on=id_column, how="left", maintain_order="left").with_columns(
        pl.col(name_column).fill_null(pl.col(id_column))
    )


def employee_numbers(users: AnyFrame | None) -> pl.LazyFrame:
    """The employee number of each person who has one: `id` and `employeeNumber`."""
    number = pl.col("employeeNumber").str.strip_chars()
    numbered = need_if_known(users, USERS, "id", "employeeNumber").select("id", number)
    return numbered.filter(number != "").unique("id", keep="first", maintain_order=True)


def training_names(trainings: AnyFrame | None) -> pl.LazyFrame:
    """The title of each training that has one: `training_id` and `training`."""
    return (
        need_if_known(trainings, TRAININGS, "id", "title")
        .select(pl.col("id").alias("training_id"), pl.col("title").alias("training"))
        .filter(pl.col("training").str.strip_chars() != "")
        .unique("training_id", keep="first", maintain_order=True)
    )


def with_titles(rows: pl.LazyFrame, trainings: AnyFrame | None) -> pl.LazyFrame:
    """Add the titles of trainings as `training`, in the order of the rows; an id if unknown."""
    titles = training_names(trainings)
    return rows.join(titles, on="training_id", how="left", maintain_order="left").with_columns(
        pl.col("training").fill_null(pl.col("training_id").cast(pl.String))
    )


def known_trainings(records: pl.LazyFrame, trainings: AnyFrame | None) -> pl.LazyFrame:
    """Every training of the records and of the catalogue once: training_id and training."""
    catalogue = need_if_known(trainings, TRAININGS, "id").select(training_id="id")
    ids = pl.concat([records.select("training_id"), catalogue]).unique().drop_nulls()
    return with_titles(ids, trainings)

"""Names for ids: who a person is, what a training is called."""

from __future__ import annotations

import polars as pl

from kpa_analytics.inputs import AnyFrame, need
from kpa_analytics.schema import TRAININGS, USERS


def people_names(users: AnyFrame | None, id_column: str, name_column: str) -> pl.LazyFrame:
    """One row per person known: the id and "Last, First" (or the one name there is).

    Args:
        users: as `load_users()` makes them, or None where they are not known.
        id_column: the name to give the id column.
        name_column: the name to give the name column.

    Returns:
        A lazy frame of two String columns, unique by id (the alphabetically first name of several);
        a nameless person is left out, so that a left join and `fill_null` with the id show the id.
    """
    roster = USERS.empty() if users is None else users
    parts = [pl.col(part).str.strip_chars().replace("", None) for part in ("lastname", "firstname")]
    return (
        need(roster, USERS, "id", "lastname", "firstname")
        .select(
            pl.col("id").alias(id_column),
            pl.concat_str(parts, separator=", ", ignore_nulls=True).alias(name_column),
        )
        .filter(pl.col(name_column) != "")
        .group_by(id_column)
        .agg(pl.col(name_column).min())
    )


def training_titles(trainings: AnyFrame | None) -> pl.LazyFrame:
    """One row per training known: training_id and its title as `training`.

    Args:
        trainings: as `load_trainings()` makes them, or None where they are not known.

    Returns:
        A lazy frame of (training_id Int64, training String), unique by id, untitled ones left out.
    """
    catalogue = TRAININGS.empty() if trainings is None else trainings
    return (
        need(catalogue, TRAININGS, "id", "title")
        .select(pl.col("id").alias("training_id"), pl.col("title").alias("training"))
        .filter(pl.col("training").str.strip_chars() != "")
        .group_by("training_id")
        .agg(pl.col("training").min())
    )

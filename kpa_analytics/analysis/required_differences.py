"""The differences between the catalogue's rule and the vendor's list of required trainings."""

from __future__ import annotations

from datetime import date

import polars as pl

from kpa_analytics.analysis.assignment_rules import CANNOT_TELL, DRIVER, JOB_TITLE
from kpa_analytics.analysis.requirements import required_pairs
from kpa_analytics.employment import employment, has_left
from kpa_analytics.inputs import AnyFrame, need
from kpa_analytics.schema import (
    ASSIGNED_BY,
    CASE_KEY,
    EMPLOYEE_STATUS,
    REQUIREMENT_CAUSE,
    TRAININGS,
    USERS,
)

_REQUIRED, _LISTED = pl.col("required"), pl.col("listed")
_NOT_IN_CATALOGUE = "the vendor lists it, but the catalogue does not have the training"
_NOT_A_MEMBER = "the vendor lists it, but the user list has no such employee"


def requirement_differences(
    pairs: pl.LazyFrame,
    trainings: AnyFrame,
    users: AnyFrame,
    employee_status: AnyFrame,
    day: date,
) -> pl.LazyFrame:
    """The pairs that a rule requires or the vendor lists, and those that no rule decides.

    They have the columns of `pairs`, `listed` and `cause`.

    `pairs` is the result of `assigned_pairs`.
    """
    listed = required_pairs(need(employee_status, EMPLOYEE_STATUS, "last_updated"))
    rows = pairs.join(
        listed.unique().with_columns(listed=True), on=CASE_KEY, how="full", coalesce=True
    ).with_columns(_LISTED.fill_null(False))
    kept = rows.filter(_REQUIRED.ne_missing(False) | _LISTED)
    catalogue = (
        need(trainings, TRAININGS, *("id", "schedule_type", "created", "included_trainings_id"))
        .unique("id", keep="first", maintain_order=True)
        .select(
            pl.col("id").alias("training_id"),
            (pl.col("schedule_type") == "window").alias("is_window"),
            pl.col("created").alias("training_made"),
            pl.lit(True).alias("in_catalogue"),
        )
    )
    profiles = need(users, USERS, "id", "created").unique("id", keep="first", maintain_order=True)
    people = profiles.select(
        pl.col("id").alias("m_user_id"),
        pl.col("created").alias("person_made"),
        pl.lit(True).alias("in_users"),
    ).join(employment(users).select("m_user_id", has_left(day)), on="m_user_id", how="left")
    vendors = (
        need(employee_status, EMPLOYEE_STATUS, "m_user_id", "last_updated")
        .group_by("m_user_id")
        .agg(pl.col("last_updated").max())
        .with_columns(in_list=True)
    )
    return (
        kept.join(catalogue, on="training_id", how="left")
        .join(people, on="m_user_id", how="left")
        .join(vendors, on="m_user_id", how="left")
        .join(_included(pairs, trainings), on=CASE_KEY, how="left")
        .with_columns(_cause().cast(REQUIREMENT_CAUSE).alias("cause"))
        .with_columns(
            pl.coalesce("rule", pl.lit(CANNOT_TELL, ASSIGNED_BY)).alias("rule"),
            pl.coalesce(
                "reason",
                pl.when(pl.col("in_catalogue").is_null())
                .then(pl.lit(_NOT_IN_CATALOGUE))
                .otherwise(pl.lit(_NOT_A_MEMBER)),
            ).alias("reason"),
        )
    )


def _cause() -> pl.Expr:
    """The first cause that fits; null if both agree."""
    made_later = pl.max_horizontal("training_made", "person_made") > pl.col("last_updated")
    limited = pl.col("rule").is_in([JOB_TITLE, DRIVER])
    only_ours = (
        pl.when(pl.col("in_list").is_null())
        .then(pl.lit("person_not_listed"))
        .when(made_later)
        .then(pl.lit("newer_than_list"))
        .when("is_window")
        .then(pl.lit("window_in_neither_list"))
        .otherwise(pl.lit("not_known"))
    )
    only_theirs = (
        pl.when(pl.col("in_catalogue").is_null())
        .then(pl.lit("not_in_catalogue"))
        .when(pl.col("in_users").is_null())
        .then(pl.lit("not_in_user_list"))
        .when("has_left")
        .then(pl.lit("left"))
        .when("is_included")
        .then(pl.lit("part_of_composed"))
        .when(limited)
        .then(pl.lit("condition_not_met"))
        .otherwise(pl.lit("assigned_otherwise"))
    )
    has_rule = pl.col("rule").is_not_null()
    return (
        pl.when(_REQUIRED & _LISTED)
        .then(None)
        .when(has_rule & _REQUIRED.is_null())
        .then(pl.lit("cannot_tell"))
        .when(_REQUIRED)
        .then(only_ours)
        .otherwise(only_theirs)
    )


def _included(pairs: pl.LazyFrame, trainings: AnyFrame) -> pl.LazyFrame:
    """The included trainings of the composed trainings that each person must have."""
    included = (
        need(trainings, TRAININGS, "id", "included_trainings_id")
        .unique("id", keep="first", maintain_order=True)
        .select(training_id="id", included_id="included_trainings_id")
        .explode("included_id")
        .drop_nulls()
    )
    return (
        pairs.filter("required")
        .join(included, on="training_id")
        .select("m_user_id", training_id="included_id", is_included=True)
        .unique()
    )

"""Composed trainings: satisfied when every included training is."""

from __future__ import annotations

from datetime import date
from graphlib import CycleError, TopologicalSorter

import polars as pl

from kpa_analytics.errors import KPADataError
from kpa_analytics.inputs import AnyFrame, need
from kpa_analytics.schema import SOURCE, TRAININGS

#: What a composed training takes from its parts.
_HELD = ("date", "expiration_date", "starts_expiring", "status")


def composed_trainings(trainings: AnyFrame | None) -> dict[int, list[int]]:
    """What each composed training is made of, innermost first.

    One with a part that the catalogue does not have can't be satisfied, and is left out.

    Args:
        trainings: as `load_trainings()` makes them, or None where they are not known.

    Returns:
        Composed training id -> included training ids; a training composed of composed ones stands
        after them. Empty where the catalogue has none.

    Raises:
        KPADataError: trainings that include each other in a circle; the message names them.
    """
    catalogue = TRAININGS.empty() if trainings is None else trainings
    included = (
        need(catalogue, TRAININGS, "id", "included_trainings_id")
        .unique("id", keep="first", maintain_order=True)
        .select("id", pl.col("included_trainings_id").fill_null([]).list.drop_nulls())
        .collect(engine="in-memory")
    )
    parts: dict[int, list[int]] = dict(included.iter_rows())
    try:
        order = list(TopologicalSorter(parts).static_order())
    except CycleError as error:
        circle = " -> ".join(str(training) for training in reversed(error.args[1]))
        raise KPADataError(
            f"trainings: included_trainings_id goes round in a circle: {circle}"
        ) from error
    return {one: parts[one] for one in order if parts.get(one) and parts.keys() >= {*parts[one]}}


def derived_completions(
    rows: pl.LazyFrame, parts: dict[int, list[int]], as_of: date
) -> pl.LazyFrame:
    """What people hold of composed trainings through the parts they completed.

    Completed on the latest of the parts' days, expiring on the earliest of their expirations and
    from the earliest day that one starts expiring; the status is the worst of theirs.

    Args:
        rows: one row per `person` and training, with its status; null where it is not completed.
        parts: as `composed_trainings` gives them, not empty.
        as_of: the day asked for.

    Returns:
        A lazy frame with one row per person and composed training that the person has no completion
        of and holds every part of.
    """
    involved = sorted({*parts, *(part for included in parts.values() for part in included)})
    held = pl.col("status").is_not_null() & pl.col("training_id").is_in(involved)
    people = (
        rows.filter(held)
        .group_by("person")
        .agg(
            pl.struct(_HELD).filter(pl.col("training_id") == training).first().alias(str(training))
            for training in involved
        )
    )
    for training, included in parts.items():
        own, derived = pl.col(str(training)), pl.col(f"derived {training}")
        people = people.with_columns(
            pl.when(own.is_null()).then(_worst_of(included)).alias(f"derived {training}")
        ).with_columns(pl.coalesce(own, derived).alias(str(training)))
    derivations = people.select("person", pl.col("^derived .*$").name.replace("derived ", ""))
    return (
        derivations.unpivot(index="person", variable_name="training_id", value_name="held")
        .drop_nulls("held")
        .unnest("held")
        .with_columns(
            pl.col("training_id").cast(pl.Int64),
            pl.lit("composed", SOURCE).alias("expiration_source"),
            (pl.col("expiration_date") - pl.lit(as_of)).dt.total_days().alias("days_left"),
        )
    )


def _worst_of(included: list[int]) -> pl.Expr:
    """A struct like those of the parts, null where one of them is."""
    every = pl.all_horizontal(pl.col(str(part)).is_not_null() for part in included)

    def field(name: str) -> list[pl.Expr]:
        return [pl.col(str(part)).struct.field(name) for part in included]

    return pl.when(every).then(
        pl.struct(
            pl.max_horizontal(field("date")).alias("date"),
            pl.min_horizontal(field("expiration_date")).alias("expiration_date"),
            pl.min_horizontal(field("starts_expiring")).alias("starts_expiring"),
            pl.max_horizontal(field("status")).alias("status"),
        )
    )

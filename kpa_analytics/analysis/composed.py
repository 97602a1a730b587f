"""Composed trainings: satisfied when every included training is. Section 5 of docs/rules.md."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from graphlib import CycleError, TopologicalSorter

import polars as pl

from kpa_analytics.analysis.status_rules import days_left, status_on
from kpa_analytics.errors import KPADataError
from kpa_analytics.inputs import AnyFrame, need
from kpa_analytics.schema import SOURCE, TRAININGS

#: Composed training id -> the trainings it includes.
Parts = dict[int, list[int]]

_LIMITS = ("expiration_date", "starts_expiring")
_HELD = ("person", "training_id", "date", *_LIMITS)


def composed_trainings(trainings: AnyFrame | None) -> list[Parts]:
    """What each composed training is made of, innermost first.

    One with a part that the catalogue does not have can't be satisfied, and is left out.

    Args:
        trainings: as `load_trainings()` makes them, or None where they are not known.

    Returns:
        Generations: a training composed of composed ones stands in a later one than they do. Empty
        where the catalogue has no composed training.

    Raises:
        KPADataError: trainings that include each other in a circle; the message names them.
    """
    catalogue = TRAININGS.empty() if trainings is None else trainings
    included = (
        need(catalogue, TRAININGS, "id", "included_trainings_id")
        .unique("id", keep="first", maintain_order=True)
        .select("id", pl.col("included_trainings_id").fill_null([]).list.drop_nulls().list.unique())
        .collect(engine="in-memory")
    )
    parts: Parts = dict(included.iter_rows())
    sorter = TopologicalSorter(parts)
    try:
        sorter.prepare()
    except CycleError as error:
        circle = " -> ".join(str(training) for training in reversed(error.args[1]))
        raise KPADataError(
            f"trainings: included_trainings_id goes round in a circle: {circle}"
        ) from error
    generations = []
    while sorter.is_active():
        ready = sorter.get_ready()
        sorter.done(*ready)
        known = {one: parts[one] for one in ready if parts.get(one)}
        generations.append({one: of for one, of in known.items() if parts.keys() >= {*of}})
    return [generation for generation in generations if generation]


def derived_completions(
    held: pl.DataFrame,
    generations: list[Parts],
    own_schedule: Callable[[pl.DataFrame], pl.DataFrame],
    as_of: date,
) -> pl.DataFrame:
    """What people hold of composed trainings through the parts they completed, on a day.

    Completed on the latest of the parts' days. It expires on the earliest of their expirations and
    of its own schedule counted from that day; it starts expiring on the earliest of their days, and
    so its status is the worst of theirs.

    One composed training is worked out at a time, so that memory stays within what is held.

    Args:
        held: what people hold on the day, one row per person and training: person, training_id,
            date, expiration_date, starts_expiring.
        generations: as `composed_trainings` gives them, not empty.
        own_schedule: gives training_id, date and special_expiration_date (null) the expiration_date
            and starts_expiring of the training's own schedule.
        as_of: the day.

    Returns:
        A frame of person, training_id, date, expiration_date, starts_expiring, days_left, status
        and expiration_source (`composed`), one row for each person who holds every part of a
        composed training and has not completed it.
    """
    involved = {*(one for parts in generations for one in parts)}
    involved |= {part for parts in generations for of in parts.values() for part in of}
    pool: dict[int, pl.DataFrame] = {
        int(key[0]): rows
        for key, rows in held.lazy()
        .filter(pl.col("training_id").is_in(involved))
        .select(_HELD)
        .collect(engine="in-memory")
        .partition_by("training_id", as_dict=True)
        .items()
    }
    derived = []
    for parts in generations:
        found = [_satisfied(pool, training, of) for training, of in parts.items()]
        satisfied = pl.concat([held.select(_HELD).clear(), *(one for one in found if one.height)])
        limited = _limited(satisfied, own_schedule)
        derived.append(limited)
        for (training,), rows in limited.partition_by("training_id", as_dict=True).items():
            own = pool.get(training)
            pool[training] = rows if own is None else pl.concat([own, rows])
    return (
        pl.concat(derived)
        .with_columns(days_left(as_of), status_on(as_of))
        .with_columns(pl.lit("composed", SOURCE).alias("expiration_source"))
    )


def _satisfied(pool: dict[int, pl.DataFrame], training: int, parts: list[int]) -> pl.DataFrame:
    """Who holds every part and not the training itself: the latest day, the earliest limits."""
    held = [pool[part].lazy() for part in parts if part in pool]
    if len(held) < len(parts):
        return pl.DataFrame()
    own = pool.get(training)
    found = (
        pl.concat(held)
        .group_by("person")
        .agg(
            pl.len().alias("parts"),
            pl.lit(training, pl.Int64).alias("training_id"),
            pl.col("date").max(),
            pl.col(_LIMITS).min(),
        )
        .filter(pl.col("parts") == len(parts))
        .select(_HELD)
    )
    if own is not None:
        found = found.join(own.lazy().select("person"), on="person", how="anti")
    return found.collect(engine="in-memory")


def _limited(
    satisfied: pl.DataFrame, own_schedule: Callable[[pl.DataFrame], pl.DataFrame]
) -> pl.DataFrame:
    """Bring in the trainings' own schedules, counted from the derived days."""
    days = satisfied.select("training_id", "date").unique()
    own = own_schedule(days.with_columns(pl.lit(None, pl.Date).alias("special_expiration_date")))
    limits = own.select(
        "training_id", "date", *(pl.col(name).alias(f"own_{name}") for name in _LIMITS)
    )
    return satisfied.join(limits, on=["training_id", "date"], how="left", nulls_equal=True).select(
        "person",
        "training_id",
        "date",
        *(pl.min_horizontal(name, f"own_{name}").alias(name) for name in _LIMITS),
    )

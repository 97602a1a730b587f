"""Composed trainings: people hold them through the included trainings. docs/rules.md section 5."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from graphlib import CycleError, TopologicalSorter

import polars as pl

from kpa_analytics.analysis.expirations import with_expiry_key
from kpa_analytics.analysis.status_rules import days_left, status_on
from kpa_analytics.data.included_trainings import Included, included_trainings
from kpa_analytics.errors import KPADataError
from kpa_analytics.inputs import AnyFrame, need_if_known
from kpa_analytics.schema import SOURCE, TRAININGS

_LIMITS = ("expiration_date", "starts_expiring")
_COMPLETED = ("person", "training_id", "date", *_LIMITS)


def composed_trainings(trainings: AnyFrame | None) -> list[Included]:
    """The included trainings of each composed training, in the order of computation.

    A training that includes composed trainings is in a later generation than they are. A composed
    training is left out if an included training is not in the catalogue, because nobody can
    complete it.

    Raises:
        KPADataError: trainings include each other in a circle; the message names them.
    """
    catalogue = included_trainings(
        need_if_known(trainings, TRAININGS, "id", "included_trainings_id")
    )
    sorter = TopologicalSorter(catalogue)
    try:
        sorter.prepare()
    except CycleError as error:
        circle = " -> ".join(str(training) for training in reversed(error.args[1]))
        raise KPADataError(f"trainings: included_trainings_id has a circle: {circle}") from error
    generations = []
    while sorter.is_active():
        ready = sorter.get_ready()
        sorter.done(*ready)
        composed = {training: catalogue[training] for training in ready if catalogue.get(training)}
        generations.append(
            {training: ids for training, ids in composed.items() if catalogue.keys() >= {*ids}}
        )
    return [generation for generation in generations if generation]


def involved_trainings(generations: list[Included]) -> set[int]:
    """The composed trainings, and the trainings that they include."""
    composed = [pair for generation in generations for pair in generation.items()]
    return {each for training, included in composed for each in (training, *included)}


def derived_completions(
    completed: pl.DataFrame,
    generations: list[Included],
    own_schedule: Callable[[pl.DataFrame], pl.DataFrame],
    as_of: date,
) -> pl.LazyFrame:
    """The composed trainings that people hold through the included trainings, on a day.

    The date is the latest date of the included trainings. The training expires on the earliest of
    their expiration dates and of its own schedule counted from that date. It starts expiring on the
    earliest of their days, so its status is the worst of theirs.

    The composed trainings are computed one by one, which limits the memory that is needed. All
    dates are known before any limit is, so the own schedules are computed once for all of them.

    Args:
        completed: the completions that count on the day, one row per person and training.
        generations: as `composed_trainings` returns them, not empty.
        own_schedule: takes distinct expiry keys (`with_expiry_key`) and returns, for each,
            expiration_date and starts_expiring by the training's own schedule.
        as_of: the day.

    Returns:
        A lazy frame of person, training_id, date, expiration_date, starts_expiring, days_left,
        status and expiration_source (`composed`), one row for each person who completed all
        included trainings but not the composed training itself.
    """
    involved = involved_trainings(generations)
    pool: dict[int, pl.DataFrame] = {
        int(key[0]): rows
        for key, rows in completed.lazy()
        .filter(pl.col("training_id").is_in(involved))
        .select(_COMPLETED)
        .collect(engine="in-memory")
        .partition_by("training_id", as_dict=True)
        .items()
    }
    through = [completed.select(_COMPLETED).clear()]
    for generation in generations:
        for training, included in generation.items():
            rows = _through_included(pool, training, included)
            if rows.height:
                through.append(rows)
                own = pool.get(training)
                pool[training] = rows if own is None else pl.concat([own, rows])
    rows = pl.concat(through)
    derived = _limited_by_schedule(rows, own_schedule) if rows.height else rows.lazy()
    for generation in generations[1:]:
        derived = _limited_by_composed(derived.collect(engine="in-memory").lazy(), generation)
    return derived.with_columns(
        days_left(as_of), status_on(as_of), pl.lit("composed", SOURCE).alias("expiration_source")
    )


def _through_included(
    pool: dict[int, pl.DataFrame], training: int, included: list[int]
) -> pl.DataFrame:
    """The people who completed all included trainings but not the composed training itself.

    With the latest date and the earliest limits, without the own schedules of composed trainings.
    """
    rows = [pool[each].lazy() for each in included if each in pool]
    if len(rows) < len(included):
        return pl.DataFrame()
    own = pool.get(training)
    people = (
        pl.concat(rows)
        .group_by("person")
        .agg(
            pl.len().alias("number"),
            pl.lit(training, pl.Int64).alias("training_id"),
            pl.col("date").max(),
            pl.col(_LIMITS).min(),
        )
        .filter(pl.col("number") == len(included))
        .select(_COMPLETED)
    )
    if own is not None:
        people = people.join(own.lazy().select("person"), on="person", how="anti")
    return people.collect(engine="in-memory")


def with_own_expiry_key(derived: pl.LazyFrame) -> pl.LazyFrame:
    """Add the columns of `with_expiry_key` to derived completions.

    Their trainings' own schedules count from the derived date. A derived completion has no special
    expiration date of its own, and the completions of the included trainings prove it.
    """
    undated = pl.lit(None, pl.Date).alias("special_expiration_date")
    return with_expiry_key(derived.with_columns(undated)).with_columns(has_proof=True)


def _limited_by_schedule(
    rows: pl.DataFrame, own_schedule: Callable[[pl.DataFrame], pl.DataFrame]
) -> pl.LazyFrame:
    """Apply the trainings' own schedules."""
    keyed = with_own_expiry_key(rows.lazy()).collect(engine="in-memory")
    own = own_schedule(keyed.unique("expiry_key")).lazy()
    limits = own.select("expiry_key", *(pl.col(name).name.prefix("own_") for name in _LIMITS))
    earliest = [pl.min_horizontal(name, f"own_{name}").alias(name) for name in _LIMITS]
    both = keyed.lazy().join(limits, on="expiry_key", how="left")
    return both.select("person", "training_id", "date", *earliest)


def _limited_by_composed(derived: pl.LazyFrame, generation: Included) -> pl.LazyFrame:
    """Limit the expiration of each training by those of the composed trainings that it includes."""
    pairs = pl.LazyFrame(
        [(training, each) for training, included in generation.items() for each in included],
        schema={"training_id": pl.Int64, "included_id": pl.Int64},
        orient="row",
    )
    of_included = (
        derived.select("person", pl.col("training_id").alias("included_id"), *_LIMITS)
        .join(pairs, on="included_id")
        .group_by("person", "training_id")
        .agg(pl.col(_LIMITS).min().name.prefix("included_"))
    )
    earliest = [pl.min_horizontal(name, f"included_{name}").alias(name) for name in _LIMITS]
    both = derived.join(of_included, on=["person", "training_id"], how="left")
    return both.select("person", "training_id", "date", *earliest)

"""Composed trainings: satisfied when every included training is."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter

import polars as pl

from kpa_analytics.errors import KPADataError
from kpa_analytics.inputs import AnyFrame, need
from kpa_analytics.schema import SOURCE, TRAININGS

#: What a composed training takes from its parts: the earliest of theirs, but the latest date.
_EARLIEST = ("expiration_date", "opens", "counts_down_to", "good_through", "offered_since")
_HELD = ("date", *_EARLIEST)


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


def derived_completions(records: pl.DataFrame, parts: dict[int, list[int]]) -> pl.DataFrame:
    """What people hold of composed trainings through the parts they completed, day after day.

    Completed on the latest of the parts' days and expiring on the earliest of their expirations.
    Its status is the worst of theirs: where every limit is the earliest of the parts' limits, a
    day that is past any part's is past it.

    Args:
        records: as `expirations` makes them, in order, each since its day.
        parts: as `composed_trainings` gives them, not empty.

    Returns:
        A frame like the records, with a record for each day that one of the parts changes, of the
        people who hold every part of a composed training by then and have not completed it.
    """
    held = records.filter("is_held").select("person", "training_id", "since", *_HELD)
    derived: dict[int, pl.DataFrame] = {}
    for training, included in parts.items():
        involved = pl.col("training_id").is_in([training, *included])
        inner = [derived[part] for part in included if part in derived]
        events = pl.concat([held.filter(involved), *inner])
        derived[training] = _swept(events.lazy(), training, included).collect(engine="in-memory")
    return pl.concat(derived.values()).with_columns(
        pl.lit("composed", SOURCE).alias("expiration_source"), is_held=True
    )


def _swept(events: pl.LazyFrame, training: int, included: list[int]) -> pl.LazyFrame:
    """What is held of the parts, after each day on which one of them was completed."""
    is_last_of_day = pl.any_horizontal(
        pl.col(key).ne_missing(pl.col(key).shift(-1)) for key in ("person", "since")
    )
    is_derived = pl.col(str(training)).is_null() & pl.all_horizontal(
        pl.col(str(part)).is_not_null() for part in included
    )
    return (
        events.sort("person", "since", maintain_order=True)
        .with_row_index("row")
        .with_columns(_row_that_counts(one).alias(str(one)) for one in {training, *included})
        .with_columns(_worst_of(included))
        .filter(is_last_of_day & is_derived)
        .select("person", pl.lit(training, pl.Int64).alias("training_id"), "since", *_HELD)
    )


def _row_that_counts(training: int) -> pl.Expr:
    """Up to each row, the last of the same person for a training."""
    is_first = pl.col("person").ne_missing(pl.col("person").shift())
    first = pl.when(is_first).then("row").forward_fill()
    last = pl.when(pl.col("training_id") == training).then("row").forward_fill()
    return pl.when(last >= first).then(last)


def _worst_of(included: list[int]) -> list[pl.Expr]:
    """What follows from the rows that count of each part."""

    def of_each(name: str) -> list[pl.Expr]:
        return [pl.col(name).gather(pl.col(str(part))) for part in included]

    earliest = [pl.min_horizontal(of_each(name)).alias(name) for name in _EARLIEST]
    return [pl.max_horizontal(of_each("date")).alias("date"), *earliest]

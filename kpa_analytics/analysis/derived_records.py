"""Derived records: the days from which people hold composed trainings through included ones.

They depend on no day and on no status, so the engine computes them once. docs/rules.md section 5.
"""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

from kpa_analytics.analysis.composed import involved_trainings, with_own_expiry_key
from kpa_analytics.analysis.expirations import numbered_expirations
from kpa_analytics.data.included_trainings import Included

_SINCE = pl.col("since")
_DAYS = {"person": pl.UInt32, "since": pl.Date, "date": pl.Date, "until": pl.Date}


class DerivedRecords(NamedTuple):
    """The derived completions of one composed training.

    Attributes:
        title_row: the training, as its row in `Engine.titles`.
        included: the included trainings, likewise.
        rows: person, title_row, since and until (days; null: never), and expiration_row (the row
            of `expirations`), sorted by person and since. A derived completion counts from the day
            of an included training's record until the next such day, or until the person completes
            the composed training itself.
        expirations: when they expire by the composed training's own schedule, as
            `numbered_expirations` returns it.
    """

    title_row: int
    included: list[int]
    rows: pl.DataFrame
    expirations: pl.DataFrame


def derived_records(
    rows: pl.DataFrame, titles: pl.DataFrame, generations: list[Included], schedules: pl.DataFrame
) -> list[DerivedRecords]:
    """The derived completions of each composed training, in the order of computation.

    Args:
        rows: the records, as `Engine.rows`.
        titles: the trainings, as `Engine.titles`.
        generations: the composed trainings, as `composed_trainings` returns them.
        schedules: what each training requires, as `schedules` returns it.
    """
    if not generations:
        return []
    days = _days(rows, generations)
    title_rows = dict(titles.select("training_id", "title_row").iter_rows())
    derived = []
    for training, included in (pair for each in generations for pair in each.items()):
        records = _derived(days, training, included)
        before = days.get(training, records.clear())  # for the trainings that include this one
        days[training] = pl.concat([before, records.drop("until")], how="diagonal")
        title_row = title_rows[training]
        named = records.lazy().with_columns(
            pl.lit(title_row, titles.schema["title_row"]).alias("title_row"),
            pl.lit(training, pl.Int64).alias("training_id"),
        )
        numbered, by_row = numbered_expirations(with_own_expiry_key(named), schedules)
        expiring = numbered.select("person", "title_row", "expiration_row", "since", "until")
        included_rows = [title_rows[each] for each in included]
        derived.append(DerivedRecords(title_row, included_rows, expiring, by_row))
    return derived


def _days(rows: pl.DataFrame, generations: list[Included]) -> dict[int, pl.DataFrame]:
    """The person, first day and date of each record that proves a completion, by training."""
    days = (
        rows.lazy()
        .filter("has_proof", pl.col("training_id").is_in(involved_trainings(generations)))
        .select("training_id", "person", "since", "date")
        .collect(engine="in-memory")
    )
    by_training = days.partition_by("training_id", as_dict=True, include_key=False)
    return {int(key[0]): records for key, records in by_training.items()}


def _derived(days: dict[int, pl.DataFrame], training: int, included: list[int]) -> pl.DataFrame:
    nobody = pl.DataFrame(schema=_DAYS)
    if any(each not in days for each in included):
        return nobody
    of_included = pl.concat(
        days[each].lazy().select("person", "since", "date", pl.lit(each).alias("included_id"))
        for each in included
    )
    complete = (
        of_included.group_by("person", "included_id")
        .agg(_SINCE.min())
        .group_by("person")
        .agg(pl.len().alias("number"), _SINCE.max().alias("complete"))
        .filter(pl.col("number") == len(included))
    )
    own = days.get(training, nobody).lazy()
    return (
        of_included.join(complete, on="person")
        .group_by("person", pl.max_horizontal("since", "complete").alias("since"))
        .agg(pl.col("date").max())
        .join(own.group_by("person").agg(_SINCE.min().alias("own")), on="person", how="left")
        .filter((pl.col("own") > _SINCE).fill_null(True))
        .sort("person", "since")
        .select(
            "person",
            "since",
            "date",
            pl.coalesce(_SINCE.shift(-1).over("person"), "own").alias("until"),
        )
        .collect(engine="in-memory")
    )

"""The days from which people hold composed trainings through their parts, as records.

They depend on no day and on no status, so the engine computes them once. docs/rules.md section 5.
"""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

from kpa_analytics.analysis.composed import involved_trainings
from kpa_analytics.analysis.expirations import numbered_expirations, with_expiry_key
from kpa_analytics.data.included_trainings import Parts

_SINCE = pl.col("since")
_DAYS = {"person": pl.UInt32, "since": pl.Date, "date": pl.Date, "until": pl.Date}


class DerivedRecords(NamedTuple):
    """The derived completions of one composed training.

    Attributes:
        title_row: the training, as its row in `Engine.titles`.
        parts: the included trainings, likewise.
        rows: person, title_row, since and until (days; null: never), and expiration_row (the row
            of `expirations`), sorted by person and since. A derived completion counts from the day
            of a part's record until the next such day, or until the person completes the composed
            training itself.
        expirations: when they expire by the composed training's own schedule, as
            `numbered_expirations` returns it.
    """

    title_row: int
    parts: list[int]
    rows: pl.DataFrame
    expirations: pl.DataFrame


def derived_records(
    rows: pl.DataFrame, titles: pl.DataFrame, generations: list[Parts], schedules: pl.DataFrame
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
    title_rows = dict(titles.select("training_id", "title_row").iter_rows())
    days = _days(rows, title_rows, generations)
    derived = []
    for generation in generations:
        new = {}
        for training, ids in generation.items():
            title_row, parts = title_rows[training], [title_rows[part] for part in ids]
            new[title_row] = records = _derived(days, title_row, parts)
            dated = records.lazy().with_columns(
                pl.lit(title_row, titles.schema["title_row"]).alias("title_row"),
                pl.lit(training, pl.Int64).alias("training_id"),
            )
            derived.append(_expiring(schedules, title_row, parts, dated))
        for title_row, records in new.items():  # for the trainings that include these
            before = days.get(title_row, records.clear())
            days[title_row] = pl.concat([before, records.drop("until")], how="diagonal")
    return derived


def _days(
    rows: pl.DataFrame, title_rows: dict[int, int], generations: list[Parts]
) -> dict[int, pl.DataFrame]:
    """The person, first day and date of each record that proves a completion, by title_row."""
    days = (
        rows.lazy()
        .filter(
            "has_proof",
            pl.col("title_row").is_in(
                [title_rows[each] for each in involved_trainings(generations)]
            ),
        )
        .select("title_row", "person", "since", "date")
        .collect(engine="in-memory")
    )
    by_title_row = days.partition_by("title_row", as_dict=True, include_key=False)
    return {int(key[0]): part for key, part in by_title_row.items()}


def _derived(days: dict[int, pl.DataFrame], title_row: int, parts: list[int]) -> pl.DataFrame:
    nobody = pl.DataFrame(schema=_DAYS)
    if any(part not in days for part in parts):
        return nobody
    of_parts = pl.concat(
        days[part].lazy().select("person", "since", "date", pl.lit(part).alias("part"))
        for part in parts
    )
    complete = (
        of_parts.group_by("person", "part")
        .agg(_SINCE.min())
        .group_by("person")
        .agg(pl.len().alias("parts"), _SINCE.max().alias("complete"))
        .filter(pl.col("parts") == len(parts))
    )
    own = days.get(title_row, nobody).lazy()
    return (
        of_parts.join(complete, on="person")
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


def _expiring(
    schedules: pl.DataFrame, title_row: int, parts: list[int], derived: pl.LazyFrame
) -> DerivedRecords:
    undated = pl.lit(None, pl.Date).alias("special_expiration_date")
    keyed = with_expiry_key(derived.with_columns(undated)).with_columns(has_proof=True)
    rows, by_key = numbered_expirations(keyed, schedules)
    columns = ("person", "title_row", "expiration_row", "since", "until")
    return DerivedRecords(title_row, parts, rows.select(columns), by_key)

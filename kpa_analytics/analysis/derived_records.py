"""The days from which people hold composed trainings through their parts, as records.

They depend on no day and on no status, so the engine computes them once. docs/rules.md section 5.
"""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

from kpa_analytics.analysis.composed import involved_trainings
from kpa_analytics.analysis.expirations import expirations, with_expiry_key
from kpa_analytics.data.included_trainings import Parts

_SINCE = pl.col("since")
_DAYS = {"person": pl.UInt32, "since": pl.Date, "date": pl.Date, "until": pl.Date}


class DerivedRecords(NamedTuple):
    """The derived completions of one composed training.

    Attributes:
        title: the training, as the row of `Engine.titles`.
        parts: the included trainings, likewise.
        rows: person, title, since and until (days; null: never), and `at` (the row of
            `expirations`), sorted by person and since. A derived completion counts from the day
            of a part's record until the next such day, or until the person completes the composed
            training itself.
        expirations: when they expire by the composed training's own schedule, as `expirations`
            returns it; `expiry_key` is the row.
    """

    title: int
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
    numbers = dict(titles.select("training_id", "title").iter_rows())
    days = _days(rows, numbers, generations)
    derived = []
    for generation in generations:
        new = {}
        for training, ids in generation.items():
            title, parts = numbers[training], [numbers[part] for part in ids]
            new[title] = records = _derived(days, title, parts)
            dated = records.lazy().with_columns(
                pl.lit(title, titles.schema["title"]).alias("title"),
                pl.lit(training, pl.Int64).alias("training_id"),
            )
            derived.append(_expiring(schedules, title, parts, dated))
        for title, records in new.items():  # for the trainings that include these
            before = days.get(title, records.clear())
            days[title] = pl.concat([before, records.drop("until")], how="diagonal")
    return derived


def _days(
    rows: pl.DataFrame, numbers: dict[int, int], generations: list[Parts]
) -> dict[int, pl.DataFrame]:
    """The person, the first day and the date of each record that proves a completion, by title."""
    days = (
        rows.lazy()
        .filter(
            "has_proof",
            pl.col("title").is_in([numbers[each] for each in involved_trainings(generations)]),
        )
        .select("title", "person", "since", "date")
        .collect(engine="in-memory")
    )
    by_title = days.partition_by("title", as_dict=True, include_key=False)
    return {int(key[0]): part for key, part in by_title.items()}


def _derived(days: dict[int, pl.DataFrame], title: int, parts: list[int]) -> pl.DataFrame:
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
    own = days.get(title, nobody).lazy()
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
    schedules: pl.DataFrame, title: int, parts: list[int], derived: pl.LazyFrame
) -> DerivedRecords:
    undated = pl.lit(None, pl.Date).alias("special_expiration_date")
    rows = with_expiry_key(derived.with_columns(undated)).collect(engine="in-memory")
    keys = rows.lazy().unique("expiry_key").with_row_index("at").collect(engine="in-memory")
    distinct = keys.lazy().drop("expiry_key").rename({"at": "expiry_key"})
    by_key = expirations(distinct, schedules).sort("expiry_key")
    numbered = rows.lazy().join(
        keys.lazy().select("expiry_key", "at"), on="expiry_key", maintain_order="left"
    )
    return DerivedRecords(
        title,
        parts,
        numbered.select("person", "title", "at", "since", "until").collect(engine="in-memory"),
        by_key.collect(engine="in-memory"),
    )

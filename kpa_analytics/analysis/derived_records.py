"""The days from which people hold composed trainings through their parts, as records.

They depend on no day and on no status, so the engine computes them once. docs/rules.md section 5.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from kpa_analytics.analysis.expirations import expirations, with_expiry_key
from kpa_analytics.analysis.latest_completion import ALWAYS

if TYPE_CHECKING:
    from kpa_analytics.analysis.engine import Engine

_SINCE = pl.col("since")
_DAYS = {"person": pl.UInt32, "since": pl.Date, "until": pl.Date}


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


def derived_records(engine: Engine) -> list[DerivedRecords]:
    """The derived completions of each composed training, in the order of computation."""
    if not engine.rules.composed:
        return []
    titles = dict(engine.titles.select("training_id", "title").iter_rows())
    days = _days(engine)
    derived = []
    for generation in engine.rules.composed:
        new = {}
        for training, ids in generation.items():
            title, parts = titles[training], [titles[part] for part in ids]
            new[title] = rows = _derived(days, title, parts)
            dated = rows.lazy().with_columns(
                pl.lit(title, engine.titles.schema["title"]).alias("title"),
                pl.lit(training, pl.Int64).alias("training_id"),
                pl.when(_SINCE > ALWAYS).then(_SINCE).alias("date"),
            )
            derived.append(_expiring(engine, title, parts, dated))
        for title, rows in new.items():  # for the trainings that include these
            days[title] = pl.concat(
                [days.get(title, rows.clear()), rows.drop("until")], how="diagonal"
            )
    return derived


def _days(engine: Engine) -> dict[int, pl.DataFrame]:
    """The person and the first day of each record that proves a completion, by title."""
    involved = {training for parts in engine.rules.composed for training in parts}
    involved |= {part for parts in engine.rules.composed for ids in parts.values() for part in ids}
    titles = engine.titles.filter(pl.col("training_id").is_in(involved))["title"]
    rows = (
        engine.rows.lazy()
        .filter("has_proof", pl.col("title").is_in(titles.implode()))
        .select("title", "person", "since")
        .collect(engine="in-memory")
    )
    parts = rows.partition_by("title", as_dict=True, include_key=False)
    return {int(key[0]): part for key, part in parts.items()}


def _derived(days: dict[int, pl.DataFrame], title: int, parts: list[int]) -> pl.DataFrame:
    nobody = pl.DataFrame(schema=_DAYS)
    if any(part not in days for part in parts):
        return nobody
    of_parts = pl.concat(
        days[part].lazy().select("person", "since", pl.lit(part).alias("part")) for part in parts
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
        .select("person", pl.max_horizontal("since", "complete").alias("since"))
        .unique()
        .join(own.group_by("person").agg(_SINCE.min().alias("own")), on="person", how="left")
        .filter((pl.col("own") > _SINCE).fill_null(True))
        .sort("person", "since")
        .select(
            "person", "since", pl.coalesce(_SINCE.shift(-1).over("person"), "own").alias("until")
        )
        .collect(engine="in-memory")
    )


def _expiring(
    engine: Engine, title: int, parts: list[int], derived: pl.LazyFrame
) -> DerivedRecords:
    undated = pl.lit(None, pl.Date).alias("special_expiration_date")
    rows = with_expiry_key(derived.with_columns(undated)).collect(engine="in-memory")
    keys = rows.lazy().unique("expiry_key").with_row_index("at").collect(engine="in-memory")
    distinct = keys.lazy().drop("expiry_key").rename({"at": "expiry_key"})
    by_key = expirations(distinct, engine.rules.schedules).sort("expiry_key")
    numbered = rows.lazy().join(
        keys.lazy().select("expiry_key", "at"), on="expiry_key", maintain_order="left"
    )
    return DerivedRecords(
        title,
        parts,
        numbered.select("person", "title", "at", "since", "until").collect(engine="in-memory"),
        by_key.collect(engine="in-memory"),
    )

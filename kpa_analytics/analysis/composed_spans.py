"""Composed trainings through time: the spans in which people hold them through their parts.

From the day on which a person holds every included training until the day of a completion of the
composed training itself, its status is the worst of the parts' statuses and of its own schedule,
counted from the latest completion of a part. docs/rules.md section 5.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import polars as pl

from kpa_analytics.analysis.latest_completion import ALWAYS
from kpa_analytics.statuses import EXPIRED, EXPIRING

if TYPE_CHECKING:
    from kpa_analytics.analysis.engine import Engine
    from kpa_analytics.analysis.sampled_days import SampledDays

_SINCE, _UNTIL = pl.col("since"), pl.col("until")
_POSITIONS = ("since", "starts", "over", "until")
_SPAN = ("person", *_POSITIONS)


def composed_spans(
    engine: Engine,
    days: SampledDays,
    held: pl.DataFrame,
    own_schedule: Callable[[pl.DataFrame], pl.DataFrame],
) -> pl.DataFrame:
    """The spans of the composed trainings that people hold through the included trainings.

    Args:
        engine: the engine, whose records say from which day each training is held.
        days: the sampled days.
        held: the spans of the completions.
        own_schedule: gives the spans by a training's own schedule, as
            `StatusSpans._own_schedule` does.

    Returns:
        The spans, in the columns of `held`.
    """
    if not engine.rules.composed:
        return held.clear()
    titles = dict(engine.titles.select("training_id", "title").iter_rows())
    generations = engine.rules.composed
    involved = {training for parts in generations for training in parts}
    involved |= {part for parts in generations for ids in parts.values() for part in ids}
    wanted = pl.col("title").is_in([titles[training] for training in involved])
    pool = _Pool(
        _by_title(
            engine.rows.lazy().filter("has_proof", wanted).select("title", "person", "since")
        ),
        _by_title(held.lazy().filter(wanted).select("title", *_SPAN)),
    )
    composed = [held.clear()]
    for parts in generations:
        derived = {
            training: pool.derived(titles[training], [titles[part] for part in ids])
            for training, ids in parts.items()
        }
        for training, records in derived.items():
            title = titles[training]
            own = own_schedule(
                records.with_columns(
                    pl.lit(training, pl.Int64).alias("training_id"),
                    pl.lit(title, held.schema["title"]).alias("title"),
                    pl.when(_SINCE > ALWAYS).then(_SINCE).alias("date"),
                )
            )
            of_parts = [
                pool.spans[titles[part]] for part in parts[training] if titles[part] in pool.spans
            ]
            spans = _worst([*of_parts, own.select(_SPAN)], _limits(records, days))
            pool.add(title, records, spans)
            composed.append(
                spans.select(
                    "person",
                    pl.lit(title, held.schema["title"]).alias("title"),
                    pl.lit(True).alias("held"),
                    *_POSITIONS,
                )
            )
    return pl.concat(composed)


class _Pool:
    """The records and the spans of each training, by title number; derived ones are added."""

    def __init__(self, records: dict[int, pl.DataFrame], spans: dict[int, pl.DataFrame]) -> None:
        self.records, self.spans = records, spans

    def derived(self, title: int, parts: list[int]) -> pl.DataFrame:
        """The derived completions: person, since and until (days; null: never).

        A derived completion counts from the day of a part's record until the next such day, or
        until the person completes the composed training itself.
        """
        nobody = pl.DataFrame(schema={"person": pl.UInt32, "since": pl.Date, "until": pl.Date})
        if any(part not in self.records for part in parts):
            return nobody
        of_parts = pl.concat(
            self.records[part].lazy().select("person", "since", pl.lit(part).alias("part"))
            for part in parts
        )
        complete = (
            of_parts.group_by("person", "part")
            .agg(_SINCE.min())
            .group_by("person")
            .agg(pl.len().alias("parts"), _SINCE.max().alias("complete"))
            .filter(pl.col("parts") == len(parts))
        )
        own = self.records.get(title, nobody).lazy()
        return (
            of_parts.join(complete, on="person")
            .select("person", pl.max_horizontal("since", "complete").alias("since"))
            .unique()
            .join(own.group_by("person").agg(_SINCE.min().alias("own")), on="person", how="left")
            .filter((pl.col("own") > _SINCE).fill_null(True))
            .sort("person", "since")
            .select(
                "person",
                "since",
                pl.coalesce(_SINCE.shift(-1).over("person"), "own").alias("until"),
            )
            .collect(engine="in-memory")
        )

    def add(self, title: int, records: pl.DataFrame, spans: pl.DataFrame) -> None:
        """Add derived completions and their spans, for the trainings that include this one."""
        for pool, rows in ((self.records, records.select("person", "since")), (self.spans, spans)):
            kept = pool.get(title)
            both = rows if kept is None else pl.concat([kept.select(rows.columns), rows])
            if both.height:
                pool[title] = both


def _by_title(rows: pl.LazyFrame) -> dict[int, pl.DataFrame]:
    parts = rows.collect(engine="in-memory").partition_by("title", as_dict=True, include_key=False)
    return {int(key[0]): part for key, part in parts.items()}


def _limits(records: pl.DataFrame, days: SampledDays) -> pl.DataFrame:
    """The positions from which and until which each person holds the training."""
    limits = records.group_by("person").agg(_SINCE.min().alias("begin"), _UNTIL.last().alias("end"))
    return limits.select(
        "person", *(days.position(pl.col(name)).alias(name) for name in ("begin", "end"))
    )


def _worst(spans: list[pl.DataFrame], limits: pl.DataFrame) -> pl.DataFrame:
    """One timeline per person: the worst of the statuses of several timelines, within limits."""
    begin, end = pl.col("begin"), pl.col("end")
    within = limits.lazy().filter(begin < end)
    clipped = (
        pl.concat(spans)
        .lazy()
        .join(within, on="person")
        .with_columns(pl.col(_POSITIONS).clip(begin, end))
        .filter(_SINCE < _UNTIL)
    )
    changes = [
        _changes(clipped, "starts", expiring=1),
        _changes(clipped, "over", expiring=-1, expired=1),
        _changes(clipped, "until", expired=-1),
        _changes(within, "begin"),
        _changes(within, "end"),
    ]
    is_expired, is_expiring = pl.col(EXPIRED) > 0, pl.col(EXPIRING) > 0
    return (
        pl.concat(changes)
        .group_by("person", "since")
        .agg(pl.col(EXPIRING, EXPIRED).sum())
        .sort("person", "since")
        # The changes of a person add up to 0, so the sums start anew with each person.
        .with_columns(pl.col(EXPIRING, EXPIRED).cum_sum())
        .with_columns(_SINCE.shift(-1).over("person").alias("until"))
        .drop_nulls("until")
        .select(
            "person",
            "since",
            pl.when(is_expired | is_expiring).then("since").otherwise("until").alias("starts"),
            pl.when(is_expired).then("since").otherwise("until").alias("over"),
            "until",
        )
        .collect(engine="in-memory")
    )


def _changes(
    rows: pl.LazyFrame, position: str, *, expiring: int = 0, expired: int = 0
) -> pl.LazyFrame:
    """How many more timelines are expiring and expired from a position on."""
    return rows.select(
        "person",
        pl.col(position).alias("since"),
        pl.lit(expiring).alias(EXPIRING),
        pl.lit(expired).alias(EXPIRED),
    )

"""Composed trainings through time: the spans in which people hold them through included trainings.

From the day on which a person has completed every included training until the day of a completion
of the composed training itself, its status is the worst of the statuses of the included trainings
and of its own schedule, counted from the latest of their completions. docs/rules.md section 5.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import polars as pl

from kpa_analytics.statuses import EXPIRED, EXPIRING

if TYPE_CHECKING:
    from kpa_analytics.analysis.derived_records import DerivedRecords
    from kpa_analytics.analysis.sampled_days import SampledDays

_SINCE, _UNTIL = pl.col("since"), pl.col("until")
_STARTS, _OVER = pl.col("starts"), pl.col("over")
#: The columns of a span that are positions of its days.
POSITIONS = ("since", "starts", "over", "until")
_SPAN = ("person", *POSITIONS)
#: The number of a person is multiplied by this; it is more than there are positions.
_PERSON = 2**32


def composed_spans(
    composed: Sequence[DerivedRecords],
    limits: Iterable[pl.DataFrame],
    own: Iterable[pl.DataFrame],
    completed: pl.DataFrame,
) -> pl.DataFrame:
    """The spans of the composed trainings that people hold through the included trainings.

    Args:
        composed: the composed trainings, with the days from which each person holds them.
        limits: `completed_between` of each.
        own: the spans of each by its own schedule alone.
        completed: the spans of the completions.

    Returns:
        The spans, in the columns of `completed`.
    """
    frames = [completed.clear()]
    spans = _by_title(completed, composed)
    for derived, between, by_schedule in zip(composed, limits, own, strict=True):
        of_included = [spans[each] for each in derived.included if each in spans]
        worst = _worst([*of_included, by_schedule.select(_SPAN)], between)
        title_row = pl.lit(derived.title_row, completed.schema["title_row"]).alias("title_row")
        is_completed = pl.lit(True).alias("completed")
        frames.append(worst.select("person", title_row, is_completed, *POSITIONS))
        before = spans.get(derived.title_row, worst.clear())
        spans[derived.title_row] = pl.concat([before, worst])
    return pl.concat(frames)


def _by_title(spans: pl.DataFrame, derived: Sequence[DerivedRecords]) -> dict[int, pl.DataFrame]:
    """The spans of the included trainings and of the composed trainings themselves."""
    involved = [row for each in derived for row in (each.title_row, *each.included)]
    rows = spans.lazy().filter(pl.col("title_row").is_in(involved)).select("title_row", *_SPAN)
    by_title = rows.collect(engine="in-memory").partition_by(
        "title_row", as_dict=True, include_key=False
    )
    return {int(key[0]): of_title for key, of_title in by_title.items()}


def completed_between(derived: DerivedRecords, days: SampledDays) -> pl.DataFrame:
    """The positions from which and until which the derived completions of each person count."""
    bounds = derived.rows.lazy().group_by("person").agg(begin=_SINCE.min(), end=_UNTIL.last())
    positions = [days.position(pl.col(name)).alias(name) for name in ("begin", "end")]
    return bounds.select("person", *positions).collect(engine="in-memory")


def _worst(spans: list[pl.DataFrame], limits: pl.DataFrame) -> pl.DataFrame:
    """One timeline per person: the worst of the statuses of several timelines, within limits."""
    begin, end = pl.col("begin"), pl.col("end")
    within = limits.lazy().filter(begin < end)
    clipped = (
        pl.concat(spans)
        .lazy()
        .join(within, on="person")
        .with_columns(pl.col(POSITIONS).clip(begin, end))
        .filter(_SINCE < _UNTIL)
        .collect(engine="in-memory")  # otherwise polars repeats the join for each change
        .lazy()
    )
    soon, late = clipped.filter(_STARTS < _OVER), clipped.filter(_OVER < _UNTIL)
    changes = [
        _changes(soon, "starts", expiring=1),
        _changes(soon, "over", expiring=-1),
        _changes(late, "over", expired=1),
        _changes(late, "until", expired=-1),
        _changes(within, "begin"),
        _changes(within, "end"),
    ]
    place, next_place = pl.col("place"), pl.col("place").shift(-1)
    is_expired, is_expiring = pl.col(EXPIRED) > 0, pl.col(EXPIRING) > 0
    return (
        pl.concat(changes)
        .sort("place")
        # The changes of a person add up to 0, so the sums start anew with each person.
        .with_columns(pl.col(EXPIRING, EXPIRED).cum_sum())
        .filter((place != next_place).fill_null(True))  # the sum of all changes at a position
        .with_columns(person=place // _PERSON, since=place % _PERSON)
        .with_columns(pl.col("person", "since").shift(-1).name.prefix("next_"))
        .filter(pl.col("person") == pl.col("next_person"))
        .rename({"next_since": "until"})
        .select(
            pl.col("person").cast(pl.UInt32),
            "since",
            pl.when(is_expired | is_expiring).then("since").otherwise("until").alias("starts"),
            pl.when(is_expired).then("since").otherwise("until").alias("over"),
            "until",
        )
        .cast(dict.fromkeys(POSITIONS, pl.Int32))
        .collect(engine="in-memory")
    )


def _changes(
    rows: pl.LazyFrame, position: str, *, expiring: int = 0, expired: int = 0
) -> pl.LazyFrame:
    """By how much the numbers of expiring and expired timelines change at a position.

    `place` is a person and a position as one number, by which polars sorts faster than by two.
    """
    return rows.select(
        (pl.col("person").cast(pl.Int64) * _PERSON + pl.col(position)).alias("place"),
        pl.lit(expiring).alias(EXPIRING),
        pl.lit(expired).alias(EXPIRED),
    )

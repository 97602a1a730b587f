"""The trainings of a plan that lose their last eligible instructor within its weeks."""

from __future__ import annotations

from datetime import date

import polars as pl

from kpa_analytics.analysis.planning import session_texts as text
from kpa_analytics.schema import LAST_INSTRUCTORS
from kpa_analytics.wording import listing, one_line, say

#: Instructors that a sentence names.
_NAMED = 3


def last_instructors(instructors: pl.DataFrame, trainings: pl.Series, end: date) -> pl.DataFrame:
    """The trainings that nobody can teach after a day before `end`, by this day.

    Args:
        instructors: as `eligible_instructors()` returns them.
        trainings: the ids of the trainings of the plan.
        end: the last day of the plan.
    """
    until = pl.col("last_eligible_until")
    rows = (
        instructors.filter(
            pl.col("training_id").is_in(trainings.implode()),
            until < end,
            until == pl.col("eligible_until"),
        )
        .group_by("training_id", "training", "last_eligible_until")
        .agg(pl.col("instructor").sort())
        .sort("last_eligible_until", "training", "training_id")
    )
    names = [listing(each, _NAMED) for each in rows["instructor"]]
    return rows.with_columns(pl.Series("instructors", names, pl.String)).select(
        LAST_INSTRUCTORS.schema.names()
    )


def in_sentences(rows: pl.DataFrame, most: int | None = None) -> list[str]:
    """A sentence for each of these trainings; after `most` of them, one that counts the others.

    A single training more than `most` is named.
    """
    shown = rows.height if most is None or rows.height <= most + 1 else most
    first = rows.head(shown)
    sentences = [
        say(
            text.LAST_INSTRUCTOR,
            training=one_line(row["training"]),
            day=row["last_eligible_until"],
            instructors=one_line(row["instructors"]),
        )
        for row in first.iter_rows(named=True)
    ]
    more = rows.height - shown
    return [*sentences, say(text.MORE_LAST_INSTRUCTORS, more=more)] if more else sentences

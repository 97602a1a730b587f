"""The trainings and groups to plan, in their order, and the cases that can have no place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from kpa_analytics.analysis.planning import session_texts as text
from kpa_analytics.analysis.planning.instructor_weeks import InstructorWeeks

_TRAINING_AND_GROUP = ("training_id", "group")


def with_no_place(
    cases: pl.DataFrame, instructors: InstructorWeeks, weeks: Sequence[object]
) -> pl.DataFrame:
    """Add `no_place`: why no session of these weeks can be for a case; null if one can."""
    reason = (
        pl.when(pl.col("m_user_id").is_null())
        .then(pl.lit(text.NO_PERSON))
        .when(pl.col("nobody").is_not_null())
        .then("nobody")
        .when(pl.col("m_user_id") == pl.col("only"))
        .then(pl.lit(text.ONLY_INSTRUCTOR))
        .when(pl.col("first_week") == len(weeks))
        .then(pl.lit(text.NOT_USEFUL))
        .when(pl.col("first_week") >= pl.col("weeks_employed"))
        .then(pl.lit(text.LEAVES))
    )
    teaching = _teaching(cases, instructors)
    joined = cases.join(teaching, on="training_id", how="left", maintain_order="left")
    return joined.with_columns(reason.alias("no_place")).drop("nobody", "only")


def _teaching(cases: pl.DataFrame, instructors: InstructorWeeks) -> pl.DataFrame:
    """For each training, how many may teach it, why nobody may, and the only person who may."""
    rows = []
    for training in cases["training_id"].unique():
        eligible = [*instructors.of(training)]
        nobody = None if eligible else instructors.why_nobody(training)
        only = eligible[0] if len(eligible) == 1 else None
        rows.append((training, len(eligible), nobody, only))
    schema = {
        **{"training_id": pl.Int64, "eligible": pl.Int64},
        **{"nobody": pl.String, "only": pl.String},
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def ordered_trainings(cases: pl.DataFrame) -> Iterator[tuple[int, list[int]]]:
    """Each training and group: the training, and the rows of the cases that can have a place.

    Those with the fewest instructors come first, then those with the most gaps.
    """
    ordered = (
        cases.with_row_index("row")
        .group_by(_TRAINING_AND_GROUP)
        .agg(
            pl.col("eligible").first(),
            pl.col("is_gap").sum().alias("gaps"),
            pl.col("row").filter(pl.col("no_place").is_null()),
        )
        .filter(pl.col("row").list.len() > 0)
        .sort("eligible", "gaps", *_TRAINING_AND_GROUP, descending=[False, True, False, False])
    )
    yield from ordered.select("training_id", "row").iter_rows()

"""Which gaps are left on the last day of a plan, and why."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

import polars as pl

from kpa_analytics.schema import CASE_KEY


class GapsLeft(NamedTuple):
    """The gaps that are left with the sessions of a plan, by their cause; each is counted once.

    Attributes:
        unplaced: cases without a place.
        again: cases with a place whose new certificate has expired, too.
        composed: cases of composed trainings, which have no row of their own in the plan.
        others: cases that the plan does not cover, such as those of people who are hired, or of
            trainings that are offered again, only after the day of the plan.
    """

    unplaced: int
    again: int
    composed: int
    others: int


def gaps_left(
    gaps: pl.DataFrame, places: pl.DataFrame, unplaced: pl.DataFrame, composed: Collection[int]
) -> GapsLeft:
    """Count the gaps on the last day by their cause.

    Args:
        gaps: m_user_id and training_id of each gap with the sessions.
        places: those of each place in a session.
        unplaced: those of each case without a place.
        composed: the ids of the composed trainings.

    Examples:
        >>> def cases(*trainings):
        ...     rows = [("bob", training) for training in trainings]
        ...     schema = {"m_user_id": pl.String, "training_id": pl.Int64}
        ...     return pl.DataFrame(rows, schema, orient="row")
        >>> gaps_left(cases(6, 7, 8, 9), cases(7), cases(6, 5), [8])
        GapsLeft(unplaced=1, again=1, composed=1, others=1)
    """
    without = _among(gaps, unplaced)
    again = ~without & _among(gaps, places)
    is_composed = ~without & ~again & gaps["training_id"].is_in([*composed])
    others = ~(without | again | is_composed)
    causes = (without, again, is_composed, others)
    return GapsLeft(*(int(rows.sum()) for rows in causes))


def _among(gaps: pl.DataFrame, cases: pl.DataFrame) -> pl.Series:
    """Whether each gap is one of these cases."""
    return gaps.select(CASE_KEY).to_struct().is_in(cases.select(CASE_KEY).to_struct().implode())

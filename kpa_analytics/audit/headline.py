"""The headline of a pack, without mixing what must not be added up.

A gap in an included training is also a gap in the composed training, so composed trainings are
counted separately. Cases that nobody requires do not count as being in order.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import polars as pl

from kpa_analytics.analysis.due_within import due_within
from kpa_analytics.analysis.requirements import required_pairs
from kpa_analytics.inputs import AnyFrame
from kpa_analytics.statuses import DUE_DAYS, FROM_REQUIREMENTS, GAPS, NOT_DUE, VALID


class Peak(NamedTuple):
    """The largest group of cases of one training to renew by one day.

    `kind` is "only" if there is no other group, "tied" if another one is as large, or "largest".
    """

    training_id: int
    training: str
    day: date
    cases: int
    kind: str


class Headline(NamedTuple):
    """Numbers of cases and people.

    Attributes:
        required: required cases that are due, without those of composed trainings; if no
            requirements were provided, all cases on record.
        required_in_order: those that are current or expiring soon.
        composed: cases of composed trainings that are due.
        composed_in_order: those that are current or expiring soon.
        composed_gaps: cases of composed trainings of each status that is a gap, by status.
        people_in_order: people who have cases, and no gap among them; if no requirements were
            provided, people without an expired case.
        peak: the largest group of cases to renew within 30 days; None if there is none.
    """

    required: int
    required_in_order: int
    composed: int
    composed_in_order: int
    composed_gaps: dict[str, int]
    people_in_order: int
    peak: Peak | None

    @property
    def counts(self) -> dict[str, int]:
        """The numbers for the manifest."""
        return {
            "required_cases": self.required,
            "required_in_order": self.required_in_order,
            "composed_cases": self.composed,
            "composed_in_order": self.composed_in_order,
            "people_in_order": self.people_in_order,
        }


def headline(status: pl.DataFrame, composed: pl.Series, required: AnyFrame | None) -> Headline:
    """Count the headline of a result of `expiry_status()`.

    Args:
        status: the cases.
        composed: the ids of the composed trainings.
        required: who must have which training, or None if it is not known.
    """
    in_order = pl.col("status").is_in(VALID)
    due = status.filter(pl.col("status") != NOT_DUE)
    is_composed = pl.col("training_id").is_in(composed.implode())
    others, composed_cases = due.filter(~is_composed), due.filter(is_composed)
    if required is not None:
        pairs = required_pairs(required).unique().collect()
        others = others.join(pairs, on=["m_user_id", "training_id"], how="semi")
    known = [gap for gap in GAPS if required is not None or gap not in FROM_REQUIREMENTS]
    with_gaps = status.filter(pl.col("status").is_in(known))["m_user_id"]
    return Headline(
        required=others.height,
        required_in_order=others.filter(in_order).height,
        composed=composed_cases.height,
        composed_in_order=composed_cases.filter(in_order).height,
        composed_gaps={gap: composed_cases.filter(pl.col("status") == gap).height for gap in GAPS},
        people_in_order=status["m_user_id"].n_unique() - with_gaps.n_unique(),
        peak=_peak(status.filter(due_within(DUE_DAYS))),
    )


def _peak(soon: pl.DataFrame) -> Peak | None:
    groups = (
        soon.group_by("training_id", "expiration_date")
        .agg(pl.col("training").first(), pl.len().alias("cases"))
        .sort(-pl.col("cases").cast(pl.Int64), "expiration_date", "training", "training_id")
    )
    columns = groups.select("training_id", "training", "expiration_date", "cases")
    if groups.is_empty():
        return None
    tied = (groups["cases"] == groups["cases"][0]).sum() > 1
    kind = "only" if groups.height == 1 else "tied" if tied else "largest"
    return Peak(*columns.with_columns(kind=pl.lit(kind)).row(0))

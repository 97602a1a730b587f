"""The headline figures, counted once and shown everywhere."""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

from kpa_analytics.analysis.due_within import DUE_DAYS, due_within
from kpa_analytics.inputs import AnyFrame
from kpa_analytics.statuses import FROM_REQUIREMENTS, STATUSES


class Figures(NamedTuple):
    """The figures a safety manager needs first. A case is one person and one training.

    Attributes:
        people: people with at least one case.
        completions: all completion records.
        cases: all cases; the five statuses below add up to it.
        in_30_days: current or expiring cases with at most 30 (`DUE_DAYS`) days left. `expiring`
            counts by each training's own number of days or window instead.
        current, expiring, expired, missing, not_due: cases of each status; `missing` and
            `not_due` are None if no requirements were provided.
    """

    people: int
    completions: int
    cases: int
    in_30_days: int
    current: int
    expiring: int
    expired: int
    missing: int | None
    not_due: int | None

    @property
    def due(self) -> int:
        """The cases that are due: all except those that are not due yet."""
        return self.cases - (self.not_due or 0)


def figures(status: AnyFrame, completions: AnyFrame, *, requirements_known: bool) -> Figures:
    """Count the headline figures.

    Examples:
        >>> from kpa_analytics.schema import COMPLETIONS, EXPIRY_STATUS
        >>> counts = figures(EXPIRY_STATUS.empty(), COMPLETIONS.empty(), requirements_known=False)
        >>> counts.expired, counts.missing
        (0, None)
    """
    each = [(pl.col("status") == status).sum().alias(status) for status in STATUSES]
    totals = (
        pl.col("m_user_id").n_unique().alias("people"),
        pl.len().alias("cases"),
        due_within(DUE_DAYS).sum().alias("in_30_days"),
    )
    counts = status.lazy().select(*totals, *each).collect().row(0, named=True)
    records = completions.lazy().select(pl.len()).collect().item()
    if not requirements_known:
        counts |= dict.fromkeys(FROM_REQUIREMENTS)
    return Figures(completions=records, **counts)

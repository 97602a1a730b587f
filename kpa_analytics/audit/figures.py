"""The headline figures: counted once, then shown everywhere."""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

from kpa_analytics.inputs import AnyFrame
from kpa_analytics.statuses import FROM_REQUIREMENTS, STATUSES


class Figures(NamedTuple):
    """What a safety manager is asked first. A case is one person and one training.

    Attributes:
        people: people with at least one case.
        completions: completion records, of anyone at any time.
        cases: persons and trainings judged; the five below add up to it.
        in_30_days: cases still good whose last day is at most 30 days away, whatever their
            trainings say; `expiring` counts by each training's own number of days or window.
        current, expiring, expired, missing, not_due: cases of each status; the last two None where
            no list of requirements was known, for then nobody knows them.
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
        """The cases that are due: all but those that are not due yet."""
        return self.cases - (self.not_due or 0)


def figures(status: AnyFrame, completions: AnyFrame, *, requirements_known: bool) -> Figures:
    """Count the headline figures.

    Args:
        status: as `expiry_status()` makes it.
        completions: as `load_completions()` makes them.
        requirements_known: it was known who must have what, so that what is missing was found.

    Returns:
        The figures.

    Examples:
        >>> from kpa_analytics.schema import COMPLETIONS, EXPIRY_STATUS
        >>> told = figures(EXPIRY_STATUS.empty(), COMPLETIONS.empty(), requirements_known=False)
        >>> told.expired, told.missing
        (0, None)
    """
    each = [(pl.col("status") == status).sum().alias(status) for status in STATUSES]
    good = pl.col("status").is_in(["current", "expiring"])
    totals = (
        pl.col("m_user_id").n_unique().alias("people"),
        pl.len().alias("cases"),
        (good & pl.col("days_left").is_between(0, 30)).sum().alias("in_30_days"),
    )
    counts = status.lazy().select(*totals, *each).collect().row(0, named=True)
    records = completions.lazy().select(pl.len()).collect().item()
    if not requirements_known:
        counts |= dict.fromkeys(FROM_REQUIREMENTS)
    return Figures(completions=records, **counts)

"""The headline figures, counted once and shown everywhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import polars as pl

from kpa_analytics.analysis.due_within import due_within
from kpa_analytics.inputs import AnyFrame
from kpa_analytics.report_text import NOT_KNOWN
from kpa_analytics.statuses import (
    DUE_DAYS,
    FROM_REQUIREMENTS,
    MISSING,
    NOT_DUE,
    STATUSES,
    VALID,
)


class Figures(NamedTuple):
    """The figures a safety manager needs first. A case is one person and one training.

    Attributes:
        people: people with at least one case.
        completions: all completion records.
        cases: all cases; the statuses add up to it.
        in_30_days: current or expiring cases with at most 30 (`DUE_DAYS`) days left. `expiring`
            counts by each training's own number of days or window instead.
        by_status: the cases of each status; None for those that follow from requirements, if none
            were provided.
    """

    people: int
    completions: int
    cases: int
    in_30_days: int
    by_status: Mapping[str, int | None]

    @property
    def due(self) -> int:
        """The cases that are due: all except those that are not due yet."""
        return self.cases - (self.by_status[NOT_DUE] or 0)

    @property
    def in_order(self) -> int:
        """The cases that are current or expiring."""
        return sum(self.by_status[status] or 0 for status in VALID)

    @property
    def requirements_known(self) -> bool:
        """Whether requirements were provided, so that missing cases are known."""
        return self.by_status[MISSING] is not None

    def as_counts(self) -> dict[str, int | None]:
        """Every figure by its name, e.g. for a manifest."""
        others = {name: value for name, value in self._asdict().items() if name != "by_status"}
        return {**others, **self.by_status}


def figure_text(number: int | None) -> str:
    """A figure as a text; None is not known.

    Examples:
        >>> figure_text(1234), figure_text(None)
        ('1,234', 'not known')
    """
    return NOT_KNOWN if number is None else f"{number:,}"


def figures(status: AnyFrame, completions: AnyFrame, *, requirements_known: bool) -> Figures:
    """Count the headline figures.

    Examples:
        >>> from kpa_analytics.schema import COMPLETIONS, EXPIRY_STATUS
        >>> counts = figures(EXPIRY_STATUS.empty(), COMPLETIONS.empty(), requirements_known=False)
        >>> counts.by_status["expired"], counts.by_status["missing"]
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
    by_status = {name: counts.pop(name) for name in STATUSES}
    if not requirements_known:
        by_status |= dict.fromkeys(FROM_REQUIREMENTS)
    return Figures(completions=records, by_status=by_status, **counts)

"""Gaps per training, the highest share first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from kpa_analytics.charts.ranking import Ranked, rank, ranking
from kpa_analytics.charts.status_rows import (
    gaps_found,
    null_if_unknown,
    read_status,
    requirements_are_known,
    status_counts,
)
from kpa_analytics.inputs import read
from kpa_analytics.report_text import GROUP_NOUNS
from kpa_analytics.schema import EXPIRY_STATUS

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    import altair as alt

    from kpa_analytics.as_of import Day
    from kpa_analytics.inputs import AnyFrame

_READ = ("training_id", "training")


def expiry_by_training_table(
    status: AnyFrame, *, requirements_known: bool | None = None, top: int = 20
) -> pl.DataFrame:
    """Count every status per training, the highest share of gaps first.

    Args:
        status: the result of `expiry_status()`.
        requirements_known: whether requirements were provided; by default, True if `status` has a
            missing or not due row.
        top: number of trainings to keep, 1 to 60; the others become one row, "other trainings
            (n)".

    Returns:
        At most `top` + 1 rows: training_id (Int64; null in the row of other trainings), training
        (String, unique), folded (Int64; number of trainings in the row), current, expiring,
        expired, missing, not_due, total (Int64), share (Float64, 0 to 1; expired
        or missing of all cases). The totals add up to the rows of `status`. Without requirements,
        the numbers of missing and not due are not known, and null.

    Raises:
        KPADataError: a column is missing, or `top` is out of range.

    Examples:
        >>> from kpa_analytics.schema import EXPIRY_STATUS
        >>> expiry_by_training_table(EXPIRY_STATUS.empty()).shape
        (0, 10)
    """
    frame = read(status, EXPIRY_STATUS, *_READ, "status")
    known = requirements_are_known(frame, requirements_known)
    return null_if_unknown(_ranked(frame, gaps_found(known)).fold(top), known)


def _ranked(frame: pl.DataFrame, gaps: Sequence[str]) -> Ranked:
    counts = frame.group_by("training_id").agg(pl.col("training").first(), *status_counts())
    return rank(counts, "training_id", "training", GROUP_NOUNS["training"], gaps)


def expiry_by_training(
    status: AnyFrame,
    *,
    as_of: Day | None = None,
    requirements_known: bool | None = None,
    top: int = 20,
    statuses: Collection[str] = (),
    dark: bool = False,
) -> alt.LayerChart:
    """Draw the share of gaps per training, the highest first, beside the numbers of cases.

    A line marks the share of all cases; the title names the trainings with the highest share.

    A click on a bar sets the selection `pick` (training_id, status).

    Args:
        status: the result of `expiry_status()`, eager or lazy.
        as_of: the day to name if no row has an expiration date; by default, no day is named.
        requirements_known: whether requirements were provided; by default, True if `status` has a
            missing or not due row. If False, missing is shown as "not known", not 0.
        top: number of trainings to draw, 1 to 60; the others become "other trainings (n)".
        statuses: draw the bars of these statuses only; empty for all. The shares, the numbers and
            the order count every status.
        dark: True for a dark background.

    Returns:
        The chart; its data is `expiry_by_training_table(...)`.

    Raises:
        KPADataError: as `expiry_by_training_table`, or there is no such status.

    Examples:
        >>> from kpa_analytics.schema import EXPIRY_STATUS
        >>> expiry_by_training(EXPIRY_STATUS.empty()).description
        'Status by training. No completions or requirements to show.'
    """
    rows = read_status(status, "m_user_id", *_READ, as_of=as_of, known=requirements_known)
    return ranking(
        _ranked(rows.frame, rows.gaps),
        rows,
        top=top,
        statuses=statuses,
        dark=dark,
    )

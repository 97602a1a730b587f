"""Statuses per training, worst first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from kpa_analytics.charts.ranking import counted, rank, ranking
from kpa_analytics.charts.status_rows import (
    read_status,
    requirements_are_known,
    status_counts,
    status_day,
)
from kpa_analytics.demo_mark import is_demo

if TYPE_CHECKING:
    from datetime import date

    import altair as alt

    from kpa_analytics.inputs import AnyFrame

_READ = ("m_user_id", "training_id", "training", "expiration_date", "days_left", "status")


def expiry_by_training_table(status: AnyFrame, *, top: int = 20) -> pl.DataFrame:
    """Count every status per training, worst first.

    Args:
        status: the result of `expiry_status()`.
        top: number of trainings to keep, 1 to 60; the others become one row, "other trainings
            (n)".

    Returns:
        At most `top` + 1 rows: training_id (Int64; null in the row of other trainings), training
        (String, unique), folded (Int64; number of trainings in the row), current, expiring,
        expired, missing, not_due, total (Int64). The totals add up to the rows of `status`.

    Raises:
        KPADataError: a column is missing, or `top` is out of range.

    Examples:
        >>> from kpa_analytics.schema import EXPIRY_STATUS
        >>> expiry_by_training_table(EXPIRY_STATUS.empty()).shape
        (0, 9)
    """
    return _per_training(read_status(status, *_READ), top)


def _per_training(frame: pl.DataFrame, top: int) -> pl.DataFrame:
    counts = frame.group_by("training_id").agg(pl.col("training").first(), *status_counts())
    return rank(counts, "training_id", "training", top, "other trainings")


def expiry_by_training(
    status: AnyFrame,
    *,
    as_of: date | str | None = None,
    requirements_known: bool | None = None,
    top: int = 20,
    dark: bool = False,
) -> alt.LayerChart:
    """Draw every status per training, worst first: the most expired or missing cases on top.

    A click on a bar sets the selection `pick` (training_id, status).

    Args:
        status: the result of `expiry_status()`, eager or lazy.
        as_of: the day to name if no row has an expiration date; by default, no day is named.
        requirements_known: whether requirements were provided; by default, True if `status` has a
            missing or not due row. If False, missing is shown as "not known", not 0.
        top: number of trainings to draw, 1 to 60; the others become "other trainings (n)".
        dark: True for a dark background.

    Returns:
        The chart; its data is `expiry_by_training_table(...)`.

    Raises:
        KPADataError: as `expiry_by_training_table`.

    Examples:
        >>> from kpa_analytics.schema import EXPIRY_STATUS
        >>> expiry_by_training(EXPIRY_STATUS.empty()).description
        'Status by training. No completions or requirements to show.'
    """
    frame = read_status(status, *_READ)
    table = _per_training(frame, top)
    return ranking(
        table,
        key="training_id",
        label="training",
        title="Status by training",
        heading=counted(table, "training", "trainings"),
        today=status_day(frame, as_of),
        known=requirements_are_known(frame, requirements_known),
        demo=is_demo(frame),
        dark=dark,
    )

"""Cases to renew within some days, whatever their training counts as expiring soon."""

from __future__ import annotations

import polars as pl

from kpa_analytics.statuses import CURRENT, EXPIRING, STATUS_LABELS
from kpa_analytics.wording import say

#: The days of this figure in reports and on the command line. An explorer uses its expiring days.
DUE_DAYS = 30

_LABEL = "Due within {days:day|days}"
_NOTE = (
    f"at most {{days:day|days}} left to renew. {STATUS_LABELS[EXPIRING]} counts by each training's "
    "own days or window"
)


def due_within(days: int) -> pl.Expr:
    """Whether a row of `expiry_status()` is no gap and has at most this many days left.

    Examples:
        >>> rows = pl.DataFrame({"status": ["current", "expired"], "days_left": [15, -1]})
        >>> rows.filter(due_within(30))["days_left"].to_list()
        [15]
    """
    in_order = pl.col("status").is_in([CURRENT, EXPIRING])
    return in_order & pl.col("days_left").is_between(0, days)


def due_label(days: int) -> str:
    """The name of the figure, e.g. "Due within 30 days"."""
    return say(_LABEL, days=days)


def due_note(days: int) -> str:
    """Say what the figure counts, and how it differs from expiring soon."""
    return say(_NOTE, days=days)

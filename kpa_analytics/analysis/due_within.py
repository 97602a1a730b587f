"""Cases to renew within some days, whatever their training counts as expiring soon."""

from __future__ import annotations

import polars as pl

from kpa_analytics.report_text import DUE_LABEL, DUE_NOTE
from kpa_analytics.statuses import VALID
from kpa_analytics.wording import say


def due_within(days: int) -> pl.Expr:
    """Whether a row of `expiry_status()` is current or expiring, with at most this many days left.

    Examples:
        >>> rows = pl.DataFrame({"status": ["current", "expired"], "days_left": [15, -1]})
        >>> rows.filter(due_within(30))["days_left"].to_list()
        [15]
    """
    in_order = pl.col("status").is_in(VALID)
    return in_order & pl.col("days_left").is_between(0, days)


def due_label(days: int) -> str:
    """The name of the figure, e.g. "Due within 30 days"."""
    return say(DUE_LABEL, days=days)


def due_note(days: int) -> str:
    """Say what the figure counts, and how it differs from expiring soon."""
    return say(DUE_NOTE, days=days)

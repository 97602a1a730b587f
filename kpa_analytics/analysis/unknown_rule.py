"""Current cases whose expiration rule is not known: nobody can say when they expire."""

from __future__ import annotations

import polars as pl

from kpa_analytics.report_text import UNKNOWN_RULE_NOTE
from kpa_analytics.statuses import CURRENT
from kpa_analytics.wording import say


def unknown_rule() -> pl.Expr:
    """Whether a row of `expiry_status()` is current only because no rule is known.

    Its training is not in the catalogue, or the schedule of the training has an unknown type or
    impossible days (docs/rules.md#unknown).

    Examples:
        >>> columns = {"status": ["current", "current"], "expiration_source": ["never", "unknown"]}
        >>> pl.DataFrame(columns).select(unknown_rule()).to_series().to_list()
        [False, True]
    """
    return (pl.col("status") == CURRENT) & (pl.col("expiration_source") == "unknown")


def unknown_rule_note(cases: pl.DataFrame, text: str = UNKNOWN_RULE_NOTE) -> str:
    """Say how many of the current cases have no known rule; empty if there are none.

    Examples:
        >>> unknown = pl.DataFrame({"status": ["current"], "expiration_source": ["unknown"]})
        >>> unknown_rule_note(unknown)
        '1 of them without a known expiration rule'
    """
    unknown = cases.select(unknown_rule().sum()).item()
    return say(text, unknown=unknown) if unknown else ""

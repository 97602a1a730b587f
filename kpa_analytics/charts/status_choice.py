"""Bars of some statuses only, in charts whose figures count every status."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from kpa_analytics.errors import KPADataError
from kpa_analytics.inputs import need_list
from kpa_analytics.report_text import ChosenBarsText as Text
from kpa_analytics.statuses import GAPS, SEVERITY, SIGNED_LABELS, STATUSES
from kpa_analytics.wording import say

if TYPE_CHECKING:
    from collections.abc import Collection


def chosen(statuses: Collection[str]) -> list[str]:
    """The statuses whose bars are drawn, worst first; all of them if none is named.

    Raises:
        KPADataError: there is no such status, or a single text is given in place of a list.

    Examples:
        >>> chosen(["current", "expired"])
        ['expired', 'current']
    """
    named = {*need_list(statuses, "statuses")}
    if unknown := named - {*STATUSES}:
        raise KPADataError(
            f"statuses: there is no {min(map(repr, unknown))}; there are {', '.join(STATUSES)}"
        )
    return [status for status in SEVERITY if not named or status in named]


def only(counts: pl.DataFrame, statuses: Collection[str]) -> pl.DataFrame:
    """Rows of status counts in which only the chosen statuses are left, and their sum, `drawn`.

    The other statuses become 0; `total` still counts them.
    """
    kept = chosen(statuses)
    others = [pl.lit(0, pl.Int64).alias(status) for status in STATUSES if status not in kept]
    return counts.with_columns(*others, pl.sum_horizontal(kept).alias("drawn"))


def only_words(
    statuses: Collection[str], *, gaps_only: bool = False, in_title: bool = False
) -> str:
    """Say which statuses have bars; nothing if all have.

    Args:
        statuses: the chosen statuses; empty for all.
        gaps_only: only gaps can have a bar, and columns of numbers are beside the bars.
        in_title: the title counts only these statuses, too.

    Examples:
        >>> only_words(["missing", "current"])
        'Bars: only ○ Missing, ● Current; the title counts every status'
        >>> only_words(["missing", "current"], in_title=True)
        'Bars and title: only ○ Missing, ● Current; the other lines count every status'
        >>> only_words(["missing", "current"], gaps_only=True)
        'Bars: only ○ Missing; the title and the columns count every status'
        >>> only_words(["current"], gaps_only=True)
        'No bars: this chart shows only gaps, and ● Current is not a gap'
        >>> only_words(["current", "expiring"], gaps_only=True)
        'No bars: this chart shows only gaps, and ▲ Expiring soon and ● Current are not gaps'
    """
    kept = chosen(statuses)
    if len(kept) == len(STATUSES):
        return ""
    drawn = [status for status in kept if status in GAPS or not gaps_only]
    *first, last = (SIGNED_LABELS[status] for status in drawn or kept)
    if drawn:
        text = Text.BARS_OF_GAPS if gaps_only else Text.BARS
        return say(Text.BARS_AND_TITLE if in_title else text, names=", ".join([*first, last]))
    return say(Text.NO_GAPS if first else Text.NO_GAP, names=", ".join(first), name=last)

"""The share of certificates that were renewed on time: one bar per group, the lowest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt
import polars as pl

from kpa_analytics.charts import axes
from kpa_analytics.charts.number_columns import number_columns
from kpa_analytics.charts.styled import layered, rows_of
from kpa_analytics.charts.text import short
from kpa_analytics.charts.theme import palette
from kpa_analytics.outcomes import (
    LAPSED,
    OUTCOME_LABELS,
    PENDING,
    RENEWED_LATE,
    RENEWED_ON_TIME,
)
from kpa_analytics.report_text import NOT_KNOWN
from kpa_analytics.report_text import RenewalText as Text
from kpa_analytics.wording import percent, say

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Pixels for a label, for the bars, and for each column of numbers beside them.
ROOM = 200
_WIDTH, _COLUMN = 160, 62
#: The columns of numbers, and their headings.
_COLUMNS = {
    "percent": OUTCOME_LABELS[RENEWED_ON_TIME],
    "n": say(Text.DUE),
    **{outcome: OUTCOME_LABELS[outcome] for outcome in (RENEWED_LATE, LAPSED, PENDING)},
}


def share_text(share: float | None) -> str:
    """A share as a reader sees it.

    Examples:
        >>> share_text(0.004), share_text(1.0), share_text(None)
        ('<1%', '100%', 'not known')
    """
    return NOT_KNOWN if share is None else percent(round(share * 10**9), 10**9)


def ranked_rows(
    drawn: pl.DataFrame, title: str, subtitle: Sequence[str], demo: bool, dark: bool
) -> alt.LayerChart:
    """Draw the rows of the table that are groups."""
    percents = [share_text(share) for share in drawn["share"]]
    rows = drawn.with_columns(
        short(drawn, "group", ROOM), pl.Series("percent", percents, pl.String)
    ).with_row_index("place")
    return layered(
        [
            *_bars(rows, dark),
            *number_columns(rows, _COLUMNS, start=_WIDTH + 16, step=_COLUMN, dark=dark),
        ],
        title=title,
        subtitle=subtitle,
        demo=demo,
        dark=dark,
        width=_WIDTH,
        height=axes.row_step(rows["short"], 24),
    )


def _bars(rows: pl.DataFrame, dark: bool) -> list[alt.Chart]:
    """The bars; a share that is not known has none."""
    known = rows.filter(pl.col("share").is_not_null())
    if known.is_empty():  # Vega cannot measure a scale without rows
        return []
    p = palette(dark)
    bars: alt.Chart = (
        rows_of(known.select("place", "short", "group", "percent", "share", "n"))
        .transform_calculate(start="0", spoken=axes.sentence(Text.SPOKEN_GROUP))
        .mark_bar(color=p.accent)
        .encode(
            x=alt.X(
                "start:Q",
                title=None,
                scale=alt.Scale(domain=[0, 1], nice=False),
                axis=alt.Axis(format=".0%", values=[0, 0.5, 1]),
            ),
            x2=alt.X2("share:Q"),
            y=axes.labelled_rows(),
            tooltip=axes.tooltip(
                {"group": Text.GROUP, "percent": Text.ON_TIME}, {"n": Text.CERTIFICATES}
            ),
            description=axes.aria_label(),
        )
    )
    return [bars]

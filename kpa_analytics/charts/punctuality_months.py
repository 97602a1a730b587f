"""The share of certificates that were renewed on time, month by month, above their outcomes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt
import polars as pl

from kpa_analytics.charts import axes
from kpa_analytics.charts.outcome_colours import (
    SIGNED,
    WORST_FIRST,
    outcome_colour,
    outcome_colours,
)
from kpa_analytics.charts.periods import period_ends
from kpa_analytics.charts.punctuality_rows import share_text
from kpa_analytics.charts.stacking import MIN_PART, stack
from kpa_analytics.charts.styled import demo_line, panel, rows_of, stacked_panels
from kpa_analytics.charts.theme import SPACING, palette
from kpa_analytics.report_text import RenewalText as Text

if TYPE_CHECKING:
    from collections.abc import Sequence

_LOWER = 120


def months(
    drawn: pl.DataFrame, title: str, subtitle: Sequence[str], demo: bool, dark: bool
) -> alt.VConcatChart:
    """Draw the rows of the table that are months."""
    percents = [share_text(share) for share in drawn["share"]]
    rows = period_ends(
        drawn.rename({"month": "period"}).with_columns(pl.Series("percent", percents, pl.String)),
        "1mo",
    )
    mark = [demo_line(44, dark)] if demo else []
    lower = panel([_counts(rows, dark), *mark], _LOWER)
    upper = panel(_share(rows, dark), 140)
    return stacked_panels(
        [upper, lower] if rows["share"].count() else [lower],
        title=title,
        subtitle=subtitle,
        demo=demo,
        dark=dark,
    )


def _share(rows: pl.DataFrame, dark: bool) -> list[alt.Chart]:
    """The line of the share; it breaks at months of which the share is not known."""
    p = palette(dark)
    known = (
        rows.lazy()
        .filter(pl.col("share").is_not_null())
        .with_columns(
            (pl.col("period") + (pl.col("until") - pl.col("period")) / 2).alias("middle"),
            (pl.col("period") != pl.col("until").shift(1))
            .fill_null(False)
            .cum_sum()
            .alias("stretch"),
        )
        .select("middle", "name", "percent", "share", "n", "stretch")
        .collect(engine="in-memory")
    )
    x = axes.on_day("middle", title=None, axis=alt.Axis(labels=False, ticks=False, grid=False))
    y = alt.Y(
        "share:Q",
        title=Text.ON_TIME_AXIS,
        scale=alt.Scale(domain=[0, 1]),
        axis=alt.Axis(format=".0%", values=[0, 0.25, 0.5, 0.75, 1]),
    )
    line: alt.Chart = (
        rows_of(known)
        .transform_calculate(spoken=axes.sentence(Text.SPOKEN_MONTH))
        .mark_line(
            color=p.accent, strokeWidth=2, point={"size": 28, "filled": True, "color": p.accent}
        )
        .encode(
            x=x,
            y=y,
            detail=alt.Detail("stretch:N"),
            tooltip=axes.tooltip(
                {"name": Text.MONTH, "percent": Text.ON_TIME}, {"n": Text.CERTIFICATES}
            ),
            description=axes.aria_label(),
        )
    )
    last: alt.Chart = (
        rows_of(known[-1:].select("middle", "share", "percent"))
        .mark_text(align="left", dx=7, fontWeight="bold", color=p.ink, clip=False)
        .encode(x=x, y=y, text=alt.Text("percent:N"), description=axes.aria_label("percent"))
    )
    return [line, last]


def _counts(rows: pl.DataFrame, dark: bool) -> alt.Chart:
    """One bar for each month, with the worst outcome at the bottom."""
    highest = max(rows["n"]) * 1.05
    kept = rows.select(pl.col("period").alias("month"), "until", "name", "n", *WORST_FIRST)
    shown = [outcome for outcome in WORST_FIRST if rows[outcome].sum()]
    parts = stack(kept, WORST_FIRST, highest * MIN_PART / _LOWER, "outcome").drop(WORST_FIRST)
    bars: alt.Chart = (
        rows_of(parts, name="months")
        .transform_calculate(which=f"{SIGNED}[datum.outcome]")
        .transform_calculate(
            spoken=axes.sentence(Text.SPOKEN_OUTCOME, outcome="lower(slice(datum.which, 2))")
        )
        .mark_bar(
            x2Offset=-SPACING,
            y2Offset=SPACING,
            strokeWidth=1,
            stroke=axes.outline(outcome_colours(dark), "outcome", dark),
        )
        .encode(
            x=axes.on_day(
                "month",
                title=Text.EXPIRATION,
                axis=axes.time_axis(rows["period"][0], rows["until"][-1]),
            ),
            x2=axes.until_day("until"),
            y=alt.Y("low:Q", **axes.counting(Text.CERTIFICATES, highest, most=4)),
            y2=alt.Y2("high:Q"),
            color=outcome_colour(shown, dark),
            tooltip=axes.tooltip(
                {"name": Text.EXPIRES_IN, "which": Text.OUTCOME},
                {"value": Text.CERTIFICATES, "n": Text.ALL_OF_MONTH},
            ),
            description=axes.aria_label(),
        )
    )
    return axes.pick(bars, "month", "outcome")

"""The outer bars of the timeline: expirations before its first or after its last month."""

from __future__ import annotations

from datetime import date

import altair as alt
import polars as pl

from kpa_analytics.charts import axes
from kpa_analytics.charts.periods import month_number, months_from
from kpa_analytics.charts.stacking import stack
from kpa_analytics.charts.styled import rows_of
from kpa_analytics.charts.theme import GAP, palette
from kpa_analytics.statuses import SEVERITY, STATUSES
from kpa_analytics.wording import count, month


def outer_bars(
    outer: pl.DataFrame,
    months: list[date],
    today: date,
    highest: float,
    least: float,
    statuses: list[str],
    dark: bool,
) -> list[alt.Chart]:
    """The bars, with their names below and their numbers above; nothing without such rows.

    `outer` has the columns of the timeline's table, and `drawn`, the length of the bar.

    A bar higher than `highest`, the highest month, is cut to it. No part is smaller than `least`.
    """
    if outer.is_empty():  # Vega warns of a scale that has nothing to measure
        return []
    slots = [_slot(part, months, today) for part in outer["part"]]
    placed = outer.drop("month").with_columns(
        *pl.DataFrame(slots, schema={"start": pl.Date, "end": pl.Date}, orient="row"),
        pl.min_horizontal(1.0, highest / pl.col("drawn")).alias("share"),
    )
    cut = [
        stack(bar, SEVERITY, least / bar["share"].item(), "status").with_columns(
            pl.col("low", "high") * pl.col("share")
        )
        for bar in placed.iter_slices(1)
    ]
    return [_bars(pl.concat(cut), statuses, dark), *_texts(placed, highest, dark)]


def outer_sentence(outer: pl.DataFrame, months: int, today: date, highest: float) -> str:
    """Say how many expirations the outer bars count."""
    parts = [
        f"{total:,} {part}{' (bar cut short)' if drawn > highest else ''}"
        for part, total, drawn in outer.select("part", "total", "drawn").iter_rows()
    ]
    near = count(months, "month")
    return f"More than {near} from {month(today)}: {', '.join(parts)}" if parts else ""


def _slot(part: str, months: list[date], today: date) -> tuple[date, date]:
    """The start and the end of an outer bar, at a distance from the months."""
    first, last = min(months[0], today), max(months[-1], today)
    unit = max(1, (month_number(last) - month_number(first)) // 24)
    if part == "earlier":
        return months_from(first, -2 * unit), months_from(first, -unit)
    return months_from(last, 1 + unit), months_from(last, 1 + 2 * unit)


def _bars(parts: pl.DataFrame, statuses: list[str], dark: bool) -> alt.Chart:
    """The bars, with a part for each status."""
    bars: alt.Chart = (
        rows_of(parts.drop("share", "drawn", *STATUSES))
        .transform_calculate(
            words=axes.signed_label(),
            when="datum.part == 'earlier' ? 'before these months' : 'after these months'",
        )
        .transform_calculate(
            spoken=axes.sentence("Expires {when}: {value:,} {status}, of {total:,}")
        )
        .mark_bar(y2Offset=GAP, strokeWidth=1, stroke=axes.status_edge(dark))
        .encode(
            x=axes.on_day("start"),
            x2=axes.until_day("end"),
            y=alt.Y("low:Q"),
            y2=alt.Y2("high:Q"),
            color=axes.status_colour(dark, statuses),
            tooltip=axes.tooltip(
                {"when": "Expires", "words": "Status"},
                {"value": "Certificates", "total": "All before or after"},
            ),
            description=axes.aria_label(),
        )
    )
    return bars


def _texts(bars: pl.DataFrame, highest: float, dark: bool) -> list[alt.Chart]:
    """The names and numbers of the outer bars, aligned away from the months."""
    rows = bars.select(
        "part",
        pl.when(pl.col("part") == "earlier").then("end").otherwise("start").alias("at"),
        pl.col("drawn").alias("total"),
        pl.min_horizontal("drawn", highest).alias("top"),
    )
    side = alt.ExprRef("datum.part == 'earlier' ? 'right' : 'left'")
    texts = rows_of(rows).mark_text(align=side, color=palette(dark).muted, clip=False, aria=False)
    names = texts.encode(
        x=axes.on_day("at"),
        y=alt.YValue("height"),
        yOffset=alt.YOffsetValue(16),
        text=alt.Text("part:N"),
    )
    figure = f"{axes.sentence('{total:,}')} + (datum.total > datum.top ? ' (cut)' : '')"
    figures = texts.transform_calculate(over="datum.top", figure=figure).encode(
        x=axes.on_day("at"),
        y=alt.Y("over:Q"),
        yOffset=alt.YOffsetValue(-8),
        text=alt.Text("figure:N"),
    )
    return [names, figures]

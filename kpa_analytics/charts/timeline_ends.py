"""The outer bars of the timeline: expirations before its first or after its last month."""

from __future__ import annotations

from datetime import date

import altair as alt
import polars as pl

from kpa_analytics.charts.axes import (
    aria_label,
    day_scale,
    number_text,
    signed_status_label,
    status_colour,
    status_label,
)
from kpa_analytics.charts.periods import months_from
from kpa_analytics.charts.stacking import stacked
from kpa_analytics.charts.styled import rows_of
from kpa_analytics.charts.text import count, month
from kpa_analytics.charts.theme import palette
from kpa_analytics.statuses import SEVERITY

_OUTER = {
    **{"start": pl.Date, "end": pl.Date, "part": pl.String, "all": pl.Int64, "held": pl.Int64},
    **{"status": pl.String, "low": pl.Float64, "high": pl.Float64},
}
_ENDS = {"part": pl.String, "at": pl.Date, "top": pl.Float64, "figure": pl.String}


def outermost_bars(
    outer: pl.DataFrame,
    months: list[date],
    today: date,
    highest: float,
    least: float,
    statuses: list[str],
    dark: bool,
) -> list[alt.Chart]:
    """The bars, with their names below and their numbers above; nothing without such rows.

    Args:
        outer: the earlier and later rows of `expiry_timeline_table`.
        months: the first days of the months in the chart, in order.
        today: the day of the statuses.
        highest: the height of the highest month; a higher bar is cut to it.
        least: the smallest visible part of a bar, in certificates.
        statuses: the statuses in the legend.
        dark: True for a dark background.
    """
    if outer.is_empty():  # Vega warns of a scale that has nothing to measure
        return []
    bars = _bars(_parts(outer, months, today, highest, least), statuses, dark)
    return [bars, *_texts(_ends(outer, months, today, highest), dark)]


def outer_sentence(outer: pl.DataFrame, months: int, today: date, highest: float) -> str:
    """Say how many expirations the outer bars count."""
    parts = [
        f"{total:,} {part}{' (bar cut short)' if total > highest else ''}"
        for part, total in outer.select("part", "total").iter_rows()
    ]
    near = count(months, "month")
    return f"More than {near} from {month(today)}: {', '.join(parts)}" if parts else ""


def _parts(
    outer: pl.DataFrame, months: list[date], today: date, highest: float, least: float
) -> pl.DataFrame:
    """One row per part and status. A bar higher than every month is cut to the highest month."""
    rows = []
    for row in outer.iter_rows(named=True):
        start, end = _slot(row["part"], months, today)
        share = min(1, highest / row["total"])
        values = [row[status] for status in SEVERITY]
        parts = stacked([value * share for value in values], least)
        rows += [
            {"start": start, "end": end, "part": row["part"], "all": row["total"]}
            | {"status": status, "held": value, "low": low, "high": high}
            for status, value, (low, high) in zip(SEVERITY, values, parts, strict=True)
            if value
        ]
    return pl.DataFrame(rows, schema=_OUTER)


def _ends(outer: pl.DataFrame, months: list[date], today: date, highest: float) -> pl.DataFrame:
    """The names and numbers of the outer bars."""
    rows = []
    for part, total in outer.select("part", "total").iter_rows():
        start, end = _slot(part, months, today)
        cut = " (cut)" if total > highest else ""
        rows.append(
            {
                "part": part,
                "at": end if part == "earlier" else start,
                "top": min(total, highest),
                "figure": f"{total:,}{cut}",
            }
        )
    return pl.DataFrame(rows, schema=_ENDS)


def _slot(part: str, months: list[date], today: date) -> tuple[date, date]:
    """Where an outer bar begins and ends, at a distance from the months."""
    first, last = min(months[0], today), max(months[-1], today)
    unit = max(1, (month_number(last) - month_number(first)) // 24)
    if part == "earlier":
        return months_from(first, -2 * unit), months_from(first, -unit)
    return months_from(last, 1 + unit), months_from(last, 1 + 2 * unit)


def month_number(day: date) -> int:
    """A month as a number: 12 * year + month - 1."""
    return day.year * 12 + day.month - 1


def _bars(parts: pl.DataFrame, statuses: list[str], dark: bool) -> alt.Chart:
    """The bars, with a part for each status."""
    bars: alt.Chart = (
        rows_of(parts)
        .transform_calculate(
            words=signed_status_label("datum.status"),
            when="datum.part == 'earlier' ? 'before these months' : 'after these months'",
        )
        .transform_calculate(
            spoken=f"'Expires ' + datum.when + ': ' + {number_text('datum.held')} + ' ' + "
            f"{status_label('datum.status')} + ', of ' + {number_text('datum.all')}",
        )
        .mark_bar()
        .encode(
            x=alt.X("start:T", scale=day_scale()),
            x2=alt.X2("end:T", timeUnit="utcyearmonthdate"),
            y=alt.Y("low:Q"),
            y2=alt.Y2("high:Q"),
            color=status_colour(dark, statuses),
            tooltip=[
                alt.Tooltip("when:N", title="Expires"),
                alt.Tooltip("words:N", title="Status"),
                alt.Tooltip("held:Q", title="Certificates", format=","),
                alt.Tooltip("all:Q", title="All before or after", format=","),
            ],
            description=aria_label(),
        )
    )
    return bars


def _texts(ends: pl.DataFrame, dark: bool) -> list[alt.Chart]:
    """The names and numbers of the outer bars, aligned away from the months."""
    side = "datum.part == 'earlier' ? 'right' : 'left'"
    texts = rows_of(ends).mark_text(
        align=alt.ExprRef(side), color=palette(dark).muted, clip=False, aria=False
    )
    names = texts.encode(
        x=alt.X("at:T", scale=day_scale()),
        y=alt.YValue("height"),
        yOffset=alt.YOffsetValue(16),
        text=alt.Text("part:N"),
    )
    figures = texts.transform_calculate(over="datum.top").encode(
        x=alt.X("at:T", scale=day_scale()),
        y=alt.Y("over:Q"),
        yOffset=alt.YOffsetValue(-8),
        text=alt.Text("figure:N"),
    )
    return [names, figures]

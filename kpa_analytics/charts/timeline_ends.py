"""The outermost bars of the timeline: what expires before its first or after its last month."""

from __future__ import annotations

from datetime import date

import altair as alt
import polars as pl

from kpa_analytics.charts.axes import (
    day_scale,
    figure,
    spoken,
    status_colour,
    status_label,
    status_words,
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
    drawn: list[date],
    today: date,
    highest: float,
    least: float,
    statuses: list[str],
    dark: bool,
) -> list[alt.Chart]:
    """The bars, their names under them and their figures over them.

    Args:
        outer: the rows of `expiry_timeline_table` that are earlier or later.
        drawn: the first days of the months drawn, in order.
        today: the day the statuses are of.
        highest: the height of the highest month; a bar that is higher is cut to it.
        least: the smallest part of a bar that is seen, in certificates.
        statuses: what the legend lists.
        dark: for a dark background.
    """
    bars = _bars(_parts(outer, drawn, today, highest, least), statuses, dark)
    return [bars, *_texts(_ends(outer, drawn, today, highest), dark)]


def beyond(outer: pl.DataFrame, months: int, today: date, highest: float) -> str:
    """What the outermost bars stand for, in words."""
    told = [
        f"{total:,} {part}{' (bar cut short)' if total > highest else ''}"
        for part, total in outer.select("part", "total").iter_rows()
    ]
    near = count(months, "month")
    return f"More than {near} from {month(today)}: {', '.join(told)}" if told else ""


def _parts(
    outer: pl.DataFrame, drawn: list[date], today: date, highest: float, least: float
) -> pl.DataFrame:
    """One row per part and status; a bar higher than every month's is cut to their height."""
    rows = []
    for row in outer.iter_rows(named=True):
        start, end = _slot(row["part"], drawn, today)
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


def _ends(outer: pl.DataFrame, drawn: list[date], today: date, highest: float) -> pl.DataFrame:
    """What stands at the outermost bars: their names under them, their figures over them."""
    rows = []
    for part, total in outer.select("part", "total").iter_rows():
        start, end = _slot(part, drawn, today)
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


def _slot(part: str, drawn: list[date], today: date) -> tuple[date, date]:
    """Where an outermost bar begins and ends, apart from the months."""
    first, last = min(drawn[0], today), max(drawn[-1], today)
    unit = max(1, (month_number(last) - month_number(first)) // 24)
    if part == "earlier":
        return months_from(first, -2 * unit), months_from(first, -unit)
    return months_from(last, 1 + unit), months_from(last, 1 + 2 * unit)


def month_number(day: date) -> int:
    """A month as a number."""
    return day.year * 12 + day.month - 1


def _bars(parts: pl.DataFrame, statuses: list[str], dark: bool) -> alt.Chart:
    """The bars, a part for each status."""
    bars: alt.Chart = (
        rows_of(parts)
        .transform_calculate(
            words=status_words("datum.status"),
            when="datum.part == 'earlier' ? 'before these months' : 'after these months'",
        )
        .transform_calculate(
            spoken=f"'Expires ' + datum.when + ': ' + {figure('datum.held')} + ' ' + "
            f"{status_label('datum.status')} + ', of ' + {figure('datum.all')}",
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
                alt.Tooltip("all:Q", title="All of these", format=","),
            ],
            description=spoken(),
        )
    )
    return bars


def _texts(ends: pl.DataFrame, dark: bool) -> list[alt.Chart]:
    """The outermost bars' names and figures, growing away from the months."""
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

"""Statuses per training or per group of people, ranked worst first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import altair as alt
import polars as pl

from kpa_analytics.charts.axes import (
    aria_label,
    label_axis,
    legend_statuses,
    number_text,
    signed_status_label,
    status_colour,
    status_label,
    whole_axis,
    whole_ticks,
)
from kpa_analytics.charts.stacking import MIN_PIXELS
from kpa_analytics.charts.status_rows import NOT_KNOWN, as_of_phrase
from kpa_analytics.charts.styled import layered, nothing_to_show, rows_of
from kpa_analytics.charts.text import count, labels, percent, short
from kpa_analytics.charts.theme import ink_on, palette
from kpa_analytics.errors import KPADataError
from kpa_analytics.statuses import (
    GAPS,
    SEVERITY,
    STATUS_LABELS,
    STATUS_SIGNS,
    STATUSES,
    status_colours,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date


#: Pixels for a label, and for the bars.
_ROOM, _WIDTH = 250, 520


def rank(counts: pl.DataFrame, key: str, label: str, top: int, others: str) -> pl.DataFrame:
    """Sort rows of status counts worst first, and fold those after the first `top` into one row.

    Worst means most expired or missing, then most expiring, then most cases; ties by label.

    Args:
        counts: one row per key, with key, label, the five statuses and total.
        key: the column that identifies a row; null in the folded row.
        label: the column of titles; they become unique.
        top: number of rows to keep.
        others: the name of the folded row, e.g. "other trainings".

    Returns:
        At most `top` + 1 rows: key, label, folded (Int64; number of keys in the row), the five
        statuses, total (Int64).

    Raises:
        KPADataError: `top` is not 1 to 60.
    """
    if not 1 <= top <= 60:
        raise KPADataError(f"top must be 1 to 60, not {top!r}")
    overdue = pl.sum_horizontal(GAPS)
    figures = [*STATUSES, "total"]
    ranked = counts.sort(
        overdue, "expiring", "total", label, key, descending=[True, True, True, False, False]
    ).select(key, label, pl.lit(1, pl.Int64).alias("folded"), *figures)
    if ranked.height <= top + 1:
        return labels(ranked, label, key, room=_ROOM)
    kept, rest = ranked.head(top), ranked.slice(top)
    name = f"{others} ({rest.height:,})"
    folded = rest.select(
        pl.lit(None, ranked.schema[key]).alias(key),
        pl.lit(name).alias(label),
        pl.len().cast(pl.Int64).alias("folded"),
        pl.col(figures).sum(),
    )
    return labels(pl.concat([kept, folded]), label, key, room=_ROOM)


def ranking(
    table: pl.DataFrame,
    *,
    key: str,
    label: str,
    title: str,
    heading: str,
    today: date | None,
    known: bool,
    notes: Sequence[str] = (),
    demo: bool,
    dark: bool,
) -> alt.LayerChart:
    """Draw the result of `rank`. The folded row is text, because its bar would dwarf the others.

    Args:
        table: the result of `rank`.
        key: the column that identifies a row.
        label: the column of titles.
        title: the chart's title.
        heading: how many rows there are, e.g. "12 trainings".
        today: the day of the statuses, if known.
        known: whether requirements were provided.
        notes: more lines under the title.
        demo: whether the data is demo data.
        dark: True for a dark background.
    """
    if table.is_empty():
        return nothing_to_show(
            title, "No completions or requirements to show", dark=dark, demo=demo
        )
    sums = table.select(pl.col([*STATUSES, "total"]).sum()).row(0, named=True)
    overdue = sum(sums[status] for status in GAPS)
    gaps = "expired or missing" if known else "expired"
    subtitle = [
        f"{heading}, worst first: {overdue:,} of {count(sums['total'], 'case')} {gaps} "
        f"({percent(overdue, sums['total'])}), {sums['expiring']:,} expiring soon"
        f"{as_of_phrase(today)}",
        "" if known else f"Missing: {NOT_KNOWN}",
        *notes,
    ]
    placed = table.with_columns(short(table, label, _ROOM)).with_row_index("place")
    named, folded = (placed.filter(fold) for fold in (pl.col("folded") == 1, pl.col("folded") > 1))
    overdue_of = named.select(pl.sum_horizontal(GAPS), "total").iter_rows()
    shares = pl.Series(
        "share", [_share(gaps, total, known) for gaps, total in overdue_of], pl.String
    )
    longest = named.select(pl.col("total").max()).item()
    return layered(
        _layers(
            rows=named.select("place", key, label, "short", *SEVERITY, "total", shares),
            rest=folded.select("place", "short", pl.lit(_folded(folded)).alias("figures")),
            longest=longest,
            ticks=whole_ticks(longest),
            statuses=legend_statuses([status for status in SEVERITY if sums[status]]),
            key=key,
            label=label,
            dark=dark,
        ),
        title=title,
        subtitle=subtitle,
        demo=demo,
        dark=dark,
        foot=30,
        width=_WIDTH,
        height=alt.Step(24),
    )


def _layers(
    rows: pl.DataFrame,
    rest: pl.DataFrame,
    longest: float,
    ticks: list[int],
    statuses: list[str],
    key: str,
    label: str,
    dark: bool,
) -> list[alt.Chart]:
    y = alt.Y(
        "short:N",
        sort=alt.EncodingSortField("place", op="min"),
        title=None,
        axis=label_axis(),
        scale=alt.Scale(paddingInner=0.28, paddingOuter=0.14),
    )
    x: dict[str, Any] = {
        "title": "Cases (one person and one training each)",
        "stack": "zero",
        "scale": alt.Scale(domainMax=longest, nice=False),
        "axis": whole_axis(ticks),
    }
    parts = _parts(rows, longest, label, dark)
    quiet: dict[str, Any] = {
        "align": "left",
        "color": palette(dark).muted,
        "clip": False,
        "aria": False,
    }
    ends = (
        rows_of(rows)
        .mark_text(dx=8, **quiet)
        .encode(x=alt.XValue("width"), y=y, text=alt.Text("share:N"))
    )
    others = (
        rows_of(rest)
        .mark_text(**{**quiet, "aria": True})
        .encode(x=alt.XValue(4), y=y, text=alt.Text("figures:N"), description=aria_label("figures"))
    )
    return [
        _bars(parts, key, label, statuses, x, y, dark),
        _figures(parts, longest, x, y),
        ends,
        others,
    ]


def _parts(rows: pl.DataFrame, longest: float, label: str, dark: bool) -> alt.Chart:
    """One row per part of each bar. The smallest part stays visible beside the longest bar."""
    order = {status: place for place, status in enumerate(SEVERITY)}
    ink = {status: ink_on(colour) for status, colour in status_colours(dark).items()}
    parts: alt.Chart = (
        rows_of(rows)
        .transform_fold(list(SEVERITY), as_=["status", "value"])
        .transform_filter("datum.value > 0")
        .transform_calculate(
            words=signed_status_label("datum.status"),
            order=f"{order}[datum.status]",
            ink=f"{ink}[datum.status]",
            wanted=f"max(datum.value, {MIN_PIXELS / _WIDTH:.5f} * {longest})",
        )
        .transform_joinaggregate(needed="sum(wanted)", groupby=["place"])
        .transform_calculate(
            # No bar becomes longer than the longest.
            seen=f"datum.wanted * min(1, {longest} / datum.needed)",
            spoken=f"datum.{label} + ': ' + {number_text('datum.value')} + ' ' + "
            f"{status_label('datum.status')} + ', of ' + {number_text('datum.total')} + "
            "(datum.total == 1 ? ' case' : ' cases')",
        )
    )
    return parts


def _bars(
    parts: alt.Chart,
    key: str,
    label: str,
    statuses: list[str],
    x: dict[str, Any],
    y: alt.Y,
    dark: bool,
) -> alt.Chart:
    pick = alt.selection_point(name="pick", fields=[key, "status"], on="click")
    bars: alt.Chart = (
        parts.properties(name=label)
        .mark_bar()
        .encode(
            x=alt.X("seen:Q", **x),
            y=y,
            color=status_colour(dark, statuses),
            order=alt.Order("order:Q", sort="ascending"),
            opacity=alt.OpacityValue(0.35, condition=[{"param": "pick", "value": 1}]),
            tooltip=[
                alt.Tooltip(f"{label}:N", title=label.replace("_", " ").capitalize()),
                alt.Tooltip("words:N", title="Status"),
                alt.Tooltip("value:Q", title="Cases", format=","),
                alt.Tooltip("total:Q", title="All cases", format=","),
            ],
            description=aria_label(),
        )
        .add_params(pick)
    )
    return bars


def _figures(parts: alt.Chart, longest: float, x: dict[str, Any], y: alt.Y) -> alt.Chart:
    """The number of cases inside each part that has room for it."""
    room = f"datum.seen / {longest} * {_WIDTH} > 10 + 7 * length(format(datum.value, ','))"
    figures: alt.Chart = parts.mark_text(baseline="middle", clip=True, aria=False).encode(
        x=alt.X("seen:Q", bandPosition=0.5, **x),
        y=y,
        order=alt.Order("order:Q", sort="ascending"),
        text=alt.TextValue(
            "", condition={"test": room, "field": "value", "type": "quantitative", "format": ","}
        ),
        color=alt.Color("ink:N", scale=None),
    )
    return figures


def _share(gaps: int, total: int, known: bool) -> str:
    """Say how many cases of a row are gaps."""
    if known:
        return f"{gaps:,} expired or missing ({percent(gaps, total)})" if gaps else "no gap"
    return f"{gaps:,} expired ({percent(gaps, total)})" if gaps else "none expired"


def _folded(row: pl.DataFrame) -> str:
    """The numbers of the folded row as text, or empty text if there is none."""
    if row.is_empty():
        return ""
    figures = row.row(0, named=True)
    parts = [
        f"{STATUS_SIGNS[status]} {figures[status]:,} {STATUS_LABELS[status].lower()}"
        for status in SEVERITY
        if figures[status]
    ]
    return "   ".join(parts)


def counted(table: pl.DataFrame, singular: str, plural: str) -> str:
    """How many trainings or groups a result of `rank` covers, including the folded ones."""
    return count(int(table["folded"].sum()), singular, plural)

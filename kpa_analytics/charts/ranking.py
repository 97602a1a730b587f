"""Statuses per training or per group of people, ranked worst first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import altair as alt
import polars as pl

from kpa_analytics.charts import axes
from kpa_analytics.charts.stacking import MIN_PIXELS
from kpa_analytics.charts.status_rows import NO_CASES, StatusRows
from kpa_analytics.charts.styled import layered, nothing_to_show, rows_of
from kpa_analytics.charts.text import count, labels, percent, short
from kpa_analytics.charts.theme import ink_on, palette
from kpa_analytics.errors import KPADataError
from kpa_analytics.statuses import (
    EXPIRING,
    GAPS,
    SEVERITY,
    STATUS_LABELS,
    STATUS_SIGNS,
    STATUSES,
    status_colours,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Pixels for a label, and for the bars.
_ROOM, _WIDTH = 250, 520


def worst_first(counts: pl.DataFrame, *ties: str) -> pl.DataFrame:
    """Sort rows of status counts: most gaps first, then most expiring, most cases, and `ties`."""
    down = [pl.sum_horizontal(GAPS), pl.col(EXPIRING), pl.col("total")]
    return counts.sort(*down, *ties, descending=[True] * len(down) + [False] * len(ties))


def rank(counts: pl.DataFrame, key: str, label: str, top: int, others: str) -> pl.DataFrame:
    """Sort rows of status counts worst first, and fold those after the first `top` into one row.

    Labels become unique. The folded row has no key; it is named e.g. "other trainings (7)".

    Returns:
        At most `top` + 1 rows: key, label, folded (Int64; number of keys in the row), the five
        statuses, total (Int64).

    Raises:
        KPADataError: `top` is not 1 to 60.
    """
    if not 1 <= top <= 60:
        raise KPADataError(f"top must be 1 to 60, not {top!r}")
    figures = [*STATUSES, "total"]
    ranked = worst_first(counts, label, key).select(
        key, label, pl.lit(1, pl.Int64).alias("folded"), *figures
    )
    if ranked.height > top + 1:
        rest = ranked.slice(top)
        folded = rest.select(
            pl.lit(None, ranked.schema[key]).alias(key),
            pl.lit(f"{others} ({rest.height:,})").alias(label),
            pl.len().cast(pl.Int64).alias("folded"),
            pl.col(figures).sum(),
        )
        ranked = pl.concat([ranked.head(top), folded])
    return labels(ranked, label, key, room=_ROOM)


def ranking(
    table: pl.DataFrame,
    rows: StatusRows,
    *,
    key: str,
    label: str,
    title: str,
    heading: str,
    notes: Sequence[str] = (),
    dark: bool,
) -> alt.LayerChart:
    """Draw the result of `rank`, a count of `rows`, under a heading such as "12 trainings".

    The folded row is text, because its bar would dwarf the others.
    """
    if table.is_empty():
        return nothing_to_show(title, NO_CASES, dark=dark, demo=rows.demo)
    sums = table.select(pl.col([*STATUSES, "total"]).sum()).row(0, named=True)
    gaps = sum(sums[status] for status in GAPS)
    placed = table.with_columns(short(table, label, _ROOM)).with_row_index("place")
    named, folded = (placed.filter(fold) for fold in (pl.col("folded") == 1, pl.col("folded") > 1))
    shares = [
        _share(few, total, rows)
        for few, total in named.select(pl.sum_horizontal(GAPS), "total").iter_rows()
    ]
    named = named.select(
        "place", key, label, "short", *SEVERITY, "total", pl.Series("share", shares, pl.String)
    )
    statuses = [status for status in STATUSES if sums[status]]
    return layered(
        [*_bars(named, key, label, statuses, dark), *_texts(named, folded, dark)],
        title=title,
        subtitle=[
            f"{heading}, worst first: {gaps:,} of {count(sums['total'], 'case')} {rows.gap_words} "
            f"({percent(gaps, sums['total'])}), {sums[EXPIRING]:,} expiring soon{rows.as_of}",
            rows.not_known,
            *notes,
        ],
        demo=rows.demo,
        dark=dark,
        foot=30,
        width=_WIDTH,
        height=alt.Step(24),
    )


def _bars(
    rows: pl.DataFrame, key: str, label: str, statuses: list[str], dark: bool
) -> list[alt.Chart]:
    """The bars, and the number of cases inside each part that has room for it."""
    longest = rows.select(pl.col("total").max()).item()
    parts = _parts(rows, longest, label, dark)
    x: dict[str, Any] = {
        "stack": "zero",
        **axes.counting("Cases (one person and one training each)", longest),
    }
    y, order = axes.labelled_rows(), alt.Order("order:Q", sort="ascending")
    pick = alt.selection_point(name="pick", fields=[key, "status"], on="click")
    bars = (
        parts.properties(name=label)
        .mark_bar()
        .encode(
            x=alt.X("seen:Q", **x),
            y=y,
            color=axes.status_colour(dark, statuses),
            order=order,
            opacity=alt.OpacityValue(0.35, condition=[{"param": "pick", "value": 1}]),
            tooltip=axes.tooltip(
                {label: label.capitalize(), "words": "Status"},
                {"value": "Cases", "total": "All cases"},
            ),
            description=axes.aria_label(),
        )
    )
    room = f"datum.seen / {longest} * {_WIDTH} > 10 + 7 * length(format(datum.value, ','))"
    inside = {"test": room, "field": "value", "type": "quantitative", "format": ","}
    figures = parts.mark_text(baseline="middle", clip=True, aria=False).encode(
        x=alt.X("seen:Q", bandPosition=0.5, **x),
        y=y,
        order=order,
        text=alt.TextValue("", condition=inside),
        color=alt.Color("ink:N", scale=None),
    )
    return [bars.add_params(pick), figures]


def _parts(rows: pl.DataFrame, longest: float, label: str, dark: bool) -> alt.Chart:
    """One row per part of each bar. The smallest part stays visible beside the longest bar."""
    order = {status: place for place, status in enumerate(SEVERITY)}
    ink = {status: ink_on(colour) for status, colour in status_colours(dark).items()}
    parts: alt.Chart = (
        rows_of(rows)
        .transform_fold(list(SEVERITY), as_=["status", "value"])
        .transform_filter("datum.value > 0")
        .transform_calculate(
            words=axes.signed_label(),
            order=f"{order}[datum.status]",
            ink=f"{ink}[datum.status]",
            wanted=f"max(datum.value, {MIN_PIXELS / _WIDTH:.5f} * {longest})",
        )
        .transform_joinaggregate(needed="sum(wanted)", groupby=["place"])
        .transform_calculate(
            # No bar becomes longer than the longest.
            seen=f"datum.wanted * min(1, {longest} / datum.needed)",
            spoken=axes.sentence(f"{{{label}}}: {{value:,}} {{status}}, of {{total:case}}"),
        )
    )
    return parts


def _texts(rows: pl.DataFrame, folded: pl.DataFrame, dark: bool) -> list[alt.Chart]:
    """The share of gaps at the end of each row, and the numbers of the folded row."""
    quiet: dict[str, Any] = {"align": "left", "color": palette(dark).muted, "clip": False}
    ends = rows_of(rows).mark_text(dx=8, aria=False, **quiet)
    rest = rows_of(folded.select("place", "short", pl.lit(_folded(folded)).alias("figures")))
    return [
        ends.encode(x=alt.XValue("width"), y=axes.labelled_rows(), text=alt.Text("share:N")),
        rest.mark_text(**quiet).encode(
            x=alt.XValue(4),
            y=axes.labelled_rows(),
            text=alt.Text("figures:N"),
            description=axes.aria_label("figures"),
        ),
    ]


def _share(gaps: int, total: int, rows: StatusRows) -> str:
    """Say how many cases of a row are gaps."""
    if not gaps:
        return "no gap" if rows.known else f"none {rows.gap_words}"
    return f"{gaps:,} {rows.gap_words} ({percent(gaps, total)})"


def _folded(row: pl.DataFrame) -> str:
    """The numbers of the folded row as text, or empty text if there is none."""
    figures = row.select(SEVERITY).sum().row(0, named=True)
    return "   ".join(
        f"{STATUS_SIGNS[status]} {number:,} {STATUS_LABELS[status].lower()}"
        for status, number in figures.items()
        if number
    )


def counted(table: pl.DataFrame, singular: str, plural: str) -> str:
    """How many trainings or groups a result of `rank` covers, including the folded ones."""
    return count(int(table["folded"].sum()), singular, plural)

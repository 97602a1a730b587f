"""The share of completions recorded in group sessions, over time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt
import polars as pl

from kpa_analytics.charts.axes import (
    aria_label,
    day_scale,
    month_axis,
    month_step,
    number_text,
    whole_axis,
    whole_ticks,
)
from kpa_analytics.charts.periods import (
    AFTER,
    BEFORE,
    first_and_last,
    middle_day,
    period_ends,
    period_length,
)
from kpa_analytics.charts.stacking import MIN_PIXELS, stacked
from kpa_analytics.charts.styled import demo_line, nothing_to_show, rows_of, stacked_panels, titled
from kpa_analytics.charts.text import count, percent
from kpa_analytics.charts.theme import WIDTH, palette
from kpa_analytics.demo_mark import is_demo
from kpa_analytics.inputs import need
from kpa_analytics.schema import GROUP_SHARE

if TYPE_CHECKING:
    from datetime import date

    from kpa_analytics.inputs import AnyFrame

_READ = ("period", "every", "in_groups", "alone", "share", "demo")
_TITLE = "Completions in groups or alone"
_LOWER = 110
#: The legend also names each part's place in the bar, so that it does not rely on colour.
_PLACES = {"In groups": "In groups (lower part)", "Alone": "Alone (upper part)"}


def group_share_table(
    share: AnyFrame, *, as_of: date | str | None = None, every: str | None = None
) -> pl.DataFrame:
    """Keep the periods around a day, and add up all other completions.

    Args:
        share: the result of `kpa_analytics.group_share()`.
        as_of: the day that the periods surround: 60 periods up to its own and 12 after it. By
            default, the latest day of the frame up to today.
        every: the length of a period, if the frame does not say it; by default, a month.

    Returns:
        One row per period, and one row for all other completions, if any: period (Date; null for
        the other completions), in_groups, alone, total (Int64), share (Float64, 0 to 1; null
        if total is 0). Sorted by period, with the other completions first.

    Raises:
        KPADataError: a column is missing, `as_of` is not a date, or `every` is not the length of
            the frame's periods.

    Examples:
        >>> group_share_table(GROUP_SHARE.empty()).shape
        (0, 5)
    """
    frame = _read(share)
    return _around(frame, middle_day(frame, "period", as_of), period_length(frame, every))


def _read(share: AnyFrame) -> pl.DataFrame:
    return need(share, GROUP_SHARE, *_READ).select(_READ).collect()


def _around(frame: pl.DataFrame, middle: date | None, length: str) -> pl.DataFrame:
    period = pl.col("period")
    kept = pl.when(period.is_between(*first_and_last(middle, length))).then(period)
    total = pl.col("in_groups") + pl.col("alone")
    return (
        frame.group_by(kept.alias("period"))
        .agg(pl.col("in_groups", "alone").sum())
        .with_columns(total.alias("total"))
        .with_columns(
            pl.when(pl.col("total") > 0).then(pl.col("in_groups") / pl.col("total")).alias("share")
        )
        .sort("period", nulls_last=False)
    )


def group_share(
    share: AnyFrame,
    *,
    as_of: date | str | None = None,
    every: str | None = None,
    dark: bool = False,
) -> alt.LayerChart | alt.VConcatChart:
    """Draw the share of completions recorded in group sessions, with the counts below.

    Args:
        share: the result of `kpa_analytics.group_share()`, eager or lazy.
        as_of: the day that the periods surround: 60 periods up to its own and 12 after it. The
            subtitle counts other completions. By default, the latest day of the frame up to
            today.
        every: the length of a period, if the frame does not say it; by default, a month.
        dark: True for a dark background.

    Returns:
        The chart, two panels that share a time axis; its data is `group_share_table(...)`.

    Raises:
        KPADataError: as `group_share_table`.

    Examples:
        >>> group_share(GROUP_SHARE.empty()).description
        'Completions in groups or alone. No completions to show.'
    """
    frame = _read(share)
    length, middle = period_length(frame, every), middle_day(frame, "period", as_of)
    table = _around(frame, middle, length)
    demo = is_demo(frame)
    shown = table.filter(pl.col("period").is_not_null(), pl.col("total") > 0)
    grouped, total = shown.select(pl.col("in_groups", "total").sum()).row(0)
    left_out = _not_drawn(frame, first_and_last(middle, length))
    if shown.is_empty():
        return nothing_to_show(_TITLE, "No completions to show", left_out, dark=dark, demo=demo)
    rows = period_ends(shown, length)
    mark = [demo_line(44, dark)] if demo else []
    subtitle = [
        f"{grouped:,} of {count(total, 'completion')} recorded in a group session "
        f"({percent(grouped, total)})",
        left_out,
    ]
    counts = alt.LayerChart(layer=[_counts(rows, dark), *mark], width=WIDTH, height=_LOWER)
    return stacked_panels(
        [_line(rows, dark).properties(width=WIDTH, height=130), counts],
        dark=dark,
        spacing=14,
        resolve=alt.Resolve(scale={"x": "shared", "color": "independent"}),
        **titled(_TITLE, subtitle, demo),
    )


def _not_drawn(frame: pl.DataFrame, kept: tuple[pl.Expr, pl.Expr]) -> str:
    """Say how many completions the chart leaves out, and why."""
    period, (first, last) = pl.col("period"), kept
    parts = {
        f"earlier (more than {BEFORE} periods back)": period < first,
        f"later (more than {AFTER} periods ahead)": period > last,
        "without a day": period.is_null(),
    }
    totals = frame.select(
        pl.sum_horizontal("in_groups", "alone").filter(where).sum().alias(reason)
        for reason, where in parts.items()
    ).row(0, named=True)
    reasons = [f"{number:,} {reason}" for reason, number in totals.items() if number]
    return "Not drawn: " + ", ".join(reasons) if reasons else ""


def _x(shown: pl.DataFrame, field: str, axis: bool) -> alt.X:
    first, last = shown.select(pl.min("period").alias("a"), pl.max("until").alias("b")).row(0)
    shape = (
        month_axis(month_step(first, last))
        if axis
        else alt.Axis(labels=False, ticks=False, grid=False)
    )
    return alt.X(f"{field}:T", title="Period" if axis else None, scale=day_scale(), axis=shape)


def _tooltip() -> list[alt.Tooltip]:
    return [
        alt.Tooltip("name:N", title="Period"),
        alt.Tooltip("share:Q", title="Share in groups", format=".0%"),
        alt.Tooltip("in_groups:Q", title="Completions in groups", format=","),
        alt.Tooltip("alone:Q", title="Completions alone", format=","),
    ]


def _line(rows: pl.DataFrame, dark: bool) -> alt.Chart:
    # A period without completions has no share, so the line breaks there.
    gaps = (pl.col("period") != pl.col("until").shift(1)).fill_null(False).cum_sum()
    middle = pl.col("period") + (pl.col("until") - pl.col("period")) / 2
    line: alt.Chart = (
        rows_of(rows.with_columns(middle.alias("middle"), gaps.alias("stretch")))
        .mark_line(
            color=palette(dark).accent,
            strokeWidth=2,
            point={"size": 28, "filled": True, "color": palette(dark).accent},
        )
        .transform_calculate(
            spoken="datum.name + ': ' + format(datum.share, '.0%') + ' in groups, ' + "
            f"{number_text('datum.in_groups')} + ' of ' + {number_text('datum.total')}"
            " + ' completions'"
        )
        .encode(
            description=aria_label(),
            x=_x(rows, "middle", axis=False),
            detail=alt.Detail("stretch:N"),
            y=alt.Y(
                "share:Q",
                title="Share in groups (%)",
                scale=alt.Scale(domain=[0, 1]),
                axis=alt.Axis(format=".0%", values=[0, 0.25, 0.5, 0.75, 1]),
            ),
            tooltip=_tooltip(),
        )
    )
    return line


def _counts(rows: pl.DataFrame, dark: bool) -> alt.Chart:
    p = palette(dark)
    highest = rows.select(pl.col("total").max()).item()
    pairs = [
        stacked(both, highest * MIN_PIXELS / _LOWER)
        for both in rows.select("in_groups", "alone").rows()
    ]
    ends = {"low": pl.Float64, "high": pl.Float64}
    parts = pl.concat(
        rows.with_columns(
            pl.lit(how).alias("how"),
            pl.col(column).alias("part"),
            *pl.DataFrame([pair[place] for pair in pairs], schema=ends, orient="row"),
        ).filter(pl.col("part") > 0)
        for place, (how, column) in enumerate((("In groups", "in_groups"), ("Alone", "alone")))
    )
    bars: alt.Chart = (
        rows_of(parts)
        .transform_calculate(
            spoken=f"datum.name + ': ' + {number_text('datum.part')} + ' ' + "
            "(datum.how == 'Alone' ? 'alone' : 'in groups')"
        )
        .mark_bar(x2Offset=-1)
        .encode(
            x=_x(rows, "period", axis=True),
            x2=alt.X2("until:T", timeUnit="utcyearmonthdate"),
            y=alt.Y(
                "low:Q",
                title="Completions",
                scale=alt.Scale(domain=[0, highest], nice=False),
                axis=whole_axis(whole_ticks(highest, most=4)),
            ),
            y2=alt.Y2("high:Q"),
            color=alt.Color(
                "how:N",
                scale=alt.Scale(domain=["In groups", "Alone"], range=[p.accent, p.quiet]),
                legend=alt.Legend(title=None, labelExpr=f"{_PLACES}[datum.value]"),
            ),
            tooltip=_tooltip(),
            description=aria_label(),
        )
    )
    return bars

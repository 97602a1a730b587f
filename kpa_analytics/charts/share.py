"""In groups or alone: the share of completions recorded in group sessions, over time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt
import polars as pl

from kpa_analytics.charts.periods import period_ends, period_length
from kpa_analytics.charts.scales import day_scale, month_axis, month_step, whole_axis, whole_ticks
from kpa_analytics.charts.sheet import days_as_text, demo_line, dress, empty
from kpa_analytics.charts.theme import WIDTH, config, palette
from kpa_analytics.charts.words import count, percent
from kpa_analytics.demo_mark import is_demo
from kpa_analytics.inputs import need
from kpa_analytics.schema import GROUP_SHARE

if TYPE_CHECKING:
    from kpa_analytics.inputs import AnyFrame

_READ = ("period", "in_groups", "alone", "share", "demo")
_TITLE = "Completions in groups or alone"
_PERIODS = 60
_LOWER = 110
#: Where each part stands in a bar, so that colour is not all that tells.
_PLACES = {"In groups": "In groups (lower part)", "Alone": "Alone (upper part)"}


def group_share_table(share: AnyFrame) -> pl.DataFrame:
    """Keep the last 60 periods; add up what came before them, or has no period.

    Args:
        share: as `group_share()` makes it.

    Returns:
        One row per period, and one for the rest where there is any: period (Date; null: earlier
        or unknown), in_groups, alone, total (Int64), share (Float64, 0 to 1; null where total is
        0); sorted by period, the rest first.

    Raises:
        KPADataError: a column is missing.

    Examples:
        >>> group_share_table(GROUP_SHARE.empty()).shape
        (0, 5)
    """
    return _latest(_read(share))


def _read(share: AnyFrame) -> pl.DataFrame:
    return need(share, GROUP_SHARE, *_READ).select(_READ).collect()


def _latest(frame: pl.DataFrame) -> pl.DataFrame:
    first = frame["period"].drop_nulls().unique().sort().tail(_PERIODS).min()
    kept = (
        pl.when(pl.col("period") >= pl.lit(first, pl.Date)).then(pl.col("period")).alias("period")
    )
    total = pl.col("in_groups") + pl.col("alone")
    return (
        frame.group_by(kept)
        .agg(pl.col("in_groups", "alone").sum())
        .with_columns(total.alias("total"))
        .with_columns(
            pl.when(pl.col("total") > 0).then(pl.col("in_groups") / pl.col("total")).alias("share")
        )
        .sort("period", nulls_last=False)
    )


def group_share(
    share: AnyFrame, *, every: str | None = None, dark: bool = False
) -> alt.LayerChart | alt.VConcatChart:
    """Draw the share of completions recorded in group sessions, over the counts behind it.

    Args:
        share: as `group_share()` of the analysis makes it, eager or lazy.
        every: the length of its periods, as it was asked for; by default what they look like.
        dark: for a dark background.

    Returns:
        The chart, two panels over one time axis; its data is `group_share_table(share)`.

    Raises:
        KPADataError: a column is missing, or `every` is no period.

    Examples:
        >>> group_share(GROUP_SHARE.empty()).description
        'Completions in groups or alone. No completions to show.'
    """
    frame = _read(share)
    table = _latest(frame)
    demo = is_demo(frame)
    shown = table.filter(pl.col("period").is_not_null(), pl.col("total") > 0)
    grouped, drawn = shown.select(pl.col("in_groups", "total").sum()).row(0)
    rest = int(table["total"].sum()) - drawn
    left_out = f"Not drawn: {rest:,} earlier or without a day" if rest else ""
    if shown.is_empty():
        return empty(_TITLE, "No completions to show", left_out, dark=dark, demo=demo).chart()
    rows = period_ends(shown, period_length(shown, every))
    mark = [demo_line(44, dark, WIDTH, _LOWER)] if demo else []
    words = [
        f"{grouped:,} of {count(drawn, 'completion')} recorded in a group session "
        f"({percent(grouped, drawn)})",
        left_out,
    ]
    return alt.vconcat(
        _line(rows, dark).properties(width=WIDTH, height=130),
        alt.layer(_counts(rows, dark), *mark, width=WIDTH, height=_LOWER),
        spacing=14,
        resolve=alt.Resolve(scale={"x": "shared", "color": "independent"}),
        config=config(dark),
        **dress(_TITLE, words, demo),
    )


def _x(shown: pl.DataFrame, field: str, axis: bool) -> alt.X:
    first, last = shown.select(pl.min("period").alias("a"), pl.max("until").alias("b")).row(0)
    drawn = (
        month_axis(month_step(first, last))
        if axis
        else alt.Axis(labels=False, ticks=False, grid=False)
    )
    return alt.X(f"{field}:T", title="Period" if axis else None, scale=day_scale(), axis=drawn)


def _tooltip() -> list[alt.Tooltip]:
    return [
        alt.Tooltip("name:N", title="Period"),
        alt.Tooltip("share:Q", title="Share in groups", format=".0%"),
        alt.Tooltip("in_groups:Q", title="Completions in groups", format=","),
        alt.Tooltip("alone:Q", title="Completions alone", format=","),
    ]


def _line(rows: pl.DataFrame, dark: bool) -> alt.Chart:
    # A period without completions has no share: the line stops there and starts again.
    gaps = (pl.col("period") != pl.col("until").shift(1)).fill_null(False).cum_sum()
    middle = pl.col("period") + (pl.col("until") - pl.col("period")) / 2
    line: alt.Chart = (
        alt.Chart(days_as_text(rows.with_columns(middle.alias("middle"), gaps.alias("stretch"))))
        .mark_line(
            color=palette(dark).accent,
            strokeWidth=2,
            point={"size": 28, "filled": True, "color": palette(dark).accent},
        )
        .encode(
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
    zero, grouped, every = pl.lit(0, pl.Int64), pl.col("in_groups"), pl.col("total")
    parts = (("In groups", zero, grouped), ("Alone", grouped, every))
    stacked = pl.concat(
        rows.with_columns(pl.lit(how).alias("how"), low.alias("low"), high.alias("high"))
        for how, low, high in parts
    )
    bars: alt.Chart = (
        alt.Chart(days_as_text(stacked))
        .mark_bar(stroke=p.background, strokeWidth=0.75)
        .encode(
            x=_x(rows, "period", axis=True),
            x2=alt.X2("until:T", timeUnit="utcyearmonthdate"),
            y=alt.Y(
                "low:Q",
                title="Completions",
                axis=whole_axis(whole_ticks(rows.select(pl.col("total").max()).item(), most=4)),
            ),
            y2=alt.Y2("high:Q"),
            color=alt.Color(
                "how:N",
                scale=alt.Scale(domain=["In groups", "Alone"], range=[p.accent, p.quiet]),
                legend=alt.Legend(title=None, labelExpr=f"{_PLACES}[datum.value]"),
            ),
            tooltip=_tooltip(),
        )
    )
    return bars

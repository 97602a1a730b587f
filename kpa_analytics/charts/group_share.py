"""In groups or alone: the share of completions recorded in group sessions, over time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt
import polars as pl

from kpa_analytics.charts.axes import (
    day_scale,
    figure,
    month_axis,
    month_step,
    spoken,
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
from kpa_analytics.charts.stacking import LEAST, stacked
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
#: Where each part stands in a bar, so that colour is not all that tells.
_PLACES = {"In groups": "In groups (lower part)", "Alone": "Alone (upper part)"}


def group_share_table(
    share: AnyFrame, *, as_of: date | str | None = None, every: str | None = None
) -> pl.DataFrame:
    """Keep the periods around a day; add up what came before or after them, or has no period.

    Args:
        share: as `group_share()` makes it.
        as_of: the day around which the periods lie: 60 up to its own and 12 after it are kept. By
            default the latest day of the frame that is not after today.
        every: the length of the periods, where the frame does not carry it; by default a month.

    Returns:
        One row per period, and one for the rest where there is any: period (Date; null: outside
        or unknown), in_groups, alone, total (Int64), share (Float64, 0 to 1; null where total is
        0); sorted by period, the rest first.

    Raises:
        KPADataError: a column is missing, `as_of` is no day, or `every` is not the length of the
            frame's periods.

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
    """Draw the share of completions recorded in group sessions, over the counts behind it.

    Args:
        share: as `group_share()` of the analysis makes it, eager or lazy.
        as_of: the day around which the periods lie: 60 up to its own and 12 after it are drawn,
            what lies outside is counted in the subtitle. By default the latest day of the frame
            that is not after today.
        every: the length of the periods, where the frame does not carry it; by default a month.
        dark: for a dark background.

    Returns:
        The chart, two panels over one time axis; its data is `group_share_table(...)`.

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
    grouped, drawn = shown.select(pl.col("in_groups", "total").sum()).row(0)
    left_out = _not_drawn(frame, first_and_last(middle, length))
    if shown.is_empty():
        return nothing_to_show(_TITLE, "No completions to show", left_out, dark=dark, demo=demo)
    rows = period_ends(shown, length)
    mark = [demo_line(44, dark)] if demo else []
    words = [
        f"{grouped:,} of {count(drawn, 'completion')} recorded in a group session "
        f"({percent(grouped, drawn)})",
        left_out,
    ]
    counts = alt.LayerChart(layer=[_counts(rows, dark), *mark], width=WIDTH, height=_LOWER)
    return stacked_panels(
        [_line(rows, dark).properties(width=WIDTH, height=130), counts],
        dark=dark,
        spacing=14,
        resolve=alt.Resolve(scale={"x": "shared", "color": "independent"}),
        **titled(_TITLE, words, demo),
    )


def _not_drawn(frame: pl.DataFrame, kept: tuple[pl.Expr, pl.Expr]) -> str:
    """The completions outside the periods drawn, in words."""
    period, (first, last) = pl.col("period"), kept
    parts = {
        f"earlier (more than {BEFORE} periods back)": period < first,
        f"later (more than {AFTER} periods ahead)": period > last,
        "without a day": period.is_null(),
    }
    totals = frame.select(
        pl.sum_horizontal("in_groups", "alone").filter(where).sum().alias(words)
        for words, where in parts.items()
    ).row(0, named=True)
    told = [f"{number:,} {words}" for words, number in totals.items() if number]
    return "Not drawn: " + ", ".join(told) if told else ""


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
        rows_of(rows.with_columns(middle.alias("middle"), gaps.alias("stretch")))
        .mark_line(
            color=palette(dark).accent,
            strokeWidth=2,
            point={"size": 28, "filled": True, "color": palette(dark).accent},
        )
        .transform_calculate(
            spoken="datum.name + ': ' + format(datum.share, '.0%') + ' in groups, ' + "
            f"{figure('datum.in_groups')} + ' of ' + {figure('datum.total')} + ' completions'"
        )
        .encode(
            description=spoken(),
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
        stacked(both, highest * LEAST / _LOWER) for both in rows.select("in_groups", "alone").rows()
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
            spoken=f"datum.name + ': ' + {figure('datum.part')} + ' ' + "
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
            description=spoken(),
        )
    )
    return bars

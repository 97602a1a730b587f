"""The share of completions recorded in group sessions, over time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt
import polars as pl

from kpa_analytics.analysis.periods import part_of
from kpa_analytics.charts import axes
from kpa_analytics.charts.periods import beyond, drawn_periods, period_ends, period_label
from kpa_analytics.charts.stacking import MIN_PART, stack
from kpa_analytics.charts.styled import demo_line, nothing_to_show, panel, rows_of, stacked_panels
from kpa_analytics.charts.text import not_drawn
from kpa_analytics.charts.theme import SPACING, WIDTH, palette
from kpa_analytics.demo_mark import is_demo
from kpa_analytics.inputs import read
from kpa_analytics.report_text import PeriodText
from kpa_analytics.report_text import ShareText as Text
from kpa_analytics.schema import GROUP_SHARE
from kpa_analytics.wording import percent, say

if TYPE_CHECKING:
    from kpa_analytics.as_of import Day
    from kpa_analytics.inputs import AnyFrame

_READ = ("period", "every", "in_groups", "alone", "share", "demo")
_LOWER = 110
#: Why completions are not drawn.
_REASONS = {"earlier": PeriodText.EARLIER, "later": PeriodText.LATER, "no day": Text.NO_DATE}
#: Each part of a bar.
_WAYS = {"in_groups": say(Text.IN_GROUPS), "alone": say(Text.ALONE)}
#: The same in the legend, which also names its place, so that it does not rely on colour.
_LEGEND = dict(zip(_WAYS.values(), map(say, (Text.IN_GROUPS_BELOW, Text.ALONE_ABOVE)), strict=True))


def group_share_table(
    share: AnyFrame, *, as_of: Day | None = None, every: str | None = None
) -> pl.DataFrame:
    """Keep the periods around a day, and add up all other completions.

    Args:
        share: the result of `kpa_analytics.group_share()`.
        as_of: the day that the periods surround: 60 periods up to its own and 12 after it. By
            default, the latest day of the frame up to today or, for demo data, `demo.AS_OF`.
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
    frame = read(share, GROUP_SHARE, *_READ)
    drawn, total = drawn_periods(frame, as_of, every).is_drawn(), pl.col("total")
    return (
        frame.group_by(pl.when(drawn).then("period").alias("period"))
        .agg(pl.col("in_groups", "alone").sum())
        .with_columns(pl.sum_horizontal("in_groups", "alone").alias("total"))
        .with_columns(pl.when(total > 0).then(pl.col("in_groups") / total).alias("share"))
        .sort("period", nulls_last=False)
    )


def group_share(
    share: AnyFrame,
    *,
    as_of: Day | None = None,
    every: str | None = None,
    dark: bool = False,
) -> alt.LayerChart | alt.VConcatChart:
    """Draw the share of completions recorded in group sessions, with the counts below.

    Args:
        share: the result of `kpa_analytics.group_share()`, eager or lazy.
        as_of: the day that the periods surround: 60 periods up to its own and 12 after it. The
            subtitle counts other completions. By default, the latest day of the frame up to
            today or, for demo data, `demo.AS_OF`.
        every: the length of a period, if the frame does not say it; by default, a month.
        dark: True for a dark background.

    Returns:
        The chart, two panels that share a time axis; its data is `group_share_table(...)`.

    Raises:
        KPADataError: as `group_share_table`.

    Examples:
        >>> group_share(GROUP_SHARE.empty()).description
        'Completions in group sessions. No completions to show.'
    """
    frame = read(share, GROUP_SHARE, *_READ)
    table, demo = group_share_table(frame, as_of=as_of, every=every), is_demo(frame)
    shown = table.filter(pl.col("period").is_not_null(), pl.col("total") > 0)
    grouped, total = shown.select(pl.col("in_groups", "total").sum()).row(0)
    first, last, length = drawn_periods(frame, as_of, every)
    part = part_of(pl.col("period"), first, last, ("earlier", "drawn", "later", "no day"))
    parts = frame.group_by(part).agg(pl.sum_horizontal("in_groups", "alone").sum())
    left_out = not_drawn(dict(parts.iter_rows()), _REASONS, **beyond(length))
    if shown.is_empty():
        return nothing_to_show(Text.TITLE, Text.NOTHING, left_out, dark=dark, demo=demo)
    shares = [percent(*row) for row in shown.select("in_groups", "total").iter_rows()]
    rows = period_ends(shown.with_columns(pl.Series("percent", shares)), length)
    period, mark = period_label(length), [demo_line(44, dark)] if demo else []
    counts = panel([_counts(rows, period, dark), *mark], _LOWER)
    return stacked_panels(
        [_line(rows, period, dark).properties(width=WIDTH, height=130), counts],
        title=say(Text.SHARE_RECORDED, share=percent(grouped, total)),
        subtitle=[say(Text.COUNTS, grouped=grouped, total=total), left_out],
        demo=demo,
        dark=dark,
    )


def _tooltip(period: str) -> list[alt.Tooltip]:
    return axes.tooltip(
        {"name": period, "percent": Text.SHARE},
        {"in_groups": Text.COMPLETIONS_IN_GROUPS, "alone": Text.COMPLETIONS_ALONE},
    )


def _line(rows: pl.DataFrame, period: str, dark: bool) -> alt.Chart:
    # A period without completions has no share, so the line breaks there.
    breaks = (pl.col("period") != pl.col("until").shift(1)).fill_null(False).cum_sum()
    middle = pl.col("period") + (pl.col("until") - pl.col("period")) / 2
    accent = palette(dark).accent
    line: alt.Chart = (
        rows_of(rows.with_columns(middle.alias("middle"), breaks.alias("stretch")))
        .transform_calculate(spoken=axes.sentence(Text.SPOKEN_SHARE))
        .mark_line(color=accent, strokeWidth=2, point={"size": 28, "filled": True, "color": accent})
        .encode(
            x=axes.on_day(
                "middle", title=None, axis=alt.Axis(labels=False, ticks=False, grid=False)
            ),
            y=alt.Y(
                "share:Q",
                title=Text.SHARE_AXIS,
                scale=alt.Scale(domain=[0, 1]),
                axis=alt.Axis(format=".0%", values=[0, 0.25, 0.5, 0.75, 1]),
            ),
            detail=alt.Detail("stretch:N"),
            tooltip=_tooltip(period),
            description=axes.aria_label(),
        )
    )
    return line


def _counts(rows: pl.DataFrame, period: str, dark: bool) -> alt.Chart:
    p = palette(dark)
    highest = rows.select(pl.col("total").max()).item()
    edges = axes.outline(dict(zip(_LEGEND, (p.accent, p.quiet), strict=True)), "way", dark)
    in_groups, alone = map(axes.sentence, (Text.SPOKEN_IN_GROUPS, Text.SPOKEN_ALONE))
    bars: alt.Chart = (
        rows_of(stack(rows, list(_WAYS), highest * MIN_PART / _LOWER, "part"))
        .transform_calculate(way=f"{_WAYS}[datum.part]")
        .transform_calculate(spoken=f"datum.part == 'alone' ? {alone} : {in_groups}")
        .mark_bar(x2Offset=-SPACING, y2Offset=SPACING, strokeWidth=1, stroke=edges)
        .encode(
            x=axes.on_day(
                "period",
                title=period,
                axis=axes.time_axis(rows["period"][0], rows["until"][-1]),
            ),
            x2=axes.until_day("until"),
            y=alt.Y("low:Q", **axes.counting(Text.COMPLETIONS, highest, most=4)),
            y2=alt.Y2("high:Q"),
            color=alt.Color(
                "way:N",
                scale=alt.Scale(domain=list(_LEGEND), range=[p.accent, p.quiet]),
                legend=axes.legend([*_LEGEND], _LEGEND, _LEGEND),
            ),
            tooltip=_tooltip(period),
            description=axes.aria_label(),
        )
    )
    return bars

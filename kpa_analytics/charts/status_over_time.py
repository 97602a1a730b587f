"""The share of gaps through time, and how many cases are gaps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import altair as alt
import polars as pl

from kpa_analytics.charts import axes
from kpa_analytics.charts.stacking import MIN_PART, stack
from kpa_analytics.charts.styled import demo_line, nothing_to_show, panel, rows_of, stacked_panels
from kpa_analytics.charts.theme import SPACING, WIDTH, palette
from kpa_analytics.charts.trend_lanes import lanes
from kpa_analytics.charts.trend_rows import (
    TOP,
    Trend,
    counted,
    named_days,
    on_sampled_day,
    read_trend,
    thinned,
)
from kpa_analytics.report_text import BY_TODAYS
from kpa_analytics.report_text import TrendText as Text
from kpa_analytics.statuses import GAPS, SEVERITY
from kpa_analytics.whole_number import whole_number
from kpa_analytics.wording import percent, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kpa_analytics.inputs import AnyFrame

_UPPER, _LOWER = 150, 110
_SIDE = alt.ExprRef("datum.side")


def status_over_time_table(trend: AnyFrame, *, top: int = TOP) -> pl.DataFrame:
    """Count the gaps on each day, of all cases or of the groups with the highest shares of gaps.

    Args:
        trend: the result of `kpa_analytics.status_over_time()`.
        top: number of groups to keep, 1 to 12; the others become one group, e.g. "other trainings
            (7)".

    Returns:
        One row per group and day: place (Int64; 0 for the group with the highest share on the last
        day), group (String, unique; null if all cases were counted together), folded (Int64; number
        of groups in the row), day (Date), expired, missing (null if not known, and then not in
        gaps), gaps, total (Int64), share (Float64, 0 to 1; null if there is no case). Sorted by
        place and day.

    Raises:
        KPADataError: a column is missing, a day is null or occurs twice in a group, a count is
            null, missing is known on some days of a group only, or `top` is not 1 to 12.

    Examples:
        >>> from kpa_analytics.schema import STATUS_OVER_TIME
        >>> status_over_time_table(STATUS_OVER_TIME.empty()).shape
        (0, 9)
    """
    return _counted(read_trend(trend), top).drop("group_id")


def _counted(trend: Trend, top: int) -> pl.DataFrame:
    whole_number(top, "top", 12)
    return counted(trend, top)


def status_over_time(
    trend: AnyFrame, *, top: int = TOP, demo: bool = False, dark: bool = False
) -> alt.VConcatChart | alt.LayerChart:
    """Draw the share of gaps through time, with the number of cases.

    All cases together are a line of the share above bars of the counts. Groups are areas of the
    share, one row per group, with the highest share on the last day at the top. The scale is the
    same in each row.

    A click on a bar sets the selection `pick` (day, status), a click on a day of a group (day,
    group_id, which is "*" for the groups drawn as one).

    Args:
        trend: the result of `kpa_analytics.status_over_time()`, eager or lazy.
        top: number of groups to draw, 1 to 12; the others become one row.
        demo: True for demo data. The counts do not show it, except those by supervisor.
        dark: True for a dark background.

    Returns:
        The chart; its data is `status_over_time_table(...)`. With very many days, every n-th day is
        drawn, and the subtitle says how many are not.

    Raises:
        KPADataError: as `status_over_time_table`.

    Examples:
        >>> from kpa_analytics.schema import STATUS_OVER_TIME
        >>> status_over_time(STATUS_OVER_TIME.empty()).description
        'Gaps through time. No cases to show.'
    """
    read = read_trend(trend, demo)
    table = _counted(read, top)
    if not table["total"].sum():
        return nothing_to_show(Text.TITLE, Text.NOTHING, dark=dark, demo=read.demo)
    if read.by:
        return lanes(table, read, dark)
    return _together(table, read, dark)


def _together(table: pl.DataFrame, trend: Trend, dark: bool) -> alt.VConcatChart:
    drawn, left_out = thinned(table)
    rows = named_days(drawn).with_columns(
        pl.Series("percent", [percent(*row) for row in drawn.select("gaps", "total").iter_rows()])
    )
    mark = [demo_line(44, dark)] if trend.demo else []
    upper = panel(_share(rows, trend, dark), _UPPER)
    lower = panel([*_counts(rows, trend, dark), *mark], _LOWER)
    days = [row for row in table.iter_rows(named=True) if row["total"]]
    return stacked_panels(
        [upper, lower],
        title=_title(days, trend),
        subtitle=[*_sentences(days, trend), left_out, BY_TODAYS],
        demo=trend.demo,
        dark=dark,
    )


def _title(days: Sequence[dict[str, Any]], trend: Trend) -> str:
    """The finding, as the title: how the share of gaps changed between the days with cases."""
    first, last = days[0], days[-1]
    before, after = (percent(row["gaps"], row["total"]) for row in (first, last))
    words = trend.words
    if first["day"] == last["day"]:
        text = words.ONE_DAY
    elif before == after:
        text = words.UNCHANGED
    else:
        text = words.ROSE if last["share"] > first["share"] else words.FELL
    return say(text, before=before, after=after, first=first["day"], last=last["day"])


def _sentences(days: Sequence[dict[str, Any]], trend: Trend) -> list[str]:
    """The counts on the first, the last and the worst day with cases, and what is not known."""
    first, last = days[0], days[-1]
    text = trend.words.COUNTS if first["day"] != last["day"] else trend.words.COUNTS_OF_DAY
    numbers = {"gaps": last["gaps"], "total": last["total"], "last": last["day"]}
    earlier = {"first_gaps": first["gaps"], "first_total": first["total"], "first": first["day"]}
    said = say(text, **numbers, **earlier)
    worst = max(days, key=lambda row: row["share"])  # the earliest of them
    peak = ""
    if worst["gaps"] and worst["day"] not in (first["day"], last["day"]):
        gaps, total = worst["gaps"], worst["total"]
        peak = say(
            Text.HIGHEST, on=worst["day"], share=percent(gaps, total), gaps=gaps, total=total
        )
    return [said, peak, trend.rows.not_known]


def _share(rows: pl.DataFrame, trend: Trend, dark: bool) -> list[alt.Chart]:
    """The line of the share, with its first and last values."""
    p = palette(dark)
    end = min(max(rows["share"].drop_nulls()) * 1.25, 1) or 1
    # A day without cases has no share, so the line breaks there.
    known = (
        rows.lazy()
        .with_columns(pl.col("share").is_null().cum_sum().alias("stretch"))
        .filter(pl.col("share").is_not_null())
        .select("day", "name", "percent", "share", "gaps", "total", "stretch")
        .collect(engine="in-memory")
    )
    y = alt.Y(
        "share:Q",
        title=trend.words.AXIS,
        scale=alt.Scale(domain=[0, end], nice=False),
        axis=alt.Axis(format=".0%" if end > 0.05 else ".1%", tickCount=4),
    )
    x = on_sampled_day(rows, 0)
    point = {"size": 28 if known.height <= 60 else 6, "filled": True, "color": p.accent}
    line: alt.Chart = (
        rows_of(known)
        .transform_calculate(spoken=axes.sentence(Text.SPOKEN_SHARE))
        .mark_line(color=p.accent, strokeWidth=2, point=point)
        .encode(
            x=x,
            y=y,
            detail=alt.Detail("stretch:N"),
            tooltip=axes.tooltip(
                {"name": Text.DAY, "percent": Text.SHARE},
                {"gaps": trend.words.NUMBER, "total": Text.ALL_CASES},
            ),
            description=axes.aria_label(),
        )
    )
    text: alt.Chart = (
        rows_of(_first_and_last(known, "share", "percent"))
        .mark_text(align=_SIDE, dy=-11, fontWeight="bold", color=p.ink, clip=False, aria=False)
        .encode(x=x, y=alt.Y("over:Q"), text=alt.Text("percent:N"))
    )
    return [line, text]


def _first_and_last(rows: pl.DataFrame, measure: str, label: str) -> pl.DataFrame:
    """The days that get a label, where it is (`over`), and the side of the day that it is on.

    With many days, a label lies over the highest of the days that it covers.
    """
    many = rows.height > 30
    near = rows.height // 10 if many else 1
    ends, heights = sorted({0, rows.height - 1}), rows[measure]
    over = [heights.head(near).max(), heights.tail(near).max()]
    sides = ["left", "right"] if many else ["center", "center"]
    places = {"over": over[: len(ends)], "side": sides[: len(ends)]}
    return rows[ends, ["day", label]].hstack(pl.DataFrame(places))


def _counts(rows: pl.DataFrame, trend: Trend, dark: bool) -> list[alt.Chart]:
    """One bar for each day, with the worst status at the bottom."""
    statuses = [gap for gap in SEVERITY if gap in GAPS and rows[gap].null_count() == 0]
    headroom = max(rows["gaps"].to_list()) * 1.2 or 1
    kept = rows.select("day", "name", "gaps", "total", *statuses)
    parts = stack(kept, statuses, headroom * MIN_PART / _LOWER, "status").drop(statuses)
    shown = [status for status in statuses if rows[status].sum()]
    x = on_sampled_day(rows, 13)
    bars: alt.Chart = (
        rows_of(parts, name="days")
        .transform_calculate(
            signed=axes.signed_label(),
            spoken=axes.sentence(Text.SPOKEN_STATUS),
        )
        .mark_bar(
            orient="vertical",
            size=max(min(0.7 * WIDTH / rows.height, 40), 2),
            y2Offset=SPACING,
            strokeWidth=1 if rows.height <= 60 else 0.5,
            stroke=axes.status_edge(dark),
        )
        .encode(
            x=x,
            y=alt.Y("low:Q", **axes.counting(Text.CASES, headroom, most=4)),
            y2=alt.Y2("high:Q"),
            # A legend without entries would make the drawing infinitely large.
            **({"color": axes.status_colour(dark, shown)} if shown else {}),
            tooltip=axes.tooltip(
                {"name": Text.DAY, "signed": Text.STATUS},
                {"value": Text.CASES, "total": Text.ALL_CASES},
            ),
            description=axes.aria_label(),
        )
    )
    text: alt.Chart = (
        rows_of(_first_and_last(kept, "gaps", "gaps"))
        .mark_text(align=_SIDE, dy=-8, color=palette(dark).ink, clip=False, aria=False)
        .encode(x=x, y=alt.Y("over:Q"), text=alt.Text("gaps:Q", format=","))
    )
    return [axes.pick(bars, "day", "status"), text]

"""Group sessions: how many, how large, and how much of the training happens in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt
import polars as pl

from kpa_analytics.analysis.inputs import need
from kpa_analytics.charts.periods import period_ends
from kpa_analytics.charts.sheet import empty, month_axis, sheet, whole_axis
from kpa_analytics.charts.theme import palette
from kpa_analytics.charts.words import count
from kpa_analytics.demo_mark import is_demo
from kpa_analytics.schema import GROUP_SESSIONS

if TYPE_CHECKING:
    from kpa_analytics.analysis.inputs import AnyFrame

_READ = ("date", "attendees", "recorded", "demo")
_OVER_TIME, _BY_SIZE = "Group sessions over time", "Group sessions by size"
_NONE = "No group sessions to show"
#: The largest size of each class, and its name; the last class is open.
_CLASSES = ((1, "1 person"), (5, "2 to 5"), (10, "6 to 10"), (20, "11 to 20"))
SIZES = (*(name for _, name in _CLASSES), "21 or more")


def group_sessions_table(groups: AnyFrame) -> pl.DataFrame:
    """Count sessions per period and size, in periods long enough for at most 40 of them.

    A session's size is the people listed for it, else the people recorded in it.

    Args:
        groups: as `group_sessions()` makes it.

    Returns:
        One row per period and size that has sessions: period (Date, its first day; null: no day
        known), every (String: 1mo, 3mo or 1y), size (Enum: 1 person, 2 to 5, 6 to 10, 11 to 20,
        21 or more), sessions, people (Int64).

    Raises:
        KPADataError: a column is missing.

    Examples:
        >>> group_sessions_table(GROUP_SESSIONS.empty()).shape
        (0, 5)
    """
    return _over_time(_read(groups))


def group_sizes_table(groups: AnyFrame) -> pl.DataFrame:
    """Count sessions by the people in them, in at most 30 steps of 1, 2, 5, 10, ... people.

    Args:
        groups: as `group_sessions()` makes it.

    Returns:
        One row per step from the smallest to the largest: start, end (Int64; people, both
        included), sessions (Int64; 0 where there are none).

    Raises:
        KPADataError: a column is missing.

    Examples:
        >>> group_sizes_table(GROUP_SESSIONS.empty()).shape
        (0, 3)
    """
    return _by_size(_read(groups))


def _read(groups: AnyFrame) -> pl.DataFrame:
    frame = need(groups, GROUP_SESSIONS, *_READ).select(_READ).collect()
    return frame.with_columns(pl.coalesce("attendees", "recorded").fill_null(0).alias("people"))


def _over_time(frame: pl.DataFrame) -> pl.DataFrame:
    first, last = frame.select(pl.min("date").alias("a"), pl.max("date").alias("b")).row(0)
    months = (last - first).days / 30.4 if first else 0
    every = "1mo" if months <= 38 else "3mo" if months <= 118 else "1y"
    size = pl.lit(SIZES[-1])
    for most, name in reversed(_CLASSES):
        size = pl.when(pl.col("people") <= most).then(pl.lit(name)).otherwise(size)
    return (
        frame.group_by(
            pl.col("date").dt.truncate(every).alias("period"),
            size.cast(pl.Enum(SIZES)).alias("size"),
        )
        .agg(pl.len().cast(pl.Int64).alias("sessions"), pl.col("people").sum())
        .select("period", pl.lit(every).alias("every"), "size", "sessions", "people")
        .sort("period", "size")
    )


def _by_size(frame: pl.DataFrame) -> pl.DataFrame:
    largest = frame.select(pl.col("people").max()).item() or 0
    step = next(
        step
        for step in (zeros * lead for zeros in (10**n for n in range(12)) for lead in (1, 2, 5))
        if largest < 30 * step
    )
    binned = frame.group_by(
        (((pl.col("people") - 1).clip(0) // step) * step + 1).alias("start")
    ).agg(pl.len().cast(pl.Int64).alias("sessions"))
    if binned.is_empty():
        return binned.with_columns(end=pl.col("start")).select("start", "end", "sessions")
    first, last = binned.select(pl.min("start").alias("a"), pl.max("start").alias("b")).row(0)
    steps = pl.DataFrame({"start": range(first, last + 1, step)}, schema={"start": pl.Int64})
    return (
        steps.join(binned, on="start", how="left")
        .select("start", (pl.col("start") + step - 1).alias("end"), pl.col("sessions").fill_null(0))
        .sort("start")
    )


def group_sessions(groups: AnyFrame, *, dark: bool = False) -> alt.LayerChart:
    """Draw sessions over time, stacked by size, the largest at the bottom.

    Args:
        groups: as `group_sessions()` of the analysis makes it, eager or lazy.
        dark: for a dark background.

    Returns:
        The chart; its data is `group_sessions_table(groups)`.

    Raises:
        KPADataError: a column is missing.

    Examples:
        >>> group_sessions(GROUP_SESSIONS.empty()).description
        'Group sessions over time. No group sessions to show.'
    """
    frame = _read(groups)
    table = _over_time(frame)
    demo = is_demo(frame)
    shown, undated = (
        table.filter(known)
        for known in (pl.col("period").is_not_null(), pl.col("period").is_null())
    )
    if shown.is_empty():
        return empty(_OVER_TIME, _NONE, dark=dark, demo=demo)
    number, people = shown.select(pl.col("sessions", "people").sum()).row(0)
    without = int(undated["sessions"].sum())
    return sheet(
        _stacks(shown, dark),
        title=_OVER_TIME,
        words=[
            f"{count(number, 'session')} with {count(people, 'place')} taken, "
            f"{people / number:.1f} people a session on average",
            f"Not drawn: {count(without, 'session')} without a day" if without else "",
        ],
        demo=demo,
        dark=dark,
    )


def _stacks(shown: pl.DataFrame, dark: bool) -> alt.Chart:
    p = palette(dark)
    first, last, every = shown.select(
        pl.min("period").alias("first"), pl.max("period").alias("last"), "every"
    ).row(0)
    # Stacked here: Vega-Lite does not stack bars that have a start and an end.
    rows = (
        period_ends(shown.drop("every"), every)
        .sort("period", "size", descending=[False, True])
        .with_columns(pl.col("sessions").cum_sum().over("period").alias("top"))
        .with_columns((pl.col("top") - pl.col("sessions")).alias("floor"))
    )
    bars: alt.Chart = (
        alt.Chart(rows)
        .mark_bar(stroke=p.background, strokeWidth=0.75)
        .encode(
            x=alt.X(
                "period:T",
                title={"1mo": "Month", "3mo": "Quarter", "1y": "Year"}[every],
                axis=month_axis(first, last),
            ),
            x2="until:T",
            y=alt.Y(
                "floor:Q",
                title="Sessions",
                axis=whole_axis(rows.select(pl.col("top").max()).item()),
            ),
            y2="top:Q",
            color=alt.Color(
                "size:N",
                scale=alt.Scale(domain=list(SIZES), range=list(p.steps)),
                legend=alt.Legend(title="People in the session", titleOrient="left"),
            ),
            tooltip=[
                alt.Tooltip("name:N", title="When"),
                alt.Tooltip("size:N", title="People in the session"),
                alt.Tooltip("sessions:Q", title="Sessions", format=","),
                alt.Tooltip("people:Q", title="Places taken", format=","),
            ],
        )
    )
    return bars


def group_sizes(groups: AnyFrame, *, dark: bool = False) -> alt.LayerChart:
    """Draw how many sessions had how many people, with a rule at the median.

    Args:
        groups: as `group_sessions()` of the analysis makes it, eager or lazy.
        dark: for a dark background.

    Returns:
        The chart; its data is `group_sizes_table(groups)`.

    Raises:
        KPADataError: a column is missing.

    Examples:
        >>> group_sizes(GROUP_SESSIONS.empty()).description
        'Group sessions by size. No group sessions to show.'
    """
    frame = _read(groups)
    demo = is_demo(frame)
    if frame.is_empty():
        return empty(_BY_SIZE, _NONE, dark=dark, demo=demo)
    largest = frame.select(pl.col("people").max()).item()
    middle = frame.select(pl.col("people").median()).item()
    return sheet(
        _sizes(_by_size(frame), dark),
        title=_BY_SIZE,
        words=[
            f"{count(frame.height, 'session')}; half of them have {middle:g} people or fewer, "
            f"the largest {largest:,}"
        ],
        demo=demo,
        dark=dark,
        foot=30,
    )


def _sizes(table: pl.DataFrame, dark: bool) -> alt.LayerChart:
    p = palette(dark)
    wide = pl.col("end") > pl.col("start")
    name = (
        pl.when(wide)
        .then(pl.format("{} to {}", "start", "end"))
        .otherwise(pl.format("{}", "start"))
    )
    base = alt.Chart(table.with_columns(name.alias("people"))).encode(
        x=alt.X(
            "people:O",
            sort=alt.EncodingSortField("start", op="min"),
            title="People in the session",
            axis=alt.Axis(labelAngle=0, labelOverlap=True, ticks=False),
            scale=alt.Scale(paddingInner=0.15),
        ),
        y=alt.Y(
            "sessions:Q",
            title="Sessions",
            axis=whole_axis(table.select(pl.col("sessions").max()).item()),
        ),
        tooltip=[
            alt.Tooltip("people:N", title="People in the session"),
            alt.Tooltip("sessions:Q", title="Sessions", format=","),
        ],
    )
    figures = (
        base.transform_filter("datum.sessions > 0")
        .mark_text(dy=-7, fontSize=10, color=p.muted)
        .encode(text=alt.Text("sessions:Q", format=","))
    )
    both: alt.LayerChart = base.mark_bar(color=p.accent) + figures
    return both

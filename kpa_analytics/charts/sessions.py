"""Group sessions over time, by size."""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt
import polars as pl

from kpa_analytics.charts.periods import period_ends
from kpa_analytics.charts.scales import day_scale, month_axis, month_step, whole_axis, whole_ticks
from kpa_analytics.charts.sheet import Sheet, drawable, empty
from kpa_analytics.charts.theme import palette
from kpa_analytics.charts.words import count
from kpa_analytics.demo_mark import is_demo
from kpa_analytics.inputs import need
from kpa_analytics.schema import GROUP_SESSIONS

if TYPE_CHECKING:
    from kpa_analytics.charts.sheet import Number, Numbers, Rows
    from kpa_analytics.inputs import AnyFrame

_READ = ("date", "attendees", "recorded", "demo")
_TITLE = "Group sessions over time"
NO_SESSIONS = "No group sessions to show"
#: How long a bar is, in words.
_PERIODS = {"1mo": "a month", "3mo": "a quarter", "1y": "a year"}
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
    return _over_time(read_sessions(groups))


def read_sessions(groups: AnyFrame) -> pl.DataFrame:
    """The columns the charts read, and `people`: those listed, else those recorded."""
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


@drawable
def group_sessions(groups: AnyFrame, *, dark: bool = False) -> Sheet:
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
    frame = read_sessions(groups)
    table = _over_time(frame)
    demo = is_demo(frame)
    shown, undated = (
        table.filter(known)
        for known in (pl.col("period").is_not_null(), pl.col("period").is_null())
    )
    without = int(undated["sessions"].sum())
    left_out = f"Not drawn: {count(without, 'session')} without a day" if without else ""
    if shown.is_empty():
        return empty(_TITLE, NO_SESSIONS, left_out, dark=dark, demo=demo)
    number, people = shown.select(pl.col("sessions", "people").sum()).row(0)
    first, last, every = shown.select(
        pl.min("period").alias("first"), pl.max("period").alias("last"), "every"
    ).row(0)
    rows = _stacked(shown, every)
    return Sheet(
        _layers,
        {
            "rows": rows,
            "ticks": whole_ticks(rows.select(pl.col("top").max()).item()),
            "step": month_step(first, last),
        },
        {},
        title=_TITLE,
        words=[
            f"{count(number, 'session')} with {count(people, 'place')} taken, "
            f"{people / number:.1f} people a session on average; each bar is {_PERIODS[every]}",
            left_out,
        ],
        demo=demo,
        dark=dark,
    )


def _stacked(shown: pl.DataFrame, every: str) -> pl.DataFrame:
    """The bars, stacked here: Vega-Lite does not stack bars that have a start and an end."""
    return (
        period_ends(shown.drop("every"), every)
        .sort("period", "size", descending=[False, True])
        .with_columns(pl.col("sessions").cum_sum().over("period").alias("top"))
        .with_columns((pl.col("top") - pl.col("sessions")).alias("floor"))
    )


def _layers(rows: Rows, ticks: Numbers, step: Number, dark: bool) -> list[alt.Chart]:
    p = palette(dark)
    bars: alt.Chart = (
        alt.Chart(rows)
        .mark_bar(stroke=p.background, strokeWidth=0.75)
        .encode(
            x=alt.X(
                "period:T",
                title="Date",
                scale=day_scale(),
                axis=month_axis(step),
            ),
            x2=alt.X2("until:T", timeUnit="utcyearmonthdate"),
            y=alt.Y(
                "floor:Q",
                title="Sessions",
                axis=whole_axis(ticks),
            ),
            y2=alt.Y2("top:Q"),
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
    return [bars]

"""Group sessions over time, by size."""

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
from kpa_analytics.charts.periods import middle_day, period_ends
from kpa_analytics.charts.stacking import MIN_PIXELS, stacked
from kpa_analytics.charts.styled import layered, nothing_to_show, rows_of
from kpa_analytics.charts.text import count
from kpa_analytics.charts.theme import palette
from kpa_analytics.demo_mark import is_demo
from kpa_analytics.inputs import need
from kpa_analytics.schema import GROUP_SESSIONS

if TYPE_CHECKING:
    from datetime import date

    from kpa_analytics.inputs import AnyFrame

_READ = ("date", "attendees", "recorded", "demo")
_TITLE = "Group sessions over time"
NO_SESSIONS = "No group sessions to show"
#: The length of the period that a bar covers.
_PERIODS = {"1mo": "a month", "3mo": "a quarter", "1y": "a year"}
#: The largest size of each class, and its name. A further class, in SIZES, has no upper limit.
_CLASSES = ((0, "nobody"), (1, "1 person"), (5, "2 to 5"), (10, "6 to 10"), (20, "11 to 20"))
_UNKNOWN = "size not known"
SIZES = (_UNKNOWN, *(name for _, name in _CLASSES), "21 or more")
#: Years to draw before and after `as_of`.
_BEFORE, _AFTER = 20, 1
_HEIGHT = 240
_INSIDE = pl.col("part") == "period"


def group_sessions_table(groups: AnyFrame, *, as_of: date | str | None = None) -> pl.DataFrame:
    """Count sessions per period and size, in months, quarters or years: at most about 40 periods.

    The size of a session is the number of people listed for it. If the list is empty or absent, it
    is the number of people with a completion in it. If neither is known, the size is not known.

    Args:
        groups: the result of `kpa_analytics.group_sessions()`.
        as_of: the day that the periods surround, from 20 years before it to 1 year after it; by
            default, the latest day of the frame up to today.

    Returns:
        One row per period and size that has sessions: part (String: period, or earlier, later, no
        day), period (Date, its first day; otherwise null), every (String: 1mo, 3mo or 1y), size
        (Enum: size not known, nobody, 1 person, 2 to 5, 6 to 10, 11 to 20, 21 or more), sessions,
        people (Int64; 0 where the size is not known).

    Raises:
        KPADataError: a column is missing, or `as_of` is not a date.

    Examples:
        >>> group_sessions_table(GROUP_SESSIONS.empty()).shape
        (0, 6)
    """
    frame = read_sessions(groups)
    return _over_time(frame, middle_day(frame, "date", as_of))


def read_sessions(groups: AnyFrame) -> pl.DataFrame:
    """Read the columns of the charts, and add `people`: those listed, else those recorded."""
    frame = need(groups, GROUP_SESSIONS, *_READ).select(_READ).collect()
    positive = [
        pl.when(pl.col(column) > 0).then(pl.col(column)) for column in ("attendees", "recorded")
    ]
    return frame.with_columns(pl.coalesce(*positive, "attendees").alias("people"))


def _over_time(frame: pl.DataFrame, middle: date | None) -> pl.DataFrame:
    around = pl.lit(middle, pl.Date)
    start, end = around.dt.offset_by(f"-{_BEFORE}y"), around.dt.offset_by(f"{_AFTER}y")
    own = pl.col("date")
    part = (
        pl.when(own.is_null())
        .then(pl.lit("no day"))
        .when(own < start)
        .then(pl.lit("earlier"))
        .when(own > end)
        .then(pl.lit("later"))
        .otherwise(pl.lit("period"))
        .alias("part")
    )
    frame = frame.with_columns(part)
    inside = frame.filter(pl.col("part") == "period")
    first, last = inside.select(pl.min("date").alias("a"), pl.max("date").alias("b")).row(0)
    months = (last - first).days / 30.4 if first else 0
    every = "1mo" if months <= 38 else "3mo" if months <= 118 else "1y"
    size = pl.when(pl.col("people").is_null()).then(pl.lit(_UNKNOWN)).otherwise(pl.lit(SIZES[-1]))
    for most, name in reversed(_CLASSES):
        size = pl.when(pl.col("people") <= most).then(pl.lit(name)).otherwise(size)
    return (
        frame.group_by(
            "part",
            pl.when(pl.col("part") == "period").then(own.dt.truncate(every)).alias("period"),
            size.cast(pl.Enum(SIZES)).alias("size"),
        )
        .agg(pl.len().cast(pl.Int64).alias("sessions"), pl.col("people").sum())
        .select("part", "period", pl.lit(every).alias("every"), "size", "sessions", "people")
        .sort("part", "period", "size")
    )


def group_sessions(
    groups: AnyFrame, *, as_of: date | str | None = None, dark: bool = False
) -> alt.LayerChart:
    """Draw sessions over time, stacked by size, with the largest at the bottom.

    Args:
        groups: the result of `kpa_analytics.group_sessions()`, eager or lazy.
        as_of: the day that the periods surround, from 20 years before it to 1 year after it; the
            subtitle counts other sessions. By default, the latest day of the frame up to today.
        dark: True for a dark background.

    Returns:
        The chart; its data is `group_sessions_table(...)`.

    Raises:
        KPADataError: as `group_sessions_table`.

    Examples:
        >>> group_sessions(GROUP_SESSIONS.empty()).description
        'Group sessions over time. No group sessions to show.'
    """
    frame = read_sessions(groups)
    table = _over_time(frame, middle_day(frame, "date", as_of))
    demo = is_demo(frame)
    shown, rest = (table.filter(where) for where in (_INSIDE, ~_INSIDE))
    left_out = _not_drawn(rest)
    if shown.is_empty():
        return nothing_to_show(_TITLE, NO_SESSIONS, left_out, dark=dark, demo=demo)
    number, people = shown.select(pl.col("sessions", "people").sum()).row(0)
    sized = int(shown.filter(pl.col("size") != _UNKNOWN)["sessions"].sum())
    first, last, every = shown.select(
        pl.min("period").alias("first"), pl.max("period").alias("last"), "every"
    ).row(0)
    rows, highest = _stacked(shown, every)
    return layered(
        _layers(
            rows=rows,
            highest=highest,
            ticks=whole_ticks(highest),
            sizes=[size for size in SIZES if size in shown["size"]],
            step=month_step(first, last),
            dark=dark,
        ),
        title=_TITLE,
        subtitle=[
            f"{count(number, 'session')} with {count(people, 'attendance')}"
            f"{_average(people, sized, number)}; each bar is {_PERIODS[every]}",
            left_out,
        ],
        demo=demo,
        dark=dark,
        height=_HEIGHT,
    )


def _not_drawn(rest: pl.DataFrame) -> str:
    totals = dict(rest.group_by("part").agg(pl.sum("sessions")).iter_rows())
    reasons = [
        f"{count(totals[part], 'session')} {reason}"
        for part, reason in (
            ("earlier", f"more than {_BEFORE} years earlier"),
            ("later", f"more than {count(_AFTER, 'year')} later"),
            ("no day", "without a day"),
        )
        if part in totals
    ]
    return "Not drawn: " + ", ".join(reasons) if reasons else ""


def _average(people: int, sized: int, number: int) -> str:
    """The average size of the sessions whose size is known."""
    mean = f", {people / sized:.1f} people per session on average" if sized else ""
    return mean + (f" (the size of {number - sized:,} is not known)" if number > sized else "")


def _stacked(shown: pl.DataFrame, every: str) -> tuple[pl.DataFrame, int]:
    """The bars, with the largest size at the bottom, and the height of the highest bar.

    Vega-Lite does not stack bars that have a start and an end, so this function does.
    """
    ordered = period_ends(shown.drop("part", "every"), every).sort(
        "period", "size", descending=[False, True]
    )
    totals = ordered.group_by("period", maintain_order=True).agg("sessions")["sessions"].to_list()
    highest = max(map(sum, totals))
    parts = [part for bar in totals for part in stacked(bar, highest * MIN_PIXELS / _HEIGHT)]
    ends = pl.DataFrame(parts, schema={"floor": pl.Float64, "top": pl.Float64}, orient="row")
    return ordered.with_columns(*ends), highest


def _layers(
    rows: pl.DataFrame, highest: float, ticks: list[int], sizes: list[str], step: int, dark: bool
) -> list[alt.Chart]:
    p = palette(dark)
    bars: alt.Chart = (
        rows_of(rows)
        .transform_calculate(
            spoken=f"datum.name + ', ' + {_spoken_size()} + ': ' + {number_text('datum.sessions')}"
            " + (datum.sessions == 1 ? ' session' : ' sessions')"
        )
        .mark_bar(x2Offset=-1)
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
                scale=alt.Scale(domain=[0, highest], nice=False),
                axis=whole_axis(ticks),
            ),
            y2=alt.Y2("top:Q"),
            color=alt.Color(
                "size:N",
                scale=alt.Scale(domain=list(SIZES), range=[p.muted, p.quiet, *p.steps]),
                legend=alt.Legend(title="People in the session", titleOrient="left", values=sizes),
            ),
            tooltip=[
                alt.Tooltip("name:N", title="When"),
                alt.Tooltip("size:N", title="People in the session"),
                alt.Tooltip("sessions:Q", title="Sessions", format=","),
                alt.Tooltip("people:Q", title="Attendances", format=","),
            ],
            description=aria_label(),
        )
    )
    return [bars]


def _spoken_size() -> str:
    """A Vega expression for the phrase that names a size."""
    phrases = {
        size: size
        if size == _UNKNOWN
        else f"{size} in the session"
        if size in ("nobody", "1 person")
        else f"{size} people in the session"
        for size in SIZES
    }
    return f"{phrases}[datum.size]"

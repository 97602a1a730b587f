"""Completions per instructor, over time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt
import polars as pl

from kpa_analytics.charts.axes import aria_label, day_scale, month_axis, month_step, number_text
from kpa_analytics.charts.periods import (
    AFTER,
    BEFORE,
    first_and_last,
    middle_day,
    period_ends,
    period_length,
)
from kpa_analytics.charts.stacking import MIN_PIXELS
from kpa_analytics.charts.styled import days_as_text, layered, nothing_to_show, rows_of
from kpa_analytics.charts.text import count, labels, short
from kpa_analytics.charts.theme import palette
from kpa_analytics.demo_mark import is_demo
from kpa_analytics.errors import KPADataError
from kpa_analytics.inputs import need
from kpa_analytics.schema import INSTRUCTOR_ACTIVITY

if TYPE_CHECKING:
    from datetime import date

    from kpa_analytics.inputs import AnyFrame

_READ = (
    *("m_instructor_id", "instructor", "period", "every"),
    *("completions", "trainees", "group_sessions", "demo"),
)
_TITLE = "Who teaches how much"
#: Why completions are not drawn.
_REASONS = {
    "earlier periods": f"in earlier periods (more than {BEFORE} back)",
    "later periods": f"in later periods (more than {AFTER} ahead)",
    "no instructor": "with no instructor",
    "no period": "without a day",
    "other instructors": "with other instructors",
}
_LANE = 30
#: Pixels for a name beside the plot.
_ROOM = 200
_MEASURES = ("at", "completions", "trainees", "group_sessions")


def instructor_activity_table(
    activity: AnyFrame,
    *,
    as_of: date | str | None = None,
    every: str | None = None,
    top: int = 15,
) -> pl.DataFrame:
    """Keep the busiest instructors and the periods around a day, and count the others.

    Args:
        activity: the result of `kpa_analytics.instructor_activity()`.
        as_of: the day that the periods surround: 60 periods up to its own and 12 after it. By
            default, the latest day of the frame up to today.
        every: the length of a period, if the frame does not say it; by default, a month.
        top: number of instructors to keep, 1 to 30.

    Returns:
        part (String: "instructor" if drawn, otherwise "other instructors", "no instructor",
        "earlier periods", "later periods" or "no period"), place (Int64; 0 for the busiest, null
        if not drawn), m_instructor_id, instructor (String, unique per instructor), period (Date),
        completions, trainees, group_sessions (Int64; trainees is null if not drawn, because the
        same people may occur in several rows). The completions add up to those of `activity`.

    Raises:
        KPADataError: a column is missing, `as_of` is not a date, `every` is not the length of the
            frame's periods, or `top` is out of range.

    Examples:
        >>> instructor_activity_table(INSTRUCTOR_ACTIVITY.empty()).shape
        (0, 8)
    """
    frame = _read(activity)
    return _busiest(frame, middle_day(frame, "period", as_of), period_length(frame, every), top)


def _read(activity: AnyFrame) -> pl.DataFrame:
    return need(activity, INSTRUCTOR_ACTIVITY, *_READ).select(_READ).collect()


def _busiest(frame: pl.DataFrame, middle: date | None, length: str, top: int) -> pl.DataFrame:
    if not 1 <= top <= 30:
        raise KPADataError(f"top must be 1 to 30, not {top!r}")
    first, last = first_and_last(middle, length)
    order = (
        frame.lazy()
        .filter(pl.col("m_instructor_id").is_not_null(), pl.col("period").is_between(first, last))
        .group_by("m_instructor_id")
        .agg(pl.col("instructor").first(), pl.col("completions").sum())
        .sort("completions", "instructor", "m_instructor_id", descending=[True, False, False])
        .head(top)
        .select(pl.int_range(pl.len()).alias("place"), "m_instructor_id", "instructor")
        .collect(engine="in-memory")
    )
    order = labels(order, "instructor", "m_instructor_id", 100, _ROOM)
    part = (
        pl.when(pl.col("m_instructor_id").is_null())
        .then(pl.lit("no instructor"))
        .when(pl.col("period").is_null())
        .then(pl.lit("no period"))
        .when(pl.col("period") < first)
        .then(pl.lit("earlier periods"))
        .when(pl.col("period") > last)
        .then(pl.lit("later periods"))
        .when(pl.col("place").is_null())
        .then(pl.lit("other instructors"))
        .otherwise(pl.lit("instructor"))
    )
    is_drawn = pl.col("part") == "instructor"
    keys = [
        pl.when(is_drawn).then(pl.col(key)).alias(key)
        for key in ("place", "m_instructor_id", "instructor", "period")
    ]
    return (
        frame.lazy()
        .drop("instructor", "demo", "every")
        .join(order.lazy(), on="m_instructor_id", how="left")
        .with_columns(part.alias("part"))
        .group_by("part", *keys)
        .agg(
            pl.col("completions").sum(),
            pl.when(is_drawn.first()).then(pl.col("trainees").sum()).alias("trainees"),
            pl.col("group_sessions").sum(),
        )
        .sort("part", "place", "period")
        .collect(engine="in-memory")
    )


def instructor_activity(
    activity: AnyFrame,
    *,
    as_of: date | str | None = None,
    every: str | None = None,
    top: int = 15,
    dark: bool = False,
) -> alt.LayerChart:
    """Draw completions over time, one row of bars per instructor, with the busiest on top.

    Args:
        activity: the result of `kpa_analytics.instructor_activity()`, eager or lazy.
        as_of: the day that the periods surround: 60 periods up to its own and 12 after it. The
            subtitle counts other completions. By default, the latest day of the frame up to
            today.
        every: the length of a period, if the frame does not say it; by default, a month.
        top: number of instructors to draw, 1 to 30; the subtitle counts the others.
        dark: True for a dark background.

    Returns:
        The chart; its data is `instructor_activity_table(...)`.

    Raises:
        KPADataError: as `instructor_activity_table`.

    Examples:
        >>> instructor_activity(INSTRUCTOR_ACTIVITY.empty()).description
        'Who teaches how much. No completions with an instructor to show.'
    """
    frame = _read(activity)
    length = period_length(frame, every)
    table = _busiest(frame, middle_day(frame, "period", as_of), length, top)
    shown = table.filter(pl.col("part") == "instructor").drop("part")
    demo = is_demo(frame)
    if shown.is_empty():
        message = "No completions with an instructor to show"
        return nothing_to_show(_TITLE, message, _not_drawn(table), dark=dark, demo=demo)
    people, highest = shown.select(
        pl.col("m_instructor_id").n_unique(), pl.col("completions").max()
    ).row(0)
    periods = _periods_of(shown, length)
    named = shown.group_by("place", "instructor").agg(pl.sum("completions")).sort("place")
    return layered(
        _layers(
            names=named.with_columns(short(named, "instructor", _ROOM)),
            packed=_packed(shown, periods),
            periods=periods,
            people=people,
            highest=max(highest, 1),
            step=month_step(*periods.select(a=pl.min("period"), b=pl.max("until")).row(0)),
            dark=dark,
        ),
        title=_TITLE,
        subtitle=[
            f"Completions taught by {count(people, 'instructor')} per period, most first; "
            f"the highest bar is {highest:,}",
            _not_drawn(table),
        ],
        demo=demo,
        dark=dark,
        width=600,
        height=_LANE * people,
    )


def _not_drawn(table: pl.DataFrame) -> str:
    rest = table.filter(pl.col("part") != "instructor").group_by("part").agg(pl.sum("completions"))
    reasons = [
        f"{count(number, 'completion')} {_REASONS[part]}"
        for part, number in rest.sort("part").iter_rows()
    ]
    return "Not drawn: " + ", ".join(reasons) if reasons else ""


def _periods_of(shown: pl.DataFrame, length: str) -> pl.DataFrame:
    """One row per period: at (its position), period, until, name."""
    periods = shown.select(pl.col("period").unique().sort())
    at = pl.int_range(pl.len()).alias("at")
    return period_ends(periods, length).select(at, "period", "until", "name")


def _packed(shown: pl.DataFrame, periods: pl.DataFrame) -> pl.DataFrame:
    """The bars, packed into one short text per instructor and measure."""
    return (
        shown.lazy()
        .join(periods.lazy().select("at", "period"), on="period")
        .sort("place", "at")
        .group_by("place", "instructor", maintain_order=True)
        .agg(pl.col(_MEASURES).cast(pl.String).str.join(","))
        .collect(engine="in-memory")
    )


def _layers(
    names: pl.DataFrame,
    packed: pl.DataFrame,
    periods: pl.DataFrame,
    people: float,
    highest: float,
    step: int,
    dark: bool,
) -> list[alt.Chart]:
    """The bars of each instructor fill a band of height 1. All bands share one scale."""
    lanes = alt.Scale(domain=[0, people], reverse=True, nice=False)
    lines, *texts = _lanes(names, lanes, dark)
    return [lines, _bars(packed, periods, highest, lanes, step, dark), *texts]


def _lanes(names: pl.DataFrame, lanes: alt.Scale, dark: bool) -> list[alt.Chart]:
    p = palette(dark)
    row = rows_of(names).transform_calculate(
        floor="datum.place + 0.92",
        middle="datum.place + 0.55",
        spoken=f"datum.instructor + ': ' + {number_text('datum.completions')}"
        " + ' completions in total'",
    )
    lines = row.mark_rule(color=p.quiet, strokeWidth=0.75, aria=False).encode(
        y=alt.Y("floor:Q", scale=lanes, axis=None)
    )
    middle = alt.Y("middle:Q", scale=lanes, axis=None)
    who = row.mark_text(align="right", color=p.muted).encode(
        x=alt.XValue(-10),
        y=middle,
        text=alt.Text("short:N"),
        tooltip=alt.Tooltip("instructor:N"),
        description=aria_label(),
    )
    total = row.mark_text(align="left", dx=10, color=p.ink, fontWeight="bold", aria=False).encode(
        x=alt.XValue("width"),
        y=middle,
        text=alt.Text("completions:Q", format=","),
    )
    return [lines, who, total]


def _bars(
    packed: pl.DataFrame,
    periods: pl.DataFrame,
    highest: float,
    lanes: alt.Scale,
    step: int,
    dark: bool,
) -> alt.Chart:
    lookup = alt.LookupData(days_as_text(periods), "at", ["period", "until", "name"])
    bars: alt.Chart = (
        rows_of(packed)
        .transform_calculate(**{name: f"split(datum.{name}, ',')" for name in _MEASURES})
        .transform_flatten(list(_MEASURES))
        .transform_calculate(**{name: f"toNumber(datum.{name})" for name in _MEASURES})
        .transform_lookup("at", lookup)
        .transform_calculate(
            start="toDate(datum.period)",
            end="toDate(datum.until)",
            floor="datum.place + 0.92",
            top="datum.place + 0.92 - "
            f"max({MIN_PIXELS / _LANE:.4f}, 0.84 * datum.completions / {highest})",
            spoken="datum.instructor + ', ' + datum.name + ': ' + "
            f"{number_text('datum.completions')} + ' completions'",
        )
        .mark_bar(x2Offset=-1, color=palette(dark).accent)
        .encode(
            x=alt.X("start:T", title="Period", scale=day_scale(), axis=month_axis(step)),
            x2=alt.X2("end:T", timeUnit="utcyearmonthdate"),
            y=alt.Y("floor:Q", scale=lanes, axis=None),
            y2=alt.Y2("top:Q"),
            tooltip=[
                alt.Tooltip("instructor:N", title="Instructor"),
                alt.Tooltip("name:N", title="Period"),
                alt.Tooltip("completions:Q", title="Completions", format=","),
                alt.Tooltip("trainees:Q", title="People trained", format=","),
                alt.Tooltip("group_sessions:Q", title="Group sessions", format=","),
            ],
            description=aria_label(),
        )
    )
    return bars

"""Completions per instructor, over time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt
import polars as pl

from kpa_analytics.analysis.periods import part_of
from kpa_analytics.charts import axes
from kpa_analytics.charts.periods import (
    DrawnPeriods,
    beyond,
    drawn_periods,
    period_ends,
    period_label,
    period_length,
    period_noun,
)
from kpa_analytics.charts.stacking import MIN_PIXELS
from kpa_analytics.charts.styled import days_as_text, layered, nothing_to_show, rows_of
from kpa_analytics.charts.text import labels, not_drawn, short, top_names
from kpa_analytics.charts.theme import palette
from kpa_analytics.demo_mark import is_demo
from kpa_analytics.inputs import read
from kpa_analytics.report_text import INSTRUCTOR_NOUNS, PeriodText
from kpa_analytics.report_text import ActivityText as Text
from kpa_analytics.schema import INSTRUCTOR_ACTIVITY
from kpa_analytics.whole_number import whole_number
from kpa_analytics.wording import say

if TYPE_CHECKING:
    from kpa_analytics.as_of import Day
    from kpa_analytics.inputs import AnyFrame

_READ = (
    *("m_instructor_id", "instructor", "period", "every"),
    *("completions", "trainees", "group_sessions", "demo"),
)
#: Why completions are not drawn.
_REASONS = {
    "earlier periods": PeriodText.EARLIER_COMPLETIONS,
    "later periods": PeriodText.LATER_COMPLETIONS,
    "no instructor": Text.NO_INSTRUCTOR,
    "no period": Text.NO_DATE,
    "other instructors": Text.OTHER_INSTRUCTORS,
}
LANE = 30
#: Pixels for a name beside the plot.
_ROOM = 185
_MEASURES = ("at", "completions", "trainees", "group_sessions")


def instructor_activity_table(
    activity: AnyFrame,
    *,
    as_of: Day | None = None,
    every: str | None = None,
    top: int = 15,
) -> pl.DataFrame:
    """Keep the busiest instructors and the periods around a day, and count the others.

    Args:
        activity: the result of `kpa_analytics.instructor_activity()`.
        as_of: the day that the periods surround: 60 periods up to its own and 12 after it. By
            default, the latest day of the frame up to today or, for demo data, `demo.AS_OF`.
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
    whole_number(top, "top", 30)
    frame = read(activity, INSTRUCTOR_ACTIVITY, *_READ)
    drawn = drawn_periods(frame, as_of, every)
    order = (
        _busiest(frame, drawn)
        .head(top)
        .select(pl.int_range(pl.len()).alias("place"), "m_instructor_id", "instructor")
    )
    order = labels(order, "instructor", "m_instructor_id", 100, _ROOM)
    parts = ("earlier periods", "instructor", "later periods", "no period")
    part = (
        pl.when(pl.col("m_instructor_id").is_null())
        .then(pl.lit("no instructor"))
        .when(drawn.is_drawn() & pl.col("place").is_null())
        .then(pl.lit("other instructors"))
        .otherwise(part_of(pl.col("period"), drawn.first, drawn.last, parts))
    )
    is_drawn = pl.col("part") == "instructor"
    keys = [
        pl.when(is_drawn).then(pl.col(key)).alias(key)
        for key in ("place", "m_instructor_id", "instructor", "period")
    ]
    return (
        frame.drop("instructor", "demo", "every")
        .join(order, on="m_instructor_id", how="left")
        .with_columns(part.alias("part"))
        .group_by("part", *keys)
        .agg(
            pl.col("completions").sum(),
            pl.when(is_drawn.first()).then(pl.col("trainees").sum()).alias("trainees"),
            pl.col("group_sessions").sum(),
        )
        .sort("part", "place", "period")
    )


def _busiest(frame: pl.DataFrame, drawn: DrawnPeriods) -> pl.DataFrame:
    """The completions of each instructor in these periods, most first."""
    return (
        frame.filter(pl.col("m_instructor_id").is_not_null(), drawn.is_drawn())
        .group_by("m_instructor_id")
        .agg(pl.col("instructor").first(), pl.col("completions").sum())
        .sort("completions", "instructor", "m_instructor_id", descending=[True, False, False])
    )


def instructor_activity(
    activity: AnyFrame,
    *,
    as_of: Day | None = None,
    every: str | None = None,
    top: int = 15,
    dark: bool = False,
) -> alt.LayerChart:
    """Draw completions over time, one row of bars per instructor, with the busiest on top.

    A click on a bar sets the selection `pick` (m_instructor_id, period).

    Args:
        activity: the result of `kpa_analytics.instructor_activity()`, eager or lazy.
        as_of: the day that the periods surround: 60 periods up to its own and 12 after it. The
            subtitle counts other completions. By default, the latest day of the frame up to
            today or, for demo data, `demo.AS_OF`.
        every: the length of a period, if the frame does not say it; by default, a month.
        top: number of instructors to draw, 1 to 30; the subtitle counts the others.
        dark: True for a dark background.

    Returns:
        The chart; its data is `instructor_activity_table(...)`.

    Raises:
        KPADataError: as `instructor_activity_table`.

    Examples:
        >>> instructor_activity(INSTRUCTOR_ACTIVITY.empty()).description
        'How much each instructor teaches. No completions with an instructor to show.'
    """
    frame = read(activity, INSTRUCTOR_ACTIVITY, *_READ)
    table = instructor_activity_table(frame, as_of=as_of, every=every, top=top)
    demo = is_demo(frame)
    drawn = pl.col("part") == "instructor"
    shown = table.filter(drawn).drop("part")
    rest = table.filter(~drawn).group_by("part").agg(pl.sum("completions"))
    length = period_length(frame, every)
    left_out = not_drawn(dict(rest.iter_rows()), _REASONS, **beyond(length))
    if shown.is_empty():
        return nothing_to_show(Text.TITLE, Text.NOTHING, left_out, dark=dark, demo=demo)
    totals = shown.group_by("place", "instructor").agg(pl.sum("completions")).sort("place")
    highest = shown.select(pl.col("completions").max()).item()
    taught = _busiest(frame, drawn_periods(frame, as_of, every))["completions"]
    numbers = {"instructors": totals.height, "highest": highest}
    counts = Text.COUNTS if totals.height > 1 else Text.COUNTS_OF_ONE
    lanes = alt.Scale(domain=[0, totals.height], reverse=True, nice=False)
    lines, *texts = _lanes(totals, lanes, dark)
    bars = _bars(shown, length, max(highest, 1), lanes, dark)
    return layered(
        [lines, bars, *texts],
        title=_title(totals["instructor"].to_list(), taught),
        subtitle=[say(counts, period=period_noun(length), **numbers), left_out],
        demo=demo,
        dark=dark,
        width=415,
        height=LANE * totals.height,
    )


def _title(names: list[str], completions: pl.Series) -> str:
    """The finding, as the title: who taught the most of all instructors, with these completions."""
    most, every = int(completions[0]), int(completions.sum())
    number = int((completions == most).sum())
    if number == completions.len() > 1:
        return say(Text.TAUGHT_EACH, instructors=number, most=most)
    name = top_names(names, number, INSTRUCTOR_NOUNS, _ROOM, start=True)
    text = Text.SEVERAL_TAUGHT_MOST if number > 1 else Text.TAUGHT_MOST
    if completions.len() == 1:
        text = Text.TAUGHT
    return say(text, name=name, most=most, every=every)


def _lanes(totals: pl.DataFrame, lanes: alt.Scale, dark: bool) -> list[alt.Chart]:
    """Each instructor's line, name and total. The bars fill a band of height 1 above the line."""
    p = palette(dark)
    named = totals.with_columns(short(totals, "instructor", _ROOM))
    row = rows_of(named).transform_calculate(
        bottom="datum.place + 0.92",
        middle="datum.place + 0.55",
        spoken=axes.sentence(Text.SPOKEN_TOTAL),
    )
    lines = row.mark_rule(color=p.quiet, strokeWidth=0.75, aria=False).encode(
        y=alt.Y("bottom:Q", scale=lanes, axis=None)
    )
    middle = alt.Y("middle:Q", scale=lanes, axis=None)
    names = row.properties(name="labels")
    who = names.mark_text(align="right", color=p.muted, lineBreak="\n", lineHeight=12).encode(
        x=alt.XValue(-10),
        y=middle,
        text=alt.Text("short:N"),
        tooltip=alt.Tooltip("instructor:N"),
        description=axes.aria_label(),
    )
    total = row.mark_text(align="left", dx=10, color=p.ink, fontWeight="bold", aria=False).encode(
        x=alt.XValue("width"),
        y=middle,
        text=alt.Text("completions:Q", format=","),
    )
    return [lines, who, total]


def _bars(
    shown: pl.DataFrame, length: str, highest: int, lanes: alt.Scale, dark: bool
) -> alt.Chart:
    """The bars, packed into one short text per instructor and measure."""
    starts = shown.select(pl.col("period").unique().sort()).with_row_index("at")
    periods = period_ends(starts, length)
    packed = (
        shown.join(periods.select("at", "period"), on="period")
        .sort("place", "at")
        .group_by("place", "m_instructor_id", "instructor", maintain_order=True)
        .agg(pl.col(_MEASURES).cast(pl.String).str.join(","))
    )
    lookup = alt.LookupData(days_as_text(periods), "at", ["period", "until", "name"])
    axis = axes.time_axis(periods["period"][0], periods["until"][-1])
    least = MIN_PIXELS / LANE
    bars: alt.Chart = (
        rows_of(packed, name="instructors")
        .transform_calculate(**{name: f"split(datum.{name}, ',')" for name in _MEASURES})
        .transform_flatten(list(_MEASURES))
        .transform_calculate(**{name: f"toNumber(datum.{name})" for name in _MEASURES})
        .transform_lookup("at", lookup)
        .transform_calculate(
            period="toDate(datum.period)",
            end="toDate(datum.until)",
            bottom="datum.place + 0.92",
            top=f"datum.place + 0.92 - max({least:.4f}, 0.84 * datum.completions / {highest})",
            spoken=axes.sentence(Text.SPOKEN),
        )
        .mark_bar(x2Offset=-1, color=palette(dark).accent)
        .encode(
            x=axes.on_day("period", title=period_label(length), axis=axis),
            x2=axes.until_day("end"),
            y=alt.Y("bottom:Q", scale=lanes, axis=None),
            y2=alt.Y2("top:Q"),
            tooltip=axes.tooltip(
                {"instructor": Text.INSTRUCTOR, "name": period_label(length)},
                {
                    "completions": Text.COMPLETIONS,
                    "trainees": Text.PEOPLE,
                    "group_sessions": Text.SESSIONS,
                },
            ),
            description=axes.aria_label(),
        )
    )
    return axes.pick(bars, "m_instructor_id", "period")

"""Group sessions over time, by size."""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt
import polars as pl

from kpa_analytics.analysis.periods import part_of
from kpa_analytics.charts import axes
from kpa_analytics.charts.periods import middle_day, period_ends
from kpa_analytics.charts.stacking import MIN_PART, stacked
from kpa_analytics.charts.styled import layered, nothing_to_show, rows_of
from kpa_analytics.charts.text import not_drawn
from kpa_analytics.charts.theme import SPACING, palette
from kpa_analytics.demo_mark import is_demo
from kpa_analytics.inputs import read
from kpa_analytics.report_text import SessionSize, SessionSizeWords
from kpa_analytics.report_text import SessionsText as Text
from kpa_analytics.schema import GROUP_SESSIONS
from kpa_analytics.wording import say

if TYPE_CHECKING:
    from kpa_analytics.as_of import Day
    from kpa_analytics.inputs import AnyFrame

_READ = ("date", "attendees", "recorded", "demo")
#: The sizes, and the most people in a session of each; the first and the last have no limit.
SIZES = tuple(map(str, SessionSize))
_UNKNOWN = SIZES[0]
_LARGEST = (0, 1, 5, 10, 20)
#: Each size as a screen reader says it.
SIZE_WORDS = dict(zip(SIZES, map(str, SessionSizeWords), strict=True))
_ENDS = {"bottom": pl.Float64, "top": pl.Float64}
#: Years to draw before and after `as_of`.
_BEFORE, _AFTER = 20, 1
#: Why sessions are not drawn.
_REASONS = {
    "earlier": Text.TOO_EARLY,
    "later": Text.TOO_LATE,
    "no day": Text.NO_DATE,
}
#: The subtitle, by the length of the period that a bar covers.
_COUNTS = {"1mo": Text.BY_MONTH, "3mo": Text.BY_QUARTER, "1y": Text.BY_YEAR}
_HEIGHT = 240


def group_sessions_table(groups: AnyFrame, *, as_of: Day | None = None) -> pl.DataFrame:
    """Count sessions per period and size, in months, quarters or years: at most about 40 periods.

    The size of a session is the number of people listed for it. If the list is empty or absent, it
    is the number of people with a completion in it. If neither is known, the size is not known.

    Args:
        groups: the result of `kpa_analytics.group_sessions()`.
        as_of: the day that the periods surround, from 20 years before it to 1 year after it; by
            default, the latest day of the frame up to today or, for demo data, `demo.AS_OF`.

    Returns:
        One row per period and size that has sessions: part (String: period, or earlier, later, no
        day), period (Date, its first day; otherwise null), every (String: 1mo, 3mo or 1y), size
        (Enum: size not known, nobody, 1 person, 2 to 5, 6 to 10, 11 to 20, 21 or more), sessions,
        people (Int64; 0 if the size is not known).

    Raises:
        KPADataError: a column is missing, or `as_of` is not a date.

    Examples:
        >>> group_sessions_table(GROUP_SESSIONS.empty()).shape
        (0, 6)
    """
    return _counted(*with_bars(read_sessions(groups), as_of))


def _counted(placed: pl.DataFrame, every: str) -> pl.DataFrame:
    return (
        placed.group_by("part", "period", "size")
        .agg(pl.len().cast(pl.Int64).alias("sessions"), pl.col("people").sum())
        .select("part", "period", pl.lit(every).alias("every"), "size", "sessions", "people")
        .sort("part", "period", "size")
    )


def with_bars(frame: pl.DataFrame, as_of: Day | None) -> tuple[pl.DataFrame, str]:
    """Add part, period and size, which name a session's bar, to the result of `read_sessions`.

    Also return the length of a period.
    """
    own, around = pl.col("date"), pl.lit(middle_day(frame, "date", as_of), pl.Date)
    start, end = around.dt.offset_by(f"-{_BEFORE}y"), around.dt.offset_by(f"{_AFTER}y")
    part = part_of(own, start, end, ("earlier", "period", "later", "no day"))
    frame = frame.with_columns(part.alias("part"))
    inside = frame.filter(pl.col("part") == "period")
    first, last = inside.select(pl.min("date").alias("a"), pl.max("date").alias("b")).row(0)
    months = (last - first).days / 30.4 if first else 0
    every = "1mo" if months <= 38 else "3mo" if months <= 118 else "1y"
    people = pl.col("people")
    size = pl.when(people.is_null()).then(pl.lit(_UNKNOWN)).otherwise(pl.lit(SIZES[-1]))
    for largest, name in reversed([*zip(_LARGEST, SIZES[1:], strict=False)]):
        size = pl.when(people <= largest).then(pl.lit(name)).otherwise(size)
    placed = frame.with_columns(
        pl.when(pl.col("part") == "period").then(own.dt.truncate(every)).alias("period"),
        size.cast(pl.Enum(SIZES)).alias("size"),
    )
    return placed, every


def read_sessions(groups: AnyFrame, *columns: str) -> pl.DataFrame:
    """Read the columns of a chart, and add `people`: those listed, else those recorded."""
    frame = read(groups, GROUP_SESSIONS, *(columns or _READ))
    positive = [
        pl.when(pl.col(column) > 0).then(pl.col(column)) for column in ("attendees", "recorded")
    ]
    return frame.with_columns(pl.coalesce(*positive, "attendees").alias("people"))


def without_list(sessions: pl.DataFrame) -> str:
    """Say in how many of these sessions the recorded people are counted; nothing if in none.

    Examples:
        >>> without_list(pl.DataFrame({"attendees": [None, 4], "recorded": [3, 5]}))
        'For 1 session, nobody is listed: the people recorded in it are counted'
    """
    is_counted = (pl.col("attendees").fill_null(0) == 0) & (pl.col("recorded") > 0)
    number = sessions.filter(is_counted).height
    if not number:
        return ""
    return say(Text.ONE_WITHOUT_LIST if number == 1 else Text.WITHOUT_LIST, sessions=number)


def group_sessions(
    groups: AnyFrame, *, as_of: Day | None = None, dark: bool = False
) -> alt.LayerChart:
    """Draw sessions over time, stacked by size, with the largest at the bottom.

    A click on a bar sets the selection `pick` (period, size).

    Args:
        groups: the result of `kpa_analytics.group_sessions()`, eager or lazy.
        as_of: the day that the periods surround, from 20 years before it to 1 year after it; the
            subtitle counts other sessions. By default, the latest day of the frame up to today or,
            for demo data, `demo.AS_OF`.
        dark: True for a dark background.

    Returns:
        The chart; its data is `group_sessions_table(...)`.

    Raises:
        KPADataError: as `group_sessions_table`.

    Examples:
        >>> group_sessions(GROUP_SESSIONS.empty()).description
        'Group sessions over time. No group sessions to show.'
    """
    placed, every = with_bars(read_sessions(groups), as_of)
    table, demo = _counted(placed, every), is_demo(placed)
    drawn = pl.col("part") == "period"
    shown = table.filter(drawn)
    rest = table.filter(~drawn).group_by("part").agg(pl.sum("sessions"))
    left_out = not_drawn(dict(rest.iter_rows()), _REASONS, before=_BEFORE, after=_AFTER)
    if shown.is_empty():
        return nothing_to_show(Text.OVER_TIME, Text.NOTHING, left_out, dark=dark, demo=demo)
    number, people = shown.select(pl.col("sessions", "people").sum()).row(0)
    sized = int(shown.filter(pl.col("size") != _UNKNOWN)["sessions"].sum())
    return layered(
        [_bars(period_ends(shown.drop("part", "every"), every), dark)],
        title=_title(people, sized, number),
        subtitle=[
            say(_COUNTS[every], sessions=number, people=people),
            without_list(placed.filter(drawn)),
            left_out,
        ],
        demo=demo,
        dark=dark,
        height=_HEIGHT,
    )


def _title(people: int, sized: int, number: int) -> str:
    """The finding, as the title: the average size of the sessions whose size is known."""
    if not sized:
        return say(Text.UNKNOWN_SIZES, sessions=number)
    if number == 1:
        return say(Text.ONE_SESSION, people=people)
    text = Text.AVERAGE_OF_KNOWN if number > sized else Text.AVERAGE
    return say(text, average=people / sized, unknown=number - sized)


def _bars(rows: pl.DataFrame, dark: bool) -> alt.Chart:
    """The bars, with the largest size at the bottom.

    Vega-Lite does not stack bars that have a start and an end, so this function does.
    """
    rows = rows.sort("period", "size", descending=[False, True])
    totals = rows.group_by("period", maintain_order=True).agg("sessions")["sessions"].to_list()
    highest = max(map(sum, totals))
    ends = [end for bar in totals for end in stacked(bar, highest * MIN_PART / _HEIGHT)]
    p = palette(dark)
    fills = [p.muted, p.quiet, *p.steps]
    edges = axes.outline(dict(zip(SIZES, fills, strict=True)), "size", dark)
    bars: alt.Chart = (
        rows_of(rows.with_columns(*pl.DataFrame(ends, schema=_ENDS, orient="row")), name="sizes")
        .transform_calculate(size_words=f"{SIZE_WORDS}[datum.size]")
        .transform_calculate(spoken=axes.sentence(Text.SPOKEN))
        .mark_bar(x2Offset=-SPACING, y2Offset=SPACING, strokeWidth=1, stroke=edges)
        .encode(
            x=axes.on_day(
                "period",
                title=Text.DATE,
                axis=axes.time_axis(rows["period"][0], rows["period"][-1]),
            ),
            x2=axes.until_day("until"),
            y=alt.Y("bottom:Q", **axes.counting(Text.SESSIONS, highest)),
            y2=alt.Y2("top:Q"),
            color=alt.Color(
                "size:N",
                scale=alt.Scale(domain=list(SIZES), range=fills),
                legend=axes.legend(
                    [size for size in SIZES if size in rows["size"]],
                    title=Text.PEOPLE,
                    columns=4,
                ),
            ),
            tooltip=axes.tooltip(
                {"name": Text.WHEN, "size": Text.PEOPLE},
                {"sessions": Text.SESSIONS, "people": Text.ATTENDANCES},
            ),
            description=axes.aria_label(),
        )
    )
    return axes.pick(bars, "period", "size")

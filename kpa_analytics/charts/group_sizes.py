"""Group sessions by size."""

from __future__ import annotations

from statistics import median, median_low
from typing import TYPE_CHECKING, Any

import altair as alt
import polars as pl

from kpa_analytics.charts import axes
from kpa_analytics.charts.fitting import width
from kpa_analytics.charts.group_sessions import read_sessions, without_list
from kpa_analytics.charts.stacking import MIN_PIXELS
from kpa_analytics.charts.styled import layered, nothing_to_show, rows_of
from kpa_analytics.charts.theme import WIDTH, palette
from kpa_analytics.demo_mark import is_demo
from kpa_analytics.report_text import NOT_KNOWN, HalfOfKnownSessions, HalfOfSessions, SessionSize
from kpa_analytics.report_text import SessionsText as Text
from kpa_analytics.wording import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kpa_analytics.inputs import AnyFrame

_HEIGHT = 240


def group_sizes_table(groups: AnyFrame) -> pl.DataFrame:
    """Count sessions by the people in them, in at most 30 steps of 1, 2, 5, 10, ... people.

    Args:
        groups: the result of `kpa_analytics.group_sessions()`.

    Returns:
        One row per step from the smallest to the largest: start, end (Int64; people, both
        included), sessions (Int64; may be 0). Sessions with nobody have a row of their own, from
        0 to 0. Sessions whose size is not known have the last row, with start and end null.

    Raises:
        KPADataError: a column is missing.

    Examples:
        >>> from kpa_analytics.schema import GROUP_SESSIONS
        >>> group_sizes_table(GROUP_SESSIONS.empty()).shape
        (0, 3)
    """
    frame = with_steps(read_sessions(groups))
    counts = frame.group_by("start").agg(pl.len().cast(pl.Int64).alias("sessions"))
    some = counts["start"].drop_nulls().sort().to_list()
    first = next((start for start in some if start > 0), 1)
    step = _step(frame)
    steps = pl.DataFrame(
        {"start": range(first, some[-1] + 1 if some else 1, step)}, schema={"start": pl.Int64}
    )
    others = counts.filter((pl.col("start") > 0).fill_null(False).not_()).select("start")
    return (
        pl.concat([others, steps])
        .join(counts, on="start", how="left", nulls_equal=True)
        .select("start", _end(step), pl.col("sessions").fill_null(0))
        .sort("start", nulls_last=True)
    )


def with_steps(frame: pl.DataFrame) -> pl.DataFrame:
    """Add start and end, which name the bar of a session, to the result of `read_sessions`."""
    step, people = _step(frame), pl.col("people")
    start = pl.when(people > 0).then((people - 1) // step * step + 1).otherwise(people)
    return frame.with_columns(start.alias("start")).with_columns(_end(step))


def size_in_words(start: int | None, end: int | None) -> str:
    """The size of the sessions in a bar.

    Examples:
        >>> size_in_words(1, 5), size_in_words(1, 1), size_in_words(None, None)
        ('1 to 5 people in the session', '1 person in the session', 'size not known')
    """
    if start is None or end is None:
        return str(SessionSize.NOT_KNOWN)
    if start == end:
        return say(Text.SIZE_OF_BAR, people=start)
    return say(Text.SIZES_OF_BAR, start=start, end=end)


def _step(frame: pl.DataFrame) -> int:
    """The number of sizes in a bar."""
    largest = frame.select(pl.col("people").max()).item() or 0
    steps: Iterator[int] = (lead * 10**zeros for zeros in range(12) for lead in (1, 2, 5))
    return next(step for step in steps if largest < 30 * step)


def _end(step: int) -> pl.Expr:
    start = pl.col("start")
    return pl.when(start > 0).then(start + step - 1).otherwise(start).alias("end")


def group_sizes(groups: AnyFrame, *, dark: bool = False) -> alt.LayerChart:
    """Draw how many sessions had how many people.

    A click on a bar sets the selection `pick` (start, end).

    Args:
        groups: the result of `kpa_analytics.group_sessions()`, eager or lazy.
        dark: True for a dark background.

    Returns:
        The chart; its data is `group_sizes_table(groups)`.

    Raises:
        KPADataError: a column is missing.

    Examples:
        >>> from kpa_analytics.schema import GROUP_SESSIONS
        >>> group_sizes(GROUP_SESSIONS.empty()).description
        'Group sessions by size. No group sessions to show.'
    """
    frame = read_sessions(groups)
    demo = is_demo(frame)
    if frame.is_empty():
        return nothing_to_show(Text.BY_SIZE, Text.NOTHING, dark=dark, demo=demo)
    return layered(
        _bars(_named(group_sizes_table(frame)), dark),
        title=_title(frame["people"]),
        subtitle=[
            say(Text.COUNTS_BY_SIZE, sizes="; ".join(_summary(frame["people"]))),
            without_list(frame),
        ],
        demo=demo,
        dark=dark,
        foot=30,
        height=_HEIGHT,
    )


def _title(people: pl.Series) -> str:
    """The finding, as the title: the size that half of the sessions do not exceed."""
    known = people.drop_nulls().to_list()
    if not known:
        return say(Text.SIZES_NOT_KNOWN, sessions=len(people))
    if len(people) == 1:
        return say(Text.ONLY_SESSION, people=_people(known[0]))
    half = HalfOfKnownSessions if len(known) < len(people) else HalfOfSessions
    most = median_low(known)
    if most > 1:
        return say(half.OR_FEWER, people=_people(most))
    if most == 0:
        return half.NOBODY
    return half.ONLY_ONE if min(known) else half.AT_MOST_ONE


def _summary(people: pl.Series) -> list[str]:
    """Count the sessions, describe the sizes that are known, and count those that are not."""
    known, nobody, unknown = people.drop_nulls().to_list(), (people == 0).sum(), people.null_count()
    said = [say(Text.NUMBER, sessions=len(people))]
    if known:
        sizes = {"median": _people(median(known)), "largest": _people(max(known))}
        said.append(say(Text.MEDIAN, **sizes))
    if nobody:
        said.append(say(Text.WITH_NOBODY, sessions=nobody))
    if unknown:
        said.append(say(Text.SIZE_NOT_KNOWN, sessions=unknown))
    return said


def _people(number: float) -> str:
    return say(Text.ONE_PERSON if number == 1 else Text.PEOPLE_OF_SIZE, figure=f"{number:,g}")


def _named(table: pl.DataFrame) -> pl.DataFrame:
    """Add the name of each step, e.g. `1 to 5`, and its size in words."""
    steps = [*table.select("start", "end").iter_rows()]
    return table.with_columns(
        pl.Series("people", [_name(*step) for step in steps], pl.String),
        pl.Series("size", [size_in_words(*step) for step in steps], pl.String),
    )


def _name(start: int | None, end: int | None) -> str:
    if start is None or end is None:
        return NOT_KNOWN
    return say(Text.FROM_TO, start=start, end=end) if end > start else str(start)


def _bars(rows: pl.DataFrame, dark: bool) -> list[alt.Chart]:
    """The bars, with the number of sessions above each."""
    p = palette(dark)
    highest = rows.select(pl.col("sessions").max()).item()
    least = highest * MIN_PIXELS / _HEIGHT
    base = (
        rows_of(rows.filter(pl.col("sessions") > 0))
        .transform_calculate(
            seen=f"max(datum.sessions, {least})",
            spoken=axes.sentence(Text.SPOKEN_SIZE),
        )
        .encode(
            x=alt.X(
                "people:O",
                sort=[*rows["people"]],
                title=Text.PEOPLE,
                axis=alt.Axis(labelAngle=0, labelOverlap="greedy", labelSeparation=8, ticks=False),
                scale=alt.Scale(domain=[*rows["people"]], paddingInner=0.15),
            ),
            y=alt.Y("seen:Q", **axes.counting(Text.SESSIONS, highest)),
            tooltip=axes.tooltip({"people": Text.PEOPLE}, {"sessions": Text.SESSIONS}),
            description=axes.aria_label(),
        )
    )
    # Numbers wider than their bars are turned.
    upright = width(f"{highest:,}") > WIDTH / rows.height
    look: dict[str, Any] = {"angle": 270, "align": "left", "dx": 4} if upright else {"dy": -8}
    figures = base.mark_text(color=p.muted, aria=False, **look).encode(
        text=alt.Text("sessions:Q", format=",")
    )
    bars = base.mark_bar(color=p.accent).properties(name="sizes")
    return [axes.pick(bars, "start", "end"), figures]

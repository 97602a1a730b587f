"""Group sessions by size."""

from __future__ import annotations

from statistics import median, median_low
from typing import TYPE_CHECKING, Any

import altair as alt
import polars as pl

from kpa_analytics.charts import axes
from kpa_analytics.charts.fitting import width
from kpa_analytics.charts.group_sessions import NO_SESSIONS, read_sessions, without_list
from kpa_analytics.charts.stacking import MIN_PIXELS
from kpa_analytics.charts.styled import layered, nothing_to_show, rows_of
from kpa_analytics.charts.theme import WIDTH, palette
from kpa_analytics.demo_mark import is_demo
from kpa_analytics.wording import count

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kpa_analytics.inputs import AnyFrame

_TITLE = "Group sessions by size"
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
        return "size not known"
    people = count(start, "person", "people") if start == end else f"{start:,} to {end:,} people"
    return f"{people} in the session"


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
        return nothing_to_show(_TITLE, NO_SESSIONS, dark=dark, demo=demo)
    summary = _summary(frame["people"])
    return layered(
        _bars(_named(group_sizes_table(frame)), dark),
        title=_title(frame["people"]),
        subtitle=[
            f"{_TITLE}: {'; '.join([count(frame.height, 'session'), *summary])}",
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
        return f"The size of {count(len(people), 'group session')} is not known"
    if len(people) == 1:
        return f"The only group session has {_people(known[0])}"
    of_known = " of known size" if len(known) < len(people) else ""
    return f"Half of the group sessions{of_known} have {_at_most(known)}"


def _at_most(known: list[int]) -> str:
    """The size that half of the sessions do not exceed, in words that suit small numbers, too."""
    most = median_low(known)
    if most > 1:
        return f"{_people(most)} or fewer"
    if most == 0:
        return "nobody in them"
    return "only 1 person" if min(known) else "at most 1 person"


def _summary(people: pl.Series) -> list[str]:
    """Describe the sizes that are known, and count those that are not."""
    known, nobody = people.drop_nulls().to_list(), (people == 0).sum()
    return [
        *([f"median {_people(median(known))}, largest {_people(max(known))}"] if known else []),
        *([f"{nobody:,} with nobody"] if nobody else []),
        *([f"the size of {people.null_count():,} is not known"] if people.null_count() else []),
    ]


def _people(number: float) -> str:
    return f"{number:,g} {'person' if number == 1 else 'people'}"


def _named(table: pl.DataFrame) -> pl.DataFrame:
    """Add the name of each step, e.g. `1 to 5`."""
    name = (
        pl.when(pl.col("start").is_null())
        .then(pl.lit("not known"))
        .when(pl.col("end") > pl.col("start"))
        .then(pl.format("{} to {}", "start", "end"))
        .otherwise(pl.format("{}", "start"))
    )
    return table.with_columns(name.alias("people")).with_row_index("place")


def _bars(rows: pl.DataFrame, dark: bool) -> list[alt.Chart]:
    """The bars, with the number of sessions above each."""
    p = palette(dark)
    highest = rows.select(pl.col("sessions").max()).item()
    least = highest * MIN_PIXELS / _HEIGHT
    base = (
        rows_of(rows)
        .transform_calculate(
            seen=f"datum.sessions > 0 ? max(datum.sessions, {least}) : 0",
            spoken=axes.sentence("{people} in the session: {sessions:session}"),
        )
        .encode(
            x=alt.X(
                "people:O",
                sort=alt.EncodingSortField("place", op="min"),
                title="People in the session",
                axis=alt.Axis(labelAngle=0, labelOverlap="greedy", labelSeparation=8, ticks=False),
                scale=alt.Scale(paddingInner=0.15),
            ),
            y=alt.Y("seen:Q", **axes.counting("Sessions", highest)),
            tooltip=axes.tooltip({"people": "People in the session"}, {"sessions": "Sessions"}),
            description=axes.aria_label(),
        )
    )
    # Numbers wider than their bars are turned.
    upright = width(f"{highest:,}") > WIDTH / rows.height
    look: dict[str, Any] = {"angle": 270, "align": "left", "dx": 4} if upright else {"dy": -8}
    figures = (
        base.transform_filter("datum.sessions > 0")
        .mark_text(color=p.muted, aria=False, **look)
        .encode(text=alt.Text("sessions:Q", format=","))
    )
    bars = base.mark_bar(color=p.accent).properties(name="sizes")
    return [axes.pick(bars, "start", "end"), figures]

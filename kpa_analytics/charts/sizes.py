"""How large group sessions are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt
import polars as pl

from kpa_analytics.charts.scales import whole_axis, whole_ticks
from kpa_analytics.charts.sessions import NO_SESSIONS, read_sessions
from kpa_analytics.charts.sheet import Sheet, drawable, empty
from kpa_analytics.charts.theme import palette
from kpa_analytics.charts.words import count
from kpa_analytics.demo_mark import is_demo

if TYPE_CHECKING:
    from kpa_analytics.charts.sheet import Numbers, Rows
    from kpa_analytics.inputs import AnyFrame

_TITLE = "Group sessions by size"


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
        >>> from kpa_analytics.schema import GROUP_SESSIONS
        >>> group_sizes_table(GROUP_SESSIONS.empty()).shape
        (0, 3)
    """
    return _by_size(read_sessions(groups))


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


@drawable
def group_sizes(groups: AnyFrame, *, dark: bool = False) -> Sheet:
    """Draw how many sessions had how many people.

    Args:
        groups: as `group_sessions()` of the analysis makes it, eager or lazy.
        dark: for a dark background.

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
        return empty(_TITLE, NO_SESSIONS, dark=dark, demo=demo)
    largest = frame.select(pl.col("people").max()).item()
    middle = frame.select(pl.col("people").median()).item()
    table = _by_size(frame)
    return Sheet(
        _layers,
        {
            "rows": _named(table),
            "ticks": whole_ticks(table.select(pl.col("sessions").max()).item()),
        },
        {},
        title=_TITLE,
        words=[
            f"{count(frame.height, 'session')}; "
            f"median {_people(middle)}, largest {_people(largest)}"
        ],
        demo=demo,
        dark=dark,
        foot=30,
    )


def _people(number: float) -> str:
    return f"{number:,g} {'person' if number == 1 else 'people'}"


def _named(table: pl.DataFrame) -> pl.DataFrame:
    """The steps with their names, e.g. `1 to 5`."""
    wide = pl.col("end") > pl.col("start")
    name = (
        pl.when(wide)
        .then(pl.format("{} to {}", "start", "end"))
        .otherwise(pl.format("{}", "start"))
    )
    return table.with_columns(name.alias("people"))


def _layers(rows: Rows, ticks: Numbers, dark: bool) -> list[alt.Chart]:
    p = palette(dark)
    base = alt.Chart(rows).encode(
        x=alt.X(
            "people:O",
            sort=alt.EncodingSortField("start", op="min"),
            title="People in the session",
            axis=alt.Axis(labelAngle=0, labelOverlap="greedy", labelSeparation=8, ticks=False),
            scale=alt.Scale(paddingInner=0.15),
        ),
        y=alt.Y(
            "sessions:Q",
            title="Sessions",
            axis=whole_axis(ticks),
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
    return [base.mark_bar(color=p.accent), figures]

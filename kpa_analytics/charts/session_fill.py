"""How full past sessions were, by training, the emptiest first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import altair as alt
import polars as pl

from kpa_analytics.analysis.periods import as_months, in_last_months
from kpa_analytics.analysis.planning.session_seats import SEATS, number_of_seats, seats_of_trainings
from kpa_analytics.as_of import Day
from kpa_analytics.charts import axes
from kpa_analytics.charts.group_sessions import read_sessions
from kpa_analytics.charts.number_columns import number_columns
from kpa_analytics.charts.periods import middle_day
from kpa_analytics.charts.styled import layered, nothing_to_show, one_row, rows_of
from kpa_analytics.charts.text import labels, not_drawn, short, top_names
from kpa_analytics.charts.theme import palette
from kpa_analytics.demo_mark import is_demo
from kpa_analytics.inputs import AnyFrame
from kpa_analytics.report_text import SessionsText
from kpa_analytics.whole_number import whole_number
from kpa_analytics.wording import count, day, percent, say

if TYPE_CHECKING:
    from datetime import date

_READ = ("date", "trainings_id", "trainings", "attendees", "recorded", "demo")
_TITLE = "How full sessions were"
#: Pixels for a label, for the bars, and for each column of numbers beside them.
_ROOM, _WIDTH, _NUMBERS = 200, 260, 72
#: Pixels for a training in the title.
_NAME = 190
#: The columns of numbers, and their headings.
_HEADINGS = {"full": "Filled", "people": "People", "sessions": "Sessions"}
_REPEATED = (
    "{sessions:session of several trainings counts|sessions of several trainings count} for each "
    "of them"
)
_REASONS = {
    "other day": "{number:session|sessions} on other days or without a date",
    "no size": "{number:session|sessions} of unknown size",
    "fuller": "{number:session|sessions} of trainings at least as full as the last row",
}


def session_fill_table(
    groups: AnyFrame,
    *,
    capacity: int | Mapping[int, int] = SEATS,
    as_of: Day | None = None,
    months: int = 24,
    top: int = 20,
) -> pl.DataFrame:
    """Count the people and the places of past sessions, by training.

    The people of a session are those listed for it, or else those with a completion in it. KPA does
    not know how many places a session has, so `capacity` gives them. A session of two trainings
    counts for both.

    Args:
        groups: the result of `kpa_analytics.group_sessions()`.
        capacity: the places in a session, 1 to 10,000; default 12. Or the places for some trainings
            by id; the others have 12.
        as_of: the last day that counts; by default, the latest day of the frame up to today or,
            for demo data, `demo.AS_OF`.
        months: the number of calendar months up to `as_of`, 1 to 1200; default 24.
        top: number of trainings to keep, 1 to 60: those with the emptiest sessions.

    Returns:
        One row per training: training_id, training (String, unique), sessions, people, places
        (Int64), share (Float64; people / places, more than 1 if sessions were overfull); the lowest
        share first.

    Raises:
        KPADataError: a column is missing, `capacity` names a training that no session has, or
            an argument is invalid.

    Examples:
        >>> from kpa_analytics.schema import GROUP_SESSIONS
        >>> session_fill_table(GROUP_SESSIONS.empty()).shape
        (0, 6)
    """
    return _read(groups, capacity, as_of, months, top)[0]


def session_fill(
    groups: AnyFrame,
    *,
    capacity: int | Mapping[int, int] = SEATS,
    as_of: Day | None = None,
    months: int = 24,
    top: int = 20,
    dark: bool = False,
) -> alt.LayerChart:
    """Draw which share of the places in past sessions was filled, by training, emptiest first.

    Args:
        groups: the result of `kpa_analytics.group_sessions()`, eager or lazy.
        capacity: the places in a session, 1 to 10,000; default 12. Or the places for some trainings
            by id; the others have 12.
        as_of: the last day that counts; by default, the latest day of the frame up to today or,
            for demo data, `demo.AS_OF`.
        months: the number of calendar months up to `as_of`, 1 to 1200; default 24.
        top: number of trainings to draw, 1 to 60: those with the emptiest sessions; the subtitle
            counts the sessions of the others.
        dark: True for a dark background.

    Returns:
        The chart; its data is `session_fill_table(...)`.

    Raises:
        KPADataError: as `session_fill_table`.

    Examples:
        >>> from kpa_analytics.schema import GROUP_SESSIONS
        >>> session_fill(GROUP_SESSIONS.empty()).description
        'How full sessions were. No group sessions to show.'
    """
    table, shares, left_out, repeated, last, demo = _read(groups, capacity, as_of, months, top)
    said = not_drawn(left_out, _REASONS)
    if table.is_empty() or last is None:
        return nothing_to_show(_TITLE, SessionsText.NOTHING, said, dark=dark, demo=demo)
    rows = table.with_columns(
        short(table, "training", _ROOM),
        pl.Series("full", [percent(*pair) for pair in table.select("people", "places").rows()]),
    ).with_row_index("place")
    people, places = shares.select(pl.col("people", "places").sum()).row(0)
    order = ", emptiest first" if table.height > 1 else ""
    return layered(
        [
            *_bars(rows, dark),
            *_average(people, places, rows, dark),
            *number_columns(rows, _HEADINGS, start=_WIDTH, step=_NUMBERS, dark=dark),
        ],
        title=_title(table, shares),
        subtitle=[
            f"{_TITLE}: {count(people, 'attendance')} in {count(places, 'place')} "
            f"{_of_places(capacity)}, in the {count(months, 'month')} up to {day(last)}, by "
            f"training{order}",
            say(_REPEATED, sessions=repeated) if repeated else "",
            said,
        ],
        demo=demo,
        dark=dark,
        foot=54,
        width=_WIDTH,
        height=axes.row_step(rows["short"], 24),
    )


def _read(
    groups: AnyFrame,
    capacity: int | Mapping[int, int],
    as_of: Day | None,
    months: int,
    top: int,
) -> tuple[pl.DataFrame, pl.DataFrame, dict[str, int], int, date | None, bool]:
    """The table, all trainings, the sessions not drawn, those that are repeated, the day, `demo`.

    A session of several trainings is repeated for each.
    """
    whole_number(top, "top", 60)
    frame = read_sessions(groups, *_READ)
    seats = _seats(capacity, frame)
    last = middle_day(frame, "date", as_of)
    inside = frame.filter(in_last_months(last, as_months(months)) if last else pl.lit(False))
    sized = inside.filter(pl.col("people").is_not_null())
    each = sized.explode("trainings_id", "trainings").filter(pl.col("trainings_id").is_not_null())
    counts = (
        each.group_by(pl.col("trainings_id").alias("training_id"))
        .agg(
            pl.col("trainings").min().alias("training"),
            pl.len().cast(pl.Int64).alias("sessions"),
            pl.col("people").sum(),
        )
        .with_columns((pl.col("sessions") * seats).alias("places"))
        .with_columns((pl.col("people") / pl.col("places")).alias("share"))
        .sort("share", "training", "training_id")
    )
    table = labels(counts.head(top), "training", "training_id", room=_ROOM)
    left_out = {
        "other day": frame.height - inside.height,
        "no size": inside.height - sized.height,
        "fuller": int(counts["sessions"].slice(top).sum()),
    }
    columns = ("training_id", "training", "sessions", "people", "places", "share")
    repeated = sized.filter(pl.col("trainings_id").list.len() > 1).height
    return table.select(columns), counts, left_out, repeated, last, is_demo(frame)


def _seats(capacity: int | Mapping[int, int], groups: pl.DataFrame) -> pl.Expr:
    """The places in a session of each training."""
    if not isinstance(capacity, Mapping):
        return pl.lit(number_of_seats(capacity, "capacity"), pl.Int64)
    taught = groups["trainings_id"].explode().unique().to_list()
    known = seats_of_trainings(capacity, taught, "these sessions")
    return pl.col("training_id").replace_strict(known, default=SEATS, return_dtype=pl.Int64)


def _of_places(capacity: int | Mapping[int, int]) -> str:
    if isinstance(capacity, Mapping):
        return f"({SEATS} a session, or the number given for the training)"
    return f"({capacity:,} a session)"


def _title(table: pl.DataFrame, trainings: pl.DataFrame) -> str:
    """The finding, as the title: the share of all places, and the emptiest of all trainings."""
    people, places = trainings.select(pl.col("people", "places").sum()).row(0)
    said = f"{percent(people, places)} of the places in past sessions were filled"
    emptiest = trainings.filter(pl.col("share") == pl.col("share").min())
    if emptiest.height == trainings.height:
        return said
    nouns = ("training", "trainings")
    names = top_names(table["training"].to_list(), emptiest.height, nouns, _NAME)
    share = percent(*emptiest.select("people", "places").row(0))
    each = " each" if emptiest.height > 1 else ""
    return f"{said}; the lowest share is in {names} ({share}{each})"


def _axis(field: str, rows: pl.DataFrame) -> alt.X:
    end = max(1.0, *rows["share"])
    return alt.X(
        f"{field}:Q",
        title="Places filled",
        scale=alt.Scale(domain=[0, end], nice=False),
        axis=alt.Axis(format=".0%", tickCount=5),
    )


def _bars(rows: pl.DataFrame, dark: bool) -> list[alt.Chart]:
    bars: alt.Chart = (
        rows_of(rows)
        .transform_calculate(
            spoken=axes.sentence("{training}: {full} filled, {people:,} of {places:place}")
        )
        .mark_bar(color=palette(dark).accent)
        .encode(
            x=_axis("share", rows),
            y=axes.labelled_rows(),
            tooltip=axes.tooltip(
                {"training": "Training", "full": "Filled"},
                {"people": "People", "places": "Places", "sessions": "Sessions"},
            ),
            description=axes.aria_label(),
        )
    )
    return [bars]


def _average(people: int, places: int, rows: pl.DataFrame, dark: bool) -> list[alt.Chart]:
    """A line at the share of all places."""
    share = people / places
    base = one_row(share=share, label=f"all {percent(people, places)}")
    line = base.mark_rule(
        strokeDash=[5, 3], strokeWidth=1.25, color=palette(dark).ink, aria=False
    ).encode(x=_axis("share", rows))
    text = base.mark_text(align="right" if share > 0.5 else "left", clip=False).encode(
        x=_axis("share", rows),
        y=alt.YValue(-9),
        text=alt.Text("label:N"),
        description=axes.aria_label("label"),
    )
    return [line, text]

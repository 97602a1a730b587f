"""The tables of a plan of sessions: its sessions, their people, and the cases without a place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import polars as pl

from kpa_analytics.analysis.planning.session_bookings import Bookings
from kpa_analytics.analysis.planning.session_reasons import Place, SessionReasons, session_reason
from kpa_analytics.analysis.planning.session_weeks import Costs
from kpa_analytics.schema import PLANNED_PEOPLE, UNPLACED

_TRAINING_AND_GROUP = ("training_id", "group")
_TAUGHT_BY = ("m_instructor_id", "instructor")
#: The order of the people of the sessions.
_PEOPLE_ORDER = ("session", "user", "m_user_id")
#: The order of the cases without a place.
UNPLACED_ORDER = ("training", "training_id", "due", "user", "m_user_id")


def places(cases: pl.DataFrame, bookings: Bookings, days: Sequence[date]) -> pl.DataFrame:
    """The case of each place, with its session and the day on which a session helps first."""
    sessions = bookings.sessions
    rows = [row for session in sessions for row in session.rows]
    each = [number for number, session in enumerate(sessions) for _ in session.rows]
    weeks = [session.week for session in sessions]
    day = pl.Series(days, dtype=pl.Date)
    numbers = pl.Series("booking", each, pl.Int64)
    return cases[rows].with_columns(
        numbers,
        pl.Series("week", day[pl.Series(weeks, dtype=pl.Int64)[numbers]]),
        pl.Series("first_day", day[cases["first_week"][rows]]),
        pl.Series("is_moved", [row in bookings.moved for row in rows], pl.Boolean),
    )


def numbered_sessions(
    places: pl.DataFrame, bookings: Bookings, costs: Costs, names: Mapping[str, str]
) -> pl.DataFrame:
    """The sessions, numbered by week and title (`schema.PLANNED_SESSIONS`).

    `booking` is their number in `bookings`, and `names` are the names of the instructors.
    """
    is_gap = pl.col("is_gap")
    due_in = (pl.col("due") - pl.col("week")).dt.total_days()
    rows = places.with_columns(due_in.alias("due_in"))
    place_costs = {days: costs.of_place(days, 0) for days in rows["due_in"].unique()}
    place_cost = pl.col("due_in").replace_strict(place_costs, return_dtype=pl.Float64)
    by_booking = rows.group_by("booking").agg(
        pl.col("week", "training_id", "training", "group").first(),
        pl.len().cast(pl.Int64).alias("filled"),
        (costs.session + place_cost.sum()).alias("cost"),
        is_gap.sum().alias("gaps"),
        pl.col("due").filter(~is_gap).min().alias("due"),
    )
    sessions = bookings.sessions
    booked = pl.DataFrame(
        {
            "booking": range(len(sessions)),
            "seats": [session.seats for session in sessions],
            "m_instructor_id": [session.instructor for session in sessions],
            "instructor": [names[session.instructor] for session in sessions],
        },
        schema={**{"booking": pl.Int64, "seats": pl.Int64}, **dict.fromkeys(_TAUGHT_BY, pl.String)},
    )
    ordered = booked.join(by_booking, on="booking").sort(
        *("week", "training", "training_id", "group", "booking"), nulls_last=True
    )
    reasons = [*map(session_reason, ordered["filled"], ordered["gaps"], ordered["due"])]
    return ordered.with_columns(
        pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias("session"),
        pl.Series("reason", reasons, pl.String),
    )


def numbered_places(places: pl.DataFrame, sessions: pl.DataFrame) -> pl.DataFrame:
    """The people of the sessions (`schema.PLANNED_PEOPLE`), without the reasons.

    Args:
        places: as `places` returns them.
        sessions: as `numbered_sessions` returns them.
    """
    numbers = sessions.select("booking", "session")
    columns = [name for name in PLANNED_PEOPLE.schema.names() if name != "reason"]
    return places.join(numbers, on="booking").select(columns).sort(_PEOPLE_ORDER)


def _with_reasons(
    places: pl.DataFrame, sessions: pl.DataFrame, by_window: set[int], begins: date
) -> pl.DataFrame:
    """The places with `reason`, which is put into words once for people in the same situation."""
    has_spare: dict[tuple[int, str | None], dict[date, bool]] = {}
    for training, group, week, filled, seats in sessions.select(
        *_TRAINING_AND_GROUP, "week", "filled", "seats"
    ).iter_rows():
        weeks = has_spare.setdefault((training, group), {})
        weeks[week] = weeks.get(week, False) or filled < seats
    reasons = {
        (training, group): SessionReasons(
            sorted(weeks),
            {week for week, spare in weeks.items() if not spare},
            begins=begins,
            by_window=training in by_window,
        )
        for (training, group), weeks in has_spare.items()
    }
    alike = [*_TRAINING_AND_GROUP, *Place._fields]
    situations = places.select(alike).unique()
    texts = [
        reasons[training, group].of(Place._make(place))
        for training, group, *place in situations.iter_rows()
    ]
    said = situations.with_columns(pl.Series("reason", texts, pl.String))
    return places.join(said, on=alike, how="left", nulls_equal=True)


def planned_people(
    places: pl.DataFrame, sessions: pl.DataFrame, by_window: set[int], begins: date
) -> pl.DataFrame:
    """The people of the sessions (`schema.PLANNED_PEOPLE`).

    Args:
        places: as `places` returns them.
        sessions: as `numbered_sessions` returns them.
        by_window: the trainings that are renewed in windows.
        begins: the first day of the plan.
    """
    numbers = sessions.select("booking", "session")
    return (
        _with_reasons(places, sessions, by_window, begins)
        .join(numbers, on="booking")
        .select(PLANNED_PEOPLE.schema.names())
        .sort(_PEOPLE_ORDER)
    )


def unplaced(cases: pl.DataFrame, bookings: Bookings) -> pl.DataFrame:
    """The cases without a place, and why (`schema.UNPLACED`)."""
    columns = UNPLACED.schema.names()
    reasons = pl.Series("reason", bookings.no_place, pl.String)
    left_out = cases.with_columns(reasons).select(columns).filter(pl.col("reason").is_not_null())
    # The cases are in the order of due days and names. Numbers are sorted faster than titles.
    titles = pl.Enum(cases["training"].unique().sort())
    return left_out.sort(pl.col("training").cast(titles), "training_id", maintain_order=True)

"""The rows of the planner, without any drawing: a plan, and what moved sessions change."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import polars as pl

from kpa_analytics.analysis.planning.booked_plan import BookedPlan
from kpa_analytics.analysis.planning.expiring_again import expiring_again
from kpa_analytics.analysis.planning.gaps_left import GapsLeft, gaps_left
from kpa_analytics.analysis.planning.plan_basis import PlanBasis
from kpa_analytics.analysis.planning.plan_sessions import booked_plan
from kpa_analytics.analysis.planning.plan_tables import UNPLACED_ORDER
from kpa_analytics.schema import EXPIRY_STATUS, PLANNED_PEOPLE
from kpa_analytics.wording import day_texts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kpa_analytics.analysis.choices import PlannerChoices
    from kpa_analytics.analysis.people_filter import PeopleFilter
    from kpa_analytics.analysis.planning.session_plan import SessionPlan
    from kpa_analytics.data.training_data import TrainingData

    #: The number of each session that was moved, and its new week; None if it was dropped.
    _Moves = tuple[tuple[int, date | None], ...]

#: The words for a session that was dropped or moved, and for what is wrong with it then.
DROPPED, MOVED = "dropped", "moved from {}"
#: Whether a row of `PlannerView.sessions` was not dropped.
NOT_DROPPED = pl.col("change").ne_missing(DROPPED)
#: What follows the reason for the place of a person in such a session.
NOW_DROPPED, NOW_MOVED = "{}; you dropped it", "{}; you moved it to {}"
#: Why a case in a dropped session has no place.
LOST_PLACE = "you dropped the session of {}"
BUSY, NOT_ELIGIBLE = "{} teaches another session in this week", "{} may teach it until {} only"
#: The number of plans that are kept.
_KEPT = 4
#: The columns that `PlannerView.sessions` adds, for a session that is in its planned week.
_UNCHANGED = [pl.lit(None, pl.String).alias(name) for name in ("change", "check", "note")]
#: The columns of the tables of gaps.
GAP_COLUMNS = pl.Schema(
    (name, EXPIRY_STATUS.schema[name])
    for name in ("m_user_id", "user", "training_id", "training", "expiration_date", "status")
)


class Gaps(NamedTuple):
    """The gaps at the start of a plan, and at its end without its sessions and with them."""

    today: int
    without: int
    planned: int


class PlannerView:
    """Plans of sessions for one set of records, for any choices."""

    def __init__(self, data: TrainingData, people_filter: PeopleFilter) -> None:
        self._data, self._people_filter = data, people_filter
        self._booked = lru_cache(maxsize=_KEPT)(self._new_bookings)
        self._plan = lru_cache(maxsize=_KEPT)(BookedPlan.whole)
        self._basis = PlanBasis(data)
        self._checked = lru_cache(maxsize=_KEPT)(self._moved_sessions)
        self._places = lru_cache(maxsize=_KEPT)(self._moved_places)
        self._after = lru_cache(maxsize=_KEPT)(self._gaps_after)

    def plan(self, choices: PlannerChoices) -> SessionPlan:
        """The plan of these choices, before any session is moved."""
        return self._plan(self.booked(choices))

    def booked(self, choices: PlannerChoices) -> BookedPlan:
        """The sessions of this plan, which are known before its other tables."""
        return self._booked(choices.as_of, choices.weeks, choices.capacity, choices.by)

    def sessions(self, choices: PlannerChoices) -> pl.DataFrame:
        """The sessions of the chosen trainings and people, moved and dropped as chosen.

        Adds `change` (null, or the words of `DROPPED` and `MOVED`) and `check` (null, or why the
        instructor cannot teach the moved session) and `note` (both) to `schema.PLANNED_SESSIONS`. A
        session that was dropped keeps its row.
        """
        rows = self._moved(choices)
        conditions = self._people_filter.conditions(choices)
        if conditions:
            wanted = self.booked(choices).places.filter(*conditions)["session"].unique()
            rows = rows.filter(pl.col("session").is_in(wanted.implode()))
        return rows.sort("week", "training", "session")

    def session(self, choices: PlannerChoices, number: int) -> dict[str, Any]:
        """One session as a row of `sessions()`, also if its people or training are not chosen."""
        return self._moved(choices).row(by_predicate=pl.col("session") == number, named=True)

    def people(self, choices: PlannerChoices, sessions: Iterable[int]) -> pl.DataFrame:
        """The people of these sessions (`schema.PLANNED_PEOPLE`).

        A reason names the planned week of a session. It also says if the session was moved or
        dropped.
        """
        numbers = pl.Series(list(sessions), dtype=pl.Int64)
        if numbers.is_empty():
            return PLANNED_PEOPLE.empty()
        people = self.booked(choices).people.filter(pl.col("session").is_in(numbers.implode()))
        changed = self._moved(choices).select("session", "change", now="week")
        now = (
            pl.when(pl.col("change") == DROPPED)
            .then(pl.format(NOW_DROPPED, "reason"))
            .when(pl.col("change").is_not_null())
            .then(pl.format(NOW_MOVED, "reason", day_texts(pl.col("now"))))
            .otherwise("reason")
        )
        return people.join(changed, on="session", how="left", maintain_order="left").select(
            *(pl.col(name) if name != "reason" else now.alias("reason") for name in people.columns)
        )

    def unplaced(self, choices: PlannerChoices) -> pl.DataFrame:
        """The cases of the chosen trainings and people that have no place (`schema.UNPLACED`).

        They include those whose session was dropped.
        """
        plan, conditions = self.booked(choices), self._people_filter.conditions(choices)
        dropped = [move["session"] for move in choices.moves if move["week"] is None]
        if not dropped:
            return plan.unplaced.filter(*conditions)
        lost = plan.places.filter(pl.col("session").is_in(dropped)).with_columns(
            pl.format(LOST_PLACE, day_texts(pl.col("week"))).alias("reason")
        )
        rows = pl.concat([plan.unplaced, lost.select(plan.unplaced.columns)])
        return rows.filter(*conditions).sort(UNPLACED_ORDER)

    def last_instructors(self, choices: PlannerChoices) -> pl.DataFrame:
        """The trainings that lose their last instructor (`schema.LAST_INSTRUCTORS`).

        If trainings or people are chosen: only the trainings of their cases in the plan.
        """
        plan, conditions = self.booked(choices), self._people_filter.conditions(choices)
        if not conditions:
            return plan.last_instructors
        needed = [
            cases.filter(*conditions)["training_id"] for cases in (plan.places, plan.unplaced)
        ]
        return plan.last_instructors.filter(
            pl.col("training_id").is_in(pl.concat(needed).implode())
        )

    def expiring_again(self, choices: PlannerChoices) -> pl.DataFrame:
        """The places whose new certificates expire within the plan (`schema.EXPIRING_AGAIN`).

        Only those of the chosen trainings and people. A moved session counts in its new week, and
        one that was dropped does not count.
        """
        rows = expiring_again(self._places(*self._moved_plan(choices)), self._data.users)
        return rows.filter(*self._people_filter.conditions(choices))

    def gaps_left(
        self, choices: PlannerChoices, gaps: pl.DataFrame, unplaced: pl.DataFrame
    ) -> GapsLeft:
        """Why the gaps with the sessions are left.

        `gaps` is the last frame of `gap_cases`, and `unplaced` the result of the method `unplaced`.
        """
        places = self._places(*self._moved_plan(choices))
        return gaps_left(gaps, places, unplaced, self._basis.rules.included)

    def gap_cases(self, choices: PlannerChoices) -> list[pl.DataFrame]:
        """The gaps of the chosen trainings and people, one frame for each number of `Gaps`.

        The columns are those of `GAP_COLUMNS`.
        """
        plan, moves = self._moved_plan(choices)
        today = self._basis.gaps_at_start(plan.as_of)
        without, planned = self._basis.gaps_on(plan.last_day), self._after(plan, moves)
        conditions = self._people_filter.conditions(choices)
        each = (today, without, planned)
        return [rows.filter(*conditions).select(GAP_COLUMNS.names()) for rows in each]

    def _new_bookings(self, as_of: date, weeks: int, capacity: int, by: str | None) -> BookedPlan:
        return booked_plan(self._basis, as_of, weeks=weeks, capacity=capacity, by=by)

    def _gaps_after(self, plan: BookedPlan, moves: _Moves) -> pl.DataFrame:
        """The gaps on the last day after these sessions, among the statuses of `what_if()`."""
        return self._basis.gaps_after(self._places(plan, moves), plan.last_day)

    def _moved_places(self, plan: BookedPlan, moves: _Moves) -> pl.DataFrame:
        """The people of the sessions that were not dropped, as `BookedPlan.with_status` has them.

        `date` is the week of each.
        """
        weeks = self._checked(plan, moves).filter(NOT_DROPPED).select("session", date="week")
        places = plan.places.drop("week")
        return plan.with_status(places.join(weeks, on="session", maintain_order="left"))

    def _moved(self, choices: PlannerChoices) -> pl.DataFrame:
        """All sessions in their new weeks, with `change`, `check` and `note`."""
        return self._checked(*self._moved_plan(choices))

    def _moved_plan(self, choices: PlannerChoices) -> tuple[BookedPlan, _Moves]:
        """The plan of these choices, and its moves."""
        moves = tuple((move["session"], move["week"]) for move in choices.moves)
        return self.booked(choices), moves

    def _moved_sessions(self, plan: BookedPlan, moves: _Moves) -> pl.DataFrame:
        if not moves:
            return plan.sessions.with_columns(_UNCHANGED)
        weeks = dict(moves)
        new = pl.Series("new", [weeks.get(number) for number in plan.sessions["session"]], pl.Date)
        is_dropped = pl.col("session").is_in([n for n, week in moves if week is None])
        twice = NOT_DROPPED.sum().over("week", "m_instructor_id") > 1
        late = (pl.col("eligible_until") < pl.col("week")).fill_null(False)
        until = day_texts(pl.col("eligible_until"))
        return (
            plan.sessions.lazy()
            .with_columns(new)
            .with_columns(
                pl.when(is_dropped)
                .then(pl.lit(DROPPED))
                .when(pl.col("new") != pl.col("week"))
                .then(pl.format(MOVED, day_texts(pl.col("week"))))
                .alias("change"),
                pl.coalesce("new", "week").alias("week"),
            )
            .join(
                self._basis.instructors_on(plan.as_of)
                .lazy()
                .filter("eligible")
                .select("training_id", "m_instructor_id", "eligible_until"),
                on=["training_id", "m_instructor_id"],
                how="left",
                maintain_order="left",
            )
            .with_columns(
                pl.when(NOT_DROPPED & late)
                .then(pl.format(NOT_ELIGIBLE, "instructor", until))
                .when(NOT_DROPPED & twice)
                .then(pl.format(BUSY, "instructor"))
                .alias("check")
            )
            .with_columns(
                pl.concat_str("change", "check", separator="; ", ignore_nulls=True)
                .replace("", None)
                .alias("note")
            )
            .drop("new", "eligible_until")
            .collect(engine="in-memory")
        )

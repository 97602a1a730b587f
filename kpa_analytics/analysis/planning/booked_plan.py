"""A plan as soon as its sessions are booked: its other tables are computed when they are needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import cached_property

import polars as pl

from kpa_analytics.analysis.planning.expiring_again import expiring_again
from kpa_analytics.analysis.planning.last_instructors import last_instructors
from kpa_analytics.analysis.planning.plan_basis import PlanBasis
from kpa_analytics.analysis.planning.plan_tables import (
    numbered_places,
    numbered_sessions,
    places,
    planned_people,
    unplaced,
)
from kpa_analytics.analysis.planning.session_bookings import Bookings
from kpa_analytics.analysis.planning.session_plan import SessionPlan
from kpa_analytics.analysis.planning.session_weeks import Costs
from kpa_analytics.schema import PLANNED_SESSIONS


class BookedPlan:
    """The booked sessions of a plan, and its other tables, each computed when it is needed.

    Args:
        basis: the records.
        as_of: the day of the statuses.
        days: the Monday of each week.
        cases: one row for each case, with its useful weeks.
        bookings: what was booked for them.
        costs: what sessions and places cost.
        names: the names of the instructors.

    Attributes:
        as_of: the day of the statuses.
        first_week: the Monday of the first week.
        last_day: the last day of the last week.
        sessions: `SessionPlan.sessions`.
        requirements_note: `SessionPlan.requirements_note`.
    """

    def __init__(
        self,
        basis: PlanBasis,
        as_of: date,
        days: Sequence[date],
        cases: pl.DataFrame,
        bookings: Bookings,
        costs: Costs,
        names: Mapping[str, str],
    ) -> None:
        self.as_of, self.first_week, self._weeks = as_of, days[0], len(days)
        self.last_day = days[-1] + timedelta(days=6)
        self.requirements_note = basis.requirements_note
        self._basis, self._cases, self._bookings = basis, cases, bookings
        self._places = places(cases, bookings, days)
        self._sessions = numbered_sessions(self._places, bookings, costs, names)
        self.sessions = self._sessions.select(PLANNED_SESSIONS.schema.names())

    @cached_property
    def places(self) -> pl.DataFrame:
        """`people`, without the reasons, which take longer than the rest of it."""
        return numbered_places(self._places, self._sessions)

    @cached_property
    def people(self) -> pl.DataFrame:
        """`SessionPlan.people`."""
        windows = self._basis.rules.schedules.filter(pl.col("rule") == "window")["training_id"]
        return planned_people(self._places, self._sessions, {*windows}, self.first_week)

    @cached_property
    def unplaced(self) -> pl.DataFrame:
        """`SessionPlan.unplaced`."""
        return unplaced(self._cases, self._bookings)

    @cached_property
    def last_instructors(self) -> pl.DataFrame:
        """`SessionPlan.last_instructors`."""
        instructors = self._basis.instructors_on(self.as_of)
        trainings = self._cases["training_id"].unique()
        return last_instructors(instructors, trainings, self.last_day)

    def with_status(self, places: pl.DataFrame) -> pl.DataFrame:
        """Add the status that each place in a session gives on the last day (`PlanBasis`)."""
        return self._basis.with_status(places, self.first_week, self.last_day)

    def whole(self) -> SessionPlan:
        """The plan with all its tables."""
        data = self._basis.data
        new = self.with_status(self.places.rename({"week": "date"}))
        return SessionPlan(
            as_of=self.as_of,
            first_week=self.first_week,
            weeks=self._weeks,
            sessions=self.sessions,
            people=self.people,
            unplaced=self.unplaced,
            expiring_again=expiring_again(new, data.users),
            last_instructors=self.last_instructors,
            requirements_note=self.requirements_note,
            demo=data.demo,
            account=data.account,
        )

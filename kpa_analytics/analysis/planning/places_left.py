"""The places that are left for one training: seats in its sessions, and weeks for further ones."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from kpa_analytics.analysis.planning.instructor_weeks import InstructorWeeks


class Booking(NamedTuple):
    """A session: the number of its week, who teaches it, its seats, and the rows of its cases."""

    week: int
    instructor: str
    seats: int
    rows: list[int]


class PlacesLeft:
    """The places that are left in the sessions of one training and group, and in further ones.

    Args:
        training: the training.
        seats: the most people in a session.
        sessions: the sessions so far, to which `take` adds.
        instructors: the weeks of the instructors.
    """

    def __init__(
        self, training: int, seats: int, sessions: list[Booking], instructors: InstructorWeeks
    ) -> None:
        self._training, self._seats = training, seats
        self._sessions, self._instructors = sessions, instructors
        self._can_teach = instructors.of(training)
        self._find()

    @property
    def has_any(self) -> bool:
        """Whether any place is left, in any week."""
        return bool(self._open or self._weeks)

    def may_teach(self, person: str) -> bool:
        """Whether a person may teach the training, so that others must teach their session."""
        return person in self._can_teach

    def _find(self) -> None:
        """Find the sessions that are not full, and the weeks in which an instructor is free."""
        self._open = [
            (session.week, number, session.instructor)
            for number, session in enumerate(self._sessions)
            if len(session.rows) < self._seats
        ]
        session_limits = self._instructors.session_limits(self._training)
        self._weeks = [week for week, session_limit in enumerate(session_limits) if session_limit]

    def of(self, person: str, weeks: range) -> Iterator[tuple[int, int, bool]]:
        """The places for a person in some weeks, whom nobody teaches who attends.

        They are the week, the number of the session, and whether the session must be added.
        """
        for week, number, instructor in self._open:
            if week in weeks and instructor != person:
                yield week, number, False
        for week in self._weeks:
            if week in weeks and self._instructors.free(self._training, week, {person}):
                yield week, len(self._sessions), True

    def take(self, row: int, person: str, week: int, number: int) -> None:
        """Give a place to the case of a person."""
        if number == len(self._sessions):
            instructor = self._instructors.take(self._training, week, {person})
            self._sessions.append(Booking(week, str(instructor), self._seats, []))
        self._sessions[number].rows.append(row)
        self._find()

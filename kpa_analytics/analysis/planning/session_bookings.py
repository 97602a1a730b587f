"""Who is in which session, and who teaches it: the cheapest weeks of each training, booked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import accumulate
from math import ceil
from typing import NamedTuple

import polars as pl

from kpa_analytics.analysis.planning import session_texts as text
from kpa_analytics.analysis.planning.instructor_weeks import InstructorWeeks
from kpa_analytics.analysis.planning.session_weeks import Costs, Demand, served_by_week
from kpa_analytics.wording import say


class Booking(NamedTuple):
    """A session: the number of its week, who teaches it, its seats, and the rows of its cases."""

    week: int
    instructor: str
    seats: int
    rows: list[int]


class Bookings:
    """Books the sessions of one training and group after the other.

    Args:
        cases: one row for each case, with its useful weeks and `no_place`.
        as_of: the day of the plan.
        days: the day of the sessions of each week.
        costs: what sessions and places cost.
        instructors: the weeks of the instructors.

    Attributes:
        sessions: the sessions.
        left_out: why a case has no place, by its row.
        moved: the rows of instructors whom nobody else can teach in the week that suits best.
    """

    def __init__(
        self,
        cases: pl.DataFrame,
        *,
        as_of: date,
        days: Sequence[date],
        costs: Costs,
        instructors: InstructorWeeks,
    ) -> None:
        self._people = cases["m_user_id"].to_list()
        self._due = (cases["due"] - as_of).dt.total_days().to_list()
        self._firsts, self._stays = cases["first"].to_list(), cases["stays"].to_list()
        self._days, self._numbers = days, [(day - as_of).days for day in days]
        self._costs, self._instructors = costs, instructors
        self.sessions: list[Booking] = []
        reasons = enumerate(cases["no_place"].to_list())
        self.left_out = {row: reason for row, reason in reasons if reason is not None}
        self.moved: set[int] = set()

    def add(self, training: int, rows: Sequence[int], seats: int) -> None:
        """Book the sessions of a training for these cases, which are in the order of `due`."""
        demand = Demand(
            due=[self._due[row] for row in rows],
            first_weeks=[*accumulate((self._firsts[row] for row in rows), max)],
            days=self._numbers,
            rooms=self._instructors.rooms(training),
            seats=seats,
        )
        sessions: list[Booking] = []
        conflicts: list[tuple[int, int]] = []
        served = 0
        for week, number in enumerate(served_by_week(demand, self._costs)):
            part = rows[served : served + number]
            served += number
            here = [row for row in part if week < self._stays[row]]
            self._leave_out((row for row in part if week >= self._stays[row]), text.LEAVES)
            opened, alone = self._open(training, week, seats, here)
            sessions += opened
            conflicts += [(row, week) for row in alone]
        for row, week in conflicts:
            self._move(training, row, week, seats, sessions)
        self.sessions += sessions
        self._leave_out(rows[served:], text.NO_ROOM)

    def _open(
        self, training: int, week: int, seats: int, rows: Sequence[int]
    ) -> tuple[list[Booking], list[int]]:
        """The sessions of a week for these cases, and the attendee whom nobody else can teach."""
        parts = [*_divided(rows, seats)]
        sessions = []
        for part in parts:
            people = {self._people[row] for row in part}
            instructor = self._instructors.take(training, week, people)
            if instructor is None and len(rows) == 1:
                return [], part
            if instructor is None:
                instructor = self._instructors.take(training, week, ())
            sessions.append(Booking(week, str(instructor), seats, part))
        return sessions, self._conflicts(sessions)

    def _conflicts(self, sessions: list[Booking]) -> list[int]:
        """Let no instructor attend their own session: exchange places with another of the week.

        If the week has only one session, the instructor is taken out of it and returned.
        """
        for number, session in enumerate(sessions):
            for place, row in enumerate(session.rows):
                if self._people[row] != session.instructor:
                    continue
                if len(sessions) == 1:
                    return [session.rows.pop(place)]
                other = sessions[number - 1].rows
                session.rows[place], other[-1] = other[-1], row
                break
        return []

    def _move(
        self, training: int, row: int, wanted: int, seats: int, sessions: list[Booking]
    ) -> None:
        """Give an instructor the cheapest place in a session that somebody else teaches."""
        person = self._people[row]
        weeks = range(self._firsts[row], self._stays[row])
        options = [
            (round(self._place_cost(row, session.week), 6), session.week, number)
            for number, session in enumerate(sessions)
            if session.week in weeks and session.instructor != person and len(session.rows) < seats
        ]
        options += [
            (round(self._costs.session + self._place_cost(row, week), 6), week, len(sessions))
            for week in weeks
            if self._instructors.free(training, week, {person})
        ]
        if not options:
            reason = say(text.ONLY_FREE_INSTRUCTOR, week=self._days[wanted])
            self._leave_out([row], reason)
            return
        _, week, number = min(options)
        if number == len(sessions):
            instructor = self._instructors.take(training, week, {person})
            sessions.append(Booking(week, str(instructor), seats, []))
        sessions[number].rows.append(row)
        self.moved.add(row)

    def _place_cost(self, row: int, week: int) -> float:
        return self._costs.of_place(self._due[row], self._numbers[week])

    def _leave_out(self, rows: Iterable[int], reason: str) -> None:
        self.left_out.update(dict.fromkeys(rows, reason))


def _divided(rows: Sequence[int], seats: int) -> Iterator[list[int]]:
    """The rows in as few sessions as they fill, of as equal size as possible."""
    parts = ceil(len(rows) / seats)
    size, more = divmod(len(rows), max(parts, 1))
    start = 0
    for part in range(parts):
        end = start + size + (part < more)
        yield [*rows[start:end]]
        start = end

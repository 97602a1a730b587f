"""Who is in which session, and who teaches it: the cheapest weeks of each training, booked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from math import ceil

import polars as pl

from kpa_analytics.analysis.planning import session_texts as text
from kpa_analytics.analysis.planning.instructor_weeks import InstructorWeeks
from kpa_analytics.analysis.planning.longest_rising import longest_rising
from kpa_analytics.analysis.planning.places_left import Booking, PlacesLeft
from kpa_analytics.analysis.planning.session_weeks import Costs, Demand, served_by_week
from kpa_analytics.wording import say


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
        no_place: why each case has no place; None if it has one.
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
        first_day = days[0] + pl.duration(weeks="first_week")
        in_time = cases.select(pl.max_horizontal("due", first_day)).to_series()
        self._people = cases["m_user_id"].to_list()
        self._due, self._in_time = (
            (each - as_of).dt.total_days().to_list() for each in (cases["due"], in_time)
        )
        self._first_weeks = cases["first_week"].to_list()
        self._weeks_employed = cases["weeks_employed"].to_list()
        self._days, self._numbers = days, [(day - as_of).days for day in days]
        self._costs, self._instructors = costs, instructors
        self.sessions: list[Booking] = []
        self.no_place: list[str | None] = cases["no_place"].to_list()
        self.moved: set[int] = set()

    def add(self, training: int, rows: Sequence[int], seats: int) -> None:
        """Book the sessions of a training for these cases, which are in the order of `due`."""
        sessions, conflicts = self._at_lowest_cost(training, self._in_order(rows), seats)
        booked = {row for session in sessions for row in session.rows}.union(conflicts)
        left = PlacesLeft(training, seats, sessions, self._instructors)
        for row, week in conflicts.items():
            if self._give_place(left, row):
                self.moved.add(row)
            else:
                self.no_place[row] = say(text.ONLY_FREE_INSTRUCTOR, week=self._days[week])
        self._give_places(left, [row for row in rows if row not in booked])
        self.sessions += sessions

    def _in_order(self, rows: Sequence[int]) -> list[int]:
        """As many of the cases as possible that `served_by_week` can serve in their order.

        Until the first week that helps, a case is late wherever its place is. So it counts as due
        in that week if it is due before.
        """
        by_first = sorted(rows, key=self._first_weeks.__getitem__)
        ordered = sorted(by_first, key=self._in_time.__getitem__)
        firsts = [self._first_weeks[row] for row in ordered]
        if firsts == sorted(firsts):  # as usual
            return ordered
        return [ordered[place] for place in longest_rising(firsts)]

    def _at_lowest_cost(
        self, training: int, rows: Sequence[int], seats: int
    ) -> tuple[list[Booking], dict[int, int]]:
        """The sessions for these cases, and the week of each attendee nobody else can teach."""
        demand = Demand(
            due=[self._in_time[row] for row in rows],
            first_weeks=[self._first_weeks[row] for row in rows],
            days=self._numbers,
            session_limits=self._instructors.session_limits(training),
            seats=seats,
        )
        sessions: list[Booking] = []
        conflicts: dict[int, int] = {}
        served = 0
        for week, number in enumerate(served_by_week(demand, self._costs)):
            in_week = rows[served : served + number]
            served += number
            here = [row for row in in_week if week < self._weeks_employed[row]]
            opened, alone = self._open(training, week, seats, here)
            sessions += opened
            conflicts.update(dict.fromkeys(alone, week))
        return sessions, conflicts

    def _open(
        self, training: int, week: int, seats: int, rows: Sequence[int]
    ) -> tuple[list[Booking], list[int]]:
        """The sessions of a week for these cases, and the attendee whom nobody else can teach."""
        sessions: list[Booking] = []
        for attendees in _divided(rows, seats):
            people = {self._people[row] for row in attendees}
            instructor = self._instructors.take(training, week, people)
            if instructor is None and len(rows) == 1:
                return [], attendees
            if instructor is None:
                instructor = self._instructors.take(training, week, ())
            sessions.append(Booking(week, str(instructor), seats, attendees))
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

    def _give_places(self, left: PlacesLeft, rows: Sequence[int]) -> None:
        """Give each case the cheapest place that is left, or say why it has none."""
        reasons: dict[tuple[int, int, str | None], str] = {}  # until the next place is given
        for row in rows:
            if not left.has_any:
                self.no_place[row] = text.NO_ROOM
                continue
            person = self._people[row]
            instructor = person if left.may_teach(person) else None
            alike = (self._first_weeks[row], self._weeks_employed[row], instructor)
            if alike not in reasons:
                if self._give_place(left, row):
                    reasons.clear()
                    continue
                reasons[alike] = self._why_no_place(left, row)
            self.no_place[row] = reasons[alike]

    def _give_place(self, left: PlacesLeft, row: int) -> bool:
        """Give a case the cheapest place that is left in a week that helps; False if none is."""
        person, weeks = self._people[row], range(self._first_weeks[row], self._weeks_employed[row])
        places = [
            (self._cost(row, week, is_new), week, number)
            for week, number, is_new in left.of(person, weeks)
        ]
        if places:
            _, week, number = min(places)
            left.take(row, person, week, number)
        return bool(places)

    def _cost(self, row: int, week: int, is_new: bool) -> float:
        """The cost of a place, and of its session if that is new."""
        place = self._costs.of_place(self._due[row], self._numbers[week])
        return round(place + is_new * self._costs.session, 6)

    def _why_no_place(self, left: PlacesLeft, row: int) -> str:
        """Why no place is left for a case."""
        person = self._people[row]
        if any(left.of(person, range(self._weeks_employed[row], len(self._days)))):
            return text.LEAVES
        if any(left.of(person, range(self._first_weeks[row]))):
            return text.NO_USEFUL_ROOM
        return text.NO_ROOM


def _divided(rows: Sequence[int], seats: int) -> Iterator[list[int]]:
    """The rows in as few sessions as they fill, of as equal size as possible."""
    sessions = ceil(len(rows) / seats)
    size, larger = divmod(len(rows), max(sessions, 1))
    start = 0
    for session in range(sessions):
        end = start + size + (session < larger)
        yield [*rows[start:end]]
        start = end

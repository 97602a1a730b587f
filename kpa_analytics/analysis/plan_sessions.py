"""`plan_sessions()`: the sessions that renew certificates in time, at the lowest cost."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from math import ceil, isfinite
from typing import Any, Literal, NamedTuple

import polars as pl

from kpa_analytics.analysis import session_texts as text
from kpa_analytics.analysis.eligible_instructors import eligible_instructors
from kpa_analytics.analysis.engine import Rules
from kpa_analytics.analysis.expiry_status import expiry_status
from kpa_analytics.analysis.instructor_weeks import InstructorWeeks
from kpa_analytics.analysis.names import known_trainings
from kpa_analytics.analysis.required import requirements
from kpa_analytics.analysis.session_cases import (
    SessionCase,
    in_groups,
    new_expirations,
    session_cases,
)
from kpa_analytics.analysis.session_plan import SessionPlan
from kpa_analytics.analysis.session_reasons import CourseReasons, session_reason
from kpa_analytics.analysis.session_seats import SEATS, number_of_seats
from kpa_analytics.analysis.session_weeks import Costs, Course, served_by_week
from kpa_analytics.data.training_data import TrainingData, need_training_data
from kpa_analytics.errors import KPADataError
from kpa_analytics.inputs import AnyFrame, Day, day_of
from kpa_analytics.schema import PLANNED_PEOPLE, PLANNED_SESSIONS, UNPLACED, Table
from kpa_analytics.wording import say

#: The most weeks of a plan, and its groups.
MOST_WEEKS = 104
GROUPS = ("field_office",)


def plan_sessions(
    data: TrainingData,
    *,
    as_of: Day | None = None,
    weeks: int = 26,
    capacity: int | Mapping[int, int] = SEATS,
    by: Literal["field_office"] | None = None,
    session_cost: float = 500.0,
    early_cost: float = 0.5,
    late_cost: float = 1000.0,
    required: AnyFrame | None = None,
) -> SessionPlan:
    """Plan which sessions to hold in which week, for whom, and with which eligible instructor.

    The plan covers each gap on `as_of`, which is due at once, and each case that expires within the
    weeks, which is due on its expiration date. The first week begins on the first Monday on or
    after `as_of`, and each session is assumed to be on the Monday of its week. A person gets a
    place only in a week in which a completion would give a later expiration date, so a window
    training is renewed in its window. A composed training is renewed through its included
    trainings. A valid certificate that expires on or after the person's last day of employment is
    left out; a gap of a person who leaves before a session has no place, and the reason says so.

    For each training and group, no plan with the same free instructors costs less, except where an
    instructor attends. With the default costs, a day without a certificate costs more than a
    session, so no certificate expires where a session can prevent it. An instructor teaches at most
    one session a week, only while eligible (see `eligible_instructors()`), and never a session that
    they attend: an instructor whom a session needs gets the cheapest place in another one. If the
    instructors can't teach everybody, those who are due first have the places. Trainings with the
    fewest eligible instructors choose first, so the total of trainings that share instructors may
    not be the lowest. Source: docs/rules.md section 12.

    Args:
        data: the records, as `load_all()` returns them.
        as_of: the day of the statuses; a date or ISO text. Default: today, or for demo data
            `demo.AS_OF`.
        weeks: the number of weeks, 1 to 104; default 26.
        capacity: the most people in a session, 1 to 10,000; default 12. Or the number for some
            trainings by id; the others have 12.
        by: "field_office" plans the sessions of each field office separately. A person in several
            offices belongs to the one whose name comes first in the alphabet. Default: all
            together.
        session_cost: the cost of a session, in any unit; default 500.
        early_cost: the cost of each day by which a person renews before the expiration date, in the
            same unit; default 0.5.
        late_cost: the cost of each day on which a person has no valid certificate; default 1,000.
        required: the requirements, as for `expiry_status()`; default: the vendor's employee status,
            if `data` has it.

    Returns:
        A `SessionPlan` with `sessions` (`schema.PLANNED_SESSIONS`), `people`
        (`schema.PLANNED_PEOPLE`) and `unplaced` (`schema.UNPLACED`: each case without a place, and
        why). `what_if()` takes it and gives the statuses after these sessions.

    Raises:
        KPADataError: an argument is invalid; the message names it.

    Examples:
        >>> from kpa_analytics.schema import COMPLETIONS, TRAININGS, USERS
        >>> from datetime import date
        >>> rows = [("ike", date(2026, 5, 4), "ann"), ("bob", date(2025, 7, 14), "ike")]
        >>> done = pl.DataFrame(
        ...     [{"id": number, "training_id": 7, "m_user_id": person, "date": day,
        ...       "m_instructor_id": instructor}
        ...      for number, (person, day, instructor) in enumerate(rows)],
        ...     schema=COMPLETIONS.schema)
        >>> catalogue = pl.DataFrame(
        ...     [{"id": 7, "title": "Ladders", "schedule_type": "rolling", "renewal_months": 12}],
        ...     schema=TRAININGS.schema)
        >>> people = pl.DataFrame([{"id": "ike"}, {"id": "bob"}], schema=USERS.schema)
        >>> data = TrainingData(completions=done, trainings=catalogue, users=people)
        >>> plan = plan_sessions(data, as_of="2026-06-30", weeks=8)
        >>> plan.sessions.select("week", "training", "filled", "instructor").row(0)
        (datetime.date(2026, 7, 13), 'Ladders', 1, 'ike')
        >>> plan.people["reason"].item()
        'expires on 14 Jul 2026; the session of 13 Jul 2026 is the last before it'
    """
    need_training_data(data)
    day = day_of(as_of, data.completions, data.users)
    days = _mondays(day, weeks)
    seats = _seats(capacity, data)
    need_plan_group(by)
    costs = Costs(
        _cost(session_cost, "session_cost"),
        _cost(early_cost, "early_cost"),
        _cost(late_cost, "late_cost"),
    )
    rules = Rules(data.trainings)
    status = expiry_status(
        data.completions,
        data.trainings,
        data.users,
        as_of=day,
        required=requirements(data, required),
    )
    end = days[-1] + timedelta(days=6)
    cases = in_groups(session_cases(data, status, rules, as_of=day, end=end), data, by)
    instructors = InstructorWeeks(
        eligible_instructors(data.completions, data.trainings, data.users, as_of=day), days
    )
    planning = _Planning(day, days, seats, costs, instructors, rules, cases)
    return SessionPlan(
        as_of=day,
        first_week=days[0],
        weeks=weeks,
        **planning.frames(),
        demo=data.demo,
    )


class _Planning:
    """Plans the sessions of one training and group after the other."""

    def __init__(
        self,
        as_of: date,
        days: list[date],
        seats: Mapping[int, int],
        costs: Costs,
        instructors: InstructorWeeks,
        rules: Rules,
        cases: list[SessionCase],
    ) -> None:
        self._as_of, self._days, self._seats, self._costs = as_of, days, seats, costs
        self._numbers = [(day - as_of).days for day in days]
        self._instructors = instructors
        trainings = {case.training_id for case in cases}
        self._new_ends = new_expirations(rules, trainings, days)
        windows = rules.schedules.filter(pl.col("rule") == "window")["training_id"]
        self._by_window = {*windows}
        self._sessions: list[dict[str, Any]] = []
        self._people, self._unplaced = _Lines(), _Lines()
        self._first_week = cache(self._useful_from)
        for course in self._in_order(cases):
            self._plan(course)

    def frames(self) -> dict[str, pl.DataFrame]:
        """The sessions, numbered by week and title, their people, and the cases without a place."""
        sessions = (
            pl.DataFrame(self._sessions, schema=PLANNED_SESSIONS.schema)
            .sort("week", "training", "training_id", "group", "session", nulls_last=True)
            .with_columns(pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias("number"))
        )
        numbers = sessions.select("session", "number")
        people = (
            self._people.frame(PLANNED_PEOPLE)
            .join(numbers, on="session", how="left")
            .with_columns(session="number")
            .sort("session", "user", "m_user_id")
        )
        unplaced = self._unplaced.frame(UNPLACED)
        return {
            "sessions": sessions.with_columns(session="number").drop("number"),
            "people": people.drop("number"),
            "unplaced": unplaced.sort("training", "training_id", "due", "user", "m_user_id"),
        }

    def _in_order(self, cases: list[SessionCase]) -> Iterator[list[SessionCase]]:
        """The cases of each training and group, those with the fewest instructors first."""
        courses: dict[tuple[int, str | None], list[SessionCase]] = {}
        for case in cases:
            courses.setdefault((case.training_id, case.group), []).append(case)

        def order(key: tuple[int, str | None]) -> tuple[int, int, int, str]:
            training, group = key
            gaps = sum(case.is_gap for case in courses[key])
            return len(self._instructors.of(training)), -gaps, training, group or ""

        for key in sorted(courses, key=order):
            yield courses[key]

    def _plan(self, cases: list[SessionCase]) -> None:
        training = cases[0].training_id
        eligible = self._instructors.of(training)
        if not eligible:
            self._leave_out(cases, self._instructors.why_nobody(training))
            return
        only = {*eligible} if len(eligible) == 1 else set()
        self._leave_out([case for case in cases if case.m_user_id in only], text.ONLY_INSTRUCTOR)
        firsts = [self._first_week(training, case.expires) for case in cases]
        last = len(self._days)
        late = [case for case, first in zip(cases, firsts, strict=True) if first == last]
        self._leave_out([case for case in late if case.m_user_id not in only], text.NOT_USEFUL)
        able = []
        for case, first in zip(cases, firsts, strict=True):
            if first == last or case.m_user_id in only:
                continue
            if case.leaves_before(self._days[first]):
                self._leave_out([case], text.LEAVES)
            else:
                able.append((case, first))
        self._hold([case for case, _ in able], [first for _, first in able])

    def _hold(self, cases: list[SessionCase], firsts: list[int]) -> None:
        if not cases:
            return
        training = cases[0].training_id
        rooms, seats = self._instructors.rooms(training), self._seats.get(training, SEATS)
        course = Course(
            due=[(case.due - self._as_of).days for case in cases],
            first_weeks=_rising(firsts),
            days=self._numbers,
            rooms=rooms,
            seats=seats,
        )
        counts = served_by_week(course, self._costs)
        bookings: list[_Booking] = []
        conflicts: list[tuple[SessionCase, int]] = []
        served = 0
        for week, number in enumerate(counts):
            part = cases[served : served + number]
            served += number
            gone = [case for case in part if case.leaves_before(self._days[week])]
            self._leave_out(gone, text.LEAVES)
            here = [case for case in part if not case.leaves_before(self._days[week])]
            for attendees in _divided(here, seats):
                conflicts += self._book(attendees, week, bookings)
        moved = {
            case.m_user_id
            for case, week in conflicts
            if self._book_elsewhere(case, week, bookings, seats)
        }
        self._describe(bookings, seats, moved)
        self._leave_out(cases[served:], text.NO_ROOM)

    def _book(
        self, cases: list[SessionCase], week: int, bookings: list[_Booking]
    ) -> Iterator[tuple[SessionCase, int]]:
        """Book a session; yield the attendee who must teach it because nobody else is free."""
        training = cases[0].training_id
        instructor = self._instructors.take(training, week, {case.m_user_id for case in cases})
        if instructor is None and len(cases) == 1:
            yield cases[0], week
            return
        if instructor is None:
            instructor = self._instructors.take(training, week, ())
            yield from ((case, week) for case in cases if case.m_user_id == instructor)
        attendees = [case for case in cases if case.m_user_id != instructor]
        bookings.append(_Booking(week, str(instructor), attendees))

    def _book_elsewhere(
        self, case: SessionCase, wanted: int, bookings: list[_Booking], seats: int
    ) -> bool:
        """Give an instructor the cheapest place in a session that somebody else teaches."""
        training, person = case.training_id, case.m_user_id
        weeks = [
            week
            for week in range(self._first_week(training, case.expires), len(self._days))
            if not case.leaves_before(self._days[week])
        ]
        options = [
            (round(self._place_cost(case, booking.week), 6), booking.week, number)
            for number, booking in enumerate(bookings)
            if booking.week in weeks and booking.instructor != person and len(booking.cases) < seats
        ]
        options += [
            (round(self._costs.session + self._place_cost(case, week), 6), week, len(bookings))
            for week in weeks
            if self._instructors.free(training, week, {person})
        ]
        if not options:
            self._leave_out([case], say(text.ONLY_FREE_INSTRUCTOR, week=self._days[wanted]))
            return False
        _, week, number = min(options)
        if number == len(bookings):
            instructor = self._instructors.take(training, week, {person})
            bookings.append(_Booking(week, str(instructor), []))
        bookings[number].cases.append(case)
        return True

    def _describe(self, bookings: list[_Booking], seats: int, moved: Collection[str]) -> None:
        """Add the sessions of a course, and their people with the reasons for their places."""
        if not bookings:
            return
        spare = {booking.week for booking in bookings if len(booking.cases) < seats}
        weeks = sorted({booking.week for booking in bookings})
        reasons = CourseReasons(
            [self._days[week] for week in weeks],
            {self._days[week] for week in weeks if week not in spare},
            by_window=bookings[0].cases[0].training_id in self._by_window,
        )
        for booking in bookings:
            self._add(booking, seats, reasons, moved)

    def _add(
        self, booking: _Booking, seats: int, reasons: CourseReasons, moved: Collection[str]
    ) -> None:
        week, instructor, cases = booking
        training, day = cases[0].training_id, self._days[week]
        number = len(self._sessions)
        places = [self._place_cost(case, week) for case in cases]
        self._sessions.append(
            {
                "session": number,
                "week": day,
                "training_id": training,
                "training": cases[0].training,
                "group": cases[0].group,
                "seats": seats,
                "filled": len(cases),
                "m_instructor_id": instructor,
                "instructor": self._instructors.names[instructor],
                "cost": self._costs.session + sum(places),
                "reason": session_reason(cases),
            }
        )
        firsts = [self._days[self._first_week(training, case.expires)] for case in cases]
        why = [
            reasons.of_instructor(case, day)
            if case.m_user_id in moved
            else reasons.of_person(case, day, first)
            for case, first in zip(cases, firsts, strict=True)
        ]
        self._people.add(cases, why, number, day)

    def _place_cost(self, case: SessionCase, week: int) -> float:
        return self._costs.of_place((case.due - self._as_of).days, self._numbers[week])

    def _useful_from(self, training: int, expires: date | None) -> int:
        """The first week in which a completion gives a later expiration date."""
        if expires is None:
            return 0
        ends = self._new_ends[training]
        useful = (week for week, end in enumerate(ends) if end is None or end > expires)
        return next(useful, len(ends))

    def _leave_out(self, cases: list[SessionCase], reason: str) -> None:
        self._unplaced.add(cases, [reason] * len(cases))


class _Booking(NamedTuple):
    """A session: the number of its week, who teaches it, and for whom."""

    week: int
    instructor: str
    cases: list[SessionCase]


class _Lines:
    """The lines of a table of the plan: cases, why they are there, and their sessions."""

    def __init__(self) -> None:
        self._cases: list[SessionCase] = []
        self._own: dict[str, list[Any]] = {"session": [], "week": [], "reason": []}

    def add(
        self,
        cases: list[SessionCase],
        reasons: list[str],
        session: int | None = None,
        week: date | None = None,
    ) -> None:
        """Add a line for each of these cases."""
        self._cases += cases
        self._own["session"] += [session] * len(cases)
        self._own["week"] += [week] * len(cases)
        self._own["reason"] += reasons

    def frame(self, table: Table) -> pl.DataFrame:
        """The lines in the columns of a table."""
        of_cases = zip(SessionCase._fields, zip(*self._cases, strict=True), strict=False)
        columns: dict[str, Sequence[Any]] = {**dict(of_cases), **self._own}
        return pl.DataFrame(
            {name: columns.get(name, ()) for name in table.schema}, schema=table.schema
        )


def _rising(weeks: Sequence[int]) -> list[int]:
    """The weeks, none before an earlier one."""
    highest, rising = 0, []
    for week in weeks:
        highest = max(highest, week)
        rising.append(highest)
    return rising


def _divided(cases: list[SessionCase], seats: int) -> Iterator[list[SessionCase]]:
    """The cases in as few sessions as they fill, of as equal size as possible."""
    parts = ceil(len(cases) / seats)
    size, more = divmod(len(cases), max(parts, 1))
    start = 0
    for part in range(parts):
        end = start + size + (part < more)
        yield cases[start:end]
        start = end


def _mondays(day: date, weeks: object) -> list[date]:
    """The Mondays of the weeks that begin with the first Monday on or after a day."""
    if type(weeks) is not int or not 1 <= weeks <= MOST_WEEKS:
        raise KPADataError(f"weeks must be a whole number from 1 to {MOST_WEEKS}, not {weeks!r}")
    try:
        first = day + timedelta(days=-day.weekday() % 7)
        _ = first + timedelta(weeks=weeks)
    except OverflowError:
        raise KPADataError(f"as_of must be a day with {weeks} weeks after it, not {day}") from None
    return [first + timedelta(weeks=week) for week in range(weeks)]


def _seats(capacity: object, data: TrainingData) -> Mapping[int, int]:
    """The number of seats of each training."""
    known = known_trainings(data.completions.lazy(), data.trainings).collect()["training_id"]
    if not isinstance(capacity, Mapping):
        seats = number_of_seats(capacity, "capacity")
        return dict.fromkeys(known, seats)
    for training in capacity.keys() - {*known}:
        raise KPADataError(f"capacity: no training in the records has the id {training!r}")
    return {
        training: number_of_seats(seats, f"capacity of training {training}")
        for training, seats in capacity.items()
    }


def need_plan_group(by: object) -> None:
    """Raise a KPADataError unless `by` is a group by which sessions can be planned, or None."""
    if by is not None and by not in GROUPS:
        raise KPADataError(f"by must be {' or '.join(GROUPS)} or None, not {by!r}")


def _cost(value: float, name: str) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if is_number and isfinite(value) and value >= 0:
        return float(value)
    raise KPADataError(f"{name} must be a number that is not negative, not {value!r}")

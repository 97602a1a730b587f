"""`plan_sessions()`: the sessions that renew certificates in time, at the lowest cost."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Literal

from kpa_analytics.analysis.planning.booked_plan import BookedPlan
from kpa_analytics.analysis.planning.instructor_weeks import InstructorWeeks
from kpa_analytics.analysis.planning.plan_basis import PlanBasis
from kpa_analytics.analysis.planning.plan_weeks import WEEKS, mondays
from kpa_analytics.analysis.planning.session_bookings import Bookings
from kpa_analytics.analysis.planning.session_cases import in_groups
from kpa_analytics.analysis.planning.session_order import ordered_trainings, with_no_place
from kpa_analytics.analysis.planning.session_plan import SessionPlan
from kpa_analytics.analysis.planning.session_seats import SEATS, number_of_seats, seats_of_trainings
from kpa_analytics.analysis.planning.session_weeks import USUAL_COSTS, Costs
from kpa_analytics.analysis.planning.useful_weeks import with_useful_weeks
from kpa_analytics.analysis.training_titles import training_titles
from kpa_analytics.as_of import Day, day_of
from kpa_analytics.data.training_data import TrainingData, need_training_data
from kpa_analytics.errors import KPADataError
from kpa_analytics.inputs import AnyFrame

#: The groups by which sessions can be planned.
GROUPS = ("field_office",)
#: The highest cost. With much higher ones, the total cost of a plan could be no finite number.
MOST_COST = 10**12


def plan_sessions(
    data: TrainingData,
    *,
    as_of: Day | None = None,
    weeks: int = WEEKS,
    capacity: int | Mapping[int, int] = SEATS,
    by: Literal["field_office"] | None = None,
    session_cost: float = USUAL_COSTS.session,
    early_cost: float = USUAL_COSTS.early,
    late_cost: float = USUAL_COSTS.late,
    required: AnyFrame | None = None,
) -> SessionPlan:
    """Plan which sessions to hold in which week, for whom, and with which eligible instructor.

    The plan covers each gap on `as_of`, which is due at once, and each case that expires within the
    weeks, which is due on its expiration date. The first week begins on the first Monday on or
    after `as_of`, and each session is assumed to be on the Monday of its week. A person gets a
    place only in a week in which a completion would give a later expiration date, so a window
    training is renewed in its window. A composed training is renewed through its included
    trainings, in weeks that give the composed training a later date. A valid certificate that
    expires on or after the person's last day of employment is left out; a gap of a person who
    leaves before a session has no place, and the reason says so. Each case has one place at most,
    even if the new certificate also expires within the weeks; the plan says which ones do.

    An instructor teaches at most one session a week, only while eligible (see
    `eligible_instructors()`), and never a session that they attend. With the default costs, a day
    without a certificate costs more than a session, so a plan of least cost lets no certificate
    expire where a session can prevent it.

    For each training and group, no plan with the same free instructors gives these people their
    places at a lower cost. Five things can make a plan cost more than it must. If all instructors
    who are free in a week attend its only session, one of them teaches it and gets the cheapest
    place that is left in another session. If the instructors can't teach everybody, those who are
    due first have the places. If a person is due before another, but is helped only in later weeks,
    one of the two gets the cheapest place that is left. Trainings and groups that share instructors
    are planned one after another, those with the fewest eligible instructors first. An instructor
    teaches only until the end of the certificate that is valid on `as_of`, even if the plan renews
    it: plan again after the renewal. Source: docs/rules.md section 12.

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
        session_cost: the cost of a session, in any unit, 0 to 1,000,000,000,000; default 500.
        early_cost: the cost of each day by which a person renews before the expiration date, in the
            same unit and range; default 0.5.
        late_cost: the cost of each day on which a person has no valid certificate, in the same unit
            and range; default 1,000.
        required: the requirements, as for `expiry_status()`; default: the vendor's employee status,
            if `data` has it. Without any, the plan leaves out people who must have a training that
            they never completed, and says so.

    Returns:
        A `SessionPlan` with `sessions` (`schema.PLANNED_SESSIONS`), `people`
        (`schema.PLANNED_PEOPLE`), `unplaced` (`schema.UNPLACED`: each case without a place, and
        why), `expiring_again` (`schema.EXPIRING_AGAIN`: the places whose new certificates expire
        before the plan ends) and `last_instructors` (`schema.LAST_INSTRUCTORS`: the trainings that
        nobody is eligible to teach any more before the plan ends). `what_if()` takes it and gives
        the statuses after these sessions.

    Raises:
        KPADataError: an argument is invalid; the message names it.

    Examples:
        >>> import polars as pl
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
    costs = Costs(
        _cost(session_cost, "session_cost"),
        _cost(early_cost, "early_cost"),
        _cost(late_cost, "late_cost"),
    )
    booked = booked_plan(
        PlanBasis(data, required), day, weeks=weeks, capacity=capacity, by=by, costs=costs
    )
    return booked.whole()


def booked_plan(
    basis: PlanBasis,
    as_of: date,
    *,
    weeks: int = WEEKS,
    capacity: int | Mapping[int, int] = SEATS,
    by: str | None = None,
    costs: Costs = USUAL_COSTS,
) -> BookedPlan:
    """Book the sessions of a plan; the other arguments are those of `plan_sessions()`."""
    data = basis.data
    days = mondays(as_of, weeks)
    end = days[-1] + timedelta(days=6)
    seats, of_others = _seats(capacity, data)
    need_plan_group(by)
    eligible = basis.eligible_instructors_on(as_of)
    instructors = InstructorWeeks(eligible, days)
    due = in_groups(basis.cases(as_of, end), data, by)
    useful = with_useful_weeks(due, basis.session_expirations(days[0], end), days)
    cases = with_no_place(useful, instructors, days)
    bookings = Bookings(cases, as_of=as_of, days=days, costs=costs, instructors=instructors)
    for training, rows in ordered_trainings(cases):
        bookings.add(training, rows, seats.get(training, of_others))
    return BookedPlan(basis, as_of, days, cases, bookings, costs, eligible.names)


def _seats(capacity: object, data: TrainingData) -> tuple[Mapping[int, int], int]:
    """The seats of some trainings by id, and those of all others."""
    if not isinstance(capacity, Mapping):
        return {}, number_of_seats(capacity, "capacity")
    known = training_titles(data)["training_id"].to_list()
    return seats_of_trainings(capacity, known, "the records"), SEATS


def need_plan_group(by: object) -> None:
    """Raise a KPADataError unless `by` is a group by which sessions can be planned, or None."""
    if by is not None and by not in GROUPS:
        raise KPADataError(f"by must be {' or '.join(GROUPS)}, or left out, not {by!r}")


def _cost(value: float, name: str) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if is_number and 0 <= value <= MOST_COST:
        return float(value)
    raise KPADataError(f"{name} must be a number from 0 to {MOST_COST:,}, not {value!r}")

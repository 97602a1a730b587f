"""Sessions cost the least, even if some people are helped only after their due day."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date, timedelta
from itertools import product
from math import ceil

import polars as pl
import pytest

from kpa_analytics.analysis.planning.instructor_weeks import EligibleInstructors, InstructorWeeks
from kpa_analytics.analysis.planning.session_bookings import Bookings
from kpa_analytics.analysis.planning.session_weeks import Costs

AS_OF = date(2026, 6, 30)
DAYS = [date(2026, 7, 6) + timedelta(weeks=week) for week in range(4)]
NUMBERS = [(day - AS_OF).days for day in DAYS]
IKE = {"training_id": 7, "m_instructor_id": "ike", "instructor": "Ike", "eligible": True}

#: The days until people are due, and the first week that helps them.
Cases = list[tuple[int, int]]


def cost_of_plan(cases: Cases, seats: int, costs: Costs) -> float:
    """The cost of the sessions that are booked; infinite if somebody has no place."""
    frame = pl.DataFrame(
        [
            {"m_user_id": f"p{number}", "due": AS_OF + timedelta(days=due), "first_week": first}
            for number, (due, first) in enumerate(cases)
        ]
    ).with_columns(weeks_employed=pl.lit(len(DAYS)), no_place=pl.lit(None, pl.String))
    nothing = {"eligible_until": pl.lit(None, pl.Date), "reason": pl.lit("")}
    eligible = EligibleInstructors(pl.DataFrame([IKE]).with_columns(**nothing))
    instructors = InstructorWeeks(eligible, DAYS)
    bookings = Bookings(frame, as_of=AS_OF, days=DAYS, costs=costs, instructors=instructors)
    bookings.add(7, range(len(cases)), seats)
    if any(bookings.no_place):
        return float("inf")
    weeks = {row: session.week for session in bookings.sessions for row in session.rows}
    return cost_of([weeks[row] for row in range(len(cases))], cases, seats, costs)


def cost_of(weeks: list[int], cases: Cases, seats: int, costs: Costs) -> float:
    """The cost of places in these weeks; infinite if one instructor can't teach them."""
    sessions = [ceil(number / seats) for number in Counter(weeks).values()]
    if max(sessions) > 1:
        return float("inf")
    places = (
        costs.of_place(due, NUMBERS[week]) for week, (due, _) in zip(weeks, cases, strict=True)
    )
    return costs.session * sum(sessions) + sum(places)


def least_cost(cases: Cases, seats: int, costs: Costs) -> float:
    every = product(*[range(first, len(DAYS)) for _, first in cases])
    return min(cost_of([*weeks], cases, seats, costs) for weeks in every)


def in_order(cases: Cases) -> bool:
    """Whether people who could be in time later are not helped earlier than others."""
    ordered = sorted((max(due, NUMBERS[first]), first) for due, first in cases)
    firsts = [first for _, first in ordered]
    return firsts == sorted(firsts)


@pytest.mark.slow
@pytest.mark.parametrize("costs", [Costs(500, 0.5, 1000), Costs(10, 1, 3)])
def test_no_plan_costs_less(costs: Costs) -> None:
    """People who are late whatever is planned do not delay those due soon after them."""
    rng = random.Random(5)
    late = 0
    for _ in range(120):
        cases = sorted((rng.randint(0, 28), rng.choice([0, 1, 2])) for _ in range(4))
        seats = rng.choice([1, 2, 12])
        if in_order(cases):
            assert cost_of_plan(cases, seats, costs) == least_cost(cases, seats, costs)
            late += [first for _, first in cases] != sorted(first for _, first in cases)
    assert late > 0


def test_one_person_who_is_helped_late_delays_nobody() -> None:
    """Only a session of 20 July or later helps the first person; the last is due on 21 July."""
    costs = Costs(500, 0.5, 1000)
    cases = [(10, 2), (12, 0), (21, 0)]
    assert not in_order(cases)
    assert cost_of_plan(cases, 1, costs) == least_cost(cases, 1, costs)

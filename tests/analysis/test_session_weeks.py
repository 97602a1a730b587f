"""The weeks of sessions cost the least, by a solver of integer programmes and by trying all."""

from __future__ import annotations

import random
from math import ceil

import highspy
import pytest

from kpa_analytics.analysis.session_weeks import Costs, Course, served_by_week


def some_course(rng: random.Random) -> tuple[Course, Costs]:
    """A few people in a few weeks, with too few or too many sessions, late starts and any costs."""
    weeks, people = rng.randint(1, 5), rng.randint(0, 9)
    course = Course(
        due=sorted(rng.randint(0, 7 * weeks + 3) for _ in range(people)),
        first_weeks=sorted(rng.choice([0, 0, 0, rng.randint(0, weeks)]) for _ in range(people)),
        days=[rng.randint(0, 6) + 7 * week for week in range(weeks)],
        rooms=[rng.choice([0, 1, 1, 2, 3]) for _ in range(weeks)],
        seats=rng.randint(1, 4),
    )
    costs = Costs(rng.choice([0, 4, 30, 500]), rng.choice([0, 0.5, 2]), rng.choice([0, 3, 1000]))
    return course, costs


def cost_of(counts: list[int], course: Course, costs: Costs) -> float:
    """The cost of serving people in the order of their due days."""
    total, served = 0.0, 0
    for count, day in zip(counts, course.days, strict=True):
        part = course.due[served : served + count]
        served += count
        total += costs.session * ceil(count / course.seats)
        total += sum(costs.of_place(due, day) for due in part)
    return total


def solver(course: Course) -> tuple[highspy.Highs, list[dict[int, object]], list[object]]:
    """The integer programme of a course: who is in which week, in any order of due days."""
    highs = highspy.Highs()
    highs.silent()
    highs.setOptionValue("threads", 1)
    highs.setOptionValue("presolve", "off")
    sessions = [highs.addIntegral(lb=0, ub=room) for room in course.rooms]
    places = [
        {week: highs.addBinary() for week in range(first, len(course.days))}
        for first in course.first_weeks
    ]
    for week, number in enumerate(sessions):
        inside = [place[week] for place in places if week in place]
        if inside:
            highs.addConstr(highs.qsum(inside) <= course.seats * number)
    return highs, places, sessions


def most_places(course: Course) -> int:
    highs, places, _ = solver(course)
    every = [place for weeks in places for place in weeks.values()]
    for weeks in places:
        if weeks:
            highs.addConstr(highs.qsum(weeks.values()) <= 1)
    if not every:
        return 0
    highs.maximize(highs.qsum(every))
    return round(highs.getObjectiveValue())


def least_cost(course: Course, costs: Costs) -> float:
    highs, places, sessions = solver(course)
    paid = [costs.session * number for number in sessions]
    for due, weeks in zip(course.due, places, strict=True):
        highs.addConstr(highs.qsum(weeks.values()) == 1)
        for week, place in weeks.items():
            paid.append(costs.of_place(due, course.days[week]) * place)
    highs.minimize(highs.qsum(paid))
    return float(highs.getObjectiveValue())


def check(seed: int) -> None:
    course, costs = some_course(random.Random(seed))
    counts = served_by_week(course, costs)
    served = sum(counts)
    first = Course(
        course.due[:served], course.first_weeks[:served], course.days, course.rooms, course.seats
    )
    assert all(
        ceil(count / course.seats) <= room for count, room in zip(counts, course.rooms, strict=True)
    )
    assert served == len(course.due) or served == most_places(course), seed
    cost = least_cost(first, costs) if served else 0.0
    assert cost_of(counts, course, costs) == pytest.approx(cost, abs=1e-4), seed


def test_the_solver_finds_no_cheaper_weeks() -> None:
    for seed in range(12):
        check(seed)


@pytest.mark.slow
def test_the_solver_finds_no_cheaper_weeks_in_500_cases() -> None:
    for seed in range(500):
        check(1000 + seed)


def test_a_lapse_is_worth_a_session() -> None:
    """With the usual costs nobody is late while there are free instructors."""
    rng = random.Random(3)
    due = sorted(rng.randint(0, 70) for _ in range(90))
    days = [7 * week for week in range(11)]
    course = Course(due, [0] * 90, days, [9] * 11, 12)
    counts = served_by_week(course, Costs(500, 0.5, 1000))
    served = 0
    for count, day in zip(counts, days, strict=True):
        assert all(each >= day for each in due[served : served + count])
        served += count
    assert served == 90

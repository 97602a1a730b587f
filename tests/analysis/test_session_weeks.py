"""The weeks of sessions cost the least, by a solver of integer programmes and by trying all."""

from __future__ import annotations

import random
from math import ceil

import highspy
import pytest

from kpa_analytics.analysis.planning.session_weeks import Costs, Demand, served_by_week


def some_demand(rng: random.Random) -> tuple[Demand, Costs]:
    """A few people in a few weeks, with too few or too many sessions, late starts and any costs."""
    weeks, people = rng.randint(1, 5), rng.randint(0, 9)
    demand = Demand(
        due=sorted(rng.randint(0, 7 * weeks + 3) for _ in range(people)),
        first_weeks=sorted(rng.choice([0, 0, 0, rng.randint(0, weeks)]) for _ in range(people)),
        days=[rng.randint(0, 6) + 7 * week for week in range(weeks)],
        session_limits=[rng.choice([0, 1, 1, 2, 3]) for _ in range(weeks)],
        seats=rng.randint(1, 4),
    )
    costs = Costs(rng.choice([0, 4, 30, 500]), rng.choice([0, 0.5, 2]), rng.choice([0, 3, 1000]))
    return demand, costs


def cost_of(counts: list[int], demand: Demand, costs: Costs) -> float:
    """The cost of serving people in the order of their due days."""
    total, served = 0.0, 0
    for count, day in zip(counts, demand.days, strict=True):
        part = demand.due[served : served + count]
        served += count
        total += costs.session * ceil(count / demand.seats)
        total += sum(costs.of_place(due, day) for due in part)
    return total


def solver(demand: Demand) -> tuple[highspy.Highs, list[dict[int, object]], list[object]]:
    """The integer programme of a demand: who is in which week, in any order of due days."""
    highs = highspy.Highs()
    highs.silent()
    highs.setOptionValue("threads", 1)
    highs.setOptionValue("presolve", "off")
    highs.setOptionValue("mip_rel_gap", 0.0)  # otherwise a plan that costs 0.01% more will do
    sessions = [
        highs.addIntegral(lb=0, ub=session_limit) for session_limit in demand.session_limits
    ]
    places = [
        {week: highs.addBinary() for week in range(first, len(demand.days))}
        for first in demand.first_weeks
    ]
    for week, number in enumerate(sessions):
        inside = [place[week] for place in places if week in place]
        if inside:
            highs.addConstr(highs.qsum(inside) <= demand.seats * number)
    return highs, places, sessions


def most_places(demand: Demand) -> int:
    highs, places, _ = solver(demand)
    every = [place for weeks in places for place in weeks.values()]
    for weeks in places:
        if weeks:
            highs.addConstr(highs.qsum(weeks.values()) <= 1)
    if not every:
        return 0
    highs.maximize(highs.qsum(every))
    return round(highs.getObjectiveValue())


def least_cost(demand: Demand, costs: Costs) -> float:
    highs, places, sessions = solver(demand)
    paid = [costs.session * number for number in sessions]
    for due, weeks in zip(demand.due, places, strict=True):
        highs.addConstr(highs.qsum(weeks.values()) == 1)
        for week, place in weeks.items():
            paid.append(costs.of_place(due, demand.days[week]) * place)
    highs.minimize(highs.qsum(paid))
    return float(highs.getObjectiveValue())


def check(seed: int) -> None:
    demand, costs = some_demand(random.Random(seed))
    counts = served_by_week(demand, costs)
    served = sum(counts)
    first = Demand(
        demand.due[:served],
        demand.first_weeks[:served],
        demand.days,
        demand.session_limits,
        demand.seats,
    )
    assert all(
        ceil(count / demand.seats) <= session_limit
        for count, session_limit in zip(counts, demand.session_limits, strict=True)
    )
    assert served == len(demand.due) or served == most_places(demand), seed
    cost = least_cost(first, costs) if served else 0.0
    assert cost_of(counts, demand, costs) == pytest.approx(cost, abs=1e-4), seed


@pytest.mark.slow
def test_the_solver_finds_no_cheaper_weeks() -> None:
    for seed in (*range(12), 14114):  # the last one needs the exact least cost
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
    demand = Demand(due, [0] * 90, days, [9] * 11, 12)
    counts = served_by_week(demand, Costs(500, 0.5, 1000))
    served = 0
    for count, day in zip(counts, days, strict=True):
        assert all(each >= day for each in due[served : served + count])
        served += count
    assert served == 90

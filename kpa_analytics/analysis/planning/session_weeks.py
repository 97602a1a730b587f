"""In which weeks to hold the sessions of one training, at the lowest cost.

People of one training differ only by the day on which they are due. A place in a week costs a
person a convex function of week minus due day: so much a day before it, so much a day after it. Of
two people, let the one who is due first go in the later of two weeks. If they change places, the
sum of a convex function does not rise, and each session still has as many people. So some plan of
least cost serves people in the order of their due days, and only the number served by the end of
each week must be decided: dynamic programming over weeks and numbers tries all of them. The same
holds if a person can only be served from some week on, as long as people who are due later have the
same or later weeks: the person who is due first can always take the earlier week.

Few numbers must be tried. A session of people who are all due in the next week or later can be
moved there at no cost, unless that week is full. So in a week that is followed by a free seat, at
most one session reaches beyond those due before the next week. In the same way, unless a week is
full, at most one later session has people who were due by then. `_limits` follows from this.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import inf
from operator import add, sub
from typing import NamedTuple


@dataclass(frozen=True)
class Costs:
    """The costs of a plan: for a session, and for a day before and after a person's due day."""

    session: float
    early: float
    late: float

    def of_place(self, due: int, day: int) -> float:
        """The cost of a place on a day for a person who is due on another; days are numbers.

        Examples:
            >>> Costs(500, 0.5, 1000).of_place(due=10, day=4)
            3.0
        """
        return self.early * max(due - day, 0) + self.late * max(day - due, 0)


#: A day without a certificate costs more than a session, and a session more than renewing early.
USUAL_COSTS = Costs(session=500.0, early=0.5, late=1000.0)


#: Costs that differ by less are equal: the difference is one of rounding.
_NEGLIGIBLE = 1e-6


@dataclass(frozen=True)
class Demand:
    """The people of one training, and the weeks in which its sessions can be.

    Attributes:
        due: the due day of each person, as numbers in ascending order.
        first_weeks: the first week in which each person can be served; never descending.
        days: the day of the sessions of each week, as numbers in ascending order.
        session_limits: the most sessions of each week.
        seats: the most people in a session.
    """

    due: Sequence[int]
    first_weeks: Sequence[int]
    days: Sequence[int]
    session_limits: Sequence[int]
    seats: int


def served_by_week(demand: Demand, costs: Costs) -> list[int]:
    """How many people to serve in each week, in the order of their due days, at the lowest cost.

    As many people are served as the weeks have room for, so the last ones may be left.

    Examples:
        >>> weeks = {"days": [0, 7], "session_limits": [1, 1]}
        >>> demand = Demand([5, 6, 12], [0, 0, 0], seats=12, **weeks)
        >>> served_by_week(demand, Costs(500, 0.5, 1000))
        [3, 0]
        >>> demand = Demand([5, 6, 12], [0, 0, 0], seats=2, **weeks)
        >>> served_by_week(demand, Costs(500, 0.5, 1000))
        [2, 1]
    """
    count = _most_served(demand)
    limits = _limits(demand, count)
    sums = [0, *accumulate(demand.due[:count])]
    weeks = []
    best = _Best(0, [0.0])
    for day, (least, most), session_limit in zip(
        demand.days, limits, demand.session_limits, strict=True
    ):
        place_costs = _PlaceCosts(demand.due, sums, day, costs)
        week = _Week(best, most, session_limit, demand.seats, costs.session, place_costs)
        best = week.best_after(least)
        weeks.append(week)
    counts = []
    for week in reversed(weeks):
        earlier = week.source(count)
        counts.append(count - earlier)
        count = earlier
    return counts[::-1]


def _most_served(demand: Demand) -> int:
    """How many people the weeks have room for."""
    served = 0
    for week, session_limit in enumerate(demand.session_limits):
        allowed = bisect_right(demand.first_weeks, week)
        served = max(served, min(allowed, served + session_limit * demand.seats))
    return served


def _limits(demand: Demand, count: int) -> list[tuple[int, int]]:
    """The least and the most people served by the end of each week, in some plan of least cost."""
    days, session_limits, spare = demand.days, demand.session_limits, demand.seats - 1
    allowed = [min(bisect_right(demand.first_weeks, week), count) for week in range(len(days))]
    least, most = [], [count]
    before = 0
    for day, session_limit, can in zip(days, session_limits, allowed, strict=True):
        wanted = min(bisect_right(demand.due, day), can) - spare
        before = max(min(wanted, before + session_limit * demand.seats), 0)
        least.append(before)
    for next_day, session_limit in zip(days[:0:-1], session_limits[:0:-1], strict=True):
        pressing = bisect_left(demand.due, next_day) + spare
        most.append(min(max(pressing, most[-1] - session_limit * demand.seats), count))
    return [
        (low, min(high, can)) for low, high, can in zip(least, most[::-1], allowed, strict=True)
    ]


class _PlaceCosts:
    """The costs of serving the first people on a day, for each number of them."""

    def __init__(self, due: Sequence[int], sums: Sequence[int], day: int, costs: Costs) -> None:
        self._sums, self._day, self._costs = sums, day, costs
        self._late = late = min(bisect_right(due, day), len(sums) - 1)
        self._days_late = day * late - sums[late]

    def of(self, numbers: range) -> list[float]:
        """The costs of serving these numbers of people."""
        sums, day, days_late = self._sums, self._day, self._days_late
        early, late = self._costs.early, self._costs.late
        start, stop = numbers.start, numbers.stop
        split = max(min(self._late, stop), start)
        all_late = late * days_late
        return [
            *[late * (day * n - total) for n, total in enumerate(sums[start:split], start)],
            *[
                all_late + early * (total - day * n + days_late)
                for n, total in enumerate(sums[split:stop], split)
            ],
        ]


class _Best(NamedTuple):
    """The least cost of serving `first`, `first + 1`, ... people by the end of a week."""

    first: int
    costs: list[float]


class _Week:
    """One week: what it costs to serve some more people in its sessions.

    Args:
        before: the least costs by the end of the week before.
        most: the most people served by the end of this week.
        session_limit: the most sessions of the week.
        seats: the most people in a session.
        session_cost: the cost of a session.
        place_costs: the costs of serving the first people in this week.
    """

    def __init__(
        self,
        before: _Best,
        most: int,
        session_limit: int,
        seats: int,
        session_cost: float,
        place_costs: _PlaceCosts,
    ) -> None:
        self._before, self._most = before, most
        self._session_limit, self._seats = session_limit, seats
        self._session_cost = session_cost
        if session_limit:
            reached = before.first + len(before.costs) - 1 + session_limit * seats
            self._places = place_costs.of(range(before.first, min(most, reached) + 1))
            self._without = [*map(sub, before.costs, self._places)]

    def best_after(self, least: int) -> _Best:
        """The least costs by the end of the week, by which at least `least` people are served.

        The step finds, for each number, the cheapest number before it: in a moving window of one
        session, then of two, of four, and so on up to all sessions of the week.
        """
        session_limit, seats = self._session_limit, self._seats
        start, costs = self._before
        first = max(least, start)
        if not session_limit:
            return _Best(first, costs[first - start : self._most + 1 - start])
        places = self._places
        without = self._without + [inf] * (len(places) - len(self._without))
        window = [cost + self._session_cost for cost in _window(without, seats)]
        sessions = 1
        while sessions < session_limit and sessions * seats < len(places):
            more = min(sessions, session_limit - sessions)
            extra = more * self._session_cost
            window = _lower(window, [inf] * (more * seats) + [cost + extra for cost in window])
            sessions += more
        costs = [*map(add, _lower(without, window), places)]
        return _Best(first, costs[first - start :])

    def source(self, served: int) -> int:
        """How many to serve before the week, to serve `served` by its end at the lowest cost."""
        start, costs = self._before
        seats, session_cost = self._seats, self._session_cost
        least = max(start, served - self._session_limit * seats)
        most = min(start + len(costs) - 1, served)
        if least == most:
            return least
        totals = [
            cost - (number - served) // seats * session_cost
            for number, cost in enumerate(self._without[least - start : most + 1 - start], least)
        ]
        cheapest = min(totals) + _NEGLIGIBLE
        return next(number for number, total in enumerate(totals, least) if total <= cheapest)


def _window(costs: list[float], size: int) -> list[float]:
    """The least of the `size` values before each place; infinite where there are none."""
    least, width = [inf, *costs[:-1]], 1
    while width < size:
        more = min(width, size - width)
        least = [*least[:more], *_lower(least[more:], least)]
        width += more
    return least


def _lower(some: list[float], others: list[float]) -> list[float]:
    """The lower of the two values at each place, as far as `some` has places."""
    return [a if a < b else b for a, b in zip(some, others, strict=False)]

"""The choices that a reader makes in an explorer. An empty choice means everything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from kpa_analytics.analysis.planning.plan_weeks import WEEKS
from kpa_analytics.analysis.planning.session_seats import SEATS
from kpa_analytics.statuses import EXPIRING_DAYS


@dataclass(frozen=True, kw_only=True)
class Choices:
    """The choices of every explorer.

    Attributes:
        as_of: the day that is shown.
        trainings: ids of trainings.
        search: words in people's names, employee numbers or ids.
        field_offices: ids of field offices; "" means people without a field office.
    """

    as_of: date
    trainings: tuple[int, ...] = ()
    search: str = ""
    field_offices: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ExpiryChoices(Choices):
    """The choices of the expiry explorer.

    Attributes:
        expiring_days: days before expiration that count as expiring; a training's own number of
            days takes precedence.
        statuses: the statuses to show.
        include_terminated: also count people who left on or before `as_of`.
    """

    expiring_days: int = EXPIRING_DAYS
    statuses: tuple[str, ...] = ()
    include_terminated: bool = False


@dataclass(frozen=True, kw_only=True)
class PeriodChoices(Choices):
    """The choices of the explorers that show the last months up to `as_of`.

    Attributes:
        months: the number of calendar months.
        instructors: ids of instructors.
    """

    months: int = 24
    instructors: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class TrendChoices(Choices):
    """The choices of the trend explorer.

    Attributes:
        start: the first day that is counted; None for a year before `as_of`.
        every: the time from one day to the next.
        by: the groups of cases, as for `status_over_time()`; None for all cases together.
        expiring_days: days before expiration that count as expiring; a training's own number of
            days takes precedence.
        include_terminated: also count people who had left by each day.
    """

    start: date | None = None
    every: str = "1mo"
    by: str | None = None
    expiring_days: int = EXPIRING_DAYS
    include_terminated: bool = False


@dataclass(frozen=True, kw_only=True)
class PlannerChoices(Choices):
    """The choices of the planner.

    Attributes:
        weeks: the number of weeks that are planned.
        capacity: the most people in a session.
        by: "field_office" to plan the sessions of each field office separately, or None.
        moves: sessions that were moved to another week: `session` (its number) and `week` (a
            Monday, or None for a session that was dropped).
    """

    weeks: int = WEEKS
    capacity: int = SEATS
    by: str | None = None
    moves: tuple[Mapping[str, Any], ...] = ()

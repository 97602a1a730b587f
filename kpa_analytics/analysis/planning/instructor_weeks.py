"""Which instructor can teach a training in which week: one session a week, while eligible."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import date

import polars as pl

from kpa_analytics.analysis.eligible_instructors import nobody_taught
from kpa_analytics.analysis.planning.session_texts import NO_ELIGIBLE_INSTRUCTOR
from kpa_analytics.wording import listing, say

#: Instructors, and reasons, that a sentence names.
_NAMED = 3


class EligibleInstructors:
    """Who may teach each training, the same for all plans of a day.

    Args:
        instructors: as `eligible_instructors()` returns them.

    Attributes:
        until: for each training, the last day on which each eligible instructor may teach it.
        names: the names of the eligible instructors.
        teaches: how many trainings each of them may teach.
    """

    def __init__(self, instructors: pl.DataFrame) -> None:
        self.until: dict[int, dict[str, date]] = {}
        self.names: dict[str, str] = {}
        eligible = instructors.filter("eligible")
        for training, person, name, until in eligible.select(
            "training_id", "m_instructor_id", "instructor", "eligible_until"
        ).iter_rows():
            self.until.setdefault(training, {})[person] = until or date.max
            self.names[person] = name
        others = instructors.filter(~pl.col("eligible"))
        self._others = others.partition_by("training_id", as_dict=True)
        self.teaches = Counter(eligible["m_instructor_id"])
        self._why_nobody: dict[int, str] = {}

    def why_nobody(self, training: int) -> str:
        """Why a training has no eligible instructor."""
        if training not in self._why_nobody:
            rows = self._others.get((training,))
            reason = nobody_taught() if rows is None else why_not_eligible(rows)
            self._why_nobody[training] = say(NO_ELIGIBLE_INSTRUCTOR, reason=reason)
        return self._why_nobody[training]


class InstructorWeeks:
    """The weeks of eligible instructors that are still free.

    Args:
        eligible: the eligible instructors.
        days: the day of the sessions of each week.
    """

    def __init__(self, eligible: EligibleInstructors, days: list[date]) -> None:
        self._eligible, self._days = eligible, days
        self._taken: set[tuple[str, int]] = set()
        self._sessions: Counter[str] = Counter()

    def of(self, training: int) -> Collection[str]:
        """The eligible instructors of a training."""
        return self._eligible.until.get(training, {}).keys()

    def why_nobody(self, training: int) -> str:
        """Why a training has no eligible instructor."""
        return self._eligible.why_nobody(training)

    def session_limits(self, training: int) -> list[int]:
        """How many sessions of a training can be held in each week."""
        return [len(self._available(training, week)) for week in range(len(self._days))]

    def take(self, training: int, week: int, attendees: Collection[str]) -> str | None:
        """Book an instructor who is not an attendee; None if nobody else is free in that week.

        Those who can teach the fewest trainings come first, so that the others stay free.
        """
        free = self.free(training, week, attendees)
        if not free:
            return None

        def order(person: str) -> tuple[int, int, str, str]:
            name = self._eligible.names[person]
            return self._eligible.teaches[person], self._sessions[person], name, person

        chosen = min(free, key=order)
        self._taken.add((chosen, week))
        self._sessions[chosen] += 1
        return chosen

    def free(self, training: int, week: int, attendees: Collection[str]) -> list[str]:
        """The instructors who can teach a training in a week and do not attend it themselves."""
        return [person for person in self._available(training, week) if person not in attendees]

    def _available(self, training: int, week: int) -> list[str]:
        day = self._days[week]
        return [
            person
            for person, until in self._eligible.until.get(training, {}).items()
            if until >= day and (person, week) not in self._taken
        ]


def why_not_eligible(rows: pl.DataFrame) -> str:
    """Why those who taught a training may not teach it; each reason once, with its people."""
    names_of: dict[str, list[str]] = {}
    each = rows.select("instructor", "reason").rows()
    for name, reason in sorted(each, key=lambda row: row[0] or ""):
        names_of.setdefault(reason, []).extend([] if name is None else [name])
    reasons = [
        f"{listing(names, _NAMED)}: {reason}" if names else reason
        for reason, names in names_of.items()
    ]
    return listing(reasons, _NAMED)

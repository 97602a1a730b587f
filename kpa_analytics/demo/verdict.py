"""The vendor's own verdict: who is trained, as training-employee-status.list tells it.

Plain Python over plain dates, one person after the other; it shares no code with the analyses.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from kpa_analytics.demo.records import Listing, Wire
from kpa_analytics.demo.rules import Schedule, day_of

_WORST_FIRST = ("expired", "expiring", "current")


class Done(NamedTuple):
    """Something completed; compares by what makes one completion later than another."""

    day: date
    created: int
    id: int
    special: date | None


class Standing(NamedTuple):
    """How one person stands with one training; `day` is None where it was never done."""

    training_id: int
    status: str
    day: date | None = None
    expires: date | None = None
    starts: date | None = None


class Verdict:
    """Everybody's standing on one day.

    Args:
        people: users of the wire.
        trainings: trainings of the wire.
        completions: (m_user_id, training_id, date_number, created, id,
            special_expiration_date_number) each.
        as_of: the day of the verdict.
    """

    def __init__(
        self,
        people: Iterable[Wire],
        trainings: Iterable[Wire],
        completions: Iterable[tuple[str, int, int, int, int, int | None]],
        as_of: date,
    ) -> None:
        self._as_of = as_of
        self._trainings = {training["id"]: training for training in trainings}
        self._schedules = {key: Schedule(value) for key, value in self._trainings.items()}
        self._present = [user for user in people if not _gone(user, as_of)]
        self._latest = _latest(completions, as_of)
        self._employees = [(user["id"], *self._judge(user)) for user in self._present]

    def select(self, params: Mapping[str, Any]) -> Listing:
        """Answer training-employee-status.list with these filters."""
        wanted = params.get("m_user_ids")
        chosen = [one for one in self._employees if wanted is None or one[0] in wanted]
        trainings = params.get("training_ids")
        everything = params.get("include_all_completions", False)
        return Listing(
            len(chosen),
            lambda start, length: [
                _employee(*one, trainings, everything) for one in chosen[start : start + length]
            ],
        )

    def _judge(self, user: Wire) -> tuple[set[int], list[Standing]]:
        required = {key for key, value in self._trainings.items() if _required(value, user)}
        known: dict[int, Standing | None] = {}
        for training_id in self._trainings:
            self._stand(user["id"], training_id, known)
        hired = _day(user.get("hireDate") or user["created"])
        standings = [
            standing or self._never(training_id, hired)
            for training_id, standing in known.items()
            if standing or training_id in required
        ]
        return required, sorted(standings)

    def _never(self, training_id: int, hired: date) -> Standing:
        if self._trainings[training_id]["included_trainings_id"]:
            return Standing(training_id, "missing")
        status = self._schedules[training_id].status_of_never(hired, self._as_of)
        return Standing(training_id, status)

    def _stand(
        self, person: str, training_id: int, known: dict[int, Standing | None]
    ) -> Standing | None:
        """How the person stands by own completion, else by the parts; None: it was never done."""
        if training_id not in known:
            known[training_id] = None
            own = self._latest.get((person, training_id))
            known[training_id] = (
                self._by_completion(training_id, own)
                if own
                else self._by_parts(person, training_id, known)
            )
        return known[training_id]

    def _by_completion(self, training_id: int, own: Done) -> Standing:
        schedule = self._schedules[training_id]
        expires, starts = schedule.deadline(own.day, own.special)
        status = schedule.status(own.day, own.special, self._as_of)
        return Standing(training_id, status, own.day, expires, starts)

    def _by_parts(
        self, person: str, training_id: int, known: dict[int, Standing | None]
    ) -> Standing | None:
        training = self._trainings.get(training_id)
        if training is None or not training["included_trainings_id"]:
            return None
        parts = [self._stand(person, part, known) for part in training["included_trainings_id"]]
        done = [part for part in parts if part is not None]
        if len(done) < len(parts):
            return None
        return Standing(
            training_id,
            min((part.status for part in done), key=_WORST_FIRST.index),
            max((part.day for part in done if part.day), default=None),
            min((part.expires for part in done if part.expires), default=None),
            min((part.starts for part in done if part.starts), default=None),
        )


def _latest(
    completions: Iterable[tuple[str, int, int, int, int, int | None]], as_of: date
) -> dict[tuple[str, int], Done]:
    """The latest completion of each person and training; an impossible day is nobody's latest."""
    by_pair: dict[tuple[str, int], tuple[int, int, int, int | None]] = {}
    close = as_of.year * 10_000 + as_of.month * 100 + as_of.day
    for person, training, number, created, record_id, special in completions:
        candidate = (number, created, record_id, special)
        best = by_pair.get((person, training))
        newer = best is None or candidate[:3] > best[:3]
        if number <= close and newer and day_of(number):
            by_pair[person, training] = candidate
    return {
        pair: Done(day, created, record_id, day_of(special))
        for pair, (number, created, record_id, special) in by_pair.items()
        if (day := day_of(number))
    }


def _gone(user: Wire, as_of: date) -> bool:
    left = user.get("terminationDate")
    return left is not None and _day(left) <= as_of


def _day(milliseconds: int) -> date:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).date()


def _required(training: Wire, user: Wire) -> bool:
    if training["assigned_to_type"] == "limited":
        condition = training["assigned_to_condition"]["data"]
        return user.get("jobTitle_id") in condition["settings"]["values"]
    return bool(training["assigned_to_type"] == "all")


def _employee(
    person: str,
    required: set[int],
    standings: list[Standing],
    trainings: list[int] | None,
    everything: bool,
) -> Wire:
    """Write one person's verdict as the wire does."""
    asked = [one for one in standings if trainings is None or one.training_id in trainings]
    due = [one for one in asked if one.training_id in required and one.status != "not_due"]
    lacking = [one for one in due if one.status in ("missing", "expired") or one.day is None]
    complete = [one for one in due if one not in lacking]
    by_status = defaultdict(list)
    for one in due:
        by_status[one.status].append(one)
    status = "active" if due else "unassigned"
    if by_status["expiring"]:
        status = "expiring"
    if by_status["missing"] or by_status["expired"]:
        status = "incomplete"
    return {
        "status": status,
        "m_user_id": person,
        "percent_complete": round(100 * len(complete) / len(due), 1) if due else 100.0,
        "incomplete_training_ids": [one.training_id for one in lacking],
        "complete_training_ids": [one.training_id for one in complete],
        "last_completed": [
            _last_completed(one, one.training_id in required if everything else None)
            for one in asked
            if one.day and (everything or one.training_id in required)
        ],
    }


def _last_completed(standing: Standing, required: bool | None) -> Wire:
    days = {"expiresOn": standing.expires, "startsExpiringOn": standing.starts}
    return {
        "id": standing.training_id,
        "date_number": _number(standing.day) if standing.day else None,
        **{name: _number(day) for name, day in days.items() if day},
        **({} if required is None else {"is_required": required}),
    }


def _number(day: date) -> int:
    return day.year * 10_000 + day.month * 100 + day.day

"""The vendor's own status of each person, as training-employee-status.list reports it.

This is plain Python, person by person, and shares no code with `analysis`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from kpa_analytics.demo.employment import Employment, employment
from kpa_analytics.demo.rules import Schedule, Standing, day_of
from kpa_analytics.demo.sources import Listing, Wire

_WORST_FIRST = ("expired", "expiring", "current")


class Done(NamedTuple):
    """A completion; the latest one of a training compares as the greatest."""

    day: date
    created: int
    id: int
    special: date | None


class VendorCase(NamedTuple):
    """The status of one person and one training; `day` is None if it was never completed."""

    training_id: int
    status: str
    day: date | None = None
    expires: date | None = None
    starts: date | None = None


class EmployeeStatuses:
    """Every person's cases on one day; people and trainings are the API's records."""

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
        self._latest = _latest(completions, as_of)
        self._employees = [
            (user["id"], *self._judge(user, days))
            for user in people
            if not (days := employment(user)).gone_on(as_of)
        ]

    def select(self, params: Mapping[str, Any]) -> Listing:
        """Answer training-employee-status.list with these filters."""
        wanted = params.get("m_user_ids")
        chosen = [
            employee for employee in self._employees if wanted is None or employee[0] in wanted
        ]
        trainings = params.get("training_ids")
        everything = params.get("include_all_completions", False)
        return Listing(
            len(chosen),
            lambda start, length: [
                _employee(*employee, trainings, everything)
                for employee in chosen[start : start + length]
            ],
        )

    def _judge(self, user: Wire, days: Employment) -> tuple[set[int], list[VendorCase]]:
        required = {key for key, value in self._trainings.items() if _required(value, user)}
        known: dict[int, VendorCase | None] = {}
        for training_id in self._trainings:
            self._stand(user["id"], training_id, known)
        cases = [
            case or (self._never(training_id, days) if training_id in required else None)
            for training_id, case in known.items()
        ]
        return required, sorted(case for case in cases if case)

    def _never(self, training_id: int, days: Employment) -> VendorCase | None:
        """The case of a person who never completed it; None if either did not exist on the day."""
        training = self._trainings[training_id]
        if not days.known_on(self._as_of) or _made_on(training) > self._as_of:
            return None
        if training["included_trainings_id"]:
            return VendorCase(training_id, "missing")
        status = self._schedules[training_id].status_of_never(days.since, self._as_of)
        return VendorCase(training_id, status)

    def _stand(
        self, person: str, training_id: int, known: dict[int, VendorCase | None]
    ) -> VendorCase | None:
        """The case from the person's own completion, or else from the parts; None if neither."""
        if training_id not in known:
            known[training_id] = None
            own = self._latest.get((person, training_id))
            if own and training_id in self._schedules:
                standing = self._schedules[training_id].stand(own.day, own.special, self._as_of)
                known[training_id] = VendorCase(
                    training_id, standing.status, own.day, *standing[1:]
                )
            else:
                known[training_id] = self._by_parts(person, training_id, known)
        return known[training_id]

    def _by_parts(
        self, person: str, training_id: int, known: dict[int, VendorCase | None]
    ) -> VendorCase | None:
        """The case from the parts and the training's own schedule; the stricter one counts."""
        training = self._trainings.get(training_id)
        if training is None or not training["included_trainings_id"]:
            return None
        parts = [self._stand(person, part, known) for part in training["included_trainings_id"]]
        held = [part for part in parts if part is not None]
        if len(held) < len(parts):
            return None
        day = max(part.day for part in held if part.day)
        own = self._schedules[training_id].stand(day, None, self._as_of)
        standings = [own, *(Standing(part.status, part.expires, part.starts) for part in held)]
        return VendorCase(
            training_id,
            min((standing.status for standing in standings), key=_WORST_FIRST.index),
            day,
            min((standing.expires for standing in standings if standing.expires), default=None),
            min((standing.starts for standing in standings if standing.starts), default=None),
        )


def _latest(
    completions: Iterable[tuple[str, int, int, int, int, int | None]], as_of: date
) -> dict[tuple[str, int], Done]:
    """The latest completion of each person and training; impossible dates do not count."""
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


def _made_on(training: Wire) -> date:
    """The day on which a training was created; the first possible day if unknown."""
    made = training.get("created")
    return date.min if made is None else datetime.fromtimestamp(made / 1000, UTC).date()


def _required(training: Wire, user: Wire) -> bool:
    if training["assigned_to_type"] == "limited":
        condition = training["assigned_to_condition"]["data"]
        return user.get("jobTitle_id") in condition["settings"]["values"]
    return bool(training["assigned_to_type"] == "all")


def _employee(
    person: str,
    required: set[int],
    cases: list[VendorCase],
    trainings: list[int] | None,
    everything: bool,
) -> Wire:
    """Write one person's status as the API does."""
    chosen = [case for case in cases if trainings is None or case.training_id in trainings]
    due = [case for case in chosen if case.training_id in required and case.status != "not_due"]
    gaps = [case for case in due if case.status in ("missing", "expired") or case.day is None]
    complete = [case for case in due if case not in gaps]
    statuses = {case.status for case in due}
    status = "active" if due else "unassigned"
    if "expiring" in statuses:
        status = "expiring"
    if statuses & {"missing", "expired"}:
        status = "incomplete"
    return {
        "status": status,
        "m_user_id": person,
        "percent_complete": round(100 * len(complete) / len(due), 1) if due else 100.0,
        "incomplete_training_ids": [case.training_id for case in gaps],
        "complete_training_ids": [case.training_id for case in complete],
        "last_completed": [
            _last_completed(case, case.training_id in required if everything else None)
            for case in chosen
            if case.day and (everything or case.training_id in required)
        ],
    }


def _last_completed(case: VendorCase, required: bool | None) -> Wire:
    days = {"expiresOn": case.expires, "startsExpiringOn": case.starts}
    return {
        "id": case.training_id,
        "date_number": _number(case.day) if case.day else None,
        **{name: _number(day) for name, day in days.items() if day},
        **({} if required is None else {"is_required": required}),
    }


def _number(day: date) -> int:
    return day.year * 10_000 + day.month * 100 + day.day

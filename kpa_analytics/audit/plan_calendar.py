"""The sessions of a plan as an iCalendar file, with an event for each session."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime
from typing import Any

from kpa_analytics.analysis.planning.session_plan import SessionPlan
from kpa_analytics.audit.calendar_events import (
    Events,
    all_day_event,
    event_title,
    new_calendar,
    owner_of,
    uid_of,
)
from kpa_analytics.report_text import DEMO_MARK
from kpa_analytics.wording import one_line, say

_PROGRAM = "-//kpa_analytics//planned sessions//EN"
_TITLE = "{training}: {filled} of {seats:place|places}"
_CANCELLED_TITLE = "No longer planned: {event}"
_FACTS = "Planned as of {as_of}, for any day of the week from this Monday on."
_NOT_PLANNED = "The plan as of {as_of} does not have this session."
_CONTENT = ("day", "summary", "lines", "cancelled")
_FIRST_DAY = date(1970, 1, 1)


def plan_calendar(plan: SessionPlan, earlier: Events | None = None) -> bytes:
    """The events of a plan, in the order of its sessions, then those that it cancels.

    An event keeps its id in a later plan in which the same training and group have a session in
    the same week, so that a calendar program updates it. The program takes the event with the
    higher SEQUENCE (RFC 5545, 3.8.7.4), which grows with the day of the plan, and whenever an
    event differs from the earlier one. The same arguments give the same bytes.

    Args:
        plan: the plan.
        earlier: the events of the calendar of an earlier plan. Those from the day of the plan on
            that the plan does not have are cancelled.
    """
    owner = owner_of(plan.account, demo=plan.demo)
    calendar = new_calendar(_PROGRAM, ": ".join([*_mark(plan), plan.title]), owner)
    before, events = earlier or {}, _planned(plan)
    made = datetime(plan.as_of.year, plan.as_of.month, plan.as_of.day, tzinfo=UTC)
    for uid, event in [*events.items(), *_cancelled(plan, before, events).items()]:
        content = {name: event[name] for name in _CONTENT}
        sequence = _sequence(plan, event, before.get(uid))
        calendar.add_component(all_day_event(uid, **content, made=made, sequence=sequence))
    return bytes(calendar.to_ical())


def _planned(plan: SessionPlan) -> Events:
    """The event of each session."""
    names = dict(plan.people.group_by("session").agg("user").iter_rows())
    numbers: Counter[tuple[Any, ...]] = Counter()
    events = {}
    for session in plan.sessions.iter_rows(named=True):
        key = (session["training_id"], session["group"], session["week"])
        numbers[key] += 1
        title = say(
            _TITLE,
            training=one_line(session["training"]),
            filled=session["filled"],
            seats=session["seats"],
        )
        events[_uid(plan, *key, numbers[key])] = {
            "day": session["week"],
            "summary": event_title(title, demo=plan.demo),
            "lines": "\n".join(_lines(plan, session, names.get(session["session"], []))),
            "cancelled": False,
        }
    return events


def _cancelled(plan: SessionPlan, before: Events, planned: Events) -> Events:
    """The earlier events that are still to come, and that the plan does not have."""
    return {
        uid: event if event["cancelled"] else _cancelling(plan, event)
        for uid, event in before.items()
        if uid not in planned and event["day"] >= plan.as_of
    }


def _cancelling(plan: SessionPlan, event: dict[str, Any]) -> dict[str, Any]:
    return {
        "day": event["day"],
        "summary": say(_CANCELLED_TITLE, event=event["summary"]),
        "lines": "\n".join([*_mark(plan), say(_NOT_PLANNED, as_of=plan.as_of)]),
        "cancelled": True,
    }


def _sequence(plan: SessionPlan, event: dict[str, Any], old: dict[str, Any] | None) -> int:
    """The number of the event's version: the days since 1970, but higher if the event changed."""
    days = (plan.as_of - _FIRST_DAY).days
    if old is None:
        return days
    is_same = all(event[name] == old[name] for name in _CONTENT)
    return int(old["sequence"]) if is_same else max(days, old["sequence"] + 1)


def _lines(plan: SessionPlan, session: dict[str, Any], people: list[str]) -> list[str]:
    """The description of an event."""
    return [
        *_mark(plan),
        f"Instructor: {one_line(session['instructor'])}",
        *([f"Field office: {one_line(session['group'])}"] if session["group"] else []),
        f"{session['reason']}.",
        say(_FACTS, as_of=plan.as_of),
        "People:",
        *(one_line(name) for name in people),
    ]


def _mark(plan: SessionPlan) -> list[str]:
    return [DEMO_MARK] if plan.demo else []


def _uid(plan: SessionPlan, training: int, group: str | None, week: date, number: int) -> str:
    """The UID that a session has in every plan of an account."""
    parts = f"{training}|{group or ''}|{week}|{number}|{'demo' if plan.demo else ''}"
    parts += f"|{plan.account}" if plan.account else ""
    return uid_of(parts)

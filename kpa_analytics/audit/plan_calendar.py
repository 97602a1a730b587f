"""The sessions of a plan as an iCalendar file: one event for a whole day per session, no alarm."""

from __future__ import annotations

import hashlib
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

import icalendar

from kpa_analytics.analysis.session_plan import SessionPlan
from kpa_analytics.demo_mark import DEMO_MARK
from kpa_analytics.wording import one_line, say

_PROGRAM = "-//kpa_analytics//planned sessions//EN"
_TITLE = "{training}: {filled} of {seats:place|places}"
_FACTS = "Planned as of {as_of}, for any day of the week from this Monday on."
_FIRST_DAY = date(1970, 1, 1)


def plan_calendar(plan: SessionPlan) -> bytes:
    """The events of a plan, in the order of its sessions.

    An event keeps its id in a later plan in which the same training and group have a session in
    the same week, so that a calendar program updates it. The same plan gives the same bytes.
    """
    calendar = icalendar.Calendar()
    calendar.add("prodid", _PROGRAM)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", plan.title)
    names = dict(plan.people.group_by("session").agg("user").iter_rows())
    numbers: Counter[tuple[Any, ...]] = Counter()
    for session in plan.sessions.iter_rows(named=True):
        key = (session["training_id"], session["group"], session["week"])
        numbers[key] += 1
        event = _event(plan, session, names.get(session["session"], []))
        event.add("uid", _uid(*key, numbers[key], demo=plan.demo))
        calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content


def _event(plan: SessionPlan, session: dict[str, Any], people: list[str]) -> icalendar.Event:
    event = icalendar.Event()
    title = say(
        _TITLE,
        training=one_line(session["training"]),
        filled=session["filled"],
        seats=session["seats"],
    )
    made = datetime(plan.as_of.year, plan.as_of.month, plan.as_of.day, tzinfo=UTC)
    event.add("dtstamp", made)
    event.add("sequence", (plan.as_of - _FIRST_DAY).days)
    event.add("dtstart", session["week"])
    event.add("dtend", session["week"] + timedelta(days=1))
    event.add("summary", f"DEMO: {title}" if plan.demo else title)
    event.add("description", "\n".join(_lines(plan, session, people)))
    event.add("transp", "TRANSPARENT")
    return event


def _lines(plan: SessionPlan, session: dict[str, Any], people: list[str]) -> list[str]:
    """The description of an event."""
    return [
        *([DEMO_MARK] if plan.demo else []),
        f"Instructor: {one_line(session['instructor'])}",
        *([f"Field office: {one_line(session['group'])}"] if session["group"] else []),
        f"{session['reason']}.",
        say(_FACTS, as_of=plan.as_of),
        "People:",
        *(one_line(name) for name in people),
    ]


def _uid(training: int, group: str | None, week: date, number: int, *, demo: bool) -> str:
    """The same for the same session in any plan; it tells nobody's name."""
    parts = f"{training}|{group or ''}|{week}|{number}|{'demo' if demo else ''}"
    return f"{hashlib.sha256(parts.encode()).hexdigest()[:32]}@kpa-analytics"

"""A calendar that replaces that of an earlier run: whose it is, its events, the earlier events.

An event lasts whole days and has no alarm. It keeps its UID from run to run, so that a calendar
program replaces it and never shows it twice (RFC 5545, 3.8.7.4).
"""

from __future__ import annotations

import hashlib
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from icalendar import Calendar, Event

from kpa_analytics.errors import KPADataError
from kpa_analytics.report_text import DEMO_SUBJECT
from kpa_analytics.wording import say

#: The status of an event that a calendar program removes.
CANCELLED = "CANCELLED"
#: The sequence, day, summary and lines of each event by its UID, and whether it is cancelled.
Events = dict[str, dict[str, Any]]

_OWNER, _DEMO = "x-kpa-account", "demo data"


def owner_of(account: str | None, *, demo: bool) -> str:
    """Whose records a calendar is made from.

    Args:
        account: the name of the account in accounts.toml; None for the account of the settings.
        demo: whether the records are invented.
    """
    return _DEMO if demo else account or ""


def new_calendar(program: str, name: str, owner: str) -> Calendar:
    """A calendar without events; `owner` is the result of `owner_of()`."""
    calendar = Calendar()
    calendar.add("prodid", program)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    if owner:
        calendar.add(_OWNER, owner)
    return calendar


def event_title(title: str, *, demo: bool) -> str:
    """The title of an event; that of demo data is marked."""
    return say(DEMO_SUBJECT, subject=title) if demo else title


def uid_of(key: str) -> str:
    """The UID of an event. It does not contain the names that the key contains."""
    return f"{hashlib.sha256(key.encode()).hexdigest()[:32]}@kpa-analytics"


def all_day_event(
    uid: str,
    day: date,
    summary: str,
    lines: str,
    *,
    made: datetime,
    sequence: int,
    cancelled: bool = False,
) -> Event:
    """An event of a whole day.

    Args:
        uid: the result of `uid_of()`.
        day: the day.
        summary: its title.
        lines: its description.
        made: when the calendar is made.
        sequence: its version: a calendar program takes the highest one.
        cancelled: whether a calendar program removes it.
    """
    event = Event()
    event.add("uid", uid)
    event.add("dtstamp", made)
    event.add("sequence", sequence)
    event.add("dtstart", day)
    if day < date.max:  # an event without an end lasts one day
        event.add("dtend", day + timedelta(days=1))
    event.add("summary", summary)
    event.add("description", lines)
    event.add("transp", "TRANSPARENT")
    if cancelled:
        event.add("status", CANCELLED)
    return event


def events_of(calendar: bytes, path: Path, owner: str) -> Events:
    """The events of a calendar of an earlier run for the same account.

    Raises:
        KPADataError: it can't be read, or is of another account; the message names the path.
    """
    try:
        earlier = Calendar.from_ical(calendar)
        its_owner = str(earlier.get(_OWNER, ""))
        events = {
            str(event["uid"]): {
                "sequence": int(event.get("sequence", 0)),
                "day": event.decoded("dtstart"),
                "summary": str(event["summary"]),
                "lines": str(event.get("description", "")),
                "cancelled": event.get("status", "") == CANCELLED,
            }
            for event in earlier.walk("VEVENT")
        }
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise KPADataError(f"{path} is not a calendar of an earlier run") from error
    if its_owner != owner:
        was, wanted = (each or "the account of the settings" for each in (its_owner, owner))
        raise KPADataError(f"{path} is a calendar of {was}, not of {wanted}")
    return events

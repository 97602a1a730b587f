"""A calendar that replaces the one of an earlier run: whose it is, and the earlier events."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from icalendar import Calendar

from kpa_analytics.errors import KPADataError

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


def read_earlier(path: Path) -> bytes:
    """The content of a file of an earlier run.

    Raises:
        KPADataError: the file can't be read; the message names it.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise KPADataError(f"{path} can't be read: {error.strerror}") from error


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

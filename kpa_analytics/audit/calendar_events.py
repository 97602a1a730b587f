"""The events of a calendar that an earlier run wrote, so that a new one can replace them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from icalendar import Calendar

from kpa_analytics.errors import KPADataError

#: The status of an event that a calendar program removes.
CANCELLED = "CANCELLED"
#: The sequence, day, summary and lines of each event by its UID, and whether it is cancelled.
Events = dict[str, dict[str, Any]]


def events_of(calendar: bytes, path: Path) -> Events:
    """The events of a calendar of an earlier run.

    Raises:
        KPADataError: it can't be read; the message names the path.
    """
    try:
        return {
            str(event["uid"]): {
                "sequence": int(event.get("sequence", 0)),
                "day": event.decoded("dtstart"),
                "summary": str(event["summary"]),
                "lines": str(event.get("description", "")),
                "cancelled": event.get("status", "") == CANCELLED,
            }
            for event in Calendar.from_ical(calendar).walk("VEVENT")
        }
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise KPADataError(f"{path} is not a calendar of an earlier run") from error

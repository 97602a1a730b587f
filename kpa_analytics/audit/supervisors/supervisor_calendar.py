"""calendar.ics: an all-day event for each training and week, without an alarm.

An event keeps its UID from run to run, and its SEQUENCE grows with the time of the run, so that a
calendar program replaces the event and never shows it twice (RFC 5545, 3.8.7.4). Expired and
missing cases are in the week of the list; the others are in the week in which they expire.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

import polars as pl
from icalendar import Calendar, Event

from kpa_analytics.audit.calendar_events import CANCELLED, Events, new_calendar, owner_of
from kpa_analytics.audit.supervisors import supervisor_text as text
from kpa_analytics.audit.supervisors.supervisor_team import Team, case_line, counts_of, in_words
from kpa_analytics.report_text import DEMO_MARK
from kpa_analytics.statuses import GAPS
from kpa_analytics.wording import one_line, say

CALENDAR = "calendar.ics"
_PRODUCT = "-//kpa_analytics//lists for supervisors//EN"
#: SEQUENCE counts the seconds from here, which fit in 31 bits until 2094.
_BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
_DEMO_NAME = f"{DEMO_MARK}: "


def calendar_of(team: Team, made: datetime, earlier: Events | None = None) -> bytes:
    """The calendar of a list.

    Args:
        team: the list.
        made: when it is made.
        earlier: the events of the earlier run, by their UID. Those that are no longer needed are
            cancelled, from the week of `as_of` on.
    """
    owner = owner_of(team.account, demo=team.demo)
    calendar = _calendar(team.title, owner, demo=team.demo)
    before = earlier or {}
    events = list(_current(team))
    used = {uid for uid, *_ in events}
    least = _sequence(made)
    for uid, day, summary, lines in events:
        sequence = max(least, before[uid]["sequence"] + 1) if uid in before else least
        event = _event(uid, day, summary, lines, made, sequence)
        calendar.add_component(event)
    monday = _monday(team.as_of)
    over = {
        uid: old
        for uid, old in before.items()
        if uid not in used and old["day"] >= monday and not old["cancelled"]
    }
    _cancel(calendar, over, _foot(team.as_of, demo=team.demo), made)
    return bytes(calendar.to_ical())


class Emptied(NamedTuple):
    """A list that has become empty since the earlier run.

    Attributes:
        folder: the name of its folder.
        title: the name of its calendar.
        events: the events to cancel, by their UID.
        owner: whose calendar it is, as `owner_of()` says.
    """

    folder: str
    title: str
    events: Events
    owner: str


def cancelling(emptied: Emptied, as_of: date, made: datetime, *, demo: bool) -> bytes:
    """The calendar of a list that has become empty: it cancels the events of the earlier run."""
    calendar = _calendar(emptied.title, emptied.owner, demo=demo)
    _cancel(calendar, emptied.events, _foot(as_of, demo=demo), made)
    return bytes(calendar.to_ical())


def _cancel(calendar: Calendar, events: Events, foot: list[str], made: datetime) -> None:
    """Add these events as cancelled ones."""
    for uid, old in events.items():
        summary = say(text.EVENT_CANCELLED, event=old["summary"])
        sequence = max(_sequence(made), old["sequence"] + 1)
        event = _event(uid, old["day"], summary, foot, made, sequence)
        event.add("status", CANCELLED)
        calendar.add_component(event)


def _sequence(made: datetime) -> int:
    return int((made - _BEGINNING).total_seconds())


def _calendar(title: str, owner: str, *, demo: bool) -> Calendar:
    name = one_line(title)
    return new_calendar(_PRODUCT, f"{_DEMO_NAME}{name}" if demo else name, owner)


def _current(team: Team) -> Iterator[tuple[str, date, str, list[str]]]:
    """The UID, the day, the summary and the lines of each event."""
    this_week = _monday(team.as_of)
    due = pl.col("expiration_date").dt.truncate("1w").clip(this_week)
    now = pl.col("status").is_in(GAPS) | due.is_null()
    weeks = team.cases.with_columns(
        pl.when(now).then(pl.lit(this_week)).otherwise(due).alias("week")
    ).sort("week", "training", "training_id", maintain_order=True)
    foot = _foot(team.as_of, demo=team.demo)
    by_event = groupby(weeks.iter_rows(named=True), itemgetter("week", "training_id"))
    for (week, training_id), cases in by_event:
        rows = [*cases]
        summary = say(
            text.EVENT,
            training=one_line(rows[0]["training"]),
            people=len({row["m_user_id"] for row in rows}),
            counts=in_words(counts_of(row["status"] for row in rows)),
        )
        lines = [case_line(row, text.EVENT_LINE, text.EVENT_LINE_DATED) for row in rows]
        day = max(week, team.as_of)
        yield _uid(team, training_id, week), day, _marked(team, summary), [*lines, *foot]


def _marked(team: Team, summary: str) -> str:
    return say(text.DEMO_SUBJECT, subject=summary) if team.demo else summary


def _foot(as_of: date, *, demo: bool) -> list[str]:
    foot = say(text.EVENT_FOOT, day=as_of)
    return [foot, DEMO_MARK] if demo else [foot]


def _event(
    uid: str, day: date, summary: str, lines: Iterable[str], made: datetime, sequence: int
) -> Event:
    event = Event()
    event.add("uid", uid)
    event.add("dtstamp", made)
    event.add("sequence", sequence)
    event.add("dtstart", day)
    if day < date.max:  # an event without an end lasts one day
        event.add("dtend", day + timedelta(days=1))
    event.add("summary", summary)
    event.add("description", "\n".join(lines))
    event.add("transp", "TRANSPARENT")
    return event


def _uid(team: Team, training_id: Any, week: date) -> str:
    key = f"{team.by} {team.key or ''} {training_id} {week.isoformat()}"
    key += f" {team.account}" if team.account else ""
    return f"{hashlib.sha256(key.encode()).hexdigest()[:32]}@kpa-analytics"


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def calendar_name(calendar: bytes) -> str:
    """The name of a calendar of an earlier run, without the mark of demo data."""
    return str(Calendar.from_ical(calendar).get("x-wr-calname", "")).removeprefix(_DEMO_NAME)

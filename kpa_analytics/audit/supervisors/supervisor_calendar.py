"""calendar.ics: an event for each training and week. Its SEQUENCE grows with the time of the run.

Expired and missing cases are in the week of the list; the others are in the week in which they
expire.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

import polars as pl
from icalendar import Calendar

from kpa_analytics.audit.calendar_events import (
    Events,
    all_day_event,
    event_title,
    new_calendar,
    owner_of,
    uid_of,
)
from kpa_analytics.audit.supervisors import supervisor_text as text
from kpa_analytics.audit.supervisors.supervisor_team import Team, case_line, counts_of, in_words
from kpa_analytics.calendar_days import monday_of
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
        calendar.add_component(
            all_day_event(uid, day, summary, "\n".join(lines), made=made, sequence=sequence)
        )
    monday = monday_of(team.as_of)
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
        lines = "\n".join(foot)
        event = all_day_event(
            uid, old["day"], summary, lines, made=made, sequence=sequence, cancelled=True
        )
        calendar.add_component(event)


def _sequence(made: datetime) -> int:
    return int((made - _BEGINNING).total_seconds())


def _calendar(title: str, owner: str, *, demo: bool) -> Calendar:
    name = one_line(title)
    return new_calendar(_PRODUCT, f"{_DEMO_NAME}{name}" if demo else name, owner)


def _current(team: Team) -> Iterator[tuple[str, date, str, list[str]]]:
    """The UID, the day, the summary and the lines of each event."""
    this_week = monday_of(team.as_of)
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
        title = event_title(summary, demo=team.demo)
        yield _uid(team, training_id, week), day, title, [*lines, *foot]


def _foot(as_of: date, *, demo: bool) -> list[str]:
    foot = say(text.EVENT_FOOT, day=as_of)
    return [foot, DEMO_MARK] if demo else [foot]


def _uid(team: Team, training_id: Any, week: date) -> str:
    key = f"{team.by} {team.key or ''} {training_id} {week.isoformat()}"
    key += f" {team.account}" if team.account else ""
    return uid_of(key)


def calendar_name(calendar: bytes) -> str:
    """The name of a calendar of an earlier run, without the mark of demo data."""
    return str(Calendar.from_ical(calendar).get("x-wr-calname", "")).removeprefix(_DEMO_NAME)

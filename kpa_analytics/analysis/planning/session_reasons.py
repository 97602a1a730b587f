"""Why a session is in its week, and why a person has that place, in words."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from kpa_analytics.analysis.planning import session_texts as text
from kpa_analytics.statuses import MISSING
from kpa_analytics.wording import say

#: Most sentences of a plan repeat; this many are kept.
_said = lru_cache(maxsize=4096)(say)


class Place(NamedTuple):
    """All that decides why a person has a place in a session.

    Attributes:
        expires, due, is_gap, composed: those of the case.
        week: the day of the session.
        first_day: the first day on which a session gives the person a later expiration date.
        is_moved: whether the person is an instructor whom nobody else can teach in the week that
            suits best.
    """

    expires: date | None
    due: date
    is_gap: bool
    composed: str
    week: date
    first_day: date
    is_moved: bool = False


class SessionReasons:
    """The reasons for the places in the sessions of one training and group.

    Args:
        weeks: the weeks with sessions, in their order.
        full: those in which every session is full.
        begins: the first week of the plan. Whether an earlier session would help is not computed.
        by_window: whether the training is renewed in windows.
    """

    def __init__(
        self, weeks: Sequence[date], full: Collection[date], *, begins: date, by_window: bool
    ) -> None:
        self._weeks, self._full, self._begins = weeks, full, begins
        self._by_window = by_window

    def of(self, place: Place) -> str:
        """Why a person needs the training, and why the place is in this week."""
        need = _need_of_composed(place) if place.composed else self._own_need(place)
        if place.is_moved:
            return f"{need}; {_said(text.OTHER_INSTRUCTOR, week=place.week)}"
        return f"{need}; {self._why_this_week(place)}"

    def _own_need(self, place: Place) -> str:
        if place.expires is None:
            return MISSING
        if place.is_gap:
            return _said(text.EXPIRED, day=place.expires)
        return _said(text.COMPLETE_BY if self._by_window else text.EXPIRES, day=place.expires)

    def _why_this_week(self, place: Place) -> str:
        week, due = place.week, place.due
        if place.is_gap or week > due:
            return self._why_late(place)
        if week == due:
            return _said(text.ON_THE_DAY, week=week)
        later = [other for other in self._weeks if week < other <= due]
        if not later:
            return _said(text.LAST_BEFORE, week=week)
        are_full = all(other in self._full for other in later)
        return _said(text.BEFORE_FULL if are_full else text.BEFORE, week=week)

    def _why_late(self, place: Place) -> str:
        week, first_day = place.week, place.first_day
        earlier = [other for other in self._weeks if first_day <= other < week]
        has_free = any(other not in self._full for other in earlier)
        if place.is_gap:
            if week == self._weeks[0]:
                return _said(text.FIRST_SESSION, week=week)
            return _said(text.NEXT_NOT_CHEAPER if has_free else text.NEXT_SESSION, week=week)
        late = (week - place.due).days
        if first_day > max(place.due, self._begins) and not has_free:
            reason = text.NOT_EARLIER if week == first_day else text.FIRST_FREE
            return _said(reason, week=week, late=late)
        if has_free:
            return _said(text.LATE_NOT_CHEAPER, week=week, late=late)
        return _said(text.LATE if earlier else text.LATE_FIRST, week=week, late=late)


def _need_of_composed(place: Place) -> str:
    """Why a person needs a training for a composed one."""
    if place.is_gap and place.expires is None:
        need = _said(text.FOR_COMPOSED, composed=place.composed)
    elif place.is_gap:
        need = _said(text.FOR_EXPIRED, composed=place.composed, day=place.expires)
    else:
        need = _said(text.FOR_DUE, composed=place.composed, day=place.due)
    return f"{MISSING}; {need}" if place.expires is None else need


def session_reason(filled: int, gaps: int, due: date | None) -> str:
    """Why a session is planned for its week.

    Args:
        filled: the number of its people.
        gaps: how many of them have no valid certificate.
        due: the day on which the first of the others is due; None if there are no others.
    """
    if due is None:
        return _said(text.WITH_GAPS, gaps=gaps)
    others = filled - gaps
    first = _said(text.ONE_DUE if others == 1 else text.FIRST_DUE, filled=others, due=due)
    return f"{_said(text.WITH_GAPS, gaps=gaps)}; {first}" if gaps else first

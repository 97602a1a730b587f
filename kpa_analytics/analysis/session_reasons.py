"""Why a session is in its week, and why a person has that place, in words."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from kpa_analytics.analysis import session_texts as text
from kpa_analytics.analysis.session_cases import SessionCase
from kpa_analytics.statuses import MISSING
from kpa_analytics.wording import day, say


class CourseReasons:
    """The reasons for the sessions of one training and group.

    Args:
        weeks: the weeks with sessions, in their order.
        full: those in which every session is full.
        by_window: whether the training is renewed in windows.
    """

    def __init__(self, weeks: Sequence[date], full: Collection[date], *, by_window: bool) -> None:
        self._weeks, self._full, self._by_window = weeks, full, by_window
        self._said: dict[tuple[object, ...], str] = {}

    def of_person(self, case: SessionCase, week: date, first: date) -> str:
        """The need of a person, and why it is met in this week.

        From the week `first` on, a session gives the person a later expiration date.
        """
        alike = (case.need, week, first)
        if alike not in self._said:
            self._said[alike] = f"{self._need(case)}; {self._place(case, week, first)}"
        return self._said[alike]

    def of_instructor(self, case: SessionCase, week: date) -> str:
        """The need of a person whom nobody else can teach in the week that suits best."""
        return f"{self._need(case)}; {say(text.OTHER_INSTRUCTOR, week=week)}"

    def _need(self, case: SessionCase) -> str:
        need = self._own_need(case)
        return say(text.FOR_COMPOSED, need=need, composed=case.composed) if case.composed else need

    def _own_need(self, case: SessionCase) -> str:
        if case.expires is None:
            return MISSING
        if case.is_gap:
            return say(text.EXPIRED, day=case.expires)
        return say(text.RENEW_BY if self._by_window else text.EXPIRES, day=case.expires)

    def _place(self, case: SessionCase, week: date, first: date) -> str:
        if week > case.due:
            late = (week - case.due).days
            if case.is_gap:
                is_first = week == self._weeks[0]
                return say(text.FIRST_SESSION if is_first else text.NEXT_SESSION, week=week)
            if first > case.due:
                reason = text.NOT_EARLIER if week == first else text.FIRST_FREE
                return say(reason, week=week, late=late, first=first)
            return say(text.LATE, week=week, late=late)
        if week == case.due:
            return say(text.ON_THE_DAY, week=week)
        later = [other for other in self._weeks if week < other <= case.due]
        if not later:
            return say(text.LAST_BEFORE, week=week)
        are_full = all(other in self._full for other in later)
        return say(text.BEFORE_FULL if are_full else text.BEFORE, week=week)


def session_reason(cases: Sequence[SessionCase]) -> str:
    """Why a session of these people is held in its week."""
    gaps = sum(case.is_gap for case in cases)
    due = min((case.due for case in cases if not case.is_gap), default=None)
    if due is None:
        return say(text.WITH_GAPS, gaps=gaps)
    first = say(text.FIRST_DUE, filled=len(cases) - gaps, due=day(due))
    return f"{say(text.WITH_GAPS, gaps=gaps)}; {first}" if gaps else first

"""The weeks of a plan of sessions, each with the Monday on which its sessions are."""

from __future__ import annotations

from datetime import date, timedelta

from kpa_analytics.errors import KPADataError
from kpa_analytics.whole_number import whole_number
from kpa_analytics.wording import count
from kpa_analytics.wording import day as in_words

#: The usual number of weeks, and the most that is accepted.
WEEKS, MOST_WEEKS = 26, 104


def mondays(day: date, weeks: object) -> list[date]:
    """The Mondays of the weeks that begin with the first Monday on or after a day.

    Raises:
        KPADataError: `weeks` is not a whole number from 1 to 104, or the calendar ends before.

    Examples:
        >>> [str(monday) for monday in mondays(date(2026, 6, 30), 2)]
        ['2026-07-06', '2026-07-13']
    """
    weeks = whole_number(weeks, "weeks", MOST_WEEKS)
    try:
        first = day + timedelta(days=-day.weekday() % 7)
        _ = first + timedelta(weeks=weeks)
    except OverflowError:
        need = f"must be a day with {count(weeks, 'week')} after it, not {in_words(day)}"
        raise KPADataError(f"as_of {need}").on_screen(
            f"As of {need}: choose an earlier day or fewer weeks."
        ) from None
    return [first + timedelta(weeks=week) for week in range(weeks)]

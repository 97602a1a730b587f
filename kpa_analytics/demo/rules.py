"""The vendor's side of expiration: a training's schedule, in plain dates, one at a time.

Written from the rules alone and apart from the analyses, so that comparing the two says something.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from typing import NamedTuple

from kpa_analytics.demo.records import Wire

_EXPIRING_DAYS = 30


class Deadline(NamedTuple):
    """When something done expires, and from when on it counts as expiring."""

    expires: date | None
    starts: date | None


def day_of(number: object) -> date | None:
    """Read yyyymmdd; None where there is no such day.

    Examples:
        >>> day_of(20240229), day_of(20200230)
        (datetime.date(2024, 2, 29), None)
    """
    if not isinstance(number, int):
        return None
    try:
        return date(number // 10_000, number // 100 % 100, number % 100)
    except ValueError:
        return None


def months_later(day: date, months: int) -> date:
    """The same day of the month, months later, or the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _in_year(year: int, month: int, day: int) -> date:
    return date(year, month, min(day, monthrange(year, month)[1]))


def _month_and_day(training: Wire, name: str) -> tuple[int, int]:
    return training.get(f"{name}_month") or 0, training.get(f"{name}_day") or 0


class Schedule:
    """When completions of one training expire.

    Examples:
        >>> Schedule({"schedule_type": "rolling", "renewal_months": 1}).deadline(date(2024, 1, 31))
        Deadline(expires=datetime.date(2024, 2, 29), starts=datetime.date(2024, 1, 30))
    """

    def __init__(self, training: Wire) -> None:
        self._window = training["schedule_type"] == "window"
        self._opens = _month_and_day(training, "window_open")
        self._closes = _month_and_day(training, "window_close")
        self._fixed = _month_and_day(training, "expires_on")
        self._months = training.get("renewal_months") or 0
        given = training.get("expiring_days")
        self._expiring = timedelta(days=_EXPIRING_DAYS if given is None else given)
        self._offered = day_of(training.get("window_last_offered_date_number"))
        self._newcomers = bool(training.get("window_required_for_new_employees"))

    def deadline(self, done: date, special: date | None = None) -> Deadline:
        """When what was done on this day expires."""
        if special is None and self._window:
            opens, closes = self._window_after(done)
            return Deadline(closes, opens)
        expires = special or self._ordinary(done)
        return Deadline(expires, expires and expires - self._expiring)

    def status(self, done: date, special: date | None, as_of: date) -> str:
        """The status of somebody who did it on this day."""
        expires, starts = self.deadline(done, special)
        if expires is not None and as_of > expires:
            return "expired"
        offered = self._offered_by(as_of)
        if self._window and special is None and offered and done < offered:
            return "expiring" if self._last_offering_open(as_of) else "expired"
        return "expiring" if starts is not None and as_of >= starts else "current"

    def status_of_never(self, hired: date, as_of: date) -> str:
        """The status of somebody who must have it and never did it."""
        if not self._window:
            return "missing"
        offered = self._offered_by(as_of)
        newcomer = offered is None or hired > offered
        if not newcomer or self._newcomers:
            return "missing"
        return "expiring" if self._window_around(as_of) else "not_due"

    def _offered_by(self, as_of: date) -> date | None:
        """The last offering, unless it is still to come."""
        return self._offered if self._offered and self._offered <= as_of else None

    def _ordinary(self, done: date) -> date | None:
        month, day = self._fixed
        if month and day:
            return self._fixed_day(done, month, day)
        return months_later(done, self._months) if self._months > 0 else None

    def _fixed_day(self, done: date, month: int, day: int) -> date:
        if self._months > 0:
            limit = months_later(done, self._months)
            last = max(
                on
                for on in (_in_year(limit.year + back, month, day) for back in (-1, 0))
                if on <= limit
            )
            if last > done:
                return last
        return min(
            on for on in (_in_year(done.year + ahead, month, day) for ahead in (0, 1)) if on > done
        )

    def _window_of(self, year: int) -> tuple[date, date]:
        """The window that opens in this year."""
        wraps = self._closes < self._opens
        return _in_year(year, *self._opens), _in_year(year + wraps, *self._closes)

    def _window_after(self, day: date) -> tuple[date, date]:
        windows = (self._window_of(day.year + ahead) for ahead in (0, 1))
        return next(window for window in windows if window[0] > day)

    def _window_around(self, day: date) -> tuple[date, date] | None:
        windows = (self._window_of(day.year + back) for back in (-1, 0))
        return next((window for window in windows if window[0] <= day <= window[1]), None)

    def _last_offering_open(self, as_of: date) -> bool:
        window = self._window_around(self._offered) if self._offered else None
        return window is not None and window[0] <= as_of <= window[1]

"""The vendor's expiration rules for one training's schedule, in plain Python dates.

This follows docs/rules.md and shares no code with `analysis`, so each checks the other.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from kpa_analytics.demo.sources import Wire

_EXPIRING_DAYS = 30
_KNOWN_TYPES = ("rolling", "window", "")  # without a type, the other fields decide


class Standing(NamedTuple):
    """A completion's status on a day, its last valid day and its first expiring day."""

    status: str
    expires: date | None = None
    starts: date | None = None


class Window(NamedTuple):
    """One year's window: its first day and its last."""

    opens: date
    closes: date

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.opens <= day <= self.closes


def day_of(number: object) -> date | None:
    """Read yyyymmdd; None if the day does not exist.

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
    """When completions of a training expire, and the status of people who never completed it.

    Examples:
        >>> monthly = Schedule({"schedule_type": "rolling", "renewal_months": 1})
        >>> monthly.stand(date(2024, 1, 31), None, date(2024, 2, 1))
        Standing(status='expiring', expires=datetime.date(2024, 2, 29),
                 starts=datetime.date(2024, 1, 30))
    """

    def __init__(self, training: Wire) -> None:
        kind = training["schedule_type"] or ""
        self._type = kind if kind.strip() else ""
        self._opens = _month_and_day(training, "window_open")
        self._closes = _month_and_day(training, "window_close")
        self._fixed = _month_and_day(training, "expires_on")
        self._months = training.get("renewal_months") or 0
        given = training.get("expiring_days")
        self._expiring = timedelta(days=_EXPIRING_DAYS if given is None else given)
        self._offered = day_of(training.get("window_last_offered_date_number"))
        self._newcomers = bool(training.get("window_required_for_new_employees"))

    def stand(self, done: date, special: date | None, as_of: date) -> Standing:
        """The status, on a day, of a person who completed it (sections 1 and 2)."""
        if special is not None:
            return self._good_through(special, as_of)
        if self._type == "window":
            return self._stand_by_window(done, as_of)
        if self._type not in _KNOWN_TYPES:
            return Standing("current")
        expires = self._ordinary(done)
        return self._good_through(expires, as_of) if expires else Standing("current")

    def status_of_never(self, hired: date, as_of: date) -> str:
        """The status of a person who needs it and never completed it (section 3)."""
        if self._type != "window":
            return "missing"
        offered = self._offered_by(as_of)
        old_employee = offered is not None and hired <= offered
        if old_employee or self._newcomers:
            return "missing"
        return "expiring" if self._window_around(as_of) else "not_due"

    def _good_through(self, expires: date, as_of: date) -> Standing:
        starts = expires - self._expiring
        if as_of > expires:
            return Standing("expired", expires, starts)
        return Standing("expiring" if as_of >= starts else "current", expires, starts)

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

    def _stand_by_window(self, done: date, as_of: date) -> Standing:
        offered = self._offered_by(as_of)
        if offered is not None:
            window = self._window_around(offered)
            if done < (window.opens if window else offered):
                return self._stand_superseded(done, window or Window(offered, offered), as_of)
        renewal = next(window for window in self._windows_after(done) if window.closes >= as_of)
        return Standing(
            "expiring" if as_of in renewal else "current", renewal.closes, renewal.opens
        )

    def _stand_superseded(self, done: date, offering: Window, as_of: date) -> Standing:
        """The training was offered again; last year's people have until that window closes."""
        missed = next(self._windows_after(done))
        if missed == offering and as_of in offering:
            return Standing("expiring", missed.closes, missed.opens)
        last = missed.closes if missed.closes < as_of else offering.opens - timedelta(days=1)
        return Standing("expired", last, min(missed.opens, last))

    def _offered_by(self, as_of: date) -> date | None:
        """The last offering, unless it is in the future."""
        return self._offered if self._offered and self._offered <= as_of else None

    def _window_of(self, year: int) -> Window:
        """The window that opens in this year."""
        wraps = self._closes < self._opens
        return Window(_in_year(year, *self._opens), _in_year(year + wraps, *self._closes))

    def _windows_after(self, day: date) -> Iterator[Window]:
        """The windows that open after a day, one a year."""
        year = day.year if self._window_of(day.year).opens > day else day.year + 1
        while True:
            yield self._window_of(year)
            year += 1

    def _window_around(self, day: date) -> Window | None:
        windows = (self._window_of(day.year + back) for back in (-1, 0))
        return next((window for window in windows if day in window), None)

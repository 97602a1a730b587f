"""When a person was employed, in plain dates (docs/rules.md sections 3 and 6).

This code was written from the rules, without the code of the analyses, so the two can be compared.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from kpa_analytics.demo.sources import Wire

_HOUR = 3_600_000
_DAY = 24 * _HOUR
_FIRST, _LAST = date(1930, 1, 1), date(2099, 12, 31)


class Employment(NamedTuple):
    """The plausible days of one person.

    Attributes:
        profile: the day on which the profile was created.
        hired: the hire date, or None.
        left: the termination date, or None.
    """

    profile: date
    hired: date | None
    left: date | None

    @property
    def since(self) -> date:
        """The hire date, or else the day of the profile; it decides who is a new employee."""
        return self.hired or self.profile

    @property
    def hired_again(self) -> bool:
        """Whether the hire date is after the termination date."""
        return bool(self.hired and self.left and self.hired > self.left)

    def known_on(self, day: date) -> bool:
        """Whether the records have the person on or before a day."""
        first = min(self.since, self.profile) if self.hired_again else self.since
        return first <= day

    def gone_on(self, day: date) -> bool:
        """Whether the person left on or before a day and was not hired again by then."""
        if self.left is None or day < self.left:
            return False
        return not (self.hired_again and self.hired and day >= self.hired)


def employment(user: Wire) -> Employment:
    """Read the days of a user record.

    Examples:
        >>> employment({"created": 0, "hireDate": 0, "terminationDate": 1782882000000}).left
        datetime.date(2026, 7, 1)
    """
    return Employment(
        _moment(user["created"]).date(),
        _plausible(user.get("hireDate")),
        _plausible(user.get("terminationDate")),
    )


def _moment(milliseconds: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)


def _plausible(milliseconds: int | None) -> date | None:
    """The day of a local midnight; None if the time is missing or implausible."""
    if milliseconds is None or abs(milliseconds) <= _DAY:
        return None
    moment = _moment(milliseconds)
    is_midnight_in_the_east = milliseconds % _HOUR == 0 and moment.hour >= 13
    day = moment.date() + timedelta(days=is_midnight_in_the_east)
    return day if _FIRST <= day <= _LAST else None

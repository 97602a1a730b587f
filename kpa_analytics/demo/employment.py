"""When a person of the wire was there, in plain dates (docs/rules.md sections 3 and 6).

Written from the rules alone and apart from the analyses, so that comparing the two says something.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from kpa_analytics.demo.records import Wire

_HOUR = 3_600_000
_DAY = 24 * _HOUR
_FIRST, _LAST = date(1930, 1, 1), date(2099, 12, 31)


class Employment(NamedTuple):
    """The days of one person that are believed.

    Attributes:
        profile: the day the profile was made.
        hired: the day of the hire, or None.
        left: the day of leaving, or None.
    """

    profile: date
    hired: date | None
    left: date | None

    @property
    def since(self) -> date:
        """The day that tells who is new: the hire, else the profile."""
        return self.hired or self.profile

    @property
    def hired_again(self) -> bool:
        """Whether the hire is later than the leaving."""
        return bool(self.hired and self.left and self.hired > self.left)

    def known_on(self, day: date) -> bool:
        """Whether the company had this person by a day, as far as the records say."""
        first = min(self.since, self.profile) if self.hired_again else self.since
        return first <= day

    def gone_on(self, day: date) -> bool:
        """Whether the person had left by a day, and was not hired again by then."""
        if self.left is None or day < self.left:
            return False
        return not (self.hired_again and self.hired and day >= self.hired)


def employment(user: Wire) -> Employment:
    """Read the days of a user of the wire.

    Examples:
        >>> employment({"created": 0, "hireDate": 0, "terminationDate": 1782882000000}).left
        datetime.date(2026, 7, 1)
    """
    return Employment(
        _moment(user["created"]).date(),
        _believed(user.get("hireDate")),
        _believed(user.get("terminationDate")),
    )


def _moment(milliseconds: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)


def _believed(milliseconds: int | None) -> date | None:
    """The day of a local midnight; None where the moment is nothing or can't be right."""
    if milliseconds is None or abs(milliseconds) <= _DAY:
        return None
    moment = _moment(milliseconds)
    is_midnight_in_the_east = milliseconds % _HOUR == 0 and moment.hour >= 13
    day = moment.date() + timedelta(days=is_midnight_in_the_east)
    return day if _FIRST <= day <= _LAST else None

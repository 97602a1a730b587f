"""How many people a session has places for."""

from __future__ import annotations

from kpa_analytics.errors import KPADataError

#: The usual number, and the most that is accepted.
SEATS, MOST_SEATS = 12, 10_000


def number_of_seats(seats: object, name: str) -> int:
    """Check a number of places in a session; `name` is the argument.

    Raises:
        KPADataError: it is not a whole number from 1 to 10,000.
    """
    if type(seats) is int and 1 <= seats <= MOST_SEATS:
        return seats
    raise KPADataError(f"{name} must be a whole number from 1 to {MOST_SEATS:,}, not {seats!r}")

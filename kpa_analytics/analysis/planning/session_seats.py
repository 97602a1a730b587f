"""How many people a session has places for."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from kpa_analytics.errors import KPADataError
from kpa_analytics.whole_number import whole_number
from kpa_analytics.wording import listing

#: The usual number, and the most that is accepted.
SEATS, MOST_SEATS = 12, 10_000


def number_of_seats(seats: object, name: str) -> int:
    """Check a number of places in a session; `name` is the argument.

    Raises:
        KPADataError: it is not a whole number from 1 to 10,000.
    """
    return whole_number(seats, name, MOST_SEATS)


def seats_of_trainings(
    capacity: Mapping[int, int], trainings: Collection[int], where: str
) -> dict[int, int]:
    """Check the numbers of places in the sessions of some trainings.

    Args:
        capacity: the numbers by the id of the training.
        trainings: the ids that are known.
        where: where they are known from, in words.

    Raises:
        KPADataError: an id is unknown, or a number is not a whole number from 1 to 10,000.
    """
    unknown = sorted(repr(training) for training in capacity.keys() - {*trainings})
    if unknown:
        raise KPADataError(f"capacity: no training in {where} has the id {listing(unknown)}")
    return {
        training: number_of_seats(seats, f"capacity of training {training}")
        for training, seats in capacity.items()
    }

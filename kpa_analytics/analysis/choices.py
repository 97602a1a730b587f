"""What an explorer shows: a day, and the records that count. An empty choice means all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, kw_only=True)
class Choices:
    """What all explorers let a reader choose.

    Attributes:
        as_of: the day of the answer.
        trainings: ids of trainings.
        search: words in people's names, employee numbers or ids.
        field_offices: ids of field offices; "" is for people in none.
    """

    as_of: date
    trainings: tuple[int, ...] = ()
    search: str = ""
    field_offices: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ExpiryChoices(Choices):
    """Whose statuses are shown.

    Attributes:
        expiring_days: days before expiration that count as expiring, where a training has none.
        statuses: the statuses shown.
        include_terminated: count people who had left by `as_of`.
    """

    expiring_days: int = 30
    statuses: tuple[str, ...] = ()
    include_terminated: bool = False


@dataclass(frozen=True, kw_only=True)
class PeriodChoices(Choices):
    """Which completions or sessions of the months up to `as_of` are shown.

    Attributes:
        months: how many months count.
        instructors: ids of instructors.
    """

    months: int = 24
    instructors: tuple[str, ...] = ()

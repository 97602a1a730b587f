"""What an explorer's choices can be, as traits: each refuses what it can't be, by name."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any, Generic, NoReturn, TypeVar

import traitlets

from kpa_analytics.errors import KPADataError
from kpa_analytics.inputs import as_day

G = TypeVar("G")
S = TypeVar("S")
T = TypeVar("T")


class ChoiceError(KPADataError, traitlets.TraitError):
    """An explorer does not have this choice, or the choice can't have this value."""


class Choice(traitlets.TraitType[G, S]):
    """One choice of an explorer, whose `known` values by choice come from its records."""

    def refuse(self, value: object) -> NoReturn:
        """Say what the choice must be."""
        raise ChoiceError(f"{self.name} must be {self.info()}, not {value!r}")


class Day(Choice[date, date | str | None]):
    """A calendar day; None is today."""

    default_value = None

    def validate(self, obj: Any, value: object) -> date:
        """Read a day."""
        try:
            return as_day(value, str(self.name))
        except KPADataError as error:
            raise ChoiceError(str(error)) from None


class Text(Choice[str, str | None]):
    """Any text; None is none."""

    default_value = ""
    info_text = "text"

    def validate(self, obj: Any, value: object) -> str:
        """Take text only."""
        return value or "" if isinstance(value, str | None) else self.refuse(value)


class Switch(Choice[bool, bool]):
    """True or False."""

    default_value = False
    info_text = "True or False"

    def validate(self, obj: Any, value: object) -> bool:
        """Take no number for a truth."""
        return value if isinstance(value, bool) else self.refuse(value)


class WholeNumber(Choice[int, int]):
    """A whole number between two others."""

    def __init__(self, default: int, least: int, most: int, help: str) -> None:  # noqa: A002
        super().__init__(default, help=help)
        self.info_text = f"a whole number of {least} to {most:,}"
        self._possible = range(least, most + 1)

    def validate(self, obj: Any, value: object) -> int:
        """Take no truth for a number."""
        return value if type(value) is int and value in self._possible else self.refuse(value)


class OneOf(Choice[T | None, T | None], Generic[T]):
    """One of the known values, or None."""

    default_value = None

    def validate(self, obj: Any, value: Any) -> T | None:
        """Take what is known."""
        if value is not None:
            need_known(str(self.name), value, obj.known[self.name])
        chosen: T | None = value
        return chosen


class SomeOf(Choice[tuple[T, ...], Iterable[T] | None], Generic[T]):
    """Several of the known values, each once; None is none of them."""

    default_value = ()
    info_text = "a list"

    def validate(self, obj: Any, value: object) -> tuple[T, ...]:
        """Take a list of what is known."""
        if value is None:
            return ()
        if isinstance(value, str | bytes) or not isinstance(value, Iterable):
            self.refuse(value)
        chosen: list[Any] = list(value)
        for each in chosen:
            need_known(str(self.name), each, obj.known[self.name])
        return tuple(dict.fromkeys(chosen))


def need_known(name: str, value: object, known: Collection[Any]) -> None:
    """Refuse a value that is not known.

    Args:
        name: what it is a value of, for the error.
        value: the value.
        known: those there are; the error lists them where they are few.

    Raises:
        ChoiceError: the value is not among them.
    """
    try:
        if value in known:
            return
    except TypeError:  # a list or a frame, which has no hash
        pass
    few = 0 < len(known) <= 12
    there_are = f"; there are {', '.join(map(str, known))}" if few else ""
    raise ChoiceError(f"{name}: there is no {value!r}{there_are}")

"""The traits of explorers: each rejects an invalid value with an error that names the choice."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any, Generic, NoReturn, TypeVar

import traitlets

from kpa_analytics.analysis.find import GIVE_ONE
from kpa_analytics.analysis.status_over_time import check_start
from kpa_analytics.as_of import as_day
from kpa_analytics.errors import KPADataError
from kpa_analytics.whole_number import plain_number
from kpa_analytics.widgets.titles import usual_day
from kpa_analytics.wording import day as in_words

#: Choices that filter no rows by themselves: selected bars or sessions, and the explained case.
SELECTIONS = frozenset({"selected", "bars", "explained"})

G = TypeVar("G")
S = TypeVar("S")
T = TypeVar("T")


class ChoiceError(KPADataError, traitlets.TraitError):
    """An explorer does not have this choice, or its value is not allowed."""


def need_dictionary(name: str, value: object) -> Mapping[str, Any]:
    """Return the value if it is a dictionary, as a part of a state must be.

    Raises:
        ChoiceError: it is something else.
    """
    if not isinstance(value, Mapping):
        raise ChoiceError(f"{name} must be a dictionary, as in `state`, not {value!r}")
    return value


class Choice(traitlets.TraitType[G, S]):
    """A choice of an explorer. The explorer's `known` lists the allowed values."""

    def refuse(self, value: object) -> NoReturn:
        """Raise an error that says what the choice must be."""
        raise ChoiceError(f"{self.name} must be {self.info()}, not {value!r}")


class DayChoice(Choice[date, date | str | None]):
    """A calendar day; None means today, or the demo's day for demo data."""

    default_value = None

    def validate(self, obj: Any, value: object) -> date:
        """Read a day."""
        try:
            return usual_day(obj.data) if value is None else as_day(value, str(self.name))
        except KPADataError as error:
            raise ChoiceError(str(error)) from None


class Text(Choice[str, str | None]):
    """Any text; None means empty text."""

    default_value = ""
    info_text = "text"

    def validate(self, obj: Any, value: object) -> str:
        """Accept text or None."""
        return value or "" if isinstance(value, str | None) else self.refuse(value)


class Switch(Choice[bool, bool]):
    """True or False."""

    default_value = False
    info_text = "True or False"

    def validate(self, obj: Any, value: object) -> bool:
        """Accept only True and False, not 1 and 0."""
        return value if isinstance(value, bool) else self.refuse(value)


class WholeNumber(Choice[int, int]):
    """A whole number within a range."""

    def __init__(self, default: int, least: int, most: int, help: str) -> None:  # noqa: A002
        super().__init__(default, help=help)
        self.info_text = f"a whole number from {least} to {most:,}"
        self.least, self.most = least, most

    def validate(self, obj: Any, value: object) -> int:
        """Accept only whole numbers, not True and False."""
        number: object = plain_number(value)
        return (
            number
            if type(number) is int and self.least <= number <= self.most
            else self.refuse(value)
        )


class OneOf(Choice[T | None, T | None], Generic[T]):
    """One of the known values, or None."""

    default_value = None

    def validate(self, obj: Any, value: Any) -> T | None:
        """Accept a known value or None."""
        chosen: T | None = plain_number(value)
        if chosen is not None:
            need_known(str(self.name), chosen, obj.known[self.name])
        return chosen


class Name(Choice[str, str]):
    """One of a few names."""

    def __init__(self, default: str, names: Collection[str], help: str) -> None:  # noqa: A002
        super().__init__(default, help=help)
        self._names = names

    def validate(self, obj: Any, value: object) -> str:
        """Accept one of the names."""
        need_known(str(self.name), value, self._names)
        return str(value)


class FirstDay(Choice[date | None, date | str | None]):
    """`start`, the first day of a period that the records must reach; None: a usual day.

    The explorer's `begun` is the first day of its records.
    """

    default_value = None

    def validate(self, obj: Any, value: object) -> date | None:
        """Read a day."""
        if value is None:
            return None
        try:
            day = as_day(value, str(self.name))
        except KPADataError as error:
            raise ChoiceError(str(error)) from None
        try:
            check_start(day, obj.begun)
        except KPADataError as error:
            raise ChoiceError(str(error)).on_screen(
                "Start must not be before the first completion, which is dated "
                f"{in_words(obj.begun)}."
            ) from None
        return day


class SomeOf(Choice[tuple[T, ...], Iterable[T | str] | None], Generic[T]):
    """Several known values, each once; None means none of them."""

    default_value = ()
    info_text = "a list"

    def validate(self, obj: Any, value: object) -> tuple[T, ...]:
        """Accept a list of known values, or of names of which each has exactly one."""
        if value is None:
            return ()
        if isinstance(value, str | bytes) or not isinstance(value, Iterable):
            self.refuse(value)
        chosen: list[Any] = [id_of(obj, str(self.name), each) for each in value]
        for each in chosen:
            need_known(str(self.name), each, obj.known[self.name], GIVE_ONE)
        return tuple(dict.fromkeys(chosen))


def id_of(explorer: Any, name: str, value: Any, kind: str = "") -> Any:
    """The id that a text of a choice means, by the explorer's `finders`; any other value as it is.

    Args:
        explorer: the explorer.
        name: the choice, for the error.
        value: an id, or a title or name.
        kind: the choice whose ids these are; by default, `name`.

    Raises:
        ChoiceError: the text names nothing, or more than one thing; the message lists what has
            such a name, with ids.
    """
    kind, value = kind or name, plain_number(value)
    find = explorer.finders.get(kind)
    if find is None or not isinstance(value, str) or value in explorer.known[kind]:
        return value
    try:
        key = find(value)
    except KPADataError as error:
        raise ChoiceError(f"{name}: {error}") from None
    if key not in explorer.known[kind]:
        raise ChoiceError(f"{name}: {value!r}, id {key!r}, cannot be chosen: not among {kind}")
    return key


def need_known(name: str, value: object, known: Collection[Any], advice: str = "") -> None:
    """Reject a value that is not known with a `ChoiceError`.

    It lists the known values if they are few, and otherwise gives the advice.
    """
    try:
        if value in known:
            return
    except TypeError:  # a list or a frame, which has no hash
        pass
    if 0 < len(known) <= 12:
        raise ChoiceError(f"{name}: {value!r} is not one of {', '.join(map(str, known))}")
    raise ChoiceError(f"{name}: there is no {value!r}{advice}")

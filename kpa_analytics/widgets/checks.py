"""What an explorer's state may be: each check takes a name and a value, and names the offender."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Any

from kpa_analytics.errors import KPADataError
from kpa_analytics.inputs import as_day

Check = Callable[[str, Any], Any]


def a_day(name: str, value: object) -> Any:
    """A calendar day; None is today."""
    return as_day(value, name)


def a_day_or_none(name: str, value: object) -> Any:
    """A calendar day, or None for no bound."""
    return None if value is None else as_day(value, name)


def a_text(name: str, value: object) -> str:
    """Any text; None is none."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise KPADataError(f"{name} must be text, not {value!r}")
    return value


def a_switch(name: str, value: object) -> bool:
    """True or False."""
    if not isinstance(value, bool):
        raise KPADataError(f"{name} must be True or False, not {value!r}")
    return value


def whole(least: int, most: int) -> Check:
    """A check for whole numbers of `least` to `most`."""

    def check(name: str, value: object) -> int:
        if type(value) is int and least <= value <= most:
            return value
        raise KPADataError(f"{name} must be a whole number of {least} to {most:,}, not {value!r}")

    return check


def one_of(known: Collection[Any]) -> Check:
    """A check for one of the known values, or None for all."""

    def check(name: str, value: object) -> Any:
        if value is None or _among(value, known):
            return value
        raise KPADataError(f"{name}: there is no {value!r}{_hint(known)}")

    return check


def some_of(known: Collection[Any]) -> Check:
    """A check for several of the known values: any iterable in, a tuple out, each value once."""

    def check(name: str, value: object) -> tuple[Any, ...]:
        if value is None:
            return ()
        if isinstance(value, str | bytes) or not isinstance(value, Iterable):
            raise KPADataError(f"{name} must be a list, not {value!r}")
        wanted = list(value)
        for one in wanted:
            if not _among(one, known):
                raise KPADataError(f"{name}: there is no {one!r}{_hint(known)}")
        return tuple(dict.fromkeys(wanted))

    return check


def _among(value: object, known: Collection[Any]) -> bool:
    try:
        return value in known
    except TypeError:  # a list, a frame: nothing that could be among them
        return False


def _hint(known: Collection[Any]) -> str:
    few = len(known) <= 12
    return f"; there are {', '.join(map(str, known))}" if known and few else ""

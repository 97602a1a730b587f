"""Check a function's argument that is a whole number, or an id that is one."""

from __future__ import annotations

from contextlib import suppress
from operator import index
from typing import Any

from kpa_analytics.errors import KPADataError


def whole_number(value: object, name: str, most: int, least: int = 1) -> int:
    """Check an argument that is a whole number.

    Raises:
        KPADataError: it is not a whole number from `least` to `most`.

    Examples:
        >>> whole_number("3", "top", 60)
        Traceback (most recent call last):
        kpa_analytics.errors.KPADataError: top must be a whole number from 1 to 60, not '3'
    """
    number = plain_number(value)
    if type(number) is int and least <= number <= most:
        return number
    raise KPADataError(f"{name} must be a whole number from {least:,} to {most:,}, not {value!r}")


def plain_number(value: Any) -> Any:
    """A whole number of another library, such as numpy, as one of Python; another value as it is.

    Examples:
        >>> plain_number("7"), plain_number(True)
        ('7', True)
    """
    with suppress(TypeError):
        return value if isinstance(value, bool) else index(value)
    return value

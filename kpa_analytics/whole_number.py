"""Check a function's argument that is a whole number."""

from __future__ import annotations

from contextlib import suppress
from operator import index

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
    with suppress(TypeError):  # neither an integer of Python nor of another library
        number = index(value)  # type: ignore[arg-type]
        if not isinstance(value, bool) and least <= number <= most:
            return number
    raise KPADataError(f"{name} must be a whole number from {least:,} to {most:,}, not {value!r}")

"""The day of the statuses, and other days that callers give.

`as_of=None` means today, or `demo.AS_OF` for demo data. Only `as_day` chooses between the two.
"""

from __future__ import annotations

import re
from datetime import date, datetime

import polars as pl

from kpa_analytics.demo_mark import DEMO_AS_OF, is_demo
from kpa_analytics.errors import KPADataError

#: A calendar day as callers give it: a date, or ISO text such as "2026-06-30".
Day = date | str

#: Year, month and day only; `fromisoformat` would accept weeks too.
_PLAIN_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def day_of(as_of: object | None, *frames: pl.DataFrame | pl.LazyFrame | None) -> date:
    """Read the day of the statuses; None means today, or `demo.AS_OF` for demo data.

    Args:
        as_of: the day, as `as_day` reads it.
        *frames: the records; None is ignored. Only read if `as_of` is None.

    Raises:
        KPADataError: `as_of` is not a calendar day.

    Examples:
        >>> day_of(None, pl.DataFrame({"m_user_id": ["64656d6f64656d6f00000001"]}))
        datetime.date(2026, 6, 30)
    """
    return as_day(as_of, demo=as_of is None and is_demo(*frames))


def _today() -> date:
    return date.today()


def as_day(value: object | None, name: str = "as_of", *, demo: bool = False) -> date:
    """Read a calendar day: a date, a datetime, ISO text `2026-06-30`, or None for the default day.

    Args:
        value: the day. A datetime must be midnight.
        name: the argument's name, for the error.
        demo: whether the records are demo data.

    Returns:
        The day. For None, `demo.AS_OF` for demo data, and otherwise today in the machine's time
        zone; nothing else in this package reads that zone.

    Raises:
        KPADataError: the value is not a calendar day.

    Examples:
        >>> as_day("2026-06-30")
        datetime.date(2026, 6, 30)
        >>> as_day("30/06/2026")
        Traceback (most recent call last):
        kpa_analytics.errors.KPADataError: as_of must be a day such as 2026-06-30, not '30/06/2026'
    """
    if value is None:
        return DEMO_AS_OF if demo else _today()
    if isinstance(value, datetime):
        plain = value.tzinfo is None and value == datetime.combine(
            value.date(), datetime.min.time()
        )
        if plain:
            return value.date()
    elif isinstance(value, date):
        return value
    elif isinstance(value, str) and _PLAIN_DAY.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError as error:
            raise KPADataError(f"{name} must be a day such as 2026-06-30, not {value!r}") from error
    raise KPADataError(f"{name} must be a day such as 2026-06-30, not {value!r}")


def need_day(value: object | None, name: str) -> date:
    """Read a calendar day that has no default.

    Raises:
        KPADataError: the value is None or not a calendar day.
    """
    if value is None:
        raise KPADataError(f"{name} must be a day such as 2026-06-30, not None")
    return as_day(value, name)

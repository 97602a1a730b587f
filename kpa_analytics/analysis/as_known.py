"""The records that were known at an instant: those that had been created by then."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl

from kpa_analytics.as_of import Day, as_day
from kpa_analytics.errors import KPADataError
from kpa_analytics.schema import COMPLETIONS

_CREATED = pl.col("created")


def as_known_by(value: Day | None) -> pl.Expr | None:
    """Whether a record was `created` at or before an instant; None if none is given.

    Args:
        value: an instant with a time zone (a datetime, or ISO text such as `2026-06-30T17:00:00Z`),
            or a day, which means its end in UTC.

    Raises:
        KPADataError: the value is neither of these.

    Examples:
        >>> as_known_by("2026-06-30T17:00")
        Traceback (most recent call last):
        kpa_analytics.errors.KPADataError: as_known must be a day such as 2026-06-30 or an instant
        with a time zone such as 2026-06-30T17:00:00Z, not '2026-06-30T17:00'
    """
    if value is None:
        return None
    try:
        instant = _instant(value)
        if instant is not None:
            return _CREATED.le(pl.lit(instant.astimezone(UTC)))
        return _CREATED.dt.date() <= as_day(value, "as_known")
    except (KPADataError, OverflowError) as error:
        raise KPADataError(
            "as_known must be a day such as 2026-06-30 or an instant with a time zone such as "
            f"2026-06-30T17:00:00Z, not {value!r}"
        ) from error


def known_records(completions: pl.DataFrame, is_known: pl.Expr | None) -> pl.DataFrame:
    """The completions that were known; all of them for None.

    Raises:
        KPADataError: a completion has no `created`, so nobody knows when it was recorded.
    """
    if is_known is None:
        return completions
    unknown = completions.filter(_CREATED.is_null())
    if unknown.height:
        raise KPADataError(
            f"{COMPLETIONS.name}: as_known needs the time at which each record was created, but "
            f"'created' is null in {unknown.height:,} of them, the first of which is completion "
            f"{unknown['id'][0]}"
        )
    return completions.filter(is_known)


def _instant(value: date | str) -> datetime | None:
    """An instant with a time zone, or None if the value is not one."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
    is_instant = isinstance(value, datetime) and value.utcoffset() is not None
    return value if isinstance(value, datetime) and is_instant else None

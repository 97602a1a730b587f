"""When people were employed: hire and termination days from the times in their profiles.

Every part of the package uses this module to decide whether a person was hired or had left.
Source: docs/rules.md section 3 (local midnights) and section 6 (who counts). Which times count as
plausible is this project's decision.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from kpa_analytics.inputs import AnyFrame, need_if_known
from kpa_analytics.schema import USERS

#: Hire and termination dates outside these years are implausible.
FIRST_DAY, LAST_DAY = date(1930, 1, 1), date(2099, 12, 31)

_HOUR = 3_600_000
_DAY = 24 * _HOUR
_FIRST_HOUR_EAST = 13
_MOMENTS = ("created", "hireDate", "terminationDate")


def local_day(moment: str) -> pl.Expr:
    """The local day of a time that is recorded as local midnight.

    The vendor's example is 05:00 UTC, which is midnight in the central United States. A full hour
    from 13:00 to 23:00 UTC is midnight of the next day east of Greenwich. Any other time belongs to
    its UTC day.

    Args:
        moment: a column of times, UTC.

    Returns:
        An expression of days with the column's name; null stays null.

    Examples:
        >>> from datetime import UTC, datetime
        >>> hired = [datetime(2026, 3, 1, hour, tzinfo=UTC) for hour in (5, 12, 13, 23)]
        >>> days = pl.DataFrame({"hireDate": hired}).select(local_day("hireDate").dt.day())
        >>> days["hireDate"].to_list()
        [1, 1, 2, 2]
    """
    column = pl.col(moment)
    is_exact = _milliseconds(moment) % _HOUR == 0
    is_east = is_exact & (column.dt.hour() >= _FIRST_HOUR_EAST)
    return column.dt.date() + pl.duration(days=is_east.cast(pl.Int64))


def is_believed(moment: str) -> pl.Expr:
    """Whether a hire, termination or profile's creation time is plausible; null for null.

    It is implausible if it is 0 (1970, in any time zone), which means a missing value, or if
    its day is before 1930 or after 2099.
    """
    is_zero = _milliseconds(moment).abs() <= _DAY
    return ~is_zero & local_day(moment).is_between(FIRST_DAY, LAST_DAY)


def employment_days() -> tuple[pl.Expr, pl.Expr]:
    """The local days of hireDate and terminationDate as `hired` and `left`, if they are plausible.

    Examples:
        >>> from datetime import UTC, datetime
        >>> profile = {"hireDate": datetime(2026, 3, 1, 5, tzinfo=UTC), "terminationDate": None}
        >>> moments = {"hireDate": USERS.schema["hireDate"]}
        >>> moments["terminationDate"] = USERS.schema["terminationDate"]
        >>> pl.DataFrame([profile], schema=moments).select(employment_days()).row(0)
        (datetime.date(2026, 3, 1), None)
    """
    hired, left = (
        pl.when(is_believed(moment)).then(local_day(moment)).alias(name)
        for moment, name in (("hireDate", "hired"), ("terminationDate", "left"))
    )
    return hired, left


def employment(users: AnyFrame | None) -> pl.LazyFrame:
    """The days on which each person was first known, was hired, left, and was hired again.

    A hire date after the termination date means that the person was hired again: they are employed
    before the termination date, not employed until the hire date, and employed from then on.

    Args:
        users: as `load_users()` returns them, or None if they are unknown.

    Returns:
        A lazy frame, one row per profile (the first one of each id), of m_user_id and these days,
        which are null if unknown:

        - `exists_since`: the hire date, or else the day when the profile was created; the earlier
          of the two for a person who was hired again.
        - `hired`: the hire date, or else the day when the profile was created.
        - `left`: the first day on which the person is no longer employed.
        - `back`: the day on which the person was hired again.

    Raises:
        KPADataError: a column is missing or has another type.
    """
    roster = need_if_known(users, USERS, "id", *_MOMENTS)
    hired, left, made = pl.col("hired"), pl.col("left"), pl.col("made")
    return (
        roster.unique("id", keep="first", maintain_order=True)
        .select(
            pl.col("id").alias("m_user_id"),
            *employment_days(),
            pl.when(is_believed("created")).then(pl.col("created").dt.date()).alias("made"),
        )
        .with_columns(pl.when(hired > left).then(hired).alias("back"))
        .select(
            "m_user_id",
            pl.when(pl.col("back").is_not_null())
            .then(pl.min_horizontal(hired, made))
            .otherwise(pl.coalesce(hired, made))
            .alias("exists_since"),
            pl.coalesce(hired, made).alias("hired"),
            "left",
            "back",
        )
    )


def has_left(day: date | pl.Expr) -> pl.Expr:
    """Whether a person of `employment` left on or before a day and was not hired again by then.

    The day is one for all people, or an expression: the day of each row.
    """
    return (
        (pl.col("left") <= day).fill_null(False) & ~(pl.col("back") <= day).fill_null(False)
    ).alias("has_left")


def _milliseconds(moment: str) -> pl.Expr:
    return pl.col(moment).dt.epoch("ms")

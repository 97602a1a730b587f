"""When people were employed, as days, from the moments in their profiles.

Every part of the package that asks whether somebody had been hired or had left reads it here.
Source: docs/rules.md section 3 (local midnights) and section 6 (who counts); which moments are
believed is a decision of this project.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from kpa_analytics.inputs import AnyFrame, need
from kpa_analytics.schema import USERS

#: Days outside these years can't be days of anybody's employment.
FIRST_DAY, LAST_DAY = date(1930, 1, 1), date(2099, 12, 31)

_HOUR = 3_600_000
_DAY = 24 * _HOUR
_FIRST_HOUR_EAST = 13
_MOMENTS = ("created", "hireDate", "terminationDate")


def local_day(moment: str) -> pl.Expr:
    """The day that begins at a local midnight, from the moment as the wire has it.

    The vendor's example is 05:00 UTC, a midnight in the central United States. An exact hour from
    13:00 to 23:00 UTC is the next day's midnight east of Greenwich; every other moment is of its
    own UTC day.

    Args:
        moment: a column of moments, UTC.

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
    """Whether a moment of hiring or leaving can be one.

    It can't where it is zero (1970, in whatever time zone: somebody sent 0 for nothing), or where
    its day is before 1930 or after 2099. Null in, null out.
    """
    is_zero = _milliseconds(moment).abs() <= _DAY
    return ~is_zero & local_day(moment).is_between(FIRST_DAY, LAST_DAY)


def employment(users: AnyFrame | None) -> pl.LazyFrame:
    """Since when each person exists for the company, was hired, left and came back.

    A person whose hire day is after the day they left was hired again (or left before ever being
    hired): they are there before the day they left, away until the hire day, and there from then.

    Args:
        users: as `load_users()` makes them, or None where they are not known.

    Returns:
        A lazy frame, one row per profile (the first of several with one id), of m_user_id and
        these days, each null where it is not known:

        - `exists_since`: the day hired, else the day the profile was made; the earlier of the two
          for somebody who was hired again.
        - `hired`: the day hired, else the day the profile was made.
        - `left`: the first day on which they had left.
        - `back`: the day they were hired again after leaving.

    Raises:
        KPADataError: a column is missing or has another type.
    """
    roster = need(USERS.empty() if users is None else users, USERS, "id", *_MOMENTS)
    hired, left, made = pl.col("hired"), pl.col("left"), pl.col("made")
    return (
        roster.unique("id", keep="first", maintain_order=True)
        .select(
            pl.col("id").alias("m_user_id"),
            *(
                pl.when(is_believed(moment)).then(local_day(moment)).alias(name)
                for moment, name in (("hireDate", "hired"), ("terminationDate", "left"))
            ),
            pl.col("created").dt.date().alias("made"),
        )
        .with_columns(
            pl.when(hired > left).then(hired).alias("back"),
            pl.when(made.is_between(FIRST_DAY, LAST_DAY)).then(made).alias("made"),
        )
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


def has_left(day: date) -> pl.Expr:
    """Whether a person of `employment` had left on or before a day and was not back by then."""
    return (
        (pl.col("left") <= day).fill_null(False) & ~(pl.col("back") <= day).fill_null(False)
    ).alias("has_left")


def _milliseconds(moment: str) -> pl.Expr:
    return pl.col(moment).dt.epoch("ms")

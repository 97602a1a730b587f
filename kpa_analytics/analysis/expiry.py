"""Who is still trained: the status of each person for each training, as of a day."""

from __future__ import annotations

from datetime import date

import polars as pl

from kpa_analytics.analysis.composed import composed_trainings, derived_completions
from kpa_analytics.analysis.inputs import (
    AnyFrame,
    Frame,
    as_day,
    like,
    need,
    people_names,
    training_titles,
)
from kpa_analytics.analysis.required import required_pairs, status_never_completed
from kpa_analytics.analysis.schedules import (
    MOST_EXPIRING_DAYS,
    expiration,
    starts_expiring,
    status_on,
    training_rules,
)
from kpa_analytics.errors import KPADataError
from kpa_analytics.schema import COMPLETIONS, EXPIRY_STATUS, SOURCE, USERS

_PAIR = ("m_user_id", "training_id")
_RECORD = ("id", "date", "created", "special_expiration_date")
_UNPROVED = pl.when(pl.col("completion_id").is_not_null()).then(pl.lit("unknown"))
_SOURCE_UNPROVED = _UNPROVED.cast(SOURCE).alias("expiration_source")
#: A completion without a possible day proves nothing, unless it says itself when it expires.
_PROVES = pl.any_horizontal(pl.col("date", "special_expiration_date").is_not_null())


def expiry_status(
    completions: Frame,
    trainings: AnyFrame | None = None,
    users: AnyFrame | None = None,
    *,
    as_of: object | None = None,
    expiring_days: int = 30,
    required: AnyFrame | None = None,
    include_terminated: bool = False,
) -> Frame:
    """The status of every person for every training they completed or must have, as of a day.

    The latest completion counts: by date, then created, then id. It expires by the first rule that
    applies: its own special date, the training's window, its fixed day, its renewal period, never.

    A completion dated after `as_of` has not happened yet. One whose day is null (impossible on the
    wire) counts only where the person has no other for that training. Unless it has a special
    expiration date it proves nothing: its row keeps its completion_id, with source `unknown` and
    the status of someone who never completed the training.

    Args:
        completions: as `load_completions()` makes them; any subset of people can be asked alone.
        trainings: as `load_trainings()` makes them. Without them only special expiration dates are
            known: the source is `special` or `unknown`.
        users: as `load_users()` makes them. Without them people go by their ids and all count.
        as_of: the day asked for; a date or ISO text. Default: today.
        expiring_days: days before expiration that count as expiring, where the training does not
            say; default 30, at most 36,500.
        required: who must have what: a frame of (m_user_id, training_id), or the vendor's
            employee status. Adds the pairs never completed: missing, not_due or expiring.
        include_terminated: count people who left on or before `as_of` too; default False.

    Returns:
        A frame of the kind of `completions`, sorted by m_user_id and training_id, one row per
        person and training. Its columns are those of `schema.EXPIRY_STATUS`.

    Raises:
        KPADataError: a frame lacks a column, `as_of` is no calendar day, `expiring_days` no
            number of days, or composed trainings include each other in a circle.

    Examples:
        >>> from datetime import date
        >>> from kpa_analytics.schema import COMPLETIONS, TRAININGS
        >>> done = COMPLETIONS.empty().vstack(pl.DataFrame([
        ...     {"id": 1, "training_id": 7, "m_user_id": "a", "date": date(2024, 1, 31)}],
        ...     schema=COMPLETIONS.schema))
        >>> catalogue = pl.DataFrame(
        ...     [{"id": 7, "title": "Ladders", "schedule_type": "rolling", "renewal_months": 1}],
        ...     schema=TRAININGS.schema)
        >>> status = expiry_status(done, catalogue, as_of="2024-02-27")
        >>> status.select("training", "expiration_date", "days_left", "status").row(0)
        ('Ladders', datetime.date(2024, 2, 29), 2, 'expiring')
    """
    today = as_day(as_of)
    days = _whole_days(expiring_days)
    parts = composed_trainings(trainings)
    pairs = _latest(completions, required_pairs(required), today).join(
        training_rules(trainings), on="training_id", how="left"
    )
    held = (
        pairs.filter(_PROVES)
        .with_columns(expiration())
        .with_columns(starts_expiring(days))
        .with_columns(status_on(today))
    )
    lacking = pairs.filter(~_PROVES)
    if parts:
        derived = derived_completions(held, parts)
        held = pl.concat([held, derived], how="diagonal")
        lacking = lacking.join(derived, on=_PAIR, how="anti")
    lacking = lacking.join(_hired(users), on="m_user_id", how="left").with_columns(
        status_never_completed(today, list(parts)), _SOURCE_UNPROVED
    )
    rows = pl.concat([held, lacking], how="diagonal")
    if not include_terminated:
        rows = rows.join(_left(users, today), on="m_user_id", how="anti")
    return like(completions, _named(rows, trainings, users, today))


def _whole_days(days: object) -> int:
    if type(days) is int and 0 <= days <= MOST_EXPIRING_DAYS:
        return days
    raise KPADataError(
        f"expiring_days must be a whole number of days from 0 to {MOST_EXPIRING_DAYS:,}, "
        f"not {days!r}"
    )


def _latest(completions: AnyFrame, required: pl.LazyFrame, today: date) -> pl.LazyFrame:
    """One row per pair: its latest completion, or nulls where it is only required."""
    done = need(completions, COMPLETIONS, *_PAIR, *_RECORD).select(*_PAIR, *_RECORD)
    happened = pl.col("date").is_null() | (pl.col("date") <= today)
    return (
        pl.concat([required, done.filter(happened)], how="diagonal")
        .sort("date", "created", "id", "special_expiration_date")
        .unique(_PAIR, keep="last")
        .rename({"id": "completion_id"})
    )


def _hired(users: AnyFrame | None) -> pl.LazyFrame:
    """The day each person was hired: the hire date, else the day the profile was made."""
    hired = pl.coalesce("hireDate", "created").dt.date().alias("hired")
    return _roster(users, "hireDate", "created").select("m_user_id", hired)


def _left(users: AnyFrame | None, today: date) -> pl.LazyFrame:
    """The people who left on or before this day."""
    left = pl.col("terminationDate").dt.date() <= today
    return _roster(users, "terminationDate").filter(left)


def _roster(users: AnyFrame | None, *columns: str) -> pl.LazyFrame:
    people = need(USERS.empty() if users is None else users, USERS, "id", *columns)
    return people.unique("id", keep="first", maintain_order=True).rename({"id": "m_user_id"})


def _named(
    rows: pl.LazyFrame, trainings: AnyFrame | None, users: AnyFrame | None, today: date
) -> pl.LazyFrame:
    """The rows with names in place of ids, as the columns of EXPIRY_STATUS, in order."""
    days_left = (pl.col("expiration_date") - pl.lit(today)).dt.total_days()
    return (
        rows.join(people_names(users, "m_user_id", "user"), on="m_user_id", how="left")
        .join(training_titles(trainings), on="training_id", how="left")
        .with_columns(
            pl.col("user").fill_null(pl.col("m_user_id")),
            pl.col("training").fill_null(pl.col("training_id").cast(pl.String)),
            days_left=days_left,
        )
        .select(EXPIRY_STATUS.schema.names())
        .sort(_PAIR)
    )

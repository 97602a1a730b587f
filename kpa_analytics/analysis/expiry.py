"""Who is still trained: the status of each person for each training, as of a day."""

from __future__ import annotations

from datetime import date

import polars as pl

from kpa_analytics.analysis.composed import composed_trainings, derived_completions
from kpa_analytics.analysis.latest import (
    PAIR,
    in_order,
    last_of_each_pair,
    latest,
    people_of,
    records_of,
)
from kpa_analytics.analysis.names import training_titles
from kpa_analytics.analysis.schedules import MOST_EXPIRING_DAYS, schedules
from kpa_analytics.analysis.verdicts import verdicts
from kpa_analytics.errors import KPADataError
from kpa_analytics.inputs import AnyFrame, Frame, as_day, like
from kpa_analytics.schema import EXPIRY_STATUS, STATUS

_ANSWER = (
    "expiration_date",
    "expiration_source",
    "days_left",
    "starts_expiring",
    "status",
    "offered",
    "if_new",
    "if_old",
)
#: No day of the calendar has this number.
_NO_DAY = -(2**31)


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
            A DataFrame is the fast way: of a LazyFrame, steps that are used twice run twice.
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
    today, days = as_day(as_of), _whole_days(expiring_days)
    records = records_of(completions, required)
    left_by = None if include_terminated else today
    people = _worked_out(completions, people_of(records, users, left_by))
    pairs = like(completions, latest(in_order(records, people), today))
    return status_of(pairs, people, trainings, as_of=today, expiring_days=days)


def status_of(
    pairs: Frame,
    people: pl.LazyFrame,
    trainings: AnyFrame | None,
    *,
    as_of: date,
    expiring_days: int,
) -> Frame:
    """What `expiry_status` says, from the latest record of each pair.

    Args:
        pairs: as `latest` makes them, collected or lazy.
        people: as `people_of` makes them.
        trainings: as `load_trainings()` makes them, or None where they are not known.
        as_of: the day that `pairs` are of.
        expiring_days: days before expiration that count as expiring, where a training has none.

    Returns:
        A frame of the kind of `pairs`, as `expiry_status` gives it.

    Raises:
        KPADataError: as `expiry_status`, of the trainings.
    """
    catalogue, parts = schedules(trainings, as_of), composed_trainings(trainings)
    rows = _judged(pairs.lazy(), catalogue.lazy(), as_of, expiring_days)
    if parts:
        rows = _worked_out(pairs, rows)
        rows = _with_derived(rows, derived_completions(rows, parts, as_of))
    rows = _answered(rows, people, trainings)
    return like(pairs, rows.select(EXPIRY_STATUS.schema.names()))


def _whole_days(days: object) -> int:
    if type(days) is int and 0 <= days <= MOST_EXPIRING_DAYS:
        return days
    raise KPADataError(
        f"expiring_days must be a whole number of days from 0 to {MOST_EXPIRING_DAYS:,}, "
        f"not {days!r}"
    )


def _worked_out(kind: Frame, step: pl.LazyFrame) -> pl.LazyFrame:
    """Do a step that is used twice once; where all is lazy, that is left to the optimizer."""
    return like(kind, step).lazy()


def _judged(
    pairs: pl.LazyFrame, catalogue: pl.LazyFrame, today: date, expiring_days: int
) -> pl.LazyFrame:
    """The pairs with their verdicts, each worked out once per training and days."""
    day, special = (
        pl.col(name).to_physical().cast(pl.Int128).fill_null(_NO_DAY)
        for name in ("date", "special_expiration_date")
    )
    case = pl.col("training_id").cast(pl.Int128) * 2**64 + day * 2**32 + special
    pairs = pairs.with_columns(case.alias("case"))
    cases = pairs.unique("case").join(catalogue, on="training_id", how="left")
    answers = verdicts(cases, today, expiring_days).select("case", *_ANSWER)
    return pairs.join(answers, on="case", how="left", maintain_order="left")


def _with_derived(rows: pl.LazyFrame, derived: pl.LazyFrame) -> pl.LazyFrame:
    """The rows in order, those derived in place of what was only required or undated."""
    both = pl.concat([rows, derived.with_columns(PAIR)], how="diagonal")
    return last_of_each_pair(both.sort("pair", maintain_order=True))


def _answered(rows: pl.LazyFrame, people: pl.LazyFrame, trainings: AnyFrame | None) -> pl.LazyFrame:
    """The rows with names, and with the status of what was never completed."""
    is_new = pl.col("hired") > pl.col("offered")
    never_completed = pl.when(is_new).then("if_new").otherwise("if_old")
    has_source = pl.col("completion_id").is_not_null() | pl.col("status").is_not_null()
    return (
        rows.join(people, on="person", how="left", maintain_order="left")
        .join(training_titles(trainings), on="training_id", how="left", maintain_order="left")
        .with_columns(
            pl.col("training").fill_null(pl.col("training_id").cast(pl.String)),
            pl.when(has_source).then("expiration_source").alias("expiration_source"),
            pl.coalesce("status", never_completed).fill_null(pl.lit("missing", STATUS)),
        )
    )

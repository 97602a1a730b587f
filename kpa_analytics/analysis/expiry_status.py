"""Who is still trained: the status of each person for each training, as of a day."""

from __future__ import annotations

import polars as pl

from kpa_analytics.analysis.engine import Engine, Rules
from kpa_analytics.analysis.latest_completion import records_of
from kpa_analytics.analysis.required import required_pairs
from kpa_analytics.analysis.schedules import MOST_EXPIRING_DAYS
from kpa_analytics.employment import employment
from kpa_analytics.errors import KPADataError
from kpa_analytics.inputs import AnyFrame, Day, Frame, as_day
from kpa_analytics.schema import EXPIRY_STATUS


def expiry_status(
    completions: Frame,
    trainings: AnyFrame | None = None,
    users: AnyFrame | None = None,
    *,
    as_of: Day | None = None,
    expiring_days: int = 30,
    required: AnyFrame | None = None,
    include_terminated: bool = False,
) -> Frame:
    """The status of every person for every training they completed or must have, as of a day.

    The latest completion counts: by date, then created, then id. It expires by the first rule that
    applies: its own special date, the training's window, its fixed day, its renewal period, never.
    Of a schedule type that is not known nothing is guessed: the source is `unknown`.

    A window that passes does not end a completion; the training being offered again does. The
    expiration_date of a valid one is the last day to renew it by, and moves on with `as_of`. A
    composed training is held through its parts, and expires with the earliest of them and of its
    own schedule. Source: docs/rules.md, sections 1 to 6.

    A completion dated after `as_of` has not happened yet. One whose day is null (impossible on the
    wire) counts only where the person has no other for that training. Unless it has a special
    expiration date it proves nothing: its row keeps its completion_id, with source `unknown` and
    the status of someone who never completed the training.

    Args:
        completions: as `load_completions()` makes them; any subset of people can be asked alone.
            A LazyFrame is collected as a whole when the result is.
        trainings: as `load_trainings()` makes them. Without them only special expiration dates are
            known: the source is `special` or `unknown`.
        users: as `load_users()` makes them. Without them people go by their ids and all count.
        as_of: the day of the statuses; a date or ISO text. Default: today.
        expiring_days: days before expiration that count as expiring, where the training does not
            say; default 30, at most 36,500.
        required: who must have what: a frame of (m_user_id, training_id), or the vendor's
            employee status. Adds the pairs never completed: missing, not_due or expiring. The
            vendor knows today's requirements only: looking back, a pair is left out where the
            person or the training did not exist yet, and the rest are today's requirements.
        include_terminated: count people who left on or before `as_of` too; default False. Days
            of hiring and leaving are read as `employment` reads them.

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
    rules = Rules(trainings)
    records_of(completions), employment(users), required_pairs(required)

    def judged(done: pl.DataFrame) -> pl.DataFrame:
        engine = Engine(done, rules, users, required, only=today)
        return engine.status(today, days, include_terminated)

    if isinstance(completions, pl.DataFrame):
        return judged(completions)
    return completions.map_batches(
        judged,
        schema=EXPIRY_STATUS.schema,
        predicate_pushdown=False,
        projection_pushdown=False,
        slice_pushdown=False,
    )


def _whole_days(days: object) -> int:
    if type(days) is int and 0 <= days <= MOST_EXPIRING_DAYS:
        return days
    raise KPADataError(
        f"expiring_days must be a whole number of days from 0 to {MOST_EXPIRING_DAYS:,}, "
        f"not {days!r}"
    )

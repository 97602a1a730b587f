"""The status of each person and training, as of a day."""

from __future__ import annotations

import polars as pl

from kpa_analytics.analysis.as_known import as_known_by, known_records
from kpa_analytics.analysis.engine import Engine, Rules
from kpa_analytics.analysis.latest_completion import records_of
from kpa_analytics.analysis.requirements import required_pairs
from kpa_analytics.analysis.schedules import as_expiring_days
from kpa_analytics.as_of import Day, as_day, day_of
from kpa_analytics.employment import employment
from kpa_analytics.inputs import AnyFrame, Frame, computed, need_same_account, need_switch
from kpa_analytics.schema import EXPIRY_STATUS


def expiry_status(
    completions: Frame,
    trainings: AnyFrame | None = None,
    users: AnyFrame | None = None,
    *,
    as_of: Day | None = None,
    as_known: Day | None = None,
    expiring_days: int = 30,
    required: AnyFrame | None = None,
    include_terminated: bool = False,
) -> Frame:
    """The status of every person for every training they completed or must have, as of a day.

    The latest completion counts: by date, then created, then id. The first rule that applies gives
    its expiration date: its special expiration date, the training's window, the fixed day, the
    renewal period, or never. If the schedule type is unknown, the source is `unknown` and there is
    no expiration date.

    A completion of a window training stays valid until the training is offered again. Its
    expiration_date is the last day to renew it, so it moves on with `as_of`. A person holds a
    composed training through the included trainings; it expires on the earliest of their expiration
    dates and of its own schedule. Source: docs/rules.md, sections 1 to 6.

    Completions after `as_of` are not counted. A completion without a date (the API sent an
    impossible one) counts only if the person has no other completion of that training. If it has no
    special expiration date either, it proves nothing: its row has its completion_id, the source
    `unknown`, and the status of a person who never completed the training.

    Args:
        completions: as `load_completions()` returns them, or the completions of some of the people.
            A LazyFrame is collected when the result is.
        trainings: as `load_trainings()` returns them. Without them only special expiration dates
            are known: the source is `special` or `unknown`.
        users: as `load_users()` returns them. Without them, names are ids and everyone counts.
        as_of: the day of the statuses; a date or ISO text. Default: today, or for
            demo data `demo.AS_OF`.
        as_known: use only completions that had been recorded (`created`) by an instant with a time
            zone, or by the end of a day in UTC. Default: all. A record can be up to a day off,
            because `created` is UTC and days of training are local: add a day if in doubt. The
            trainings, people and requirements are today's. A record that was edited has its
            present values; one that was deleted is missing.
        expiring_days: days before expiration that count as expiring, for trainings without their
            own number of days; default 30, at most 36,500.
        required: who must have which training: a frame of m_user_id and training_id, or the
            vendor's employee status. Of the pairs of `required_trainings()`, only those with
            `required` true count. Required trainings that were never completed are added as
            missing, not_due or expiring. The vendor only gives today's requirements. For a past day
            they are used too, unless the person or the training did not exist yet.
        include_terminated: also count people who left on or before `as_of`; default False. The
            days of hire and termination are those of `employment`.

    Returns:
        A frame of the same kind as `completions` in the columns of `schema.EXPIRY_STATUS`, one row
        per person and training, sorted by m_user_id and training_id.

    Raises:
        KPADataError: a column is missing, `as_of` is not a calendar day, `as_known` is neither a
            day nor an instant with a time zone, a completion has no `created` to compare with it,
            `expiring_days` is not a number of days, or composed trainings include each other in a
            circle.

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
    need_same_account(completions, trainings, users, required)
    days = as_expiring_days(expiring_days)
    need_switch(include_terminated, "include_terminated")
    as_day(as_of)  # checked before a LazyFrame is collected
    is_known = as_known_by(as_known)
    rules = Rules(trainings)
    records_of(completions), employment(users), required_pairs(required)

    def statuses(records: pl.DataFrame) -> pl.DataFrame:
        today = day_of(as_of, records, users)
        engine = Engine(known_records(records, is_known), rules, users, required, only=today)
        return engine.status(today, days, include_terminated)

    return computed(completions, statuses, EXPIRY_STATUS)

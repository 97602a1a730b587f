"""Data quality: everything in the records that can't be right, one row per finding."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from kpa_analytics.data.findings import (
    TABLES,
    blanks,
    expired_before,
    impossible,
    in_future,
    repeats,
    shared_ids,
    undated,
)
from kpa_analytics.data.implausible import implausible_dates, odd_employment
from kpa_analytics.data.offerings import offerings_not_recorded, unknown_schedules
from kpa_analytics.data.orphan_ids import REFERENCES, attendees_differ, unknown_ids
from kpa_analytics.data.snapshots import Snapshot
from kpa_analytics.errors import KPADataError
from kpa_analytics.inputs import Day, as_day, as_table, need
from kpa_analytics.schema import BLANK_IDS, FAULTS, FINDINGS

if TYPE_CHECKING:
    from kpa_analytics.data.training_data import TrainingData

#: Every kind of finding, in the order in which they are reported.
KINDS = (
    "impossible_date",
    "expiration_before_completion",
    "completion_in_future",
    "implausible_date",
    "implausible_hire_date",
    "implausible_termination_date",
    "hired_after_leaving",
    "duplicate_id",
    "same_day_repeat",
    "unknown_user",
    "unknown_training",
    "unknown_group_session",
    "unknown_instructor",
    "attendees_differ",
    "unknown_schedule",
    "offering_not_recorded",
    "blank_ids",
)


def data_quality(data: TrainingData, *, as_of: Day | None = None) -> pl.DataFrame:
    """Find what can't be right in the records; nothing is changed or dropped.

    Source: docs/rules.md section 7.

    Every record concerned has its own row: each completion of an unknown person, each of the
    completions that repeat one another on one day, each person whom a session's list and its
    completions disagree on. An empty collection that was loaded is a fact: with no users at all,
    everybody is unknown. One that was left out of a `TrainingData` made by hand is not: nobody
    is then called unknown for want of a list of users.

    Args:
        data: the collections, as `load_all()` makes them.
        as_of: a completion after this day is in the future; default today.

    Returns:
        A frame in the columns of `schema.FINDINGS`, one row per finding, in the order of `KINDS`,
        then by table and record. Findings, each with the table and field it is about:

        - impossible_date (any day): the wire held no day of the calendar; or a completion has none.
        - expiration_before_completion (completions.special_expiration_date).
        - completion_in_future (completions.date).
        - implausible_date (completions.date): more than 366 days after the UTC day on which the
          record was created, more than 50 years before it, or before 1950-01-01.
        - implausible_hire_date, implausible_termination_date (users): within 24 hours of zero
          (1970-01-01), before 1930 or after 2099. The person is judged as if there were none.
        - hired_after_leaving (users.hireDate): the person counts before the termination date and
          from the hire date on, and not in between.
        - duplicate_id (the id of any table): one row per id, the message says how many share it.
        - same_day_repeat (completions.date): the same person, training and day, in several records.
        - unknown_user, unknown_training, unknown_group_session, unknown_instructor: an id that is
          in no list, wherever a completion, session, status or composed training names it.
        - attendees_differ (group_trainings.m_trainees_id): a person listed in a session without a
          completion in it, or the other way round; an unlisted session is only unknown.
        - unknown_schedule (trainings.schedule_type, window_open_month or expires_on_month): a type
          that is not one of the vendor's, or days that are not days of the calendar; when the
          training's completions expire is then unknown.
        - offering_not_recorded (trainings.window_last_offered_date): a window of the training has
          closed since it was last offered (or never offered, since its oldest completion), so
          that people stay valid by the vendor's rule alone; the message says how many.
        - blank_ids (an optional id of any table): how many values were "", white space or 0 on the
          wire. All of these are none, as null is; one row per table and field, about no one record.

    Raises:
        KPADataError: `data` has no collections, one lacks a column, or `as_of` is no day.

    Examples:
        >>> from datetime import date
        >>> from kpa_analytics.data.training_data import TrainingData
        >>> from kpa_analytics.schema import COMPLETIONS
        >>> record = {"id": 1, "training_id": 7, "m_user_id": "ann", "date": date(2030, 1, 1)}
        >>> data = TrainingData(completions=pl.DataFrame([record], schema=COMPLETIONS.schema))
        >>> data_quality(data, as_of="2026-06-30")["message"].item()
        'Completion 1 is dated 2030-01-01, after 2026-06-30.'
    """
    day = as_day(as_of)
    if not all(hasattr(data, name) for name in TABLES):
        raise KPADataError(f"data: expected what load_all() gives, got {type(data).__name__}")
    rows = {name: need(getattr(data, name), table, *table.schema) for name, table in TABLES.items()}
    completions = rows["completions"]
    faults = need(data.faults, FAULTS, *FAULTS.schema)
    loaded = {name for name in rows if name in data.snapshots or getattr(data, name).height}
    kept = [one for one in data.snapshots.values() if isinstance(one, Snapshot)]
    findings = [
        impossible(faults),
        undated(completions, faults),
        expired_before(completions),
        in_future(completions, day),
        implausible_dates(completions),
        *odd_employment(rows["users"]),
        *(shared_ids(name, rows[name]) for name in rows),
        repeats(completions),
        *(unknown_ids(reference, rows) for reference in REFERENCES if reference.target in loaded),
        *attendees_differ(completions, rows["group_trainings"]),
        *unknown_schedules(rows["trainings"]),
        offerings_not_recorded(completions, rows["trainings"], rows["users"], day),
        blanks(pl.concat([BLANK_IDS.empty(), *(one.blank_id_frame() for one in kept)]).lazy()),
    ]
    order = (
        pl.col("finding").cast(pl.Enum(KINDS)),
        pl.col("table"),
        pl.col("record_id").cast(pl.Int64, strict=False),
        pl.col("record_id", "field", "value", "message"),
    )
    return as_table(pl.concat(findings).sort(*order), FINDINGS).collect()

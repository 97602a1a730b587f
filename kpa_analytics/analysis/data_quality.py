"""Data quality: all wrong, implausible, late or doubtful records, one row per finding."""

from __future__ import annotations

from datetime import date

import polars as pl

from kpa_analytics.analysis.engine import Rules
from kpa_analytics.analysis.late_records import recorded_after_expiry, recorded_late
from kpa_analytics.analysis.taught_expired import taught_while_expired
from kpa_analytics.analysis.unrecorded_offerings import offering_not_recorded
from kpa_analytics.as_of import Day, day_of
from kpa_analytics.data import quality
from kpa_analytics.data.checks import Check, findings_of
from kpa_analytics.data.training_data import TrainingData
from kpa_analytics.inputs import as_table, need
from kpa_analytics.report_text import FINDING_NAMES
from kpa_analytics.schema import COMPLETIONS, FINDINGS, GROUP_TRAININGS, TRAININGS, USERS

#: Every kind of finding, in the order in which they are reported.
EVERY_KIND = tuple(FINDING_NAMES)
_PARTS = "included_trainings_id"


def data_quality(data: TrainingData, *, as_of: Day | None = None) -> pl.DataFrame:
    """List all records that are wrong or implausible. This changes and drops nothing.

    Source: docs/rules.md section 7; what counts as recorded late is this project's decision.

    Each affected record has its own row: each completion of an unknown person, each completion in
    a same-day repeat, and each person on whom a group session's list and its completions disagree.
    Only blank ids are counted in one row.
    If the user list was loaded and is empty, every person is unknown. If a `TrainingData` made by
    hand has no user list, no person is reported as unknown; the same holds for other collections.

    Args:
        data: the collections, as `load_all()` returns them.
        as_of: completions after this day are in the future; default today, or for demo data
            `demo.AS_OF`.

    Returns:
        A frame in the columns of `schema.FINDINGS`, one row per finding, in the order of
        `EVERY_KIND`, then by table and record. The message gives the name and employee number of a
        person, and the title of a training, beside the id. The findings, with the table and field
        of each:

        - impossible_date (any date): the API sent a date that does not exist, or a completion has
          no date.
        - expiration_before_completion (completions.special_expiration_date): the special expiration
          date is before the completion's date.
        - completion_in_future (completions.date): the date is after `as_of`.
        - implausible_date (completions.date): more than 366 days after the UTC day on which the
          record was created, more than 50 years before it, or before 1950-01-01.
        - implausible_profile_date (users.created), implausible_hire_date,
          implausible_termination_date (users): within 24 hours of zero
          (1970-01-01), before 1930 or after 2099. The person is treated as having no such date.
        - hired_after_leaving (users.hireDate): the hire date is after the termination date. The
          person is treated as employed before the termination date and from the hire date on.
        - duplicate_id (the id of any table): one row per id; the message gives the number of
          records.
        - shared_employee_number (users.employeeNumber): several profiles have the same number. One
          person may have two profiles, and completions of one do not count for the other.
        - same_day_repeat (completions.date): several completions have the same person, training
          and day.
        - unknown_user, unknown_training, unknown_group_session, unknown_instructor: a completion,
          group session, employee status or composed training refers to an id that is not in its
          list.
        - supervisor_unknown, supervisor_left, supervisor_circle (users.supervisor_id or
          users.manager_id): the supervisor or manager of an employed person is not in the user
          list, has left on `as_of`, or is somewhere below that person.
        - attendees_differ (group_trainings.m_trainees_id): a person is listed in a group session
          without a completion in it, or the other way round. A session that is not in the session
          list is only reported as unknown.
        - unknown_schedule (trainings.schedule_type, window_open_month or expires_on_month): the
          type is not one of the vendor's, or a day does not exist. The training's expiration dates
          are then unknown.
        - training_circle (trainings.included_trainings_id): a training includes itself, directly or
          through other trainings. `expiry_status()` then raises an error.
        - offering_not_recorded (trainings.window_last_offered_date): a window has closed since the
          training was last offered (or since its oldest completion, if it was never offered), and
          people are still valid under the vendor's rule. The message gives their number.
        - blank_ids (optional ids of all tables): the number of values that were "", white space
          or 0 in the API's answers. All of these are treated as empty. One row for all of them: it
          lists the tables and the fields, and `record_id` is null.
        - recorded_late (completions.created): the record was created more than 30 days after the
          date of the completion.
        - recorded_after_expiry (completions.created): a renewal dated in time that was only
          recorded more than a day after the previous completion had expired.
        - taught_while_expired (group_trainings.trainings_id, or completions.training_id outside
          listed group sessions): on the day, the instructor's own certificate of the training had
          expired. One row for each training of a session. Of a composed training in a circle, or
          one that includes such a training, only completions of the training itself count.

    Raises:
        KPADataError: `data` is not a set of collections, a collection lacks a column, or `as_of` is
            not a day.

    Examples:
        >>> from datetime import date
        >>> from kpa_analytics.data.training_data import TrainingData
        >>> from kpa_analytics.schema import COMPLETIONS
        >>> record = {"id": 1, "training_id": 7, "m_user_id": "ann", "date": date(2030, 1, 1)}
        >>> data = TrainingData(completions=pl.DataFrame([record], schema=COMPLETIONS.schema))
        >>> data_quality(data, as_of="2026-06-30")["message"].item()
        'Completion 1 is dated 1 Jan 2030, after the as-of date 30 Jun 2026.'
    """
    findings = quality.record_findings(data, as_of=as_of)
    day = day_of(as_of, data.completions, data.users)
    tables = _Tables(data)
    checks = [
        tables.offerings(day),
        recorded_late(tables.completions),
        recorded_after_expiry(tables.completions, tables.rules, day),
        *taught_while_expired(tables.completions, tables.trainings, tables.sessions, day),
    ]
    kind = pl.col("finding").cast(pl.Enum(EVERY_KIND))
    rows = pl.concat([findings, *tables.findings(checks)])
    return rows.sort(kind, maintain_order=True)


def offerings_not_recorded(data: TrainingData, as_of: date) -> pl.DataFrame:
    """The findings `offering_not_recorded` of `data_quality()` alone, without the other checks."""
    tables = _Tables(data)
    return pl.concat([FINDINGS.empty(), *tables.findings([tables.offerings(as_of)])])


class _Tables:
    """The collections that the checks read, and the rules of the catalogue."""

    def __init__(self, data: TrainingData) -> None:
        self.completions, self.trainings, self.users, self.sessions = (
            need(frame, table, *table.schema)
            for frame, table in (
                (data.completions, COMPLETIONS),
                (data.trainings, TRAININGS),
                (data.users, USERS),
                (data.group_trainings, GROUP_TRAININGS),
            )
        )
        # These rules need no composed trainings, and one that includes itself must not end the
        # checks.
        parts = pl.lit(None, TRAININGS.schema[_PARTS]).alias(_PARTS)
        self.rules = Rules(self.trainings.with_columns(parts))

    def offerings(self, day: date) -> Check:
        return offering_not_recorded(self.completions, self.rules, self.users, day)

    def findings(self, checks: list[Check]) -> list[pl.DataFrame]:
        """The findings of each check in `schema.FINDINGS`, by record."""
        order = (pl.col("record_id").cast(pl.Int64), pl.col("value", "message"))
        unsorted = findings_of(checks, self.users, self.trainings)
        rows = [as_table(each.sort(*order), FINDINGS) for each in unsorted]
        return pl.collect_all(rows, engine="in-memory")

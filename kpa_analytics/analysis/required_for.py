"""The trainings that a new employee or a change of job needs, and which of them are held."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl

from kpa_analytics.analysis.expiry_status import expiry_status
from kpa_analytics.analysis.find import find_job_title, find_person
from kpa_analytics.analysis.limiting import HELD
from kpa_analytics.analysis.required_trainings import assigned_pairs
from kpa_analytics.as_of import Day, day_of
from kpa_analytics.data.training_data import TrainingData, need_one_account, need_training_data
from kpa_analytics.errors import KPADataError
from kpa_analytics.inputs import as_table
from kpa_analytics.names import with_titles
from kpa_analytics.schema import REQUIRED_FOR, USERS

#: The id of a person who is not there yet.
_NEW = "new employee"


def required_for(
    data: TrainingData,
    person: str | None = None,
    *,
    job_title: str | None = None,
    driver: bool | None = None,
    as_of: Day | None = None,
) -> pl.DataFrame:
    """List what a person needs in a job by the catalogue's own rule, and what they already have.

    For a change of job, give the person and the new job title. For a new employee, who holds
    nothing yet, give the job title alone. Source: docs/rules.md section 13.

    Args:
        data: the collections, as `load_all()` returns them.
        person: id, employee number or name ("Last, First" or "First Last"); None for a new employee
            who is hired on `as_of`.
        job_title: the name or id of a job title; default: the person's own.
        driver: whether the person will drive; default: what the person's profile says. A new
            employee has no profile, so trainings for drivers are then `cannot_tell`.
        as_of: the day of the statuses; default today, or for demo data `demo.AS_OF`.

    Returns:
        A frame in the columns of `schema.REQUIRED_FOR`, one row for each training that is required
        or whose rule the API does not show, sorted by title and id. `held` is true if the person
        has a valid completion on `as_of`. If the API does not show the rule, the status is null
        unless the person has completed the training.

    Raises:
        KPADataError: the person or the job title is not known or fits several, neither is given, or
            `driver` or `as_of` is invalid.

    Examples:
        >>> from kpa_analytics.schema import COMPLETIONS, GROUPS, TRAININGS
        >>> condition = '{"data": {"fieldId": "job-title", "settings": {"values": ["j1"]}}}'
        >>> data = TrainingData(
        ...     completions=COMPLETIONS.empty(),
        ...     trainings=pl.DataFrame(
        ...         [{"id": 7, "title": "Ladders", "schedule_type": "rolling",
        ...           "assigned_to_type": "limited", "assigned_to_condition": condition}],
        ...         schema=TRAININGS.schema),
        ...     groups=pl.DataFrame([{"kind": "job_title", "id": "j1", "name": "Rig Hand"}],
        ...         schema=GROUPS.schema))
        >>> required_for(data, job_title="rig hand", as_of="2026-06-30").select(
        ...     "training", "required", "held", "status").row(0)
        ('Ladders', True, False, 'missing')
    """
    need_training_data(data)
    if person is None and job_title is None:
        raise KPADataError("required_for needs a person, a job title, or both")
    if not (driver is None or isinstance(driver, bool)):
        raise KPADataError(f"driver must be True, False or None, not {driver!r}")
    need_one_account(data.users)
    day = day_of(as_of, data.completions, data.users)
    who = _NEW if person is None else find_person(data, person, "person")
    profile = _profile(data.users, who, day)
    if job_title is not None:
        job = find_job_title(data, job_title, "job_title")
        profile = profile.with_columns(pl.lit(job, pl.String).alias("jobTitle_id"))
    if driver is not None:
        profile = profile.with_columns(pl.lit(driver, pl.Boolean).alias("isDriver"))
    pairs = assigned_pairs(
        data.trainings.lazy(), profile.lazy().rename({"id": "m_user_id"})
    ).filter(pl.col("required").ne_missing(False))
    own = data.completions.filter(pl.col("m_user_id") == who)
    required = pairs.filter("required").select("m_user_id", "training_id")
    status = expiry_status(
        own, data.trainings, profile, as_of=day, required=required, include_terminated=True
    )
    cases = status.lazy().select(
        "training_id", HELD.alias("held"), "status", "date", "expiration_date"
    )
    rows = (
        pairs.join(cases, on="training_id", how="left")
        .pipe(with_titles, data.trainings)
        .with_columns(pl.col("held").fill_null(False))
    )
    return as_table(rows, REQUIRED_FOR).sort("training", "training_id").collect(engine="in-memory")


def _profile(users: pl.DataFrame, who: str, day: date) -> pl.DataFrame:
    """The profile of a person; of a new employee or an unknown person, one hired on the day."""
    known = users.filter(pl.col("id") == who).head(1)
    if known.height:
        return known
    hired = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    return pl.DataFrame([{"id": who, "hireDate": hired}], schema=USERS.schema)

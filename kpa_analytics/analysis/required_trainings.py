"""Who must have which training by the catalogue's own rule, as a table with the vendor's list."""

from __future__ import annotations

from datetime import date

import polars as pl

from kpa_analytics.analysis.assignment_rules import CANNOT_TELL, Assignment, assignment
from kpa_analytics.analysis.required_differences import requirement_differences
from kpa_analytics.as_of import Day, as_day, day_of
from kpa_analytics.data.training_data import need_one_account
from kpa_analytics.employment import employment, has_left
from kpa_analytics.inputs import AnyFrame, Frame, as_table, like, need, need_same_account
from kpa_analytics.names import with_names, with_titles
from kpa_analytics.schema import ASSIGNED_BY, REQUIRED_TRAININGS, TRAININGS, USERS

_RULE = ("assigned_to_type", "assigned_to_condition")
_PROFILE = ("id", "jobTitle_id", "isDriver")
_PAIRS = pl.Schema(
    [
        ("m_user_id", pl.String),
        ("training_id", pl.Int64),
        ("required", pl.Boolean),
        ("rule", ASSIGNED_BY),
        ("reason", pl.String),
    ]
)


def required_trainings(
    trainings: Frame,
    users: AnyFrame,
    employee_status: AnyFrame | None = None,
    *,
    as_of: Day | None = None,
) -> Frame:
    """List who must have which training by the catalogue's own rule.

    The rule of a training is `assigned_to_type`: all, none, or limited to people with a job title
    or to drivers. Any other condition is `cannot_tell`: `required` is null, because the API does
    not show whom it selects. Source: docs/rules.md section 13.

    `expiry_status(required=...)` takes this frame, and counts the rows in which `required` is true.

    Args:
        trainings: as `load_trainings()` returns them.
        users: as `load_users()` returns them.
        employee_status: as `load_employee_status()` returns it, the vendor's own list of required
            trainings. With it, `listed` and `cause` are filled, and pairs that only the vendor
            lists are added.
        as_of: people who left on or before this day are left out; default today, or for demo data
            `demo.AS_OF`.

    Returns:
        A frame of the same kind as `trainings` in the columns of `schema.REQUIRED_TRAININGS`. A
        person and a training have a row if the training is required, if the API does not show its
        rule, or if the vendor lists the two; sorted by m_user_id and training_id. `cause` says why
        the rule and the vendor's list differ:

        - window_in_neither_list: the window training is in neither of the vendor's lists, complete
          or incomplete, because it is not due.
        - person_not_listed: the vendor's list does not have the person.
        - newer_than_list: the training or the person was created after the vendor computed its
          list.
        - not_in_catalogue: the vendor lists a training that `trainings` does not have.
        - not_in_user_list: the vendor lists a person whom `users` does not have.
        - left: the vendor lists a person who has left.
        - part_of_composed: a training that a required composed training includes.
        - condition_not_met: limited, and the person does not meet the condition.
        - assigned_otherwise: the rule assigns it to nobody, so it was assigned in a way that the
          API does not show.
        - cannot_tell: the API does not show the rule; only the vendor's list says who needs it.
        - not_known: required by the catalogue and due, but not in the vendor's list.

    Raises:
        KPADataError: a column is missing, or `as_of` is not a day.

    Examples:
        >>> from kpa_analytics.schema import TRAININGS, USERS
        >>> drivers = '{"data": {"fieldId": "driver", "settings": {"values": ["true"]}}}'
        >>> catalogue = pl.DataFrame(
        ...     [{"id": 7, "title": "Ladders", "assigned_to_type": "all"},
        ...      {"id": 8, "title": "Driving", "assigned_to_type": "limited",
        ...       "assigned_to_condition": drivers}],
        ...     schema=TRAININGS.schema)
        >>> people = pl.DataFrame([{"id": "ann", "isDriver": False}, {"id": "bob"}],
        ...     schema=USERS.schema)
        >>> required = required_trainings(catalogue, people)
        >>> required.select("m_user_id", "training", "required", "rule").rows()
        [('ann', 'Ladders', True, 'all'), ('bob', 'Ladders', True, 'all'),
         ('bob', 'Driving', None, 'cannot_tell')]
    """
    need_same_account(trainings, users, employee_status)
    need_one_account(users)  # nobody must have a training of another account
    as_day(as_of)
    rules = need(trainings, TRAININGS, "id", "title", *_RULE)
    people = need(users, USERS, *_PROFILE)
    day = day_of(as_of, people)
    pairs = assigned_pairs(rules, _employed(people, users, day))
    if employee_status is None:
        kept = pairs.filter(pl.col("required").ne_missing(False)).with_columns(
            listed=None, cause=None
        )
    else:
        kept = requirement_differences(pairs, trainings, users, employee_status, day)
    rows = kept.pipe(with_names, users, "m_user_id", "user").pipe(with_titles, trainings)
    return like(trainings, as_table(rows, REQUIRED_TRAININGS).sort("m_user_id", "training_id"))


def assigned_pairs(trainings: pl.LazyFrame, people: pl.LazyFrame) -> pl.LazyFrame:
    """Every person and training, whether the rule requires it, and the rule.

    `people` has m_user_id, jobTitle_id and isDriver. Of several records of a training, the first
    one counts.
    """
    catalogue = (
        trainings.unique("id", keep="first", maintain_order=True)
        .select("id", *_RULE)
        .collect(engine="in-memory")
    )
    pairs = [
        _pairs_of(training, assignment(kind, condition), people)
        for training, kind, condition in catalogue.iter_rows()
    ]
    return pl.concat([pl.LazyFrame(schema=_PAIRS), *pairs])


def _pairs_of(training: int, rule: Assignment, people: pl.LazyFrame) -> pl.LazyFrame:
    return (
        people.with_columns(rule.required().alias("required"))
        .with_columns(
            pl.lit(training, pl.Int64).alias("training_id"),
            pl.when(pl.col("required").is_null())
            .then(pl.lit(CANNOT_TELL, ASSIGNED_BY))
            .otherwise(pl.lit(rule.rule, ASSIGNED_BY))
            .alias("rule"),
            rule.in_words().alias("reason"),
        )
        .select(*_PAIRS)
    )


def _employed(people: pl.LazyFrame, users: AnyFrame, day: date) -> pl.LazyFrame:
    employed = employment(users).filter(~has_left(day)).select("m_user_id")
    return (
        people.unique("id", keep="first", maintain_order=True)
        .select(pl.col("id").alias("m_user_id"), *_PROFILE[1:])
        .join(employed, on="m_user_id", how="semi")
    )

"""Who must act on each open case: one list per supervisor, manager, field office or job title.

Which list a case belongs to is this project's decision (docs/rules.md section 11).
"""

from __future__ import annotations

from datetime import date
from typing import Literal, get_args

import polars as pl

from kpa_analytics.analysis.case_groups import group_columns, members, with_group_names
from kpa_analytics.as_of import Day, as_day, day_of
from kpa_analytics.employment import employment, has_left
from kpa_analytics.errors import KPADataError
from kpa_analytics.inputs import AnyFrame, Frame, like, need, need_if_known, need_same_account, read
from kpa_analytics.schema import EXPIRY_STATUS, GROUPS, USERS
from kpa_analytics.statuses import OPEN

ListedBy = Literal["supervisor", "manager", "field_office", "job_title"]
LISTED_BY: tuple[str, ...] = get_args(ListedBy)
#: The groups that are people, who can leave.
BY_PEOPLE = LISTED_BY[:2]


def supervisor_lists(
    status: Frame,
    users: AnyFrame,
    *,
    by: ListedBy = "supervisor",
    groups: AnyFrame | None = None,
    as_of: Day | None = None,
) -> Frame:
    """Put every open case on exactly one list: that of the person's supervisor.

    An open case is expired, missing or expiring. It is listed under null ("nobody is named") if the
    person has no supervisor, if the supervisor is not in `users`, or if the supervisor has left;
    `data_quality()` names these supervisors. A person who is their own supervisor, or in a circle
    of supervisors, is listed under the supervisor that their profile names. Source: docs/rules.md
    section 11.

    Args:
        status: the result of `expiry_status()`.
        users: as `load_users()` returns them.
        by: whose lists: "supervisor" (default), "manager", "field_office" or "job_title". A person
            in several field offices is listed under the one that comes first in the alphabet.
        groups: as `load_groups()` returns them, for names of field offices and job titles.
        as_of: the day on which a supervisor must be employed; default: the day of `status`, or
            today if no case has an expiration date.

    Returns:
        A frame of the same kind as `status`: supervisor_id, supervisor ("Last, First", or the id),
        then the other columns of `status`. For another `by`, the first two columns are manager_id
        and manager, field_office_id and field_office, or job_title_id and job_title. One row per
        open case, so the rows of all lists are all open cases. Sorted by the name and id of the
        list, null last, then by person and training.

    Raises:
        KPADataError: `by` is none of these, a column is missing, or `as_of` is not a day.

    Examples:
        >>> from kpa_analytics.schema import EXPIRY_STATUS, USERS
        >>> cases = pl.DataFrame(
        ...     [{"m_user_id": "ann", "user": "Moe, Ann", "training_id": 7, "status": "missing"},
        ...      {"m_user_id": "sue", "user": "Low, Sue", "training_id": 7, "status": "current"},
        ...      {"m_user_id": "sue", "user": "Low, Sue", "training_id": 8, "status": "missing"}],
        ...     schema=EXPIRY_STATUS.schema)
        >>> people = pl.DataFrame(
        ...     [{"id": "ann", "supervisor_id": "sue"},
        ...      {"id": "sue", "lastname": "Low", "firstname": "Sue"}],
        ...     schema=USERS.schema)
        >>> supervisor_lists(cases, people).select("supervisor", "user", "training_id").rows()
        [('Low, Sue', 'Moe, Ann', 7), (None, 'Low, Sue', 8)]
    """
    need_same_account(status, users, groups)
    as_listed_by(by)
    as_day(as_of)
    need_if_known(groups, GROUPS, "kind", "id", "name")
    identifier, name = group_columns(by)
    known = need(status, EXPIRY_STATUS, *EXPIRY_STATUS.schema)
    cases = known.filter(pl.col("status").is_in(OPEN)).drop(identifier, name, strict=False)
    listed = _list_of_each(users, by, groups, _day(status, users, as_of))
    rows = (
        cases.join(listed, on="m_user_id", how="left")
        .select(identifier, name, *cases.collect_schema().names())
        .sort(name, identifier, "user", "m_user_id", "training", "training_id", nulls_last=True)
    )
    return like(status, rows)


def as_listed_by(by: object) -> str:
    """Check the argument `by` of lists.

    Raises:
        KPADataError: it is none of `LISTED_BY`.
    """
    if by not in LISTED_BY:
        raise KPADataError(f"by must be one of {', '.join(LISTED_BY)}, not {by!r}")
    return str(by)


def _list_of_each(users: AnyFrame, by: str, groups: AnyFrame | None, day: date) -> pl.LazyFrame:
    """One row per person who is on a list: m_user_id, and the id and the name of the list."""
    identifier, name = group_columns(by)
    groups_of_each = members(users, by)
    if by in BY_PEOPLE:
        present = (
            employment(users).filter(~has_left(day)).select(pl.col("m_user_id").alias(identifier))
        )
        groups_of_each = groups_of_each.join(present, on=identifier, how="semi")
    return (
        with_group_names(groups_of_each, by, users, groups)
        .sort("m_user_id", name, identifier)
        .unique("m_user_id", keep="first", maintain_order=True)
    )


def _day(status: AnyFrame, users: AnyFrame, as_of: Day | None) -> date:
    """The day that is given, or else that of the statuses, or else the default day."""
    if as_of is not None:
        return as_day(as_of)
    cases = read(status, EXPIRY_STATUS, "expiration_date", "days_left").drop_nulls()
    if cases.is_empty():
        return day_of(None, need(users, USERS, "id"))
    ends, days_left = cases.row(0)
    return date.fromordinal(ends.toordinal() - days_left)

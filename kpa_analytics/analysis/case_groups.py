"""The groups by which cases are counted: trainings, or groups of people such as field offices."""

from __future__ import annotations

from typing import Literal, get_args

import polars as pl

from kpa_analytics.data.training_data import FLEET_ACCOUNT, FLEET_ID
from kpa_analytics.errors import KPADataError
from kpa_analytics.inputs import ACCOUNT, AnyFrame, need, need_if_known
from kpa_analytics.names import people_names
from kpa_analytics.report_text import GROUP_NOUNS, NO_GROUP
from kpa_analytics.schema import GROUPS, USERS, Column
from kpa_analytics.wording import say

By = Literal["field_office", "job_title", "line_of_business", "supervisor", "training", "account"]
#: The account is a group in a fleet only.
BY_IN_A_FLEET: tuple[str, ...] = get_args(By)
BY = BY_IN_A_FLEET[:-1]

_PEOPLE = USERS._replace(columns=(*USERS.columns, Column(FLEET_ACCOUNT, pl.String, "the account")))
#: The column of `users` that has the groups of a person.
GROUP_FIELDS = {
    "field_office": "fieldOffice_id",
    "line_of_business": "lineOfBusiness_id",
    "job_title": "jobTitle_id",
    "supervisor": "supervisor_id",
    "manager": "manager_id",
    ACCOUNT: FLEET_ACCOUNT,
}


def as_by(by: object, users: AnyFrame | None, *more: str) -> str | None:
    """Check the argument `by`.

    Args:
        by: the value.
        users: as `load_users()` returns them; groups of people need them.
        more: other values that a function accepts.

    Raises:
        KPADataError: it is none of these, or `users` is missing, or the account is meant and
            `users` does not have it.
    """
    if by is None:
        return None
    if by not in (*BY_IN_A_FLEET, *more):
        known = ", ".join((*BY, *more))
        raise KPADataError(f"by must be one of {known}, not {by!r}").in_python(
            "by=None counts all together"
        )
    if by in GROUP_FIELDS:
        if users is None:
            raise KPADataError(f"by={by!r} needs users, as load_users() returns them")
        column = GROUP_FIELDS[str(by)]
        if by == ACCOUNT and column not in need(users, USERS, "id").collect_schema():
            raise KPADataError(
                f"by={by!r} needs the people of a fleet: fleet.together().users; an explorer needs "
                "the fleet itself"
            )
        need(users, _PEOPLE, "id", column)
    return str(by)


def groups_in(users: pl.DataFrame) -> tuple[str, ...]:
    """The groups by which cases of these people can be counted."""
    return BY_IN_A_FLEET if FLEET_ACCOUNT in users.columns else BY


def group_columns(by: str) -> tuple[str, str]:
    """The columns of a group: its id and its name.

    Examples:
        >>> group_columns("field_office")
        ('field_office_id', 'field_office')
    """
    return f"{by}_id", by


def no_group(by: str) -> str:
    """The name of the cases without a group.

    Examples:
        >>> no_group("field_office")
        '(no field office)'
    """
    return say(NO_GROUP, group=GROUP_NOUNS[by][0])


def id_text(by: str) -> pl.Expr:
    """The id of a row's group as a text; "" for a row without a group."""
    identifier, _ = group_columns(by)
    return pl.col(identifier).cast(pl.String).fill_null("")


def members(users: AnyFrame, by: str) -> pl.LazyFrame:
    """One row per person and group: m_user_id and the group's id.

    A person in two offices has two rows; one without a group has none. Of several profiles with
    the same id, the first one counts.
    """
    identifier, _ = group_columns(by)
    column = GROUP_FIELDS[by]
    rows = (
        need(users, _PEOPLE, "id", column)
        .unique("id", keep="first", maintain_order=True)
        .select(pl.col("id").alias("m_user_id"), pl.col(column).alias(identifier))
    )
    if isinstance(_PEOPLE.schema[column], pl.List):
        rows = rows.explode(identifier)
    return rows.filter(pl.col(identifier).str.strip_chars() != "").unique(maintain_order=True)


def with_groups(rows: pl.LazyFrame, users: AnyFrame, by: str) -> pl.LazyFrame:
    """Add the id of each person's group to rows with m_user_id; null for people without one.

    Rows of a person with several groups are repeated. In a fleet, a person without a profile has an
    account too: the id names it.
    """
    identifier, _ = group_columns(by)
    grouped = rows.join(members(users, by), on="m_user_id", how="left")
    if by != ACCOUNT:
        return grouped
    in_id = pl.col("m_user_id").str.extract(f"{FLEET_ID}([^{FLEET_ID}]*)$")
    return grouped.with_columns(pl.col(identifier).fill_null(in_id))


def group_names(groups: AnyFrame | None, by: str) -> pl.LazyFrame:
    """The id and the name of each group of people of a kind that has both.

    Of several rows with one id, the first one with a name counts. The columns are those of
    `group_columns`.
    """
    identifier, name = group_columns(by)
    return (
        need_if_known(groups, GROUPS, "kind", "id", "name")
        .filter(pl.col("kind") == by, pl.col("name").str.strip_chars() != "")
        .drop_nulls("id")
        .unique("id", keep="first", maintain_order=True)
        .select(pl.col("id").alias(identifier), pl.col("name").alias(name))
    )


def names_of_groups(groups: AnyFrame | None, by: str) -> dict[str, str]:
    """The same as `group_names`, as a dictionary in the order of the ids."""
    identifier, _ = group_columns(by)
    return dict(group_names(groups, by).sort(identifier).collect(engine="in-memory").iter_rows())


def with_group_names(
    rows: pl.LazyFrame, by: str, users: AnyFrame, groups: AnyFrame | None
) -> pl.LazyFrame:
    """Add the name of each group of people, in the order of the rows; its id if it has no name.

    Names of supervisors and managers are those of `users`, other names those of `group_names`.
    """
    identifier, name = group_columns(by)
    if by == ACCOUNT:
        return rows.with_columns(pl.col(identifier).alias(name))
    names = (
        people_names(users, identifier, name)
        if by in ("supervisor", "manager")
        else group_names(groups, by)
    )
    return rows.join(names, on=identifier, how="left", maintain_order="left").with_columns(
        pl.col(name).fill_null(pl.col(identifier))
    )

"""Every collection of the API: its method, its records, and its personal columns.

A new collection needs a Struct and an entry in `ENDPOINTS` here, a table in `schema`, and a loader.
The code that downloads, checks, stores, compares and pseudonymizes records reads this list. A new
column needs a field in the Struct here and a column in the table. Text counts as personal unless an
endpoint says otherwise, so pseudonyms also hide a column that was forgotten here.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, NamedTuple

from msgspec import UNSET, Meta, Raw, Struct, UnsetType
from msgspec.structs import fields

from kpa_analytics.schema import (
    COMPLETIONS,
    EMPLOYEE_STATUS,
    GROUP_TRAININGS,
    GROUPS,
    TRAININGS,
    USERS,
    Table,
    is_text,
)

if TYPE_CHECKING:
    from polars import DataType
    from polars.datatypes import DataTypeClass

Int = Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)]
#: Epoch milliseconds, UTC, from the year 1 to the year 9999.
Millis = Annotated[int, Meta(ge=-62_135_596_800_000, le=253_402_300_799_999)]
#: One text or several; the vendor's documentation and its API differ here.
Texts = list[str] | str | None


class Completion(Struct, gc=False):
    """A record of completedtrainings.v2.list; the last three fields are newer than 2020."""

    id: Int
    training_id: Int
    m_user_id: str
    created: Millis
    date_number: Int
    special_expiration_date_number: Int | None = None
    m_instructor_id: str | None = None
    group_training_id: Int | None = None
    notes: str | None = None
    signature: Raw | UnsetType = UNSET
    files: list[Raw] | None = None


class Training(Struct, gc=False):
    """A record of trainings.v2.list."""

    id: Int
    title: str | None = None
    created: Millis | None = None
    lesson_id: Int | None = None
    included_trainings_id: list[Int] | None = None
    schedule_type: str | None = None
    renewal_months: Int | None = None
    certificate_text: str | None = None
    assigned_to_type: str | None = None
    assigned_to_condition: Raw | UnsetType = UNSET
    is_highlighted: bool | None = None
    notes: str | None = None
    expires_on_month: Int | None = None
    expires_on_day: Int | None = None
    expiring_days: Int | None = None
    window_open_month: Int | None = None
    window_open_day: Int | None = None
    window_close_month: Int | None = None
    window_close_day: Int | None = None
    window_last_offered_date_number: Int | None = None
    window_required_for_new_employees: bool | None = None


class GroupTraining(Struct, gc=False):
    """A record of grouptrainings.list."""

    id: Int
    created: Millis | None = None
    m_trainees_id: list[str] | None = None
    trainings_id: list[Int] | None = None
    m_instructor_id: str | None = None
    notes: str | None = None


class User(Struct, gc=False):
    """A record of users.list, without the fields that this package does not use."""

    id: str
    created: Millis | None = None
    firstname: str | None = None
    lastname: str | None = None
    employeeNumber: str | None = None  # noqa: N815 - the wire's name
    email: str | None = None
    username: str | None = None
    fieldOffice_id: Texts = None  # noqa: N815
    lineOfBusiness_id: Texts = None  # noqa: N815
    clients_id: Texts = None
    projects_id: Texts = None
    isDriver: bool | None = None  # noqa: N815
    isRegulatedDriver: bool | None = None  # noqa: N815
    role_id: str | None = None
    jobTitle_id: str | None = None  # noqa: N815
    manager_id: str | None = None
    supervisor_id: str | None = None
    hireDate: Millis | None = None  # noqa: N815
    terminationDate: Millis | None = None  # noqa: N815


class LastCompleted(Struct, gc=False):
    """One training in a person's `last_completed`; `id` is the training."""

    id: Int
    date_number: Int | None = None
    expiresOn: Int | None = None  # noqa: N815
    startsExpiringOn: Int | None = None  # noqa: N815
    is_required: bool | None = None


class EmployeeStatus(Struct, gc=False):
    """A record of training-employee-status.list: the vendor's own status of one person."""

    m_user_id: str
    status: str | None = None
    percent_complete: float | None = None
    incomplete_training_ids: list[Int] | None = None
    complete_training_ids: list[Int] | None = None
    last_completed: list[LastCompleted] | None = None

    def __post_init__(self) -> None:
        """Refuse NaN and infinity, which a number sent as text could contain."""
        if self.percent_complete is not None and not math.isfinite(self.percent_complete):
            raise ValueError(f"percent_complete is {self.percent_complete}")


class Group(Struct, gc=False):
    """A record of fieldoffices.list, linesofbusiness.list (`name`) or jobtitles.list (`title`)."""

    id: str
    name: str | None = None
    title: str | None = None


class Endpoint(NamedTuple):
    """One collection of the API.

    Attributes:
        method: the API method.
        key: the key of the list of records in an answer.
        record: the Struct of one record; a field without a default is required.
        table: the table of the records.
        noun: the word for one record in messages.
        paged: whether the collection has pages.
        record_key: the column that identifies a record.
        filters: the name of each filter, and the field of a record that it compares.
        whole_answer: columns that an answer contains once, outside the records.
        kind: the kind of group, for collections of groups.
        people: columns with ids of people; pseudonyms replace them.
        public: text columns that name no person; pseudonyms replace every other text by null.
        facts: of records about people, the other columns that pseudonyms keep and that `publish()`
            also writes without `personal=True`.
        descriptive: columns without which every status and count is the same.
    """

    method: str
    key: str
    record: type[Struct]
    table: Table
    noun: str
    paged: bool = False
    record_key: str = "id"
    filters: Mapping[str, str] = MappingProxyType({})
    whole_answer: tuple[str, ...] = ()
    kind: str | None = None
    people: tuple[str, ...] = ()
    public: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    descriptive: tuple[str, ...] = ()

    @property
    def about_people(self) -> bool:
        """Whether a record is the data of one person: then any column of it may be personal."""
        return self.record_key in self.people

    def hides(self, column: str, dtype: DataType | DataTypeClass) -> bool:
        """Whether pseudonyms replace a column by null, and `publish()` leaves it out.

        Examples:
            >>> import polars as pl
            >>> endpoint_of("users").hides("phone", pl.Int64())
            True
            >>> endpoint_of("users").hides("hireDate", pl.Date())
            False
        """
        if column in (*self.people, *self.public, *self.facts):
            return False
        return is_text(dtype) or self.about_people

    def optional_ids(self) -> list[str]:
        """The columns of ids and lists of ids that may be null.

        Examples:
            >>> endpoint_of("completions").optional_ids()
            ['m_instructor_id', 'group_training_id']
        """
        required = {field.name for field in fields(self.record) if field.required}
        return [n for n in self.table.schema if n.endswith(ID_ENDINGS) and n not in required]


#: Endings of fields that hold ids of other records.
ID_ENDINGS = ("_id", "_ids")


def _groups(method: str, key: str, kind: str) -> Endpoint:
    """The endpoint of one kind of group."""
    public = ("id", "kind", "name")
    return Endpoint(method, key, Group, GROUPS, "Group", kind=kind, public=public)


ENDPOINTS = (
    Endpoint(
        "completedtrainings.v2.list",
        "completedtrainings",
        Completion,
        COMPLETIONS,
        "Completion",
        paged=True,
        filters={
            "training_id": "training_id",
            "user_id": "m_user_id",
            "has_attachments": "files",
        },
        people=("m_user_id", "m_instructor_id"),
        descriptive=("notes", "signed", "files"),
    ),
    Endpoint(
        "trainings.v2.list",
        "trainings",
        Training,
        TRAININGS,
        "Training",
        public=(
            "title",
            "schedule_type",
            "certificate_text",
            "assigned_to_type",
            "assigned_to_condition",
        ),
        descriptive=("certificate_text", "notes"),
    ),
    Endpoint(
        "users.list",
        "users",
        User,
        USERS,
        "Person",
        people=("id", "manager_id", "supervisor_id"),
        public=(
            "fieldOffice_id",
            "lineOfBusiness_id",
            "clients_id",
            "projects_id",
            "role_id",
            "jobTitle_id",
        ),
        # The statuses depend on these days.
        facts=("created", "isDriver", "isRegulatedDriver", "hireDate", "terminationDate"),
        descriptive=("email", "username", "isDriver", "isRegulatedDriver", "role_id"),
    ),
    Endpoint(
        "grouptrainings.list",
        "grouptrainings",
        GroupTraining,
        GROUP_TRAININGS,
        "Group session",
        people=("m_trainees_id", "m_instructor_id"),
        descriptive=("notes",),
    ),
    Endpoint(
        "training-employee-status.list",
        "employees",
        EmployeeStatus,
        EMPLOYEE_STATUS,
        "Employee status",
        paged=True,
        record_key="m_user_id",
        filters={"m_user_ids": "m_user_id"},
        whole_answer=("last_updated",),
        people=("m_user_id",),
        public=("status",),
        facts=(
            "percent_complete",
            "incomplete_training_ids",
            "complete_training_ids",
            "last_completed",
            "last_updated",
        ),
        descriptive=("status", "percent_complete"),
    ),
    _groups("fieldoffices.list", "fieldoffices", "field_office"),
    _groups("linesofbusiness.list", "linesofbusiness", "line_of_business"),
    _groups("jobtitles.list", "jobtitles", "job_title"),
)

#: Every column with ids of people in any collection, except the `id` of the users.
ALL_PEOPLE = tuple(dict.fromkeys(n for e in ENDPOINTS for n in e.people if n != "id"))

#: Endpoints by their API method.
BY_METHOD: dict[str, Endpoint] = {endpoint.method: endpoint for endpoint in ENDPOINTS}

#: The endpoints of each table, by its name, in the order of loading.
COLLECTIONS: dict[str, tuple[Endpoint, ...]] = {
    table: tuple(endpoint for endpoint in ENDPOINTS if endpoint.table.name == table)
    for table in dict.fromkeys(endpoint.table.name for endpoint in ENDPOINTS)
}


def endpoint_of(table: Table | str) -> Endpoint:
    """The endpoint of a table; the first one if there are several."""
    return COLLECTIONS[table if isinstance(table, str) else table.name][0]

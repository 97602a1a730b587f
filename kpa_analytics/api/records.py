"""The wire contract: one msgspec Struct per record and per response (docs/api.md).

Decoding takes the shape of 2020 (fields that came later are absent), unknown extra fields, and
numbers sent as numeric text and blanks in optional ids; anything else that has a wrong type is
refused, with the record and the field named. Personal fields that nobody needs (phones, emergency
contacts) are not declared, so they are dropped before anything is kept.
"""

from __future__ import annotations

import math
from typing import Annotated, Any, NamedTuple, get_args, get_type_hints

import msgspec
from msgspec import UNSET, Meta, Raw, Struct, UnsetType

from kpa_analytics.api.blanks import respelt
from kpa_analytics.errors import KPADataError

Int = Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)]
Count = Annotated[int, Meta(ge=0, le=2**63 - 1)]
#: Epoch milliseconds, UTC, from the year 1 to the year 9999.
Millis = Annotated[int, Meta(ge=-62_135_596_800_000, le=253_402_300_799_999)]
#: One text or several; the vendor's pages and its wire differ on which.
Texts = list[str] | str | None


class Completion(Struct, gc=False):
    """A record of completedtrainings.v2.list; the last three fields came after 2020."""

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
    """A record of users.list, without its personal fields."""

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
    """A record of training-employee-status.list: the vendor's own verdict on one person."""

    m_user_id: str
    status: str | None = None
    percent_complete: float | None = None
    incomplete_training_ids: list[Int] | None = None
    complete_training_ids: list[Int] | None = None
    last_completed: list[LastCompleted] | None = None

    def __post_init__(self) -> None:
        """Refuse the text "nan", which numbers sent as text would let in."""
        if self.percent_complete is not None and not math.isfinite(self.percent_complete):
            raise ValueError(f"percent_complete is {self.percent_complete}")


class Group(Struct, gc=False):
    """A record of fieldoffices.list, linesofbusiness.list (`name`) or jobtitles.list (`title`)."""

    id: str
    name: str | None = None
    title: str | None = None


class Paging(Struct, gc=False):
    """`paging` of a paged method: records in all, and pages at the requested limit."""

    total: Count
    last_page: Count


class Envelope(Struct, gc=False):
    """What every answer has: `ok`, and on failure the code and a description."""

    ok: bool
    error: Any = None
    description: Any = None


class Completions(Envelope, gc=False):
    """A page of completedtrainings.v2.list."""

    completedtrainings: list[Completion] | UnsetType = UNSET
    paging: Paging | None = None


class Trainings(Envelope, gc=False):
    """The answer of trainings.v2.list."""

    trainings: list[Training] | UnsetType = UNSET


class GroupTrainings(Envelope, gc=False):
    """The answer of grouptrainings.list."""

    grouptrainings: list[GroupTraining] | UnsetType = UNSET


class Users(Envelope, gc=False):
    """The answer of users.list."""

    users: list[User] | UnsetType = UNSET


class EmployeeStatuses(Envelope, gc=False):
    """A page of training-employee-status.list."""

    employees: list[EmployeeStatus] | UnsetType = UNSET
    paging: Paging | None = None
    last_updated: Millis | None = None


class FieldOffices(Envelope, gc=False):
    """The answer of fieldoffices.list."""

    fieldoffices: list[Group] | UnsetType = UNSET


class LinesOfBusiness(Envelope, gc=False):
    """The answer of linesofbusiness.list."""

    linesofbusiness: list[Group] | UnsetType = UNSET


class JobTitles(Envelope, gc=False):
    """The answer of jobtitles.list."""

    jobtitles: list[Group] | UnsetType = UNSET


class Method(NamedTuple):
    """A method of the API: its name, the key of its records, its response, whether it is paged."""

    name: str
    key: str
    response: type[Envelope]
    paged: bool = False

    @property
    def record(self) -> type[Struct]:
        """The Struct of one of its records."""
        list_of_records = get_args(get_type_hints(self.response)[self.key])[0]
        record: type[Struct] = get_args(list_of_records)[0]
        return record


METHODS = {
    method.name: method
    for method in (
        Method("completedtrainings.v2.list", "completedtrainings", Completions, paged=True),
        Method("trainings.v2.list", "trainings", Trainings),
        Method("grouptrainings.list", "grouptrainings", GroupTrainings),
        Method("users.list", "users", Users),
        Method("training-employee-status.list", "employees", EmployeeStatuses, paged=True),
        Method("fieldoffices.list", "fieldoffices", FieldOffices),
        Method("linesofbusiness.list", "linesofbusiness", LinesOfBusiness),
        Method("jobtitles.list", "jobtitles", JobTitles),
        Method("api.ping", "", Envelope),
    )
}

_DECODERS = {
    name: msgspec.json.Decoder(method.response, strict=False) for name, method in METHODS.items()
}
_ENVELOPE = msgspec.json.Decoder(Envelope, strict=False)


def decode_envelope(body: bytes) -> Envelope:
    """Read only `ok` and what goes with it; the records are skipped over, not parsed.

    Raises:
        ValueError: the body is no JSON object with a Boolean `ok`.
    """
    try:
        return _ENVELOPE.decode(body)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def decode(method: str, body: bytes) -> Envelope:
    """Read the body of a successful answer of a known method.

    Args:
        method: a name in `METHODS`.
        body: the JSON text.

    Returns:
        The method's response Struct.

    Raises:
        KPADataError: a record has a field of a wrong type, or the list of records or the paging
            is missing; the message names the record and the field.

    Examples:
        >>> decode("users.list", b'{"ok": true, "users": [{"id": "5e58", "isDriver": "maybe"}]}')
        Traceback (most recent call last):
        kpa_analytics.errors.KPADataError: users.list: users[0].isDriver of record 5e58: ...
    """
    wanted = METHODS[method]
    try:
        answer = _read(wanted, body)
    except msgspec.ValidationError as error:
        raise KPADataError(f"{method}: {_named(str(error), body)}") from None
    except (ValueError, RecursionError) as error:
        raise KPADataError(f"{method}: the answer can't be read: {error}") from None
    if wanted.paged and getattr(answer, "paging", None) is None:
        raise KPADataError(f"{method}: the answer has no paging")
    if wanted.key and getattr(answer, wanted.key) is UNSET:
        raise KPADataError(f"{method}: the answer has no list {wanted.key!r}")
    return answer


def _read(method: Method, body: bytes) -> Envelope:
    """Decode an answer; where blank ids are in the way, once more with those spelt as they may."""
    try:
        return _DECODERS[method.name].decode(body)
    except msgspec.ValidationError:
        again = respelt(body, method.key, method.record) if method.key else None
        if again is None:
            raise
        return _DECODERS[method.name].decode(again)


def _named(problem: str, body: bytes) -> str:
    """Turn msgspec's `... - at $.users[0].isDriver` into field, record and problem."""
    what, _, path = problem.partition(" - at `$.")
    path = path.rstrip("`")
    place, _, field = path.partition("].")
    key, _, index = place.partition("[")
    try:
        record = msgspec.json.decode(body)[key][int(index)]
        name = next(record[k] for k in ("id", "m_user_id") if k in record)
    except (ValueError, TypeError, LookupError, StopIteration, RecursionError):
        return f"{path or 'the answer'}: {what}"
    value = f" ({record[field]!r:.60})" if field in record else ""
    return f"{path} of record {name!s:.60}: {what}{value}"

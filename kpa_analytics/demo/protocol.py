"""The protocol of the vendor's API: methods, parameters and requests."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple
from urllib.parse import unquote_plus

import msgspec

from kpa_analytics.demo import records

Check = Callable[[object], bool]

MAX_LIMIT = 1000


class RefusedError(Exception):
    """The API refuses a request, with an error code and a description."""

    def __init__(self, code: str, description: str | None = None) -> None:
        super().__init__(code, description)
        self.code = code
        self.description = description


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _text(value: object) -> bool:
    return isinstance(value, str)


def _switch(value: object) -> bool:
    return isinstance(value, bool)


def _each(check: Check) -> Check:
    return lambda value: isinstance(value, list) and all(check(item) for item in value)


class Method(NamedTuple):
    """One API method.

    Attributes:
        items: the key of its list of records; None if it has no records.
        default_limit: records per page if the caller gives no limit; None if it is not paged.
        filters: its own parameters, each with a check of the value.
    """

    items: str | None
    default_limit: int | None = None
    filters: Mapping[str, Check] = {}

    @property
    def paged(self) -> bool:
        """Whether its answer comes in pages."""
        return self.default_limit is not None

    @property
    def parameters(self) -> dict[str, Check]:
        """All of its parameters, including those of the protocol."""
        common = {"token": _text, "pretty": _switch}
        paging = {"limit": _page_limit, "page": _page_number} if self.paged else {}
        return {**common, **paging, **self.filters}


def _page_limit(value: object) -> bool:
    return _whole(value) and 1 <= int(str(value)) <= MAX_LIMIT


def _page_number(value: object) -> bool:
    return _whole(value) and int(str(value)) >= 1


METHODS: dict[str, Method] = {
    records.COMPLETIONS: Method(
        "completedtrainings",
        100,
        {"training_id": _whole, "user_id": _text, "has_attachments": _switch},
    ),
    records.TRAININGS: Method("trainings"),
    records.GROUP_TRAININGS: Method("grouptrainings"),
    records.USERS: Method("users"),
    records.EMPLOYEE_STATUS: Method(
        "employees",
        1000,
        {
            "training_ids": _each(_whole),
            "m_user_ids": _each(_text),
            "include_all_completions": _switch,
        },
    ),
    records.FIELD_OFFICES: Method("fieldoffices"),
    records.LINES_OF_BUSINESS: Method("linesofbusiness"),
    records.JOB_TITLES: Method("jobtitles"),
    "api.ping": Method(None),
}


def find_method(name: str) -> Method:
    """Find a method by its name, or refuse the request."""
    if name not in METHODS:
        raise RefusedError("api_method_not_found", f"There is no method {name}.")
    return METHODS[name]


def read_request(verb: str, query: str, body: bytes) -> dict[str, Any]:
    """Read the request object from the body of a POST or the query string of a GET."""
    if verb not in ("GET", "POST"):
        raise RefusedError("request_method_invalid", f"{verb} is not accepted; use GET or POST.")
    text = unquote_plus(query).encode() if verb == "GET" else body
    try:
        return msgspec.json.decode(text or b"{}", type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise RefusedError("request_data_invalid", "The request is not a JSON object.") from error


def check_parameters(method: Method, params: Mapping[str, Any]) -> None:
    """Refuse an unknown parameter or an invalid value."""
    parameters = method.parameters
    for name, value in params.items():
        if name not in parameters:
            raise RefusedError("parameter_unexpected", f"The parameter {name} is unknown.")
        if not parameters[name](value):
            raise RefusedError("parameter_invalid", f"The value of {name} is not allowed.")

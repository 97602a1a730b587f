"""The protocol of the vendor's API: methods, parameters and requests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, NamedTuple
from urllib.parse import unquote_plus

import msgspec
from msgspec import Meta

from kpa_analytics.demo import sources

PageLimit = Annotated[int, Meta(ge=1, le=1000)]
PageNumber = Annotated[int, Meta(ge=1)]


class RefusedError(Exception):
    """The API refuses a request, with an error code and a description."""

    def __init__(self, code: str, description: str | None = None) -> None:
        super().__init__(code, description)
        self.code = code
        self.description = description


class Method(NamedTuple):
    """One API method.

    Attributes:
        items: the key of its list of records; None if it has no records.
        default_limit: records per page if the caller gives no limit; None if it is not paged.
        filters: its own parameters, each with its type.
    """

    items: str | None
    default_limit: int | None = None
    filters: Mapping[str, Any] = {}

    @property
    def paged(self) -> bool:
        """Whether its answer comes in pages."""
        return self.default_limit is not None

    @property
    def parameters(self) -> dict[str, Any]:
        """All of its parameters, including those of the protocol."""
        common = {"token": str, "pretty": bool}
        paging = {"limit": PageLimit, "page": PageNumber} if self.paged else {}
        return {**common, **paging, **self.filters}


METHODS: dict[str, Method] = {
    sources.COMPLETIONS: Method(
        "completedtrainings",
        100,
        {"training_id": int, "user_id": str, "has_attachments": bool},
    ),
    sources.TRAININGS: Method("trainings"),
    sources.GROUP_TRAININGS: Method("grouptrainings"),
    sources.USERS: Method("users"),
    sources.EMPLOYEE_STATUS: Method(
        "employees",
        1000,
        {
            "training_ids": list[int],
            "m_user_ids": list[str],
            "include_all_completions": bool,
        },
    ),
    sources.FIELD_OFFICES: Method("fieldoffices"),
    sources.LINES_OF_BUSINESS: Method("linesofbusiness"),
    sources.JOB_TITLES: Method("jobtitles"),
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
        try:
            msgspec.convert(value, parameters[name])
        except msgspec.ValidationError:
            refusal = f"The value of {name} is not allowed."
            raise RefusedError("parameter_invalid", refusal) from None

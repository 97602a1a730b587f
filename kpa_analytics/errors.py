"""Every error that this package raises.

`except KPAError` catches all of them. There are five kinds: wrong settings (`KPASettingsError`),
errors that the API reports (`KPAAPIError` and one class per documented code), failed connections
(`KPATransportError`), invalid records or arguments (`KPADataError`), and collections or snapshots
that can't be trusted (`KPASnapshotError`).
"""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Self


class KPAError(Exception):
    """The base class of every error of kpa_analytics."""

    #: The message without its advice for Python, for the command line and the explorers; empty: the
    #: same message.
    plain = ""

    def on_screen(self, message: str) -> Self:
        """Give the command line and the explorers a message without names of Python."""
        self.plain = message
        return self

    def in_python(self, advice: str) -> Self:
        """Add advice to the message; the command line and the explorers leave it out."""
        self.plain = str(self)
        self.args = (f"{self.plain}. In Python: {advice}", *self.args[1:])
        return self


class KPASettingsError(KPAError, ValueError):
    """A setting is missing, misspelled or invalid; the message names it."""


class KPADataError(KPAError, ValueError):
    """A record, frame or argument is invalid; the message names it."""


class KPASnapshotError(KPAError):
    """A collection could not be verified as complete, or a snapshot can't be used."""


class KPATransportError(KPAError):
    """The request did not reach the API, or the answer did not arrive.

    Attributes:
        reason: one of `timeout`, `connection`, `cut` (an incomplete answer), `server` (HTTP 5xx),
            `status` (another HTTP status), `not_json`, `redirect`, `too_large`.
    """

    def __init__(self, message: str, reason: str) -> None:
        super().__init__(message)
        self.reason = reason

    def __reduce__(self) -> tuple[type, tuple[str, str]]:
        return type(self), (str(self), self.reason)


class KPAAPIError(KPAError):
    """The API answered `ok: false`.

    Attributes:
        code: the vendor's error code, e.g. `"token_invalid"`; the vendor may add codes.
        description: the vendor's description, or None; a token in it is masked.
        method: the API method that was called.
        request_id: the `HZS-Request-ID` header, which the vendor's support needs, or None.
    """

    #: Advice for the reader; the classes below set it.
    advice = ""

    def __init__(
        self,
        code: str,
        description: str | None = None,
        method: str | None = None,
        request_id: str | None = None,
    ) -> None:
        self.code = code
        self.description = description
        self.method = method
        self.request_id = request_id
        super().__init__(code, description, method, request_id)

    def __str__(self) -> str:
        where = f"{self.method}: " if self.method else ""
        detail = f" ({self.description})" if self.description else ""
        advice = f" {self.advice}" if self.advice else ""
        quote = f" [request id {self.request_id}]" if self.request_id else ""
        return f"{where}the API answered {self.code}{detail}.{advice}{quote}"


class KPAMethodNotFoundError(KPAAPIError):
    """`api_method_not_found`: this API does not have the method."""

    advice = "Check that api_url ends in the API's version, e.g. /v1."


class KPARequestMethodError(KPAAPIError):
    """`request_method_invalid`: the API does not accept this HTTP method."""


class KPARequestDataError(KPAAPIError):
    """`request_data_invalid`: the request body could not be read."""


class KPARateLimitError(KPAAPIError):
    """`rate_limit_exceeded`: the account used up its limit of about 80 requests per minute.

    Attributes:
        retry_after: seconds to wait, from the server, or None.
    """

    retry_after: float | None = None
    advice = "Another program may be using the same account: wait a minute, then load again."


class KPATokenMissingError(KPAAPIError):
    """`token_missing`: no token was sent."""

    advice = "Set KPA_API_TOKEN, or try the demo (kpa-analytics demo)."


class KPATokenInvalidError(KPAAPIError):
    """`token_invalid`, or `invalid_token` on the protocol page: the token is unknown."""

    advice = "Check KPA_API_TOKEN against the token in your account's API settings."


class KPATokenInactiveError(KPAAPIError):
    """`token_inactive`: the token was deactivated."""

    advice = "Ask your account's administrator for an active token."


class KPATokenPermissionError(KPAAPIError):
    """`token_permission`: the token may not call this method."""

    advice = "Ask your account's administrator to extend the token's permissions."


class KPAAccountInactiveError(KPAAPIError):
    """`account_inactive`: the account was deactivated."""

    advice = "Ask the vendor's support why the account was deactivated."


class KPAParameterUnexpectedError(KPAAPIError):
    """`parameter_unexpected`: the method does not know a parameter."""


class KPAParameterMissingError(KPAAPIError):
    """`parameter_missing`: the method needs a parameter."""


class KPAParameterInvalidError(KPAAPIError):
    """`parameter_invalid`: the method does not accept the value of a parameter."""


class KPAServerError(KPAAPIError):
    """`server_error`: the API had an internal error."""

    advice = "This is an error of the vendor, usually a temporary one. Try again in a few minutes."


class KPAContentNotFoundError(KPAAPIError):
    """`content_not_found`: the requested content does not exist."""


#: The vendor's documented codes. Any other code raises `KPAAPIError`.
API_ERRORS: dict[str, type[KPAAPIError]] = {
    "api_method_not_found": KPAMethodNotFoundError,
    "request_method_invalid": KPARequestMethodError,
    "request_data_invalid": KPARequestDataError,
    "rate_limit_exceeded": KPARateLimitError,
    "token_missing": KPATokenMissingError,
    "token_invalid": KPATokenInvalidError,
    "invalid_token": KPATokenInvalidError,
    "token_inactive": KPATokenInactiveError,
    "token_permission": KPATokenPermissionError,
    "account_inactive": KPAAccountInactiveError,
    "parameter_unexpected": KPAParameterUnexpectedError,
    "parameter_missing": KPAParameterMissingError,
    "parameter_invalid": KPAParameterInvalidError,
    "server_error": KPAServerError,
    "content_not_found": KPAContentNotFoundError,
}


class _Warning(UserWarning):
    """A fact and what to do: `in_python`, or `in_shell` on the command line.

    The dashboard shows only the fact.
    """

    def __init__(self, fact: str, in_python: str = "", in_shell: str = "") -> None:
        super().__init__(f"{fact}; {in_python}" if in_python else fact)
        self.fact = fact
        self.in_shell = f"{fact}; {in_shell}" if in_shell else fact


class KPADataWarning(_Warning):
    """The records contain something impossible; the warning names it, and no record was dropped."""


class KPACacheWarning(_Warning):
    """A cache was damaged or can't be written; the data was downloaded again or not stored."""


#: The account that warnings are about; empty if there is only one.
_ACCOUNT: ContextVar[str] = ContextVar("account", default="")


@contextmanager
def about(account: str) -> Iterator[None]:
    """Begin every warning inside with the name of an account.

    Args:
        account: the name.
    """
    before = _ACCOUNT.set(account)
    try:
        yield
    finally:
        _ACCOUNT.reset(before)


@contextmanager
def of_account(account: str) -> Iterator[None]:
    """Begin every warning and every KPADataError inside with the name of an account, once.

    Args:
        account: the name.

    Examples:
        >>> with of_account("south"), of_account("south"):
        ...     raise KPADataError("trainings: no column 'id'")
        Traceback (most recent call last):
        kpa_analytics.errors.KPADataError: south: trainings: no column 'id'
    """
    if _ACCOUNT.get() == account:
        yield
        return
    try:
        with about(account):
            yield
    except KPADataError as error:
        plain = f"{account}: {error.plain}" if error.plain else ""
        raise KPADataError(f"{account}: {error}").on_screen(plain) from error


def warn(
    fact: str,
    category: type[KPADataWarning | KPACacheWarning],
    in_python: str = "",
    in_shell: str = "",
) -> None:
    """Show the warning without a file and line number, because neither would help a reader.

    Args:
        fact: the fact and, if it is the same everywhere, the remedy.
        category: the class of the warning.
        in_python: the remedy in Python.
        in_shell: the remedy on the command line.
    """
    account = _ACCOUNT.get()
    named = f"{account}: {fact}" if account else fact
    warnings.warn_explicit(category(named, in_python, in_shell), None, "kpa_analytics", 1)


def not_polars(frame: object, expected: str, schema: str = "") -> KPADataError:
    """The error for something that is not a polars frame, which says how to convert it.

    Args:
        frame: the object.
        expected: what was expected.
        schema: the schema of the expected table, as Python. pandas has no type for days, and none
            for whole numbers that can be missing.

    Examples:
        >>> str(not_polars([7], "expected a polars frame"))
        'expected a polars frame, got list'
    """
    kind = type(frame)
    library = kind.__module__.partition(".")[0]
    types = f", schema_overrides={schema}" if schema else ""
    ways = {"pandas": f"pl.from_pandas(frame{types})", "pyarrow": "pl.from_arrow(frame)"}
    how = ways.get(library)
    conversion = f"a {library} {kind.__name__}: convert it with {how}" if how else kind.__name__
    return KPADataError(f"{expected}, got {conversion}")

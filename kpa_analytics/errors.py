"""Every error this package raises, in one tree.

`KPAError` is the root: `except KPAError` catches all of them. Below it stand the five ways things
go wrong: the settings (`KPASettingsError`), the API's own refusals (`KPAAPIError` and one class per
documented code), the road to the API (`KPATransportError`), the records it sent or the frames a
caller passed (`KPADataError`), and what is kept on disk (`KPASnapshotError`).
"""


class KPAError(Exception):
    """Root of every error raised by kpa_analytics."""


class KPASettingsError(KPAError, ValueError):
    """A setting is missing, misspelt or impossible; the message names it."""


class KPADataError(KPAError, ValueError):
    """A record or a frame is not what it must be; the message names the record or column."""


class KPASnapshotError(KPAError):
    """A collection could not be verified as whole, or a kept snapshot can't be used."""


class KPATransportError(KPAError):
    """The request did not reach the API, or its answer did not come back.

    Attributes:
        reason: one of `timeout`, `connection`, `cut` (the answer broke off), `server` (HTTP 5xx),
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
        code: the vendor's error code, e.g. `"token_invalid"`. The set is open.
        description: the vendor's own words, or None; a token in them is masked.
        method: the API method that was called.
        request_id: the `HZS-Request-ID` header to quote to vendor support, or None.
    """

    #: What the reader can do about it; a class per documented code says so.
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
    """`request_method_invalid`: the HTTP verb is not taken."""


class KPARequestDataError(KPAAPIError):
    """`request_data_invalid`: the request body could not be read."""


class KPARateLimitError(KPAAPIError):
    """`rate_limit_exceeded`: the company's shared pool of about 80 requests a minute is spent.

    Attributes:
        retry_after: seconds the server asked to wait, or None.
    """

    retry_after: float | None = None
    advice = "Another program may be using the same account: wait a minute, then load again."


class KPATokenMissingError(KPAAPIError):
    """`token_missing`: no token was sent."""

    advice = "Set KPA_API_TOKEN, or start the demo with kpa.demo.start()."


class KPATokenInvalidError(KPAAPIError):
    """`token_invalid`, or `invalid_token` as the protocol page spells it: the token is unknown."""

    advice = "Check KPA_API_TOKEN against the token in your account's API settings."


class KPATokenInactiveError(KPAAPIError):
    """`token_inactive`: the token was switched off."""

    advice = "Ask your account's administrator for an active token."


class KPATokenPermissionError(KPAAPIError):
    """`token_permission`: the token may not call this method."""

    advice = "Ask your account's administrator to widen the token's permissions."


class KPAAccountInactiveError(KPAAPIError):
    """`account_inactive`: the whole account is switched off."""


class KPAParameterUnexpectedError(KPAAPIError):
    """`parameter_unexpected`: a parameter the method does not know."""


class KPAParameterMissingError(KPAAPIError):
    """`parameter_missing`: a parameter the method needs."""


class KPAParameterInvalidError(KPAAPIError):
    """`parameter_invalid`: a parameter outside what the method takes."""


class KPAServerError(KPAAPIError):
    """`server_error`: the API failed inside."""

    advice = "This is the vendor's fault and often passes: try again in a few minutes."


class KPAContentNotFoundError(KPAAPIError):
    """`content_not_found`: the requested content does not exist."""


#: The vendor's documented codes. A code that is not here is still raised, as `KPAAPIError`.
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


class KPADataWarning(UserWarning):
    """The records hold something impossible; it was kept, marked, and is named here."""


class KPACacheWarning(UserWarning):
    """A cache was damaged or can't be written; the data was fetched again or not kept."""

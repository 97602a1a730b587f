"""The last step before the wire, and the only place that knows the token.

`TokenAdapter` puts the token into the request's body as it leaves and takes it out of whatever
comes back, so that the session, the cache, the logs and every traceback above never hold it.
"""

from __future__ import annotations

from typing import Any

import msgspec
from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter
from requests.exceptions import (
    ChunkedEncodingError,
    ContentDecodingError,
    RequestException,
    Timeout,
)

from kpa_analytics.config import Secret
from kpa_analytics.errors import KPATransportError

#: What stands where the API echoed the token.
MASK = "<token>"


class SealedBytes(bytes):
    """A body that does not print: its repr is a note, wherever a debugger may show it."""

    def __repr__(self) -> str:
        return "<sealed body>"

    __str__ = __repr__


class TokenAdapter(HTTPAdapter):
    """Sends one API's requests, adding the token at the last moment.

    Every failure on the way is raised as a KPATransportError with no chained exception, because the
    frames below this one hold the token.
    """

    def __init__(self, token: Secret) -> None:
        self._token = token
        super().__init__()

    def send(self, request: PreparedRequest, *args: Any, **kwargs: Any) -> Response:
        """Send the request with the token; give back the answer without it."""
        outcome = self._attempt(request, *args, **kwargs)
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    def _attempt(
        self, request: PreparedRequest, *args: Any, **kwargs: Any
    ) -> Response | BaseException:
        armed = request.copy()
        armed.body = SealedBytes(self._with_token(request.body))
        armed.headers["Content-Length"] = str(len(armed.body))
        try:
            response = super().send(armed, *args, **kwargs)
            self._mask(response)
        except RequestException as error:
            return _transport_error(error, request)
        except BaseException as error:  # Ctrl-C too must not carry these frames away
            error.__context__ = None
            return error.with_traceback(None)
        response.request = request
        return response

    def _with_token(self, body: Any) -> bytes:
        parameters = msgspec.json.decode(body or b"{}")
        return msgspec.json.encode({"token": self._token.reveal(), **parameters})

    def _mask(self, response: Response) -> None:
        """Read the body here and now, and take the token out of it and of the headers."""
        token = self._token.reveal()
        if token.encode() in response.content:
            response._content = response.content.replace(token.encode(), MASK.encode())
        for name, value in response.headers.items():
            if token in value:
                response.headers[name] = value.replace(token, MASK)


def _transport_error(error: RequestException, request: PreparedRequest) -> KPATransportError:
    """What went wrong, in our words: the library's own text could quote the request."""
    if isinstance(error, Timeout):
        reason, what = "timeout", "no answer in time (the setting `timeout` says how long to wait)"
    elif isinstance(error, ChunkedEncodingError | ContentDecodingError):
        reason, what = "cut", "the answer broke off"
    else:
        reason, what = "connection", "no connection; check the network and api_url"
    return KPATransportError(f"{request.url}: {what} [{type(error).__name__}]", reason)

"""The last step before the network, and the only place that has the token.

`TokenAdapter` adds the token to a request as it leaves, and removes it from the answer. The
session, the cache, the logs and the tracebacks above never hold it.
"""

from __future__ import annotations

import threading
from http.client import HTTPException, LineTooLong
from io import BytesIO
from typing import Any

import msgspec
from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter
from requests.exceptions import RequestException, SSLError, Timeout
from requests.structures import CaseInsensitiveDict
from urllib3 import HTTPResponse
from urllib3.exceptions import DecodeError, HTTPError, ProtocolError, ReadTimeoutError

from kpa_analytics.api.deadline import TIMED_POOLS, Deadline, current_deadline
from kpa_analytics.api.redact import redacted
from kpa_analytics.api.surrogates import replace_lone_surrogates
from kpa_analytics.errors import KPATransportError
from kpa_analytics.secret import Secret

#: The largest accepted answer in bytes, decompressed: about 400,000 people of users.list. Without
#: a limit, a small compressed body could fill the memory.
MOST_BYTES = 256_000_000

#: Headers that say how a body was packed for sending; the returned body is unpacked.
_PACKING = {"content-encoding", "content-length", "transfer-encoding"}

#: Bytes per read from the network.
_PIECE = 2**16


class SealedBytes(bytes):
    """A request body whose repr hides its content."""

    def __repr__(self) -> str:
        return "<sealed body>"

    __str__ = __repr__


class TooLargeError(HTTPError):
    """The decompressed answer is larger than `MOST_BYTES`."""


class TokenAdapter(HTTPAdapter):
    """Sends the requests of one API and adds the token at the last moment.

    Every failure is raised as a KPATransportError without a chained exception, because the frames
    below this one hold the token.
    """

    def __init__(self, token: Secret) -> None:
        self._token = token
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make direct connections whose answers observe a deadline."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = TIMED_POOLS

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        """Make connections through a proxy whose answers observe a deadline."""
        manager = super().proxy_manager_for(*args, **kwargs)
        manager.pool_classes_by_scheme = TIMED_POOLS
        return manager

    def send(self, request: PreparedRequest, *args: Any, **kwargs: Any) -> Response:
        """Send the request with the token; return the answer without it."""
        outcome = self._attempt(request, *args, **kwargs)
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    def _attempt(
        self, request: PreparedRequest, *args: Any, **kwargs: Any
    ) -> Response | BaseException:
        if str(request.url).startswith("http://"):  # this machine: use no proxy
            kwargs["proxies"] = None
        with_token = request.copy()
        deadline = Deadline(min(kwargs["timeout"], threading.TIMEOUT_MAX))
        previous_deadline = current_deadline.set(deadline)
        try:
            with_token.body = SealedBytes(self._with_token(request.body))
            with_token.headers["Content-Length"] = str(len(with_token.body))
            kwargs |= {"stream": True, "timeout": deadline.timeout}
            response = super().send(with_token, *args, **kwargs)
            self._remove_token(response, _body(response, deadline))
        except (RequestException, HTTPError) as error:
            return _transport_error(error, request)
        except BaseException as error:  # Ctrl-C must not keep these frames either
            error.__cause__ = error.__context__ = None
            return error.with_traceback(None)
        finally:
            current_deadline.reset(previous_deadline)
        response.request = request
        return response

    def _with_token(self, body: Any) -> bytes:
        parameters = msgspec.json.decode(body or b"{}")
        return msgspec.json.encode({"token": self._token.reveal(), **parameters})

    def _remove_token(self, response: Response, body: bytes) -> None:
        """Remove the token from every part of the answer, and drop the cookies."""
        token = self._token.reveal()
        response.cookies.clear()
        response.reason = _masked_text(response.reason, token)
        response.headers = CaseInsensitiveDict(
            (_masked_text(name, token), _masked_text(value, token))
            for name, value in response.headers.items()
        )
        # The old raw response still has the headers with the token: replace it.
        response.raw = HTTPResponse(
            BytesIO(replace_lone_surrogates(redacted(body, token))),
            {
                name: value
                for name, value in response.headers.items()
                if name.lower() not in _PACKING
            },
            response.status_code,
            preload_content=False,
        )
        _ = response.content  # read it now, so that no caller needs the stream


def _masked_text(text: str | None, token: str) -> str:
    return redacted((text or "").encode("latin-1", "replace"), token).decode("latin-1")


def _body(response: Response, deadline: Deadline) -> bytes:
    """Read the body while it makes progress, up to the largest accepted size."""
    pieces, size = [], 0
    while piece := response.raw.read1(_PIECE, decode_content=True):
        pieces.append(piece)
        size += len(piece)
        if size > MOST_BYTES:
            response.close()
            raise TooLargeError
        deadline.renew()
    response.raw.release_conn()
    return b"".join(pieces)


def _transport_error(error: Exception, request: PreparedRequest) -> KPATransportError:
    """Describe an error in our own text: the library's text could quote the request."""
    if isinstance(error, Timeout | ReadTimeoutError):
        reason, problem = (
            "timeout",
            "no answer in time (timeout or KPA_TIMEOUT sets how long to wait)",
        )
    elif isinstance(error, TooLargeError):
        reason, problem = "too_large", f"the answer is larger than {MOST_BYTES // 10**6} MB"
    elif _too_long(cause := _cause(error)):
        reason, problem = "too_large", "the answer's headers are too long or too many"
    elif isinstance(error, ProtocolError | DecodeError):
        reason, problem = "cut", "the answer is incomplete or damaged"
    elif isinstance(error, SSLError):
        reason, problem = "connection", "the server's certificate was refused"
    elif isinstance(cause, HTTPException) and not isinstance(cause, OSError):
        reason, problem = "connection", "the answer is not HTTP; check api_url or KPA_API_URL"
    else:
        reason, problem = (
            "connection",
            "no connection; check the network and api_url or KPA_API_URL",
        )
    return KPATransportError(f"{request.url}: {problem} [{type(error).__name__}]", reason)


def _cause(error: BaseException) -> BaseException:
    """The error that requests and urllib3 put into their own errors."""
    while error.args and isinstance(error.args[-1], BaseException):
        error = error.args[-1]
    return error


def _too_long(cause: BaseException) -> bool:
    """Whether http.client refused the headers: a line is too long, or there are too many lines."""
    return isinstance(cause, LineTooLong) or type(cause) is HTTPException

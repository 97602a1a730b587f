"""The last step before the wire, and the only place that knows the token.

`TokenAdapter` puts the token into the request's body as it leaves and takes it out of whatever
comes back, so that the session, the cache, the logs and every traceback above never hold it.
"""

from __future__ import annotations

import threading
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

#: The largest answer that is read, in bytes after unpacking: about 400,000 people of users.list.
#: A small packed body can unpack to more than any machine holds.
MOST_BYTES = 256_000_000

#: Headers that say how a body was packed for the wire; the one given back is unpacked.
_OF_THE_WIRE = {"content-encoding", "content-length", "transfer-encoding"}

#: Bytes read from the wire at once.
_PIECE = 2**16


class SealedBytes(bytes):
    """A body that does not print: its repr is a note, wherever a debugger may show it."""

    def __repr__(self) -> str:
        return "<sealed body>"

    __str__ = __repr__


class TooLargeError(HTTPError):
    """The answer unpacks to more than `MOST_BYTES`."""


class TokenAdapter(HTTPAdapter):
    """Sends one API's requests, adding the token at the last moment.

    Every failure on the way is raised as a KPATransportError with no chained exception, because the
    frames below this one hold the token.
    """

    def __init__(self, token: Secret) -> None:
        self._token = token
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make the connections, with answers that keep to a deadline."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = TIMED_POOLS

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        """Make the connections through a proxy, with answers that keep to a deadline."""
        manager = super().proxy_manager_for(*args, **kwargs)
        manager.pool_classes_by_scheme = TIMED_POOLS
        return manager

    def send(self, request: PreparedRequest, *args: Any, **kwargs: Any) -> Response:
        """Send the request with the token; give back the answer without it."""
        outcome = self._attempt(request, *args, **kwargs)
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    def _attempt(
        self, request: PreparedRequest, *args: Any, **kwargs: Any
    ) -> Response | BaseException:
        if str(request.url).startswith("http://"):  # this machine: no proxy has a part in it
            kwargs["proxies"] = None
        armed = request.copy()
        deadline = Deadline(min(kwargs["timeout"], threading.TIMEOUT_MAX))
        mine = current_deadline.set(deadline)
        try:
            armed.body = SealedBytes(self._with_token(request.body))
            armed.headers["Content-Length"] = str(len(armed.body))
            kwargs |= {"stream": True, "timeout": deadline.timeout}
            response = super().send(armed, *args, **kwargs)
            self._give_back(response, _body(response, deadline))
        except (RequestException, HTTPError) as error:
            return _transport_error(error, request)
        except BaseException as error:  # Ctrl-C too must not carry these frames away
            error.__cause__ = error.__context__ = None
            return error.with_traceback(None)
        finally:
            current_deadline.reset(mine)
        response.request = request
        return response

    def _with_token(self, body: Any) -> bytes:
        parameters = msgspec.json.decode(body or b"{}")
        return msgspec.json.encode({"token": self._token.reveal(), **parameters})

    def _give_back(self, response: Response, body: bytes) -> None:
        """Take the token out of all that came back; cookies are not for us."""
        token = self._token.reveal()
        response.cookies.clear()
        response.reason = _masked_text(response.reason, token)
        response.headers = CaseInsensitiveDict(
            (_masked_text(name, token), _masked_text(value, token))
            for name, value in response.headers.items()
        )
        # What was read from holds the headers as they came: another takes its place.
        response.raw = HTTPResponse(
            BytesIO(replace_lone_surrogates(redacted(body, token))),
            {
                name: value
                for name, value in response.headers.items()
                if name.lower() not in _OF_THE_WIRE
            },
            response.status_code,
            preload_content=False,
        )
        _ = response.content  # read here and now, so that nobody above meets a stream


def _masked_text(text: str | None, token: str) -> str:
    return redacted((text or "").encode("latin-1", "replace"), token).decode("latin-1")


def _body(response: Response, deadline: Deadline) -> bytes:
    """Read the body here and now, for as long as it makes progress, and up to its largest size."""
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
    """What went wrong, in our words: the library's own text could quote the request."""
    if isinstance(error, Timeout | ReadTimeoutError):
        reason, what = "timeout", "no answer in time (the setting `timeout` says how long to wait)"
    elif isinstance(error, TooLargeError):
        reason = "too_large"
        what = f"the answer is larger than {MOST_BYTES // 10**6} MB, and was not read further"
    elif isinstance(error, ProtocolError | DecodeError):
        reason, what = "cut", "the answer broke off"
    elif isinstance(error, SSLError):
        reason, what = "connection", "the connection is not safe: its certificate was refused"
    else:
        reason, what = "connection", "no connection; check the network and api_url"
    return KPATransportError(f"{request.url}: {what} [{type(error).__name__}]", reason)

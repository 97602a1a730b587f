"""Find the error in an answer of the API. A refusal may arrive as HTTP 200."""

from __future__ import annotations

import email.utils
import time
from datetime import UTC

from requests import Response

from kpa_analytics.api.records import decode_envelope
from kpa_analytics.errors import API_ERRORS, KPAAPIError, KPARateLimitError, KPATransportError

#: An error shows at most this many characters of a text of the API.
_MOST_SHOWN = 300


def refusal(method: str, response: Response) -> KPAAPIError | KPATransportError | None:
    """The error in a response; None if the response says `ok: true`."""
    request_id = _shown(response.headers.get("HZS-Request-ID", "")) or None
    if response.status_code == 429:
        error = KPARateLimitError("rate_limit_exceeded", "HTTP 429", method, request_id)
        error.retry_after = _retry_after(response)
        return error
    if response.status_code == 200 and getattr(response, "worth_keeping", False):
        return None  # the session has already seen `ok: true`
    try:
        envelope = decode_envelope(response.content)
    except ValueError:
        return _no_envelope(method, response)
    if envelope.ok:
        return None if response.status_code == 200 else _no_envelope(method, response)
    code = _shown(envelope.error or "unknown")
    description = None if envelope.description is None else _shown(envelope.description)
    error_class = API_ERRORS.get(code, KPAAPIError)
    refused = error_class(code, description, method, request_id)
    if isinstance(refused, KPARateLimitError):
        refused.retry_after = _retry_after(response)
    return refused


def _shown(text: object) -> str:
    """A text of the API on one line, without control characters, and cut if it is very long."""
    line = " ".join(str(text).split())[:_MOST_SHOWN]
    return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in line)


def _no_envelope(method: str, response: Response) -> KPATransportError:
    status = response.status_code
    start = response.content[:80].decode("utf-8", "replace").strip()
    body = f"the answer begins with {start!r}" if start else "the answer is empty"
    if 300 <= status < 400:
        return KPATransportError(
            f"{method}: redirect (HTTP {status}) not followed, because it would send the "
            "token to another address; set api_url to the API's own address",
            "redirect",
        )
    if status == 200:
        return KPATransportError(
            f"{method}: the answer is not the API's JSON; {body}. It may come from a proxy or a "
            "login page: check the network and api_url or KPA_API_URL",
            "not_json",
        )
    if status >= 500:
        return KPATransportError(
            f"{method}: HTTP {status}; {body}. The API or a proxy has a fault: try again later",
            "server",
        )
    return KPATransportError(
        f"{method}: HTTP {status}; {body}. Check api_url or KPA_API_URL, and whether a proxy or "
        "the account's list of allowed IP addresses refuses the request",
        "status",
    )


def _retry_after(response: Response) -> float | None:
    """Seconds, from either form of the header Retry-After; None if absent or unreadable."""
    header = response.headers.get("Retry-After", "").strip()
    if header.isdecimal():
        return float(header)
    moment = _moment(header)
    return None if moment is None else max(0.0, moment - time.time())


def _moment(header: str) -> float | None:
    """Epoch seconds of an HTTP date; None for any other text."""
    try:
        moment = email.utils.parsedate_to_datetime(header)
    except (ValueError, TypeError, OverflowError):
        return None
    # A date without a zone is UTC. Windows can't convert local times before 1970.
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()

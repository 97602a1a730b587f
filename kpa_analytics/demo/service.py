"""The simulated API without sockets: one request in, one answer out."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import msgspec
from werkzeug.wrappers import Request, Response

from kpa_analytics.demo import AS_OF
from kpa_analytics.demo.calls import Account, Call, Received
from kpa_analytics.demo.faults import Faults
from kpa_analytics.demo.protocol import (
    METHODS,
    Method,
    RefusedError,
    check_parameters,
    find_method,
    read_request,
)
from kpa_analytics.demo.sources import EMPLOYEE_STATUS, USER_COLUMNS, USERS
from kpa_analytics.demo_mark import DEMO_HEADER

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    from kpa_analytics.demo.sources import Source

_MINUTE = 60.0


class Service:
    """Answers requests as the vendor's API does. A WSGI application.

    Attributes:
        accounts: the accounts by token.
        requests: the received requests, oldest first.
        faults: the armed faults.
        rate_limit: requests per minute that one account may send; None: no limit.
        penalty: seconds during which every request fails after the limit was exceeded.
        as_of: the as-of date of training-employee-status.list.
    """

    def __init__(self, rate_limit: int | None = None, as_of: date = AS_OF) -> None:
        self.accounts: dict[str, Account] = {}
        self.requests: list[Received] = []
        self.faults = Faults()
        self.rate_limit = rate_limit
        self.penalty = _MINUTE
        self.as_of = as_of
        self._lock = threading.Lock()

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Answer one request over WSGI."""
        return self._respond(Request(environ))(environ, start)

    def _respond(self, request: Request) -> Response:
        began = time.perf_counter()
        root, _, method = request.path.lstrip("/").partition("/")
        if root != "v1":
            return Response("<h1>404 Not Found</h1>", 404, mimetype="text/html")
        query = request.query_string.decode("latin-1")
        refusal, params = None, {}
        try:
            params = read_request(request.method, query, request.get_data())
        except RefusedError as error:
            refusal = error
        token = params.pop("token", None)
        call = self._received(request, method, params, token)
        struck = self.faults.strike(call)
        for fault in struck:
            if fault.before:
                fault.before(call)
        body = self._envelope(call, params, refusal, token)
        answer = _json(body, params.get("pretty") is True, time.perf_counter() - began)
        for fault in struck:
            if fault.after:
                answer = fault.after(call, answer)
        return answer

    def _received(
        self, request: Request, method: str, params: Mapping[str, Any], token: object
    ) -> Call:
        page = params.get("page", 1) if method in METHODS and METHODS[method].paged else None
        in_url = isinstance(token, str) and token in request.url
        self.requests.append(Received(request.method, method, dict(params), page, in_url))
        account = self.accounts.get(token) if isinstance(token, str) else None
        return Call(method, page, str(token or ""), account)

    def _envelope(
        self, call: Call, params: Mapping[str, Any], refusal: RefusedError | None, token: object
    ) -> dict[str, Any]:
        try:
            method = find_method(call.method)
            if refusal:
                raise refusal
            account = self._admit(call, token)
            check_parameters(method, params)
            return {"ok": True, **self._answer(call.method, method, account.source, params)}
        except RefusedError as error:
            described = {"description": error.description} if error.description else {}
            return {"ok": False, "error": error.code, **described}

    def _admit(self, call: Call, token: object) -> Account:
        if token in (None, ""):
            raise RefusedError("token_missing", "The request has no token.")
        if call.account is None:
            raise RefusedError("token_invalid", "The token is unknown.")
        self._spend(call.account)
        if call.account.refusal:
            raise RefusedError(call.account.refusal)
        return call.account

    def _spend(self, account: Account) -> None:
        if self.rate_limit is None:
            return
        with self._lock:
            now = time.monotonic()
            while account.recent and account.recent[0] <= now - _MINUTE:
                account.recent.popleft()
            if now >= account.blocked_until and len(account.recent) < self.rate_limit:
                account.recent.append(now)
                return
            if now >= account.blocked_until:
                account.blocked_until = now + self.penalty
                account.recent.clear()
        raise RefusedError("rate_limit_exceeded", "Too many requests.")

    def _answer(
        self, name: str, method: Method, source: Source, params: Mapping[str, Any]
    ) -> dict[str, Any]:
        if method.items is None:
            return {}
        listing = source.select(name, params, self.as_of)
        extra: dict[str, Any] = {}
        if name == USERS:
            extra["columns"] = USER_COLUMNS
        if name == EMPLOYEE_STATUS:
            midnight = datetime(self.as_of.year, self.as_of.month, self.as_of.day, tzinfo=UTC)
            extra["last_updated"] = int(midnight.timestamp()) * 1000
        if not method.paged:
            return {method.items: listing.stretch(0, listing.total), **extra}
        limit = int(params.get("limit", method.default_limit))
        start = (int(params.get("page", 1)) - 1) * limit
        extra["paging"] = {"total": listing.total, "last_page": -(-listing.total // limit)}
        items = listing.stretch(start, limit) if start < listing.total else []
        return {method.items: items, **extra}


def _json(body: dict[str, Any], pretty: bool, seconds: float) -> Response:
    text = msgspec.json.encode(body)
    headers = {
        "HZS-Request-ID": secrets.token_hex(12),
        "HZS-Response-Time": str(round(seconds * 1000)),
        DEMO_HEADER: "true",
    }
    return Response(
        msgspec.json.format(text, indent=2) if pretty else text,
        headers=headers,
        mimetype="application/json",
    )

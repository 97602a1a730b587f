"""Faults on demand, of the network and of the API itself.

    api.faults.add(Fault.stall(0.2))
    api.faults.add(Fault.status(503), times=2, method="users.list")
    api.faults.add(Fault.change(lambda company: company.remove_completions(7)), page=2)

Every armed fault that matches a request takes effect, in the order of adding: first the faults
before the answer, then those that change or replace the answer.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec
from werkzeug.wrappers import Response

if TYPE_CHECKING:
    from kpa_analytics.demo.calls import Call


class DroppedError(Exception):
    """Close the connection without an answer."""


@dataclass(frozen=True)
class Fault:
    """A fault, which takes effect before the answer or changes the answer.

    Examples:
        >>> Fault.status(503)
        Fault(name='HTTP 503')
    """

    name: str
    before: Callable[[Call], None] | None = None
    after: Callable[[Call, Response], Response] | None = None

    def __repr__(self) -> str:
        return f"Fault(name={self.name!r})"

    @classmethod
    def stall(cls, seconds: float) -> Fault:
        """Wait this many seconds before answering."""
        return cls(f"stall of {seconds} s", before=lambda call: time.sleep(seconds))

    @classmethod
    def change(cls, edit: Callable[[Any], object]) -> Fault:
        """Let `edit(organisation)` change the records just before the answer."""

        def strike(call: Call) -> None:
            if call.account is not None:
                edit(call.account.source)

        return cls("records changed", before=strike)

    @classmethod
    def drop(cls) -> Fault:
        """Close the connection without sending anything."""

        def strike(call: Call) -> None:
            raise DroppedError

        return cls("dropped connection", before=strike)

    @classmethod
    def cut(cls) -> Fault:
        """Send half of the body that Content-Length promises, then close the connection."""

        def strike(call: Call, answer: Response) -> Response:
            whole = answer.get_data()
            answer.set_data(whole[: len(whole) // 2])
            answer.headers["Content-Length"] = str(len(whole))
            answer.headers["Connection"] = "close"
            return answer

        return cls("cut body", after=strike)

    @classmethod
    def status(cls, code: int = 503) -> Fault:
        """Answer with an HTTP status and the HTML page of a gateway."""
        return cls.page(f"<html><body><h1>{code}</h1></body></html>", code)

    @classmethod
    def page(cls, html: str = "<html><body>Please sign in</body></html>", code: int = 200) -> Fault:
        """Answer with an HTML page, as a proxy or a captive portal does."""
        return cls(
            f"HTTP {code}", after=lambda call, answer: Response(html, code, mimetype="text/html")
        )

    @classmethod
    def error(cls, code: str, description: str | None = None) -> Fault:
        """Answer `ok: false` with any code; `{token}` in the description echoes the token."""

        def strike(call: Call, answer: Response) -> Response:
            body: dict[str, Any] = {"ok": False, "error": code}
            if description is not None:
                body["description"] = description.replace("{token}", call.token)
            answer.set_data(msgspec.json.encode(body))
            return answer

        return cls(code, after=strike)

    @classmethod
    def rate_limited(cls) -> Fault:
        """Refuse with the documented shape of the rate limit: HTTP 200, an error code."""
        return cls.error("rate_limit_exceeded", "Too many requests.")

    @classmethod
    def too_many_requests(cls, retry_after: int | str | None = None) -> Fault:
        """Refuse with the undocumented HTTP 429, with or without Retry-After."""

        def strike(call: Call, answer: Response) -> Response:
            headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
            return Response("Too Many Requests", 429, headers, mimetype="text/plain")

        return cls("HTTP 429", after=strike)

    @classmethod
    def server_error(cls) -> Fault:
        """Refuse with `server_error`, as the API does when it fails inside."""
        return cls.error("server_error", "An internal error occurred.")

    @classmethod
    def redirect(cls, location: str, code: int = 302) -> Fault:
        """Redirect the client to another address."""
        return cls(
            f"redirect {code}",
            after=lambda call, answer: Response("", code, {"Location": location}),
        )

    @classmethod
    def garbage(cls) -> Fault:
        """Answer with random bytes."""
        noise = random.Random(0).randbytes(256)  # noqa: S311 - noise, not secrets
        return cls(
            "random bytes",
            after=lambda call, answer: Response(noise, mimetype="application/json"),
        )

    @classmethod
    def body(cls, edit: Callable[[bytes], bytes]) -> Fault:
        """Let `edit` change the bytes of the answer's body."""

        def strike(call: Call, answer: Response) -> Response:
            answer.set_data(edit(answer.get_data()))
            return answer

        return cls("edited body", after=strike)


@dataclass
class _Armed:
    fault: Fault
    left: int | None
    method: str | None
    page: int | None

    def matches(self, call: Call) -> bool:
        return self.method in (None, call.method) and self.page in (None, call.page)


class Faults:
    """The armed faults."""

    def __init__(self) -> None:
        self._armed: list[_Armed] = []
        self._lock = threading.Lock()

    def add(
        self,
        fault: Fault,
        *,
        times: int | None = 1,
        method: str | None = None,
        page: int | None = None,
    ) -> None:
        """Arm a fault.

        Args:
            fault: the fault.
            times: number of requests that it affects; None: all, until `clear()`.
            method: affect only requests for this API method; None: any method.
            page: affect only requests for this page; None: any page.
        """
        with self._lock:
            self._armed.append(_Armed(fault, times, method, page))

    def clear(self) -> None:
        """Disarm every fault."""
        with self._lock:
            self._armed.clear()

    @property
    def pending(self) -> int:
        """The number of faults that are still armed."""
        return len(self._armed)

    def strike(self, call: Call) -> list[Fault]:
        """Return the faults that match a call, and disarm those that are used up."""
        with self._lock:
            matching = [armed for armed in self._armed if armed.matches(call)]
            for armed in matching:
                if armed.left is not None:
                    armed.left -= 1
            self._armed = [armed for armed in self._armed if armed.left != 0]
        return [armed.fault for armed in matching]

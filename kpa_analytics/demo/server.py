"""The simulated API on loopback: `serve()` for a block, `start()` for a notebook."""

from __future__ import annotations

import atexit
import io
import secrets
import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler
from werkzeug.test import run_wsgi_app

from kpa_analytics import config
from kpa_analytics.cache_folder import account_folder
from kpa_analytics.demo import AS_OF
from kpa_analytics.demo.calls import Account
from kpa_analytics.demo.faults import DroppedError
from kpa_analytics.demo.service import Service
from kpa_analytics.secret import Secret
from kpa_analytics.wording import day as in_words

if TYPE_CHECKING:
    from kpa_analytics.demo.calls import Received
    from kpa_analytics.demo.faults import Faults
    from kpa_analytics.demo.sources import Source

TOKEN_LENGTH = 41
_LOOPBACK = "127.0.0.1"
_UNHURRIED = 100_000


class _Handler(WSGIRequestHandler):
    """Werkzeug's handler with keep-alive; it reads and sends complete bodies."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def setup(self) -> None:
        super().setup()
        self.server.connections.add(self.connection)  # type: ignore[attr-defined]

    def finish(self) -> None:
        self.server.connections.discard(self.connection)  # type: ignore[attr-defined]
        with suppress(ConnectionError):  # the client may have closed the connection
            super().finish()

    def run_wsgi(self) -> None:
        environ = self.make_environ()
        length = int(self.headers.get("Content-Length") or 0)
        environ["wsgi.input"] = io.BytesIO(self.rfile.read(length))
        try:
            chunks, status, headers = run_wsgi_app(self.server.app, environ)
        except DroppedError:
            self.close_connection = True
            return
        code, _, reason = status.partition(" ")
        self.send_response(int(code), reason)
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(b"".join(chunks))

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - its base names it
        """Write no log, which would fill a notebook's output."""


class _Server(ThreadedWSGIServer):
    def __init__(self, service: Service, port: int) -> None:
        self.connections: set[socket.socket] = set()
        super().__init__(_LOOPBACK, port, service, _Handler)

    def hang_up(self) -> None:
        """Close all open connections, so that the server sends no more answers."""
        for connection in tuple(self.connections):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # the client closed it first


class DemoAPI:
    """A running simulated API.

    Attributes:
        url: its address, e.g. `http://127.0.0.1:8000/v1`.
        token: the token of its first account, 41 characters.
        organisation: the records of the first account.
        service: the API without its sockets.
    """

    def __init__(self, source: Source, token: str | None, service: Service, port: int) -> None:
        self.service = service
        self.organisation = source
        self.token = self.add_account(source, token)
        self._server = _Server(service, port)
        self.url = f"http://{_LOOPBACK}:{self._server.port}/v1"
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), name="kpa-demo-api", daemon=True
        )
        self._thread.start()

    def __repr__(self) -> str:
        return f"<demo API at {self.url}>"

    @property
    def requests(self) -> list[Received]:
        """The received requests without tokens, oldest first; clear the list to count again."""
        return self.service.requests

    @property
    def faults(self) -> Faults:
        """The armed faults: `api.faults.add(Fault.stall(0.2))`."""
        return self.service.faults

    def add_account(self, source: Source, token: str | None = None) -> str:
        """Add an account of another customer.

        Args:
            source: an `Organisation` or `Records`.
            token: its token; None invents one.

        Returns:
            The token.
        """
        token = token or "demo-" + secrets.token_hex(TOKEN_LENGTH)[: TOKEN_LENGTH - len("demo-")]
        self.service.accounts[token] = Account(source)
        return token

    def refuse(self, code: str | None, token: str | None = None) -> None:
        """Refuse every call of an account from now on.

        Args:
            code: an error code, e.g. `token_inactive`, `token_permission` or `account_inactive`;
                None: accept calls again.
            token: the account's token; None: the first account's.
        """
        self.service.accounts[token or self.token].refusal = code

    def close(self) -> None:
        """Stop the server and close its connections."""
        self._server.shutdown()
        self._thread.join()
        self._server.hang_up()


def _open(
    org: Source | None,
    token: str | None,
    rate_limit: int | None,
    port: int,
    as_of: date,
) -> DemoAPI:
    if org is None:
        from kpa_analytics.demo.company import organisation

        org = organisation()
    return DemoAPI(org, token, Service(rate_limit, as_of), port)


@contextmanager
def serve(
    org: Source | None = None,
    *,
    token: str | None = None,
    rate_limit: int | None = None,
    port: int = 0,
    as_of: date = AS_OF,
) -> Iterator[DemoAPI]:
    """Serve the simulated API on loopback during a block.

    Args:
        org: an `Organisation` or `Records`; None serves the demo company.
        token: the account's token; None invents one of 41 characters.
        rate_limit: after this many requests in a minute, all requests fail for a minute; None: no
            limit. The vendor's limit is about 80.
        port: the port; 0 takes a free one.
        as_of: the as-of date of training-employee-status.list.

    Yields:
        The API: `.url`, `.token`, `.organisation`, `.requests`, `.faults`.

    Examples:
        >>> from kpa_analytics.demo import Records
        >>> with serve(Records()) as api:
        ...     len(api.token)
        41
    """
    api = _open(org, token, rate_limit, port, as_of)
    try:
        yield api
    finally:
        api.close()


_STARTED = (
    "Demo: invented people and records, served on this machine. Without as_of, the day is "
    "{day}, not today."
)

_started: DemoAPI | None = None


def start(
    org: Source | None = None,
    *,
    token: str | None = None,
    rate_limit: int | None = None,
    port: int = 0,
    as_of: date = AS_OF,
) -> DemoAPI:
    """Serve the simulated API until this process ends, and point the settings at it.

    `configure()` with another token or address points the settings elsewhere.

    The arguments are those of `serve`. Another call returns the same API and ignores them.

    Returns:
        The API: `.url`, `.token`, `.organisation`, `.requests`, `.faults`.
    """
    global _started
    if _started is None:
        _started = _open(org, token, rate_limit, port, as_of)
        atexit.register(_forget, _started)
        print(_STARTED.format(day=in_words(AS_OF)))  # noqa: T201
    config.point_at_demo(token=_started.token, api_url=_started.url, requests_per_minute=_UNHURRIED)
    return _started


def _forget(api: DemoAPI) -> None:
    """Delete the cache of an API that ends with this process."""
    current = replace(config.settings(), token=Secret(api.token), api_url=api.url)
    shutil.rmtree(account_folder(current), ignore_errors=True)

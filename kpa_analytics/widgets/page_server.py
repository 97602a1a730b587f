"""Voila for one page and one user: it opens the page, and lets only that user see it."""

from __future__ import annotations

import logging
import os
import secrets
import sys
import threading
import webbrowser
from html import escape
from pathlib import Path
from typing import Any

import tornado.web
from tornado.ioloop import IOLoop
from traitlets.config import Config
from voila.app import Voila
from voila.handler import VoilaHandler
from voila.tornado.handler import TornadoVoilaHandler

#: Seconds until a kernel without an open page is stopped, and between checks for such kernels.
IDLE = 300
LOOK = 30

# The browser gets the key from a file that only its owner can read, because other users of this
# machine can see the command that starts a browser.
_OPENS = """<!doctype html>
<meta charset="utf-8">
<title>Training records</title>
<meta http-equiv="refresh" content="0; url={address}">
<p><a href="{address}">Open the dashboard</a>
"""


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


class _Page(TornadoVoilaHandler):  # type: ignore[misc]
    """The page, at an address that does not show the key."""

    @tornado.web.authenticated
    async def get(self, path: str | None = None) -> None:
        """Render the page. A request with the key gets a login cookie and a redirect."""
        if self.get_query_argument("token", None) is None:
            await super().get(path)
            return
        self.redirect(self.base_url)


class PageServer(Voila):  # type: ignore[misc]
    """A Voila that serves one notebook to the user who started it.

    It does not read the user's own Voila settings.
    """

    key: str
    opens_browser: bool

    @classmethod
    def of(cls, notebook: Path, folder: Path, port: int, browser: bool) -> PageServer:
        """Prepare to serve a notebook, whose code runs in `folder`."""
        config = Config()
        config.VoilaConfiguration.template = "kpa-offline"
        config.VoilaConfiguration.allow_template_override = "NO"
        config.MappingKernelManager.root_dir = str(folder)
        config.MappingKernelManager.cull_idle_timeout = IDLE
        config.MappingKernelManager.cull_interval = LOOK
        config.IdentityProvider.cookie_options = {"samesite": "Lax"}
        key = secrets.token_hex(24)
        server = cls(
            config=config,
            config_file_paths=[],
            log_level=logging.WARNING,
            notebook_path=str(notebook),
            ip="127.0.0.1",
            port=port,
            token=key,
            open_browser=False,
            # The page answers only to this machine's own names, so that no other DNS name can
            # reach it. Requests are not logged, because one of them holds the key.
            tornado_settings={"allow_remote_access": False, "log_function": lambda _: None},
        )
        server.key, server.opens_browser = key, browser
        server.initialize([])
        return server

    @property
    def address(self) -> str:
        """The page's address with its key, for this user only."""
        return f"{self.connection_url}?token={self.key}"

    def init_handlers(self) -> list[Any]:
        """Voila's own handlers, with ours for the page."""
        return [
            (route, _Page if issubclass(handler, VoilaHandler) else handler, *options)
            for route, handler, *options in super().init_handlers()
        ]

    def listen(self) -> None:
        """Listen until stopped. The address is printed before the first response."""
        IOLoop.current().add_callback(self._say_where)
        super().listen()

    def _say_where(self) -> None:
        sys.stdout.write(f"The dashboard is at {self.address}\nCtrl-C stops it.\n")
        sys.stdout.flush()
        if self.opens_browser:
            threading.Thread(target=self._open, daemon=True).start()

    def _open(self) -> None:
        opening = Path(self.connection_dir) / "open-dashboard.html"  # deleted when the server stops
        with open(opening, "x", encoding="utf-8", opener=_private) as file:
            file.write(_OPENS.format(address=escape(self.address)))
        if not webbrowser.open(opening.as_uri()):
            sys.stdout.write("No browser could be started. Open that address in a browser.\n")
            sys.stdout.flush()

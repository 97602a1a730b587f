"""Voila for one page and one user: it opens the page, and lets only that user see it."""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import sys
import threading
import webbrowser
from concurrent.futures import ThreadPoolExecutor
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import tornado.web
from jupyter_server.base.handlers import JupyterHandler
from tornado.ioloop import IOLoop
from traitlets.config import Config
from voila.app import Voila
from voila.handler import VoilaHandler
from voila.shutdown_kernel_handler import VoilaShutdownKernelHandler
from voila.tornado.handler import TornadoVoilaHandler

from kpa_analytics import chart_scripts
from kpa_analytics.widgets.kernel_per_page import PageKernels, reloaded

#: Seconds until a kernel without an open page is stopped, and between checks for such kernels. A
#: page that is left says so, and its kernel is stopped soon; a browser that crashes does not.
IDLE = 60
LOOK = 5
#: Of Voila's extensions, those that a page needs.
EXTENSIONS = [
    "@voila-dashboards/widgets-manager8",
    "@jupyter-widgets/jupyterlab-manager",
    "anywidget",
]

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
        self.set_header("Referrer-Policy", "same-origin")
        if self.get_query_argument("token", None) is None:
            _ = self.xsrf_token  # sets the cookie that the page's goodbye has to repeat
            if "Cache-Control" in self.request.headers:  # all browsers send it with a reload
                reloaded.set(self.get_cookie("kpa_kernel", ""))
            await super().get(path)
            return
        others = [
            (name, value.decode("utf-8", "replace"))
            for name, values in self.request.query_arguments.items()
            for value in values
            if name != "token"
        ]
        self.redirect(f"{self.base_url}?{urlencode(others)}".rstrip("?"))


class _Goodbye(VoilaShutdownKernelHandler):  # type: ignore[misc]
    """Answers the goodbye of a page: the request that it sends as it is closed or reloaded."""

    @tornado.web.authenticated
    async def post(self, kernel_id: str) -> None:
        """Stop the page's kernel, unless the page is reloaded."""
        if kernel_id not in self.kernel_manager:
            raise tornado.web.HTTPError(404, "no such kernel")
        self.kernel_manager.leave(kernel_id)
        self.set_status(204)
        self.finish()


class _Answers(JupyterHandler):
    """The address that a page asks whether the server still answers."""

    @tornado.web.authenticated
    def get(self) -> None:
        """Send nothing."""
        self.set_status(204)
        self.finish()


class _Scripts(JupyterHandler):
    """The scripts that draw charts, which are the same for all pages."""

    @tornado.web.authenticated
    async def get(self) -> None:
        """Send the scripts as soon as they are made."""
        scripts = await asyncio.wrap_future(self.settings["kpa_scripts"])
        self.set_header("Content-Type", "text/javascript; charset=utf-8")
        self.set_header("Cache-Control", "private, max-age=86400")
        self.finish(scripts)


def _chart_scripts() -> str:
    scripts = chart_scripts.made()
    if scripts is None:
        raise RuntimeError("the scripts of the charts could not be made")
    return scripts


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
        config.VoilaConfiguration.extension_allowlist = EXTENSIONS
        config.VoilaConfiguration.multi_kernel_manager_class = PageKernels
        config.MappingKernelManager.root_dir = str(folder)
        config.MappingKernelManager.cull_idle_timeout = IDLE
        config.MappingKernelManager.cull_interval = LOOK
        config.IdentityProvider.cookie_options = {"samesite": "Lax"}
        key = secrets.token_hex(24)
        server = cls(
            config=config,
            config_file_paths=[],
            log_level=logging.ERROR,  # its warnings are not for the user, who can do nothing
            notebook_path=str(notebook),
            ip="127.0.0.1",
            port=port,
            token=key,
            open_browser=False,
            # The page answers only to this machine's own names, so that no other DNS name can
            # reach it. Requests are not logged, because one of them holds the key.
            tornado_settings={
                "allow_remote_access": False,
                "log_function": lambda _: None,
                "xsrf_cookie_kwargs": {"samesite": "Lax"},
                # No pings: page and server are on one machine, where a lost connection is noticed
                # without them. Tornado allows no timeout that is longer than the interval, and
                # Jupyter closes a live connection if it is not longer.
                "ws_ping_interval": 0,
            },
        )
        server.key, server.opens_browser = key, browser
        server.initialize([])
        return server

    @property
    def address(self) -> str:
        """The page's address with its key, for this user only."""
        return f"{self.connection_url}?token={self.key}"

    def init_handlers(self) -> list[Any]:
        """Voila's own handlers, with ours for the page, its goodbye, its scripts and `answers`."""
        ours = {VoilaHandler: _Page, VoilaShutdownKernelHandler: _Goodbye}
        handlers = [
            (
                route,
                next((ours[base] for base in ours if issubclass(handler, base)), handler),
                *more,
            )
            for route, handler, *more in super().init_handlers()
        ]
        return [
            (f"{self.server_url}chart-scripts.js", _Scripts),
            (f"{self.server_url}answers", _Answers),
            *handlers,
        ]

    def listen(self) -> None:
        """Listen until stopped. The address is printed before the first response.

        The first page's kernel and scripts are made ready while the browser starts.
        """
        chart_scripts.begin()
        with ThreadPoolExecutor(1) as worker:
            self.app.settings["kpa_scripts"] = worker.submit(_chart_scripts)
            IOLoop.current().add_callback(self.kernel_manager.start_first, "kpa-analytics")
            IOLoop.current().add_callback(self._say_where)
            super().listen()

    def _say_where(self) -> None:
        sys.stdout.write(f"The dashboard is at {self.address}\nCtrl-C stops it.\n")
        sys.stdout.flush()
        if self.opens_browser:
            threading.Thread(target=self._open, daemon=True).start()

    def _open(self) -> None:
        folder = Path(self.connection_dir) / "opening"  # deleted when the server stops
        folder.mkdir(mode=0o700)
        opening = folder / "open-dashboard.html"
        with open(opening, "x", encoding="utf-8", opener=_private) as file:
            file.write(_OPENS.format(address=escape(self.address)))
        if not webbrowser.open(opening.as_uri()):
            sys.stdout.write("No browser could be started. Open that address in a browser.\n")
            sys.stdout.flush()

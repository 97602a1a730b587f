"""The dashboard as a web page on this machine, served by Voila."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path

import polars as pl

from kpa_analytics.errors import KPAError
from kpa_analytics.install_command import install_command

_HERE = Path(__file__).parent


def serve_dashboard(*, port: int = 8866, browser: bool = True) -> None:
    """Serve the dashboard on 127.0.0.1 until it is interrupted.

    The environment names the account (`KPA_API_TOKEN`). Without a token, the dashboard shows the
    demo company, and says so. Nobody can see the page without a key, which is new each time: the
    browser gets it from a private file, and the printed address contains it. Evidence packs go to
    the current folder. Of several cores, polars leaves one to the browser, unless
    `POLARS_MAX_THREADS` is set.

    Args:
        port: the port; if it is taken, the next free one.
        browser: whether to open the page in the default browser.

    Raises:
        KPAError: Voila is not installed (the message says the command that installs it), or no
            port is free.
    """
    if find_spec("voila") is None:
        raise KPAError(f"the dashboard needs Voila: {install_command('dashboard')}")
    # Jupyter searches this folder first for the page's template and kernel.
    folders = [str(_HERE), *filter(None, [os.environ.get("JUPYTER_PATH")])]
    os.environ["JUPYTER_PATH"] = os.pathsep.join(folders)
    # Threads of polars keep their cores busy for a while after a query.
    if not os.environ.get("POLARS_MAX_THREADS"):
        os.environ["POLARS_MAX_THREADS"] = str(max(pl.thread_pool_size() - 1, 1))
    from kpa_analytics.widgets.page_server import PageServer

    try:
        PageServer.of(_HERE / "voila" / "dashboard.ipynb", Path.cwd(), port, browser).start()
    except SystemExit as stopped:  # Voila raises this if it fails
        if stopped.code:
            raise KPAError(
                f"the dashboard could not start: no port from {port} on is free on 127.0.0.1"
            ) from stopped

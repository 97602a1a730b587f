"""The dashboard as a web page on this machine, served by Voila."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path

from kpa_analytics.errors import KPAError

_HERE = Path(__file__).parent


def serve_dashboard(*, port: int = 8866, browser: bool = True) -> None:
    """Serve the dashboard on 127.0.0.1 until it is interrupted.

    The account is that of the environment (`KPA_API_TOKEN`); with no token it shows the demo
    company, and says so. Nobody sees the page without a key, which is new each time: the browser
    that is opened gets it from a private file, and the address that is printed holds it. An audit
    pack is written to the folder in which this is called.

    Args:
        port: the port; the next free one where it is taken.
        browser: open the page in the default browser.

    Raises:
        KPAError: Voila is not installed; the message says how to install it. Or no port is free.
    """
    if find_spec("voila") is None:
        raise KPAError(
            'the dashboard needs Voila: python -m pip install "kpa-analytics[dashboard]"'
        )
    # Jupyter looks here for the page's template and kernel first.
    folders = [str(_HERE), *filter(None, [os.environ.get("JUPYTER_PATH")])]
    os.environ["JUPYTER_PATH"] = os.pathsep.join(folders)
    from kpa_analytics.widgets.page_server import PageServer

    try:
        PageServer.of(_HERE / "voila" / "dashboard.ipynb", Path.cwd(), port, browser).start()
    except SystemExit as stopped:  # how Voila says that it can't
        if stopped.code:
            raise KPAError(
                f"the dashboard could not start: no port from {port} on is free on 127.0.0.1"
            ) from stopped

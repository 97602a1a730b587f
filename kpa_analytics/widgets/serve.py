"""The dashboard as a web page on this machine, served by Voila."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path

from kpa_analytics.errors import KPAError

_HERE = Path(__file__).parent
#: Seconds after which a kernel that no page looks at is stopped.
IDLE = 300


def serve_dashboard(*, port: int = 8866, browser: bool = True) -> None:
    """Serve the dashboard on 127.0.0.1 until it is interrupted.

    The account is that of the environment (`KPA_API_TOKEN`); with no token it shows the demo
    company, and says so. The address that is printed holds a key, so that other users of this
    machine see nothing.

    Args:
        port: the port; the next free one where it is taken.
        browser: open it in a browser.

    Raises:
        KPAError: Voila is not installed; the message says how to install it.
    """
    if find_spec("voila") is None:
        raise KPAError(
            'the dashboard needs Voila: python -m pip install "kpa-analytics[dashboard]"'
        )
    from voila.app import Voila

    folders = [str(_HERE), *filter(None, [os.environ.get("JUPYTER_PATH")])]
    os.environ["JUPYTER_PATH"] = os.pathsep.join(folders)
    Voila.launch_instance(
        [
            str(_HERE / "voila" / "dashboard.ipynb"),
            "--Voila.ip=127.0.0.1",
            f"--port={port}",
            "--Voila.auto_token=True",
            "--template=kpa-offline",
            f"--MappingKernelManager.cull_idle_timeout={IDLE}",
            "--MappingKernelManager.cull_interval=30",
            *([] if browser else ["--no-browser"]),
        ]
    )

"""`kpa-analytics dashboard`: the explorers as a web page."""

from __future__ import annotations

import os
from typing import Annotated

import typer


def dashboard(
    port: Annotated[int, typer.Option(min=1, max=65_535, help="The port on 127.0.0.1.")] = 8866,
    browser: Annotated[bool, typer.Option(help="Open it in a browser.")] = True,
    demo: Annotated[bool, typer.Option("--demo", help="Show the invented company.")] = False,
) -> None:
    """Open the explorers as a web page on this machine.

    It also shows the demo if no token is set. Only you can see the page, because it needs a key:
    the browser that opens has the key, and the printed address contains it. Evidence packs are
    written to the current folder.
    """
    from kpa_analytics.config import settings
    from kpa_analytics.widgets.serve import serve_dashboard

    if demo:
        for account in ("KPA_API_TOKEN", "KPA_API_URL"):
            os.environ.pop(account, None)  # without a token, the page shows the demo
    settings()  # a wrong setting is said here, not on the page
    serve_dashboard(port=port, browser=browser)

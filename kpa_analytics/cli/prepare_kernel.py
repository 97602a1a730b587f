"""The work of a page's kernel before there is a page, as an extension of IPython."""

from __future__ import annotations

import io
import warnings
from contextlib import redirect_stderr, redirect_stdout, suppress
from importlib import import_module
from typing import Any


def load_ipython_extension(_: Any) -> None:
    """Import what a page needs and, without a token, start and load the demo.

    The page loads again, from what is kept, and reports what goes wrong.
    """
    import kpa_analytics as kpa

    import_module("kpa_analytics.widgets.dashboard_page")
    unseen = io.StringIO()
    with (
        redirect_stdout(unseen),
        redirect_stderr(unseen),
        warnings.catch_warnings(action="ignore"),
        suppress(kpa.errors.KPAError, OSError),
    ):
        if kpa.settings().token is None:
            kpa.demo.start()
            kpa.load_all()

"""Faster imports for processes that are ours alone."""

from __future__ import annotations

import sys


def skip_address_grammar() -> None:
    """Import altair and Jupyter in a second less.

    JupyterLab installs `rfc3987_syntax`, a grammar of web addresses, and jsonschema builds it on
    import. No chart has an address to check, and jsonschema works without the grammar. Call this
    only in a process of our own (a command, the dashboard's kernel), never in a user's.
    """
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

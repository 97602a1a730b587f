"""A page of the reference that lists every public name of a module, so that none is forgotten."""

from __future__ import annotations

import re
from importlib import import_module
from typing import Any

#: Where a page wants the names.
_PLACE = re.compile(r"^<!-- every name of ([\w.]+) -->$", re.MULTILINE)


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Put the names into the page, functions and classes before constants."""
    return _PLACE.sub(lambda place: _listed(place[1]), markdown)


def _listed(module: str) -> str:
    names = sorted(import_module(module).__all__, key=str.isupper)
    return "\n\n".join(f"::: {module}.{name}" for name in names)

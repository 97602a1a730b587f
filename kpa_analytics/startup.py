"""Faster imports."""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.util import find_spec, module_from_spec
from typing import Any

_GRAMMAR = "rfc3987_syntax"


def defer_address_grammar() -> None:
    """Make the import of altair seconds faster where JupyterLab is installed.

    JupyterLab installs `rfc3987_syntax`, which builds a grammar of web addresses on import, and
    jsonschema, which altair imports, imports it. It is imported when something needs it: no chart
    has an address to check.
    """
    spec = None if _GRAMMAR in sys.modules else find_spec(_GRAMMAR)
    if spec is None:
        return

    def grammar() -> Any:
        if sys.modules.get(_GRAMMAR) is deferred:
            del sys.modules[_GRAMMAR]
            vars(deferred).update(vars(import_module(_GRAMMAR)))
        return import_module(_GRAMMAR)

    def is_valid_syntax(term: str, text: str) -> bool:  # what jsonschema takes from it
        valid: bool = grammar().is_valid_syntax(term, text)
        return valid

    def attribute(name: str) -> Any:
        # Whoever looks at every module, as a traceback in Jupyter does, must not build the grammar.
        if name.startswith("__") and name != "__all__":
            raise AttributeError(f"module {_GRAMMAR!r} has no attribute {name!r}")
        return getattr(grammar(), name)

    deferred = module_from_spec(spec)
    vars(deferred).update(is_valid_syntax=is_valid_syntax, __getattr__=attribute)
    sys.modules[_GRAMMAR] = deferred

"""altair imported without the two seconds that checking IRIs takes.

altair imports jsonschema, and that imports rfc3987_syntax where Jupyter has installed it, which
compiles 39 grammars on import. Nobody here checks an IRI. So what jsonschema is given for it
imports the real thing when an IRI is checked: every format is checked as before, only later.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec
from types import ModuleType

_CHECKER = "rfc3987_syntax"


def _is_valid_syntax(term: str, value: str) -> bool:
    from rfc3987_syntax import is_valid_syntax

    valid: bool = is_valid_syntax(term, value)
    return valid


def _import_altair() -> None:
    stand_in = ModuleType(_CHECKER)
    vars(stand_in)["is_valid_syntax"] = _is_valid_syntax
    sys.modules[_CHECKER] = stand_in
    try:
        import altair  # noqa: F401
    finally:
        del sys.modules[_CHECKER]


if "jsonschema" not in sys.modules and _CHECKER not in sys.modules and find_spec(_CHECKER):
    _import_altair()

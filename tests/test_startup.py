"""A grammar of web addresses, which JupyterLab installs, is built only when something needs it."""

from __future__ import annotations

import subprocess
import sys

import pytest

#: What a notebook does before something needs the grammar.
NOTEBOOK = """
import sys
import kpa_analytics as kpa
kpa.charts.expiry_timeline
import altair, jsonschema
built = lambda: "rfc3987_syntax.syntax_helpers" in sys.modules
import inspect
for module in [*sys.modules.values()]:  # as a traceback in Jupyter looks for the file of a module
    inspect.getmodule(module), getattr(module, "__file__", ""), getattr(module, "__wrapped__", "")
assert not built()
"""
CHECK = """
checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
valid = lambda text: jsonschema.Draft202012Validator(
    {"format": "iri"}, format_checker=checker).is_valid(text)
assert valid("https://example.org/\N{GREEK SMALL LETTER ALPHA}") and not valid("no address")
"""
USES = {
    "jsonschema": CHECK,
    "a name": "import rfc3987_syntax; assert 'iri' in rfc3987_syntax.RFC3987_SYNTAX_TERMS",
    "a submodule": "from rfc3987_syntax.syntax_helpers import is_valid_syntax_iri",
    "a star": "from rfc3987_syntax import *; assert is_valid_syntax_iri('https://example.org')",
}


@pytest.mark.slow
@pytest.mark.parametrize("use", USES.values(), ids=list(USES))
def test_it_is_built_when_it_is_needed(use: str) -> None:
    pytest.importorskip("rfc3987_syntax", reason="JupyterLab comes with the extra notebook")
    code = f"{NOTEBOOK}\n{use}\nassert built()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_without_it_or_with_it_nothing_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    from kpa_analytics import startup

    kept = object()
    monkeypatch.setitem(sys.modules, "rfc3987_syntax", kept)
    startup.defer_address_grammar()
    assert sys.modules["rfc3987_syntax"] is kept
    monkeypatch.delitem(sys.modules, "rfc3987_syntax")
    monkeypatch.setattr(startup, "find_spec", lambda _: None)
    startup.defer_address_grammar()
    assert "rfc3987_syntax" not in sys.modules

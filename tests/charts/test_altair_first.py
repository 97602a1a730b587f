"""altair comes without the grammars of IRIs, and IRIs are checked all the same."""

from __future__ import annotations

import subprocess
import sys


def _printed(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120
    )
    return done.stdout.strip()


def test_charts_compile_no_grammar():
    code = "import sys, kpa_analytics.charts; print({'altair', 'lark'} & set(sys.modules))"
    assert _printed(code) == "{'altair'}"


def test_iris_are_checked_when_somebody_asks():
    code = """
import kpa_analytics.charts
from jsonschema import Draft202012Validator as Draft
checked = Draft({"format": "iri"}, format_checker=Draft.FORMAT_CHECKER)
from rfc3987_syntax import is_valid_syntax
print([checked.is_valid(text) for text in ("https://example.org/\\u00e4", "no iri")])
print(is_valid_syntax("iri", "https://example.org/"))
"""
    assert _printed(code) == "[True, False]\nTrue"

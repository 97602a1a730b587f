"""A warning says the fact and the remedy; it shows no line of a program."""

from __future__ import annotations

import ast
import warnings
from pathlib import Path

import pytest

import kpa_analytics
from kpa_analytics.errors import KPADataWarning, warn

PACKAGE = Path(kpa_analytics.__file__).parent


def test_a_warning_shows_no_source_line() -> None:
    with warnings.catch_warnings(record=True) as shown:
        warnings.simplefilter("always")
        warn("2 dates are null; data_quality() lists them", KPADataWarning)
    [only] = shown
    text = warnings.formatwarning(only.message, only.category, only.filename, only.lineno)
    assert text == (
        "kpa_analytics:1: KPADataWarning: 2 dates are null; data_quality() lists them\n"
    )


def test_a_warning_can_be_made_an_error() -> None:
    with pytest.raises(KPADataWarning, match="2 dates"):
        warn("2 dates are null", KPADataWarning)


def test_every_warning_of_the_package_is_made_this_way() -> None:
    places = []
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr in ("warn", "warn_explicit"):
                places.append(path.relative_to(PACKAGE).as_posix())
    assert places == ["errors.py"]

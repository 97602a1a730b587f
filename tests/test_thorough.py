"""The tests that the whole suite leaves out exist."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.thorough import THOROUGH


@pytest.mark.parametrize("beginning", THOROUGH)
def test_it_is_the_beginning_of_a_test(beginning: str) -> None:
    file, _, test = beginning.partition("::")
    source = (Path(__file__).parents[1] / file).read_text(encoding="utf-8")
    assert f"def {test.partition('[')[0]}" in source

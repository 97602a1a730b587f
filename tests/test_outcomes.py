"""Every outcome of a renewal is spelled in one place."""

from __future__ import annotations

import ast
from pathlib import Path

from kpa_analytics.outcomes import OUTCOME_LABELS, OUTCOMES
from tests.source_code import nodes

PACKAGE = Path(__file__).parents[1] / "kpa_analytics"
#: "late" is also a word of other texts.
NAMES = {*OUTCOMES, *OUTCOME_LABELS.values()} - {"late"}


def test_no_other_file_spells_the_name_or_the_label_of_an_outcome():
    spelled = {
        file.relative_to(PACKAGE).as_posix()
        for file in PACKAGE.rglob("*.py")
        for node in nodes(file)
        if isinstance(node, ast.Constant) and node.value in NAMES
    }
    assert spelled == {"outcomes.py", "demo/history.py"}  # the demo imports nothing of the package

"""The texts of the report stand in one module, so that a second language changes one file."""

import ast
import re
from pathlib import Path

import pytest

from kpa_analytics import audit, data
from kpa_analytics.audit import report_text

AUDIT, DATA = Path(audit.__file__).parent, Path(data.__file__).parent
#: The modules that decide what the report and the findings say.
SPEAKING = [
    *(AUDIT / f"{name}.py" for name in ("report", "report_method", "report_model")),
    *(AUDIT / f"{name}.py" for name in ("schedule_rows", "xlsx", "excel_limits")),
    *(DATA / f"{name}.py" for name in ("checks", "findings", "implausible")),
    *(DATA / f"{name}.py" for name in ("offerings", "orphan_ids")),
]
_WORDS = re.compile(r"[A-Za-z]+ [a-z]+ [a-z]+")


def literals(module: Path) -> list[str]:
    """The texts of several words in a module, docstrings left out."""
    tree = ast.parse(module.read_text(encoding="utf-8"))
    docstrings = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    constants = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and id(node) not in docstrings
    ]
    return [text for text in constants if isinstance(text, str) and _WORDS.search(text)]


@pytest.mark.parametrize("module", SPEAKING, ids=lambda module: module.stem)
def test_no_sentence_stands_outside_the_modules_of_texts(module):
    assert literals(module) == []


def test_a_number_and_its_noun_agree():
    assert report_text.overdue(1, 1, 1).startswith("1 case has expired, affecting 1 person.")
    assert "In 2 cases, a required training" in report_text.overdue(0, 0, 2)
    assert report_text.sessions(1, 1, 0) == (
        "1 group session is on record. 100% of 1 completion was recorded in a group session."
    )
    assert report_text.cases_are_about([7, 8, 9], [8, 9]) == (
        "The cases are about 3 trainings, of which 2 are not in the catalogue (8, 9)."
    )

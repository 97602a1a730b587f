"""The texts of the report are in one module, so a translation changes only that file."""

import ast
import re
from datetime import UTC, date, datetime
from pathlib import Path
from string import Formatter

import pytest

from kpa_analytics import audit, data
from kpa_analytics.audit import report_text, supervisor_text
from kpa_analytics.wording import say

AUDIT, DATA = Path(audit.__file__).parent, Path(data.__file__).parent
#: The modules that decide what the report and the findings say.
SPEAKING = [
    *(AUDIT / f"{name}.py" for name in ("report", "report_method", "report_model")),
    *(AUDIT / f"{name}.py" for name in ("schedule_rows", "xlsx", "excel_limits")),
    *(
        AUDIT / f"{name}.py"
        for name in (
            "document_story",
            "case_rules",
            "report_past",
            "report_sample",
            "report_since",
        )
    ),
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
def test_no_sentence_is_outside_the_modules_of_texts(module):
    assert literals(module) == []


_FIELD = r"\{\w+\}"
#: What reads wrong for some number: a verb after a number without a form, or a plural after one.
_WRONG = (
    rf"{_FIELD}( of (them|\{{[^}}]+\}}|{_FIELD} [a-z ]+))? (is|are|was|were|has|have)\b",
    rf"{_FIELD} ([a-z]+ )?(cases|people|completions|trainings|records|rows|days)\b",
    r"(?<!\|)\b[Aa]ll \{\w+:",
)
#: Numbers in these fields are shares, ids or texts; rows and columns of a sheet are many.
_NO_NUMBERS = (
    r"\{(share|all|as_of|role|folder|was|by|name|supervisor|person|account|sheet|catalogue)\}"
)


@pytest.mark.parametrize(
    "module", [report_text, supervisor_text], ids=lambda module: module.__name__
)
def test_a_sentence_is_right_for_every_number(module):
    tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
    texts = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    texts = [re.sub(_NO_NUMBERS, "x", text) for text in texts if isinstance(text, str)]
    wrong = [text for text in texts for pattern in _WRONG if re.search(pattern, text)]
    assert wrong == []


def test_a_number_and_its_noun_agree():
    expired = report_text.EXPIRED
    assert say(expired, expired=1, people=1) == "1 case has expired, affecting 1 person."
    assert say(expired, expired=1200, people=2) == "1,200 cases have expired, affecting 2 people."
    days = {"on": date(2026, 6, 30), "agreeing": 8, "differing": 1}
    assert "its own status for 9 cases, as of 30 Jun 2026" in say(
        report_text.VENDOR, compared=9, **days
    )


SENTENCES = {
    name: value
    for name, value in vars(report_text).items()
    if isinstance(value, str) and name.isupper()
}


@pytest.mark.parametrize("name", SENTENCES)
def test_every_sentence_can_be_filled_in_for_one_and_for_many(name):
    """With whole numbers for every number and noun."""
    fields = {field for _, field, _, _ in Formatter().parse(SENTENCES[name]) if field}
    moment = datetime(2026, 6, 30, 12, 5, tzinfo=UTC)
    days = {"moment", "since", "full_walk_at", "as_of", "on", "listed_on", "day", "begun"}
    for number in (1, 2):
        said = say(
            SENTENCES[name], **{field: moment if field in days else number for field in fields}
        )
        assert not re.search(r"[{}|]", said)

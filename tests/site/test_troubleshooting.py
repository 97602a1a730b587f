"""Every message on the page of troubleshooting is one that the package can give."""

from __future__ import annotations

import ast
import re
from functools import cache

import pytest

from kpa_analytics.errors import API_ERRORS
from tests.site.built import DOCS, ROOT
from tests.source_code import nodes

PAGE = (DOCS / "troubleshooting.md").read_text(encoding="utf-8")
MESSAGES = re.findall(r"^### (`+)(.+)\1$", PAGE, re.MULTILINE)


#: What an explorer says if nothing answers: the first sentences, before a line break in the code.
LOST = re.findall(
    r'^const [A-Z]+ = "(This explorer |The )(.+) " \+$',
    (ROOT / "kpa_analytics/widgets/connection.js").read_text(encoding="utf-8"),
    re.MULTILINE,
)


@cache
def _templates() -> set[str]:
    """The texts of the package; a zero character is a value that is put in."""
    texts = {str(error(code)) for code, error in API_ERRORS.items()}
    for file in (ROOT / "kpa_analytics").rglob("*.py"):
        for node in nodes(file):
            if isinstance(node, ast.JoinedStr):
                parts = [
                    part.value if isinstance(part, ast.Constant) else "\0" for part in node.values
                ]
                texts.add("".join(map(str, parts)))
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                texts.add(node.value)
    for script in (ROOT / "kpa_analytics").rglob("*.js"):
        texts.update(re.findall(r'"([^"\n]+)"', script.read_text(encoding="utf-8")))
    return texts


def test_every_heading_below_a_section_is_a_message() -> None:
    assert len(MESSAGES) == len(re.findall(r"^### ", PAGE, re.MULTILINE)) > 30


@pytest.mark.parametrize("message", [text for _, text in MESSAGES])
def test_the_package_can_give_the_message(message: str) -> None:
    fixed = [part.strip(" ") for part in message.split("…") if part.strip(" :;.")]
    pattern = re.compile(".*".join(map(re.escape, fixed)), re.DOTALL)
    likely = [text for text in _templates() if all(part in text for part in fixed)]
    assert any(pattern.search(text) for text in likely), message


def test_every_documented_code_of_the_api_that_a_user_can_cause_is_there() -> None:
    named = set(re.findall(r"the API answered (\w+)", PAGE))
    assert named <= {*API_ERRORS}
    assert {"token_invalid", "token_inactive", "token_permission", "rate_limit_exceeded"} <= named


def test_every_message_of_an_explorer_that_gets_no_answer_is_there() -> None:
    assert len(LOST) == 3
    headings = [message for _, message in MESSAGES]
    for said in map("".join, LOST):
        assert [heading for heading in headings if said.startswith(heading)], said

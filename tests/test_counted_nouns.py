"""A number has a noun of its form, `1 case` or `2 cases`, which `wording.count` writes."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from tests.source_code import nodes

ROOT = Path(__file__).parents[1] / "kpa_analytics"
FILES = [file for file in sorted(ROOT.rglob("*.py")) if "demo" not in file.parts]
#: A noun or a verb that is wrong after 1.
AFTER_MANY = re.compile(
    r" (?:[a-z]+ )?(?:cases|people|completions|trainings|records|rows|days|sessions|certificates"
    r"|lines|files|instructors|pages|months|weeks|accounts|changes|fields|lists|are|were|have)\b"
)
#: What says that a value in a text is a number.
NUMBER = re.compile(r":[<>]?\d*,}|\blen\(|\.height\b")


def uncounted(values: list[ast.expr]) -> Iterator[str]:
    """The numbers of an f-string that are followed by a noun of many."""
    for value, after in pairwise(values):
        if isinstance(value, ast.FormattedValue) and isinstance(after, ast.Constant):
            number = ast.unparse(ast.JoinedStr([value]))
            is_bare = NUMBER.search(number) and "count(" not in number
            if is_bare and AFTER_MANY.match(str(after.value)):
                yield number + str(after.value)


def test_numbers_in_the_package_are_counted_with_their_nouns() -> None:
    uncounted_texts = [
        (file.relative_to(ROOT).as_posix(), text)
        for file in FILES
        for node in nodes(file)
        if isinstance(node, ast.JoinedStr)
        for text in uncounted(node.values)
    ]
    assert uncounted_texts == []


@pytest.mark.parametrize(
    "source", ['f"{n:,} completions"', 'f"with {len(rows)} more cases"', 'f"{rows.height} are"']
)
def test_the_rule_finds_a_number_without_a_form(source: str) -> None:
    text = ast.parse(source, mode="eval").body
    assert isinstance(text, ast.JoinedStr)
    assert len([*uncounted(text.values)]) == 1

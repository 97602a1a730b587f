"""Readers meet no word that only the authors of this package understand."""

from __future__ import annotations

import ast
import io
import json
import re
import tokenize
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[1]
FILES = sorted(
    path
    for pattern in (
        "*.md",
        "docs/**/*.md",
        "docs/**/*.py",
        "notebooks/*.ipynb",
        "kpa_analytics/**/*.py",
        "tests/**/*.py",
    )
    for path in ROOT.glob(pattern)
    if path != Path(__file__)
)
#: Words that native readers did not understand, or that sounded translated.
PRIVATE = re.compile(
    r"\b(walks?|walked|walking|floors?|wing|hangs on|asked for|stands?(?!-)|stood|passed over"
    r"|in silence|no clock is asked|once more|needs the extra|newest pages only|made of others"
    r"|belong together and|mark of its rule|path of your case|shown ahead)\b",
    re.IGNORECASE,
)
#: The same in the source of a file, where quotes and the ends of lines may part two words.
ANYWHERE = re.compile(PRIVATE.pattern.replace(" ", r"\W+(?:[a-z]?\W+)?"), re.IGNORECASE)
#: A docstring that begins with a question word hides who does what.
QUESTION = re.compile(r"(What|Where) ")
QUOTED_QUESTION = re.compile(r'"\s*(What|Where) ')
#: Names in code, such as the column `walk`, are not prose.
CODE = re.compile(r"`[^`\n]*`|^\s*(>>>|\.\.\.).*$|^\s*walk: ", re.MULTILINE)
#: Idioms that safety managers use.
IDIOMS = ("Where we stand", "Where do we stand", "where we stand")
#: Columns of public tables.
NAMES = {"walk", "full_walk_at"}


class Texts(NamedTuple):
    """The texts of a file that people read."""

    prose: list[str]
    docstrings: list[str]


@cache
def _texts(path: Path) -> Texts:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".md":
        return Texts([text], [])
    if path.suffix == ".ipynb":
        cells = json.loads(text)["cells"]
        prose = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
        return Texts(prose, [])
    nodes = [*ast.walk(ast.parse(text))]
    constants = [node.value for node in nodes if isinstance(node, ast.Constant)]
    strings = [value for value in constants if isinstance(value, str)]
    documented = ast.Module | ast.ClassDef | ast.FunctionDef
    docstrings = [ast.get_docstring(node) or "" for node in nodes if isinstance(node, documented)]
    return Texts([*_comments(text), *strings], docstrings)


def _comments(text: str) -> Iterator[str]:
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield token.string


@pytest.mark.slow
def test_no_text_has_a_private_word() -> None:
    assert _offences(_private_words) == {}


@pytest.mark.slow
def test_no_docstring_begins_with_a_question_word() -> None:
    assert _offences(_questions) == {}


def _offences(rule: Callable[[Path], list[str]]) -> dict[str, list[str]]:
    """The texts of each file that break a rule: one run shows every offender."""
    texts_of = {path.relative_to(ROOT).as_posix(): rule(path) for path in FILES}
    return {path: texts for path, texts in texts_of.items() if texts}


def _may_break(path: Path, rule: re.Pattern[str]) -> bool:
    """Whether a file is worth parsing, which takes much longer than this search."""
    return rule.search(path.read_text(encoding="utf-8")) is not None


def _private_words(path: Path) -> list[str]:
    private = []
    if not _may_break(path, ANYWHERE):
        return []
    for text in _texts(path).prose:
        plain = CODE.sub("", text)
        for idiom in IDIOMS:
            plain = plain.replace(idiom, "")
        private += [] if text in NAMES else [match.group() for match in PRIVATE.finditer(plain)]
    return private


def _questions(path: Path) -> list[str]:
    if not _may_break(path, QUOTED_QUESTION):
        return []
    return [text for text in _texts(path).docstrings if QUESTION.match(text)]

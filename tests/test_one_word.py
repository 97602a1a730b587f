"""One word for one thing in what people read: tiles, charts, reports, notebooks, help, commands."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
#: Words that would be a second name of something, and its one name.
OTHER_WORDS = {
    r"trainers?|teachers?|tutors?|facilitators?|coach(es)?": "instructor",
    r"courses?|lessons?|training sessions?": "training, or group session",
    r"attendees?|trainees?|students?": "people of a session, people trained",
    r"staff|workers?": "people",
    r"overdue|past due|out of date": "expired",
    r"certifications?|credentials?|qualifications?|completion records?": "certificate, completion",
    r"deficienc(y|ies)|shortfalls?|non-?complian(ce|t)|delinquen(t|cies)": "gap",
    r"training pairs": "cases",
}
RULE = re.compile(rf"\b({'|'.join(OTHER_WORDS)})\b", re.IGNORECASE)
#: Fields in braces and code are not prose, and neither is the glossary's own "days overdue".
NOT_PROSE = re.compile(
    r"\{[^{}]*\}|`[^`\n]*`|^```.*?^```|days overdue|longest overdue first"
    r"|the online lesson, or null",  # the vendor's, which is not a training
    re.IGNORECASE | re.MULTILINE | re.DOTALL,
)
PAGES = ("README.md", "docs/*.md", "docs/how-to/*.md", "notebooks/*.ipynb")
CODE = (
    "kpa_analytics/*.py",
    *(
        f"kpa_analytics/{folder}/**/*.py"
        for folder in ("widgets", "charts", "audit", "cli", "analysis", "data", "publishing")
    ),
    "kpa_analytics/widgets/*.js",
)
#: They quote the vendor.
QUOTES = ("api.md", "rules.md")


def files(*patterns: str) -> list[Path]:
    paths = [path for pattern in patterns for path in sorted(ROOT.glob(pattern))]
    return [path for path in paths if path.name not in QUOTES]


def prose(path: Path) -> Iterator[str]:
    """The texts of a file that a reader may see."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".md":
        yield text
    elif path.suffix == ".ipynb":
        for cell in json.loads(text)["cells"]:
            if cell["cell_type"] == "markdown":
                yield "".join(cell["source"])
    elif path.suffix == ".js":
        yield from (part for match in re.findall(r'"([^"\n]*)"|`([^`]*)`', text) for part in match)
    else:
        yield from strings(ast.parse(text))


def strings(tree: ast.Module) -> Iterator[str]:
    """The texts in a program that are neither docstrings nor names of columns."""
    documented = ast.Module | ast.ClassDef | ast.FunctionDef
    docs = {
        ast.get_docstring(node, clean=False)
        for node in ast.walk(tree)
        if isinstance(node, documented)
    }
    for node in ast.walk(tree):
        text = node.value if isinstance(node, ast.Constant) else None
        if isinstance(text, str) and text not in docs and (" " in text or text[:1].isupper()):
            yield text


def other_words(path: Path) -> list[str]:
    shown = (NOT_PROSE.sub("", text) for text in prose(path))
    return [match.group() for text in shown for match in RULE.finditer(text)]


@pytest.mark.slow
@pytest.mark.parametrize("patterns", [PAGES, CODE], ids=["pages", "code"])
def test_each_thing_has_one_word(patterns: tuple[str, ...]) -> None:
    offences = {path.relative_to(ROOT).as_posix(): other_words(path) for path in files(*patterns)}
    assert {path: synonyms for path, synonyms in offences.items() if synonyms} == {}
    assert len(offences) > 10


@pytest.mark.parametrize("text", ["the Trainer", "3 overdue cases", "training sessions"])
def test_the_rule_finds_a_second_word(tmp_path: Path, text: str) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"Here are {text}, with {{staff}} and `workers`.", encoding="utf-8")
    assert len(other_words(page)) == 1


@pytest.mark.slow
def test_every_class_has_a_name_of_its_own() -> None:
    homes: dict[str, list[str]] = {}
    for path in sorted((ROOT / "kpa_analytics").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                homes.setdefault(node.name, []).append(path.name)
    assert {name: files for name, files in homes.items() if len(files) > 1} == {}

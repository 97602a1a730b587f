"""Every status is spelled in one place."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from kpa_analytics.statuses import (
    EVERY_STATUS,
    EXPIRING_DAYS,
    FROM_REQUIREMENTS,
    GAPS,
    OPEN,
    SEVERITY,
    STATUSES,
    VALID,
    status_colours,
)
from tests.source_code import nodes

PACKAGE = Path(__file__).parents[1] / "kpa_analytics"
TEXTS = {
    file.relative_to(PACKAGE).as_posix(): file.read_text(encoding="utf-8")
    for file in PACKAGE.rglob("*")
    if file.suffix in (".py", ".css", ".js", ".j2", ".typ") and file.name != "statuses.py"
}


def test_the_texts_read_are_those_of_the_whole_package():
    assert {"schema.py", "widgets/style.css", "audit/templates/document.typ"} <= TEXTS.keys()


@pytest.mark.parametrize("colour", [c for s in EVERY_STATUS for c in (s.light, s.dark)])
def test_no_other_file_spells_a_status_colour(colour):
    assert [name for name, text in TEXTS.items() if colour.lower() in text.lower()] == []


@pytest.mark.parametrize("label", [status.label for status in EVERY_STATUS])
def test_no_other_file_spells_a_status_label(label):
    alone = re.compile(rf"""["'>]{label}["'<]""")
    assert [name for name, text in TEXTS.items() if alone.search(text)] == []


#: A label of several words within a text, or any label before a colon or comma.
IN_SENTENCES = re.compile(
    "|".join(
        rf"\b{status.label}\b" + ("" if " " in status.label else "(?=[:,])")
        for status in EVERY_STATUS
    )
)
#: The statuses in the order of their severity, by name or label.
BY_SEVERITY = re.compile(r",\s+".join(SEVERITY[:3]), re.IGNORECASE)


def test_no_sentence_spells_a_status_label_or_their_order():
    texts = [(file, text) for file in TEXTS if file.endswith(".py") for text in _prose(file)]
    wrong = [
        text for text in texts if any(rule.search(text[1]) for rule in (IN_SENTENCES, BY_SEVERITY))
    ]
    assert wrong == []
    assert len(texts) > 1000


@pytest.mark.parametrize(
    "text",
    [
        "at most 30 days left. Expiring soon counts by each training's own days",
        "Missing: not known, because no requirements were provided.",
        "to the worse status (expired, missing, expiring soon, current, not due)",
    ],
)
def test_the_rule_finds_what_was_spelled_once(text):
    assert IN_SENTENCES.search(text) or BY_SEVERITY.search(text)


def _prose(file: str) -> list[str]:
    """The texts of several words in a file of Python, without docstrings."""
    everything = nodes(PACKAGE / file)
    docstrings = {id(node.value) for node in everything if isinstance(node, ast.Expr)}
    constants = [node for node in everything if isinstance(node, ast.Constant)]
    texts = [node.value for node in constants if id(node) not in docstrings]
    return [text for text in texts if isinstance(text, str) and " " in text]


@pytest.mark.parametrize("path", [status.path for status in EVERY_STATUS])
def test_no_other_file_draws_a_status_sign(path):
    assert [name for name, text in TEXTS.items() if path in text] == []


#: The files that may spell a status, and why.
SPELLED = {
    "report_text.py": "the name of the rule about it",
    "demo/employee_status.py": "the demo imports nothing of the package",
    "demo/rules.py": "the demo imports nothing of the package",
    "audit/pack_data.py": "a missing file of a pack",
    "audit/file_differences.py": "a missing file of a pack",
    "audit/manifest.py": "a missing file of a pack",
    "audit/sign.py": "a missing signature",
    "audit/templates/verify.js": "a missing file of a pack",
    "audit/timestamp.py": "a missing timestamp",
    "schema.py": "a missing file of a pack",
    "widgets/style.css": "JupyterLab's class of the current tab",
}


def test_only_these_files_spell_the_name_of_a_status():
    spelled = {name for name, text in TEXTS.items() if set(STATUSES) & _names(name, text)}
    assert spelled == SPELLED.keys()


def _names(file: str, text: str) -> set[str]:
    """Names in a file: whole strings and the ends of CSS classes in Python, words elsewhere."""
    if not file.endswith(".py"):
        return set(re.findall(r"[A-Za-z_]+", text))
    constants = nodes(PACKAGE / file)
    strings = [node.value for node in constants if isinstance(node, ast.Constant)]
    return {string.removeprefix("kpa-") for string in strings if isinstance(string, str)}


@pytest.mark.slow
def test_only_the_spans_of_statuses_list_several_of_them():
    """`VALID`, `GAPS`, `OPEN` and the other lists follow from what each status says of itself."""
    constants = {name.upper() for name in STATUSES}
    lists = {
        file
        for file in TEXTS
        if file.endswith(".py")
        for node in nodes(PACKAGE / file)
        if isinstance(node, ast.Tuple | ast.List | ast.Set) and len(node.elts) > 1
        if {getattr(each, "id", None) for each in node.elts} <= constants
    }
    assert lists == {"analysis/status_spans.py"}


def test_every_signature_has_the_same_expiring_days():
    """A signature says 30 for its readers; code that nobody calls by hand says `EXPIRING_DAYS`."""
    spelled = {}
    for file in TEXTS:
        functions = nodes(PACKAGE / file) if file.endswith(".py") else ()
        for each in functions:
            if not isinstance(each, ast.FunctionDef):
                continue
            taken = each.args
            usual = dict(zip(reversed(taken.args), reversed(taken.defaults), strict=False))
            usual |= dict(zip(taken.kwonlyargs, taken.kw_defaults, strict=True))
            spelled |= {
                f"{file}: {each.name}": default.value
                for argument, default in usual.items()
                if argument.arg == "expiring_days" and isinstance(default, ast.Constant)
            }
    assert len(spelled) > 15
    assert {name: days for name, days in spelled.items() if days not in (EXPIRING_DAYS, None)} == {}


def test_every_status_has_its_own_name_label_sign_colours_and_severity():
    for values in zip(
        *((s.name, s.label, s.sign, s.path, s.severity) for s in EVERY_STATUS), strict=True
    ):
        assert len(set(values)) == len(EVERY_STATUS)
    assert sorted(STATUSES) == sorted(SEVERITY)


def test_the_lists_of_statuses():
    assert SEVERITY[: len(GAPS)] == ("expired", "missing")
    assert set(GAPS) == {"expired", "missing"}
    assert set(FROM_REQUIREMENTS) == {"missing", "not_due"}
    assert VALID == ("current", "expiring")
    assert OPEN == ("expired", "missing", "expiring")
    assert not set(VALID) & set(GAPS)


@pytest.mark.parametrize("dark", [False, True])
def test_the_explorers_style_sheet_has_every_status_and_its_colour(dark):
    from kpa_analytics.widgets.style import STYLE

    light, dim = STYLE.splitlines()[:2]
    for status, colour in status_colours(dark).items():
        assert f"--kpa-{status}: {colour};" in (dim if dark else light)
        assert f".kpa-figures .kpa-{status} {{ border-color: var(--kpa-{status}); }}" in STYLE

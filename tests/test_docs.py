"""The documents for readers agree with the code that they describe."""

from __future__ import annotations

import json
import re
from datetime import date
from fnmatch import fnmatch
from operator import attrgetter
from pathlib import Path

import polars as pl
import pytest

import kpa_analytics as kpa
from kpa_analytics.api.records import METHODS
from kpa_analytics.report_text import MARKS, RULES, Rule
from kpa_analytics.schema import COMPLETIONS, TRAININGS

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"


def _page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.key)
def test_every_rule_is_in_its_section_with_its_mark(rule: Rule) -> None:
    section = re.split(r"^## ", _page("rules.md"), flags=re.MULTILINE)[rule.section]
    assert section.startswith(f"{rule.section}. ")
    assert f"### {rule.key.capitalize()}\n\n{rule.cited}\n" in section + "\n"


def test_the_rules_page_has_no_other_rule_and_explains_every_mark() -> None:
    page = _page("rules.md")
    headings = re.findall(r"^### (.+)$", page, re.MULTILINE)
    assert sorted(headings) == sorted(rule.key.capitalize() for rule in RULES)
    for mark, meaning in MARKS.items():
        assert f"| [{mark}] | {meaning} |" in page


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.key)
def test_the_link_of_every_rule_leads_to_its_heading(rule: Rule) -> None:
    page, _, anchor = rule.link.partition("#")
    headings = re.findall(r"^#+ (.+)$", (ROOT / page).read_text(encoding="utf-8"), re.MULTILINE)
    anchors = [re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings]
    assert anchors.count(anchor) == 1


def test_the_api_page_has_every_method_that_is_called() -> None:
    page = _page("api.md")
    for method in METHODS:
        assert f"`{method}`" in page, method


@pytest.mark.slow
def test_what_the_code_cites_is_shipped() -> None:
    for file in (ROOT / "kpa_analytics").rglob("*.py"):
        for cited in re.findall(r"\b[\w/]+\.md\b", file.read_text(encoding="utf-8")):
            assert (ROOT / cited).is_file(), f"{file.name} cites {cited}"


@pytest.mark.slow
def test_the_window_examples_hold() -> None:
    rows = re.findall(r"^\| (\d{4}-.*) \|$", _page("rules.md"), re.MULTILINE)
    assert len(rows) == 5
    for row in rows:
        completed, offered, window, as_of, status, expires = row.split(" | ")
        assert window == "1-30 June"
        training = {
            "id": 7,
            "schedule_type": "window",
            "window_open_month": 6,
            "window_open_day": 1,
            "window_close_month": 6,
            "window_close_day": 30,
            "window_last_offered_date": None if "never" in offered else date.fromisoformat(offered),
        }
        completion = {
            "id": 1,
            "training_id": 7,
            "m_user_id": "a",
            "date": date.fromisoformat(completed),
        }
        answer = kpa.expiry_status(
            pl.DataFrame([completion], schema=COMPLETIONS.schema),
            pl.DataFrame([training], schema=TRAININGS.schema),
            as_of=as_of,
        ).row(0, named=True)
        assert (answer["status"], str(answer["expiration_date"])) == (status, expires), row


def test_every_file_that_contributing_names_is_there() -> None:
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    section = page.partition("### Where is ...?")[2].partition("## How we write")[0]
    named = re.findall(r"`([\w/]+\.(?:py|md))`", section)
    assert len(named) > 30
    for name in named:
        assert any((place / name).is_file() for place in (ROOT, ROOT / "kpa_analytics")), name


def _files_of_each_folder() -> dict[str, list[str]]:
    """The names and patterns that CONTRIBUTING.md lists for each folder; "" is the root."""
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    section = page.partition("### The files of each folder")[2].partition("\n### ")[0]
    listed: dict[str, list[str]] = {}
    for entry in re.split(r"^- ", section, flags=re.MULTILINE)[1:]:
        place, names = re.match(r"(?:`([\w/]+)/`|root)", entry), re.findall(r"`([\w*]+)`", entry)
        assert place, entry
        listed.setdefault(place[1] or "", []).extend(names)
    return listed


def _modules() -> dict[str, list[str]]:
    """The modules of the package by folder, without `__init__` and `__main__`."""
    modules: dict[str, list[str]] = {}
    for file in sorted((ROOT / "kpa_analytics").rglob("*.py")):
        folder = file.parent.relative_to(ROOT / "kpa_analytics").as_posix()
        if not file.stem.startswith("__"):
            modules.setdefault(folder.removeprefix("."), []).append(file.stem)
    return modules


def test_contributing_has_a_place_for_every_module() -> None:
    listed = _files_of_each_folder()
    listed["charts"] += kpa.charts.__all__  # one file per chart, named as its function
    for folder, modules in _modules().items():
        for module in modules:
            assert any(fnmatch(module, name) for name in listed[folder]), f"{folder}/{module}"


def test_contributing_lists_no_module_that_is_gone() -> None:
    modules = _modules()
    for folder, names in _files_of_each_folder().items():
        for name in names:
            assert any(fnmatch(module, name) for module in modules[folder]), f"{folder}/{name}"


def test_every_public_name_is_on_a_page_of_the_reference() -> None:
    """`tests/site` looks at the pages themselves; this test is quicker."""
    pages = "\n".join(page.read_text(encoding="utf-8") for page in (DOCS / "reference").iterdir())
    modules = {"charts", "demo", "errors", "schema", "spark", "widgets"}
    for name in set(kpa.__all__) - modules:
        assert f"\n::: kpa_analytics.{name}\n" in pages, name
    for name in modules:
        assert f"{{ #kpa_analytics.{name} }}" in pages, name


def test_every_chart_is_in_the_gallery() -> None:
    page = _page("gallery.md")
    for name in kpa.charts.__all__:
        if f"{name}_table" in kpa.charts.__all__:
            assert f"\nkpa.charts.{name}(" in page, name


NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
PAGES = [page for page in sorted(DOCS.rglob("*.md")) if "kpa." in page.read_text(encoding="utf-8")]


def _code(document: Path) -> str:
    if document.suffix == ".md":
        return document.read_text(encoding="utf-8")
    cells = json.loads(document.read_text(encoding="utf-8"))["cells"]
    return "\n".join("".join(cell["source"]) for cell in cells)


@pytest.mark.parametrize(
    "document", [ROOT / "README.md", *NOTEBOOKS, *PAGES], ids=lambda path: path.name
)
def test_every_name_that_readers_are_given_exists(document: Path) -> None:
    """A method that only these documents use looks unused in the package."""
    names = set(re.findall(r"\bkpa((?:\.[A-Za-z_]\w*)+)", _code(document)))
    assert names or document in PAGES
    for name in sorted(names):
        attrgetter(name[1:])(kpa)

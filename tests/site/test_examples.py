"""The code on the pages: the Python runs, and the commands exist."""

from __future__ import annotations

import re
import shlex
from collections import Counter
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from typer.main import get_command

import kpa_analytics as kpa
from kpa_analytics.cli.commands import app
from kpa_analytics.demo import server
from tests.site.built import DOCS, ROOT

#: Pages whose Python runs from top to bottom; the gallery's runs when the site is built.
PAGES = [ROOT / "README.md", *sorted((DOCS / "how-to").glob("*.md"))]
DOCUMENTS = [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]


def _blocks(path: Path, *languages: str) -> list[str]:
    text = path.read_text(encoding="utf-8")
    fences = re.findall(r"^( *)```(\w+)\n(.*?)^\1```$", text, re.MULTILINE | re.DOTALL)
    return [
        re.sub(f"^{indent}", "", code, flags=re.M)
        for indent, kind, code in fences
        if kind in languages
    ]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::kpa_analytics.errors.KPADataWarning")
def test_the_python_of_every_page_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One demo and one cache for all pages, so that the demo is loaded once.

    It is smaller than the one that a reader starts, and has everybody whom a page names.
    """
    company = kpa.demo.organisation(people=150, completions=5_000)
    with pl.Config(), kpa.demo.serve(company) as api:  # pages may change how tables are shown
        monkeypatch.setattr(server, "_started", api)
        _run_every_page(tmp_path, monkeypatch)


def _run_every_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ran = 0
    for path in PAGES:
        folder = tmp_path / path.stem
        folder.mkdir()
        monkeypatch.chdir(folder)
        names: dict[str, Any] = {}
        for code in _blocks(path, "python"):
            exec(compile(code, path.name, "exec"), names)
            ran += 1
    assert ran > 15
    assert (tmp_path / "find-gaps" / "gaps-by-supervisor.xlsx").is_file()
    assert {file.name for file in (tmp_path / "export-tables").iterdir()} >= {
        *("status.parquet", "completions.parquet", "trainings.parquet", "users.parquet"),
        *("status.xlsx", "users.csv"),
    }


def _commands(path: Path) -> list[list[str]]:
    """The commands of this package in a document, as the shell splits them."""
    text = path.read_text(encoding="utf-8")
    blocks = "\n".join(_blocks(path, "bash", "sh", "powershell"))
    lines = [part.partition(" #")[0] for line in blocks.splitlines() for part in line.split("&&")]
    inline = re.findall(r"`(kpa-analytics [^`]+)`", text)
    return [
        shlex.split(line)[1:]
        for line in (*lines, *inline)
        if line.strip().startswith("kpa-analytics ")
    ]


#: What writes a pack, a plan or lists, and the folder, which must be new or empty.
_NEW_FOLDER = re.compile(
    r'^kpa-analytics (?:audit|plan|supervisors) ([\w-]+)|\bexport_\w+\(\w+, "([\w-]+)"',
    re.MULTILINE,
)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_no_example_takes_two_people_of_one_name_for_one(path: Path) -> None:
    """Rows are grouped and joined by ids: names of people, also of supervisors, are not unique."""
    keys = re.findall(
        r"group_by\(([^()]*)\)|\b(?:left_|right_)?on=(\[[^\]]*\]|\"[^\"]*\")",
        "\n".join(_blocks(path, "python")),
    )
    assert [
        key
        for key in map("".join, keys)
        if re.search(r'"(user|supervisor|instructor)"', key) and '_id"' not in key
    ] == []


def test_no_example_writes_into_the_folder_of_another() -> None:
    """A reader tries one page after the other in one place."""
    pages = [page for page in PAGES if page.stem not in ("README", "command-line")]  # they repeat
    blocks = [code for page in pages for code in _blocks(page, "bash", "sh", "python")]
    folders = Counter("".join(each) for code in blocks for each in _NEW_FOLDER.findall(code))
    assert folders.total() > 10
    assert max(folders.values()) == 1, folders


@pytest.fixture(scope="module")
def whole() -> Any:
    """The command `kpa-analytics`, with all others in it."""
    return get_command(app)


@pytest.mark.slow
@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_command_exists_with_its_options(path: Path, whole: Any) -> None:
    for arguments in _commands(path):
        command, rest = whole, arguments
        while hasattr(command, "commands") and rest and rest[0] in command.commands:
            command, rest = command.commands[rest[0]], rest[1:]
        options = {option for each in command.params for option in each.opts + each.secondary_opts}
        used = {word for word in rest if word.startswith("--")} - {"--help"}
        assert command is not whole or arguments == ["COMMAND", "--help"], arguments
        assert used <= options, arguments


def test_the_page_of_the_command_line_has_every_command(whole: Any) -> None:
    named = {
        " ".join(arguments[:2]) for arguments in _commands(DOCS / "how-to" / "command-line.md")
    }
    for name, command in whole.commands.items():
        parts = [f"{name} {part}" for part in getattr(command, "commands", [])] or [name]
        for part in parts:
            assert any(each == part or each.startswith(f"{part} ") for each in named), part

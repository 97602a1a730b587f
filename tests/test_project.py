"""The project's own promises: its files agree with each other, its import is light."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from importlib.util import find_spec
from pathlib import Path
from zipfile import ZipFile

import pytest

import kpa_analytics as kpa
from tests.source_code import nodes

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

#: Where conda-forge calls a package otherwise.
CONDA_NAMES = {
    "duckdb": "python-duckdb",
    "great-tables": "great_tables",
    "moto[s3]": "moto",
    "typst": "typst-py",
    "tzdata": "python-tzdata",
}


def _requirements(*groups: list[str]) -> set[str]:
    every = {requirement for group in groups for requirement in group}
    return {requirement for requirement in every if not requirement.startswith("kpa-analytics")}


def test_environment_yml_has_the_dependencies_of_pyproject() -> None:
    extras = PROJECT["optional-dependencies"]
    names = (
        "audit",
        "fsspec",
        "keyring",
        "sign",
        "notebook",
        "dashboard",
        "docs",
        "marimo",
        "spark",
        "test",
    )
    wanted = set()
    for requirement in _requirements(PROJECT["dependencies"], *(extras[name] for name in names)):
        name, _, version = requirement.partition(";")[0].strip().partition(">=")
        wanted.add(f"{CONDA_NAMES.get(name, name)}>={version}")
    text = (ROOT / "environment.yml").read_text(encoding="utf-8")
    listed = set(re.findall(r"^\s+- ([\w-]+>=[\d.]+(?:,<[\d.]+)?)(?: #.*)?$", text, re.MULTILINE))
    assert listed - {"python>=3.11"} == wanted


def test_every_dependency_has_a_minimum() -> None:
    """The check at the lowest versions tests these, so each must be stated."""
    extras = PROJECT["optional-dependencies"]
    for requirement in _requirements(PROJECT["dependencies"], *extras.values()):
        assert ">=" in requirement, requirement


def test_what_moves_with_a_major_version_is_limited_to_one() -> None:
    """Of these, tests/test_private_parts.py names members. Voila limits Jupyter Server itself."""
    moving = {"pyrate-limiter", "requests-cache", "urllib3", "voila", "xlsxwriter"}
    extras = PROJECT["optional-dependencies"]
    limited = {
        requirement.partition(">=")[0]
        for requirement in _requirements(PROJECT["dependencies"], *extras.values())
        if ",<" in requirement
    }
    assert moving <= limited


def test_python_is_the_same_everywhere() -> None:
    assert f"python{PROJECT['requires-python']}" in (ROOT / "environment.yml").read_text(
        encoding="utf-8"
    )


def test_ci_runs_the_readmes_test_command() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    command = next(line for line in readme.splitlines() if "python -m pytest" in line)
    check = (ROOT / ".ci" / "check").read_text(encoding="utf-8")
    assert command.replace("pip install", "pip install -q") in check


def test_every_public_name_is_there_and_documented() -> None:
    for name in kpa.__all__:
        assert getattr(kpa, name).__doc__, name


def test_importing_the_package_imports_nothing_heavy() -> None:
    code = (
        "import sys, kpa_analytics; "
        "print([m for m in ('polars', 'altair', 'requests', 'ipywidgets') if m in sys.modules])"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == "[]"


def test_a_misspelt_name_is_an_attribute_error() -> None:
    assert not hasattr(kpa, "load_completion")
    assert "load_completions" in dir(kpa)


@pytest.mark.slow
def test_the_wheel_holds_the_fonts_and_their_licence(tmp_path: Path) -> None:
    pip = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", str(tmp_path)]
    uv = ["uv", "build", "-q", "--wheel", "-o", str(tmp_path)]
    command = pip if find_spec("pip") else uv
    subprocess.run([*command, str(ROOT)], check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with ZipFile(wheel) as archive:
        held = {path: archive.getinfo(path).file_size for path in archive.namelist()}
    fonts = ROOT / "kpa_analytics" / "fonts"
    wanted = [fonts / name for name in ("Arimo-Regular.ttf", "Arimo-Bold.ttf", "LICENSE-OFL.txt")]
    for file in wanted:
        assert held[file.relative_to(ROOT).as_posix()] == file.stat().st_size


#: Names that do not say what they hold.
EMPTY_NAMES = {"told", "found", "one", "those", "theirs"}
#: The same in the tests, where `theirs` is beside `ours`.
EMPTY_NAMES_IN_TESTS = EMPTY_NAMES - {"theirs"} | {"words"}


def _defined(node: ast.AST) -> str | None:
    """The name that a node gives to a variable, parameter, attribute, function or class."""
    match node:
        case (
            ast.Name(id=name, ctx=ast.Store())
            | ast.Attribute(attr=name, ctx=ast.Store())
            | ast.arg(arg=name)
            | ast.alias(asname=name)
            | ast.ExceptHandler(name=name)
            | ast.FunctionDef(name=name)
            | ast.AsyncFunctionDef(name=name)
            | ast.ClassDef(name=name)
        ):
            return name
    return None


@pytest.mark.slow
@pytest.mark.parametrize(
    ("folder", "empty"),
    [(Path(kpa.__file__).parent, EMPTY_NAMES), (ROOT / "tests", EMPTY_NAMES_IN_TESTS)],
    ids=["package", "tests"],
)
def test_nothing_has_an_empty_name(folder: Path, empty: set[str]) -> None:
    offences = [
        f"{file.relative_to(folder)}:{getattr(node, 'lineno', 0)}: {_defined(node)}"
        for file in folder.rglob("*.py")
        for node in nodes(file)
        if _defined(node) in empty
    ]
    assert offences == []

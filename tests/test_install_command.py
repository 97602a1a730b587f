"""The command that installs an extra: it works where it is shown, for every extra."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

import pytest

from kpa_analytics import install_command as module
from kpa_analytics.install_command import install_command
from tests.source_code import nodes

CHECKOUT = Path(__file__).parents[1]
FILES = sorted((CHECKOUT / "kpa_analytics").rglob("*.py"))


@pytest.mark.parametrize("elsewhere", [False, True])
def test_in_a_checkout_it_installs_the_checkout(monkeypatch, tmp_path, elsewhere):
    monkeypatch.chdir(tmp_path if elsewhere else CHECKOUT)
    place = CHECKOUT if elsewhere else "."
    assert install_command("dashboard") == f'python -m pip install -e "{place}[dashboard]"'


def test_without_a_checkout_it_installs_the_package(monkeypatch, tmp_path):
    monkeypatch.setattr(module, "_CHECKOUT", tmp_path)
    assert install_command("sign") == 'python -m pip install "kpa-analytics[sign]"'


def test_every_extra_that_is_named_exists():
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = {
        extra
        for file in FILES
        for extra in re.findall(r"install_command\(['\"](\w+)['\"]\)", file.read_text("utf-8"))
    }
    assert len(named) >= 5
    assert named <= {*project["optional-dependencies"]}


def test_no_other_code_writes_such_a_command():
    """Except docstrings, which speak to those who installed the package."""
    commands = [
        file.name
        for file in FILES
        for node in nodes(file)
        if isinstance(node, ast.Constant) and "pip install" in str(node.value)
    ]
    assert sorted(commands) == ["__init__.py", "install_command.py", "install_command.py"]

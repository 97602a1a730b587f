"""The code calls nothing that only some systems have."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import kpa_analytics as kpa
from kpa_analytics.demo.server import DemoAPI
from tests.conftest import VENDOR_RECORDS
from tests.hard.commands import ROOT, written
from tests.source_code import nodes

PACKAGE = Path(kpa.__file__).parent
#: Code that the package must not have, each with its replacement.
_CALLS = {
    "expanduser": "paths.typed_path, which says what is wrong",
    "fchmod": "Path.chmod",
    "home": "the setting cache_dir",
    "fork": "subprocess",
    "getuid": "nothing: Windows has none",
    "rename": "patience.move, or patiently()",
    "symlink_to": "a copy",
    "mktime": "datetime with UTC",
    "utcnow": "datetime.now(UTC)",
    "utcfromtimestamp": "datetime.fromtimestamp(..., UTC)",
}
_TEXT_CALLS = {"open", "fdopen", "read_text", "write_text", "NamedTemporaryFile"}


def _calls() -> Iterator[tuple[str, str, ast.Call]]:
    for file in sorted(PACKAGE.rglob("*.py")):
        for node in nodes(file):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                yield f"{file.relative_to(PACKAGE).as_posix()}:{node.lineno}", name, node


@pytest.mark.slow
def test_no_code_calls_functions_that_only_some_systems_have() -> None:
    allowed = {("paths.py", "expanduser")}
    calls = [*_calls()]
    patient = [
        inside for _, name, call in calls if name == "patiently" for inside in ast.walk(call)
    ]
    offences = [
        f"{place} {name}: use {_CALLS[name]}"
        for place, name, call in calls
        if name in _CALLS
        and (place.partition(":")[0], name) not in allowed
        and not (name == "rename" and any(call is inside for inside in patient))
        # frames are renamed by a dictionary, files by a path
        and not (name == "rename" and call.args and isinstance(call.args[0], ast.Dict))
    ]
    assert offences == []


@pytest.mark.slow
def test_every_text_file_says_its_encoding() -> None:
    def says(call: ast.Call) -> bool:
        modes = [value.value for value in call.args if isinstance(value, ast.Constant)]
        binary = any(isinstance(mode, str) and "b" in mode and len(mode) < 4 for mode in modes)
        owner = getattr(getattr(call.func, "value", None), "id", "")
        other = owner in ("os", "webbrowser") and getattr(call.func, "attr", "") == "open"
        return binary or other or any(word.arg == "encoding" for word in call.keywords)

    places = [place for place, name, call in _calls() if name in _TEXT_CALLS and not says(call)]
    assert places == []


@pytest.mark.slow
def test_no_cache_path_is_too_long_for_windows(api: DemoAPI) -> None:
    """A user's folder may take 100 characters of the 260 that Windows allows."""
    kpa.load_completions(training_id=1046, user_id=VENDOR_RECORDS[0]["m_user_id"])
    kpa.load_all()
    cache = kpa.configure().cache_dir
    beside = len(".") + len(".1234567")  # as it is called while it is written
    longest = max(len(str(path.relative_to(cache))) for path in written(cache))
    assert longest + beside + len(".damaged") < 260 - 100


def test_tzdata_is_a_requirement_on_windows() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert [
        requirement
        for requirement in project["dependencies"]
        if re.match("tzdata.*sys_platform == 'win32'", requirement)
    ]
    assert project["scripts"]["kpa-analytics"] == "kpa_analytics.__main__:main"


def test_the_readme_has_every_command_for_powershell() -> None:
    """The commands are the same, in the same order, but PowerShell sets the token differently."""

    def commands(block: str) -> list[str]:
        lines = [line.partition(" #")[0].strip() for line in block.splitlines()]
        return [part.strip() for line in lines for part in re.split("&&|;", line) if part]

    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    blocks = {
        shell: [
            command
            for text in re.findall(rf"```{shell}\n(.*?)```", readme, re.S)
            for command in commands(text)
        ]
        for shell in ("bash", "powershell")
    }
    token = {'$env:KPA_API_TOKEN = "..."': "export KPA_API_TOKEN=..."}
    assert [token.get(command, command) for command in blocks["powershell"]] == blocks["bash"]
    assert blocks["powershell"].index("kpa-analytics demo --out audit-demo") < blocks[
        "powershell"
    ].index('$env:KPA_API_TOKEN = "..."')
    security = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    assert "On Windows" in security.partition("## What is kept on your machine, and where")[2]

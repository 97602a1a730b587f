"""A warning says the fact and the remedy; it shows no line of a program."""

from __future__ import annotations

import ast
import re
import warnings
from pathlib import Path

import pytest

import kpa_analytics as kpa
from kpa_analytics.cli.run import _note, main
from kpa_analytics.errors import KPADataWarning, KPASettingsError, warn

PACKAGE = Path(kpa.__file__).parent


def test_a_warning_shows_no_source_line() -> None:
    with warnings.catch_warnings(record=True) as shown:
        warnings.simplefilter("always")
        warn("2 dates are null; data_quality() lists them", KPADataWarning)
    [only] = shown
    text = warnings.formatwarning(only.message, only.category, only.filename, only.lineno)
    assert text == (
        "kpa_analytics:1: KPADataWarning: 2 dates are null; data_quality() lists them\n"
    )


def test_a_warning_can_be_made_an_error() -> None:
    with pytest.raises(KPADataWarning, match="2 dates"):
        warn("2 dates are null", KPADataWarning)


@pytest.mark.slow
def test_every_warning_of_the_package_is_made_this_way() -> None:
    places = []
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr in ("warn", "warn_explicit"):
                places.append(path.relative_to(PACKAGE).as_posix())
    assert places == ["errors.py"]


def test_python_advice_is_for_python_only(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(KPASettingsError) as caught:
        kpa.load_completions()
    assert "In Python: kpa.configure(token=...)" in str(caught.value)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.argv", ["kpa-analytics", "fetch"])
        with pytest.raises(SystemExit) as ended:
            main()
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert "KPA_API_TOKEN" in said
    assert "kpa." not in said
    _note(KPADataWarning("2 dates are null", "data_quality() lists them"))
    assert capsys.readouterr().err == "note: 2 dates are null\n"


CODE = re.compile(r"kpa\.\w+\(|load_\w+\(|data_quality\(|configure\(|demo\.start\(")


def test_no_command_uses_an_error_or_warning_with_python_in_it() -> None:
    commands = (PACKAGE / "cli").glob("*.py")
    assert not [path.name for path in commands if CODE.search(_raised(path))]
    shared = ("cache_folder.py", "errors.py", "config.py", "data/fetch.py", "audit/compare.py")
    for name in shared:
        for line in _raised(PACKAGE / name).splitlines():
            assert not CODE.search(line) or "result of load_all()" in line, (name, line)


def _raised(path: Path) -> str:
    """The texts of the errors and warnings that a file raises, one a line."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    made = [
        call.args[0]
        for call in calls
        if call.args and isinstance(call.func, ast.Name)
        if call.func.id == "warn" or call.func.id.endswith("Error")
    ]
    advice = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "advice"
    ]
    return "\n".join(ast.unparse(node) for node in [*made, *advice])

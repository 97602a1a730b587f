"""The notebooks: committed with outputs that read well anywhere, and true when run again."""

from __future__ import annotations

import base64
import re
from datetime import date
from pathlib import Path
from typing import Any

import nbformat
import pytest

import kpa_analytics as kpa
from kpa_analytics.demo.sources import COMPLETIONS, TRAININGS
from tests.browser.conftest import CHROMIUM
from tests.conftest import completion, use
from tests.notebooks.running import NOTEBOOKS, outputs, run, texts

pytestmark = pytest.mark.slow

MEGABYTE = 1_000_000
#: Folders and loopback addresses of whoever ran it, clock times, tokens.
TRACES = re.compile(
    r"/(home|root|tmp|Users|work)/|[A-Z]:\\\\|127\.0\.0\.1|localhost|\d\d:\d\d:\d\d|\b\w{41}\b"
)
DRAWS = re.compile(r"^(kpa\.charts\.(?!enable|save)|kpa\.widgets\.|Image\()", re.MULTILINE)

every_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def test_there_is_one_notebook_for_each_question() -> None:
    assert [path.stem for path in NOTEBOOKS] == [
        "00_start_here",
        "01_expiry",
        "02_instructors",
        "03_group_trainings",
        "04_audit_export",
        "05_trend",
        "06_planning",
    ]


def test_the_first_notebook_and_the_tutorial_lead_to_every_other_one() -> None:
    first, *others = NOTEBOOKS
    tutorial = (first.parents[1] / "docs" / "tutorial" / "index.md").read_text(encoding="utf-8")
    for path in others:
        assert f"({path.name})" in first.read_text(encoding="utf-8")
        assert f"({path.stem}.md)" in tutorial


def test_every_notebook_starts_with_the_same_cell() -> None:
    starts = set()
    for path in NOTEBOOKS:
        notebook = nbformat.read(path, as_version=4)
        starts.add(next(cell.source for cell in notebook.cells if cell.cell_type == "code"))
    assert len(starts) == 1


if CHROMIUM is None:  # otherwise tests/browser/test_notebooks.py runs them

    @every_notebook
    def test_it_runs_with_no_account_and_says_what_is_committed(path: Path, tmp_path: Path) -> None:
        assert texts(run(path, tmp_path)) == texts(nbformat.read(path, as_version=4))


@every_notebook
def test_it_is_valid_small_and_bears_no_trace_of_a_machine(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    assert path.stat().st_size < MEGABYTE
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
    for cell in notebook.cells:
        assert not TRACES.search(cell.source), cell.source
    for name, said in texts(notebook):
        assert not TRACES.search(str(said)), name


@every_notebook
def test_every_cell_was_run_in_order_and_none_failed(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    assert all(cell.outputs for cell in code)
    assert all(output.output_type != "error" for _, output in outputs(notebook))
    assert all(output.get("name") != "stderr" for _, output in outputs(notebook))


@every_notebook
def test_every_chart_is_a_picture_that_needs_no_script(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    drawn = [cell.id for cell in notebook.cells if DRAWS.search(cell.source)]
    pictures = {}
    for cell, output in outputs(notebook):
        data = output.get("data", {})
        assert "<script" not in str(data)
        assert not any("widget" in kind or "vega" in kind for kind in data)
        if "image/png" in data:
            assert set(data) == {"image/png", "text/plain"}
            pictures[cell.id] = base64.b64decode(data["image/png"])
    assert drawn
    assert sorted(pictures) == sorted(drawn)
    assert all(picture.startswith(b"\x89PNG") for picture in pictures.values())


def test_the_trend_of_a_young_account_without_requirements_and_gaps(tmp_path, monkeypatch) -> None:
    """The records begin two months before the day, and nothing has expired."""
    done = [completion(number, date_number=20260427 + number) for number in (1, 2)]
    ladders = {"id": 1046, "title": "Ladders", "schedule_type": "rolling", "renewal_months": 12}
    monkeypatch.chdir(tmp_path)
    (path,) = [path for path in NOTEBOOKS if path.stem == "05_trend"]
    notebook = nbformat.read(path, as_version=4)
    with kpa.demo.serve(kpa.demo.Records({COMPLETIONS: done, TRAININGS: [ladders]})) as api:
        use(api)
        cells: dict[str, Any] = {}
        for cell in notebook.cells:
            if cell.cell_type == "code":
                exec(cell.source, cells)
    assert cells["start"] == date(2026, 4, 28)
    assert cells["kind"] == "expired cases (missing: not known)"
    assert cells["last"]["gaps"] == 0

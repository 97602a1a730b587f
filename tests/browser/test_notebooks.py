"""The notebooks as a reader has them: opened in JupyterLab and run from top to bottom."""

from __future__ import annotations

import ast
from copy import deepcopy
from pathlib import Path
from typing import Any

import nbformat
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Lab, keep
from tests.browser.reading import figures
from tests.notebooks.running import NOTEBOOKS, texts, tidy

#: This one is run in Notebook 7, the others in JupyterLab.
IN_NOTEBOOK_7 = "02_instructors"
#: These begin with a chart of the statuses that their explorer shows, on the demo's day.
WITH_STATUSES = ("00_start_here", "01_expiry")
DRAWING = ".jp-OutputArea [data-chart][data-drawn] [role=graphics-document]"
CHART = ".jp-OutputArea [data-chart][data-drawn] svg.marks"


def without_outputs(notebook: Any) -> Any:
    """The notebook as it was before it was run."""
    empty = deepcopy(notebook)
    for cell in empty.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return empty


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_runs_with_no_account_draws_and_says_what_is_committed(
    web: Page, lab: Lab, path: Path
) -> None:
    committed = nbformat.read(path, 4)
    seven = path.stem == IN_NOTEBOOK_7
    lab.run_notebook(web, path.stem, without_outputs(committed), in_notebook_7=seven)
    assert web.evaluate("jupyterapp.name") == ("Jupyter Notebook" if seven else "JupyterLab")
    cells = [cell.source for cell in committed.cells if cell.cell_type == "code"]
    last = web.locator(".jp-CodeCell .jp-InputPrompt").last
    expect(last).to_have_text(f"[{len(cells)}]:", timeout=120_000)
    expect(web.locator(".jp-OutputArea [data-mime-type*=error]")).to_have_count(0)

    shown = [ast.unparse(ast.parse(cell).body[-1]) for cell in cells]
    charts = sum(statement.startswith("kpa.charts.") for statement in shown)
    expect(web.locator(CHART)).to_have_count(charts)
    assert texts(tidy(lab.notebook(web), path.stem)) == texts(committed)
    if "kpa.widgets." in cells[-1]:
        explorer = web.locator(".kpa-explorer").first
        expect(explorer.locator(".kpa-chart svg.marks")).to_have_count(2)
        if path.stem in WITH_STATUSES:
            said = web.locator(DRAWING).first.get_attribute("aria-label") or ""
            assert " 477 expired, " in said
            assert figures(explorer)["Expired"] == "477"
        keep(explorer, path.stem)

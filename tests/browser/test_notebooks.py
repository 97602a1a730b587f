"""The notebooks as a reader has them: opened in JupyterLab and run from top to bottom."""

from __future__ import annotations

import ast
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Lab, keep
from tests.notebooks.running import NOTEBOOKS

CHART = ".jp-OutputArea [data-chart][data-drawn] svg.marks"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_runs_to_its_end_and_draws(web: Page, lab: Lab, path: Path) -> None:
    cells = [cell.source for cell in nbformat.read(path, 4).cells if cell.cell_type == "code"]
    lab.run(web, path.stem, *cells)
    last = web.locator(".jp-CodeCell .jp-InputPrompt").last
    expect(last).to_have_text(f"[{len(cells)}]:", timeout=120_000)
    expect(web.locator(".jp-OutputArea [data-mime-type*=error]")).to_have_count(0)

    shown = [ast.unparse(ast.parse(cell).body[-1]) for cell in cells]
    charts = sum(statement.startswith("kpa.charts.") for statement in shown)
    expect(web.locator(CHART)).to_have_count(charts)
    if "kpa.widgets." in cells[-1]:
        explorer = web.locator(".kpa-explorer").first
        expect(explorer.locator(".kpa-chart svg.marks")).to_have_count(2)
        keep(explorer, path.stem)

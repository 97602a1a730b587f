"""Take the pictures of explorers that the notebooks are committed with.

`python -m tests.browser.portraits` writes notebooks/images/NOTEBOOK-CELL.png; then
`python -m tests.notebooks.running` puts them into the notebooks.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import nbformat
from playwright.sync_api import Locator, Page, sync_playwright

from tests.browser.conftest import CHROMIUM, FLAGS, Lab, environment, laboratory
from tests.notebooks.running import HOME, NOTEBOOKS

#: The time and host of the data differ from run to run.
_TIMELESS = "time => { time.textContent = time.textContent.split(', ')[0] }"
_TO_THE_TOP = "view => { view.style.scrollMarginTop = '12px'; view.scrollIntoView() }"


def take(page: Page, lab: Lab, notebook: Path) -> None:
    """Run a notebook and take its explorer, down to the end of the first chart."""
    cells = [cell for cell in nbformat.read(notebook, 4).cells if cell.cell_type == "code"]
    if "kpa.widgets." not in cells[-1].source:
        return
    lab.run(page, notebook.stem, *(cell.source for cell in cells))
    explorer = page.locator(".kpa-explorer").first
    explorer.locator(".kpa-chart svg.marks").nth(1).wait_for()
    explorer.locator(".kpa-time").evaluate_all(f"times => times.forEach({_TIMELESS})")
    explorer.evaluate(_TO_THE_TOP)
    page.wait_for_timeout(500)  # the page settles where it was scrolled to
    page.screenshot(
        path=HOME / "images" / f"{notebook.stem}-{cells[-1].id}.png", clip=_top(explorer)
    )


def _top(explorer: Locator) -> dict[str, float]:
    whole = explorer.bounding_box()
    chart = explorer.locator(".kpa-chart").first.bounding_box()
    assert whole
    assert chart
    return {
        "x": whole["x"] - 8,
        "y": whole["y"] - 4,
        "width": whole["width"] + 16,
        "height": chart["y"] + chart["height"] - whole["y"] + 12,
    }


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        root = Path(folder)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        size = {"width": 1400, "height": 2300}
        with laboratory(root, environment(root)) as lab:
            for notebook in NOTEBOOKS:
                page = browser.new_page(viewport=size, device_scale_factor=1.25)
                page.set_default_timeout(120_000)
                take(page, lab, notebook)
                page.close()

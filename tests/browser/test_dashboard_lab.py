"""A dashboard in JupyterLab, used by mouse alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.cells import DASHBOARD, RECORDS
from tests.browser.conftest import Lab
from tests.browser.dashboards import use_by_mouse


@pytest.mark.parametrize(("width", "theme"), [(1600, "light")])
def test_everything_a_mouse_does_works(
    width: int, theme: str, web: Page, lab: Lab, tmp_path: Path
) -> None:
    web.set_viewport_size({"width": width, "height": 900})
    lab.run(web, f"mouse-{theme}", RECORDS, DASHBOARD)
    name = f"JupyterLab {theme.title()}"
    web.evaluate(f"jupyterapp.commands.execute('apputils:change-theme', {{theme: '{name}'}})")
    view = web.locator(".kpa-dashboard")
    use_by_mouse(view, f"lab_{theme}_{width}", lab.folder, tmp_path / "pack.zip")

"""A dashboard used by mouse alone, wherever it is shown."""

from __future__ import annotations

import os
import stat
import zipfile
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

import kpa_analytics as kpa
from kpa_analytics.widgets.table import PAGE
from tests.browser.conftest import save_screenshot
from tests.browser.hands import choose_and_clear, open_list, press


def use_by_mouse(view: Locator, shot: str, folder: Path, saved: Path) -> None:
    """Do everything that a mouse can do with a dashboard.

    Args:
        view: the dashboard.
        shot: how the names of its screenshots start.
        folder: the folder in which its packs are written.
        saved: where the downloaded pack is saved.
    """
    page = view.page
    theme = shot.split("_")[1]
    view.locator(".kpa-expiry .kpa-chart [aria-roledescription=bar]").first.wait_for()
    ground = {"light": "rgb(255, 255, 255)", "dark": "rgb(22, 26, 33)"}[theme]
    expect(view.locator(".kpa-chart").first).to_have_css("background-color", ground)

    for picker in _pickers(page)[:2]:  # those of every tab
        choose_and_clear(picker)
    try_explorer(view.locator(".kpa-expiry"), f"{shot}_expirations")
    press(view.get_by_role("tab", name="Instructors"))
    try_explorer(view.locator(".kpa-instructors"), f"{shot}_instructors")
    press(view.get_by_role("tab", name="Group trainings"))
    groups = view.locator(".kpa-groups")
    try_explorer(groups, f"{shot}_groups")
    press(groups.locator(".kpa-row-button").first)
    expect(groups.locator(".kpa-table caption").nth(1)).to_contain_text("People of the session of")

    press(view.get_by_role("tab", name="Expirations"))
    only_one_training(view)
    there = {path.name for path in folder.iterdir()}
    press(view.get_by_role("button", name="Export evidence pack"))
    link = view.get_by_role("link", name="Download")
    expect(link).to_be_visible(timeout=180_000)
    (pack,) = (path for path in folder.iterdir() if path.name not in there)
    expect(view.get_by_text(f"Written to {pack}")).to_be_visible()
    assert kpa.verify_audit(pack).is_empty()
    if os.name == "posix":
        files = [path for path in pack.rglob("*") if path.is_file()]
        assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    with page.expect_download() as coming:
        press(link)
    coming.value.save_as(saved)
    with zipfile.ZipFile(saved) as archive:
        assert f"{pack.name}/report.html" in archive.namelist()


def try_explorer(explorer: Locator, shot: str) -> None:
    """Use the picker and the table of the explorer that is open."""
    page = explorer.page
    expect(explorer.locator(".kpa-chart svg.marks")).to_have_count(2)
    own = _pickers(page)[-1]
    choose_and_clear(own)
    press(own.locator("summary"))
    expect(own.locator(".kpa-multi-select-sheet")).to_be_visible()
    save_screenshot(page, shot)
    press(own.locator("summary"))
    table = explorer.locator(".kpa-table").first
    heading = table.locator("th button").nth(1)
    press(heading)
    expect(table.locator("th").nth(1)).to_have_attribute("aria-sort", "ascending")
    onward = table.get_by_role("button", name="Next")
    if onward.is_visible():
        press(onward)
        expect(table.locator(".kpa-table-foot span")).to_contain_text(f"Rows {PAGE + 1} ")


def _pickers(page: Page) -> list[Locator]:
    """The pickers shown: trainings, field offices, and the one of the open tab."""
    pickers = page.locator(".kpa-dashboard .kpa-multi-select:visible").all()
    assert len(pickers) == 3
    return pickers


def only_one_training(view: Locator) -> None:
    """Narrow the explorer to one training, so that its pack is written fast."""
    picker = view.locator(".kpa-multi-select:visible").first
    open_list(picker)
    view.page.keyboard.type("FIRST aïd")
    press(picker.locator(".kpa-multi-select-row:visible").first)
    expect(picker.locator(".kpa-multi-select-now")).to_have_text("First Aid")
    press(view.locator("h2").first)
    expect(picker.locator(".kpa-multi-select-row").first).to_be_hidden()

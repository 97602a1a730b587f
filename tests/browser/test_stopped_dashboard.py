"""A dashboard whose server has stopped says so, while the browser notes refused connections."""

from __future__ import annotations

import psutil
from playwright.sync_api import Page, expect

from tests.browser.hands import press
from tests.browser.test_dashboard_page import Served, served

__all__ = ["served"]


def test_a_stopped_dashboard_says_so_at_the_next_click(page: Page, served: Served) -> None:
    page.goto(f"{served.url}?token={served.key}")
    view = page.locator(".kpa-dashboard")
    view.locator(".kpa-table tbody tr").first.wait_for()
    psutil.Process(served.process).terminate()
    press(view.get_by_role("button", name="Next").locator("visible=true").first)
    said = view.get_by_role("alert").filter(has_text="The dashboard has stopped")
    expect(said).to_have_count(1, timeout=10_000)
    expect(said).to_contain_text("kpa-analytics dashboard")
    expect(said).not_to_contain_text("cell")
    expect(view.locator(":scope > [inert]")).not_to_have_count(0)
    foot = view.locator(".kpa-table-foot:visible").first
    expect(foot).to_contain_text("Rows 1 to 50 of")  # the rows are still those of the first page

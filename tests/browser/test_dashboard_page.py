"""`kpa-analytics dashboard`: the same explorers as a page of its own, served on loopback."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import SHOTS, free_port, running


def test_the_page_shows_the_demo_and_answers_clicks(
    web: Page, jupyter: tuple[Path, dict[str, str]]
) -> None:
    root, env = jupyter
    port = free_port()
    command = [
        *(sys.executable, "-c", "from kpa_analytics.cli import main; main()"),
        *("dashboard", f"--port={port}", "--no-browser"),
    ]
    with running(command, env, f"http://127.0.0.1:{port}/", root / "voila.log"):
        address = re.search(r"http://127\.0\.0\.1:\S+token=\w+", (root / "voila.log").read_text())
        assert address
        web.goto(address[0])
        view = web.locator(".kpa-dashboard")
        view.locator(".kpa-chart [aria-roledescription=bar]").first.wait_for()
        expect(view.locator(".kpa-demo").first).to_be_visible()
        view.locator(".kpa-chart [aria-label*='status: expired']").first.click()
        expect(view.locator(".kpa-table caption").first).to_contain_text("Picked: Expired")
        view.get_by_label("As of", exact=True).first.fill("2026-03-31")
        expect(view.locator(".kpa-chart svg.marks").first).to_contain_text("as of 31 Mar 2026")
        SHOTS.mkdir(exist_ok=True)
        web.screenshot(path=SHOTS / "voila.png")
        web.goto("about:blank")

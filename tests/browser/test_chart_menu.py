"""A picture of a chart is saved by mouse and by keyboard, wherever the chart is shown."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from kpa_analytics.charts.offline import _loader, offline_bundle
from kpa_analytics.charts.render import PICTURE_SCALE, drawn, page
from kpa_analytics.widgets.chart_panel import ChartPanel
from tests.browser.hands import press
from tests.browser.still import put
from tests.charts.drawings import draw, inputs

if TYPE_CHECKING:
    from collections.abc import Callable


def in_a_panel(web: Page, spec: dict) -> None:
    made = ChartPanel()
    made.draw([spec])
    put(web, made)


def in_a_saved_page(web: Page, spec: dict) -> None:
    web.set_content(page(spec))


def in_a_notebook(web: Page, spec: dict) -> None:
    bundle, _ = offline_bundle(spec)
    web.set_content(f"<!doctype html><title>Notebook</title>{_loader()}{bundle['text/html']}")


@pytest.mark.parametrize("kind", ["SVG", "PNG"])
@pytest.mark.parametrize("way", ["key", "click"])
@pytest.mark.parametrize("show", [in_a_panel, in_a_saved_page, in_a_notebook])
def test_a_picture_is_saved_not_the_page(
    web: Page, show: Callable[[Page, dict], None], way: str, kind: str
) -> None:
    spec = drawn(draw, "group_sizes", inputs("group_sizes"))
    show(web, spec)
    menu = web.locator("summary")
    expect(menu).to_have_accessible_name("Save the chart as a picture")
    expect(web.get_by_title("Click to view actions")).to_have_count(0)
    link = web.get_by_text(f"Save as {kind}")
    with web.expect_download() as coming:
        if way == "key":
            menu.focus()
            web.keyboard.press("Enter")
            expect(link).to_be_visible()
            web.keyboard.press("Escape")
            expect(link).to_be_hidden()
            web.keyboard.press("Enter")
            for _ in range(1 if kind == "SVG" else 2):
                web.keyboard.press("Tab")
            expect(link).to_be_focused()
            web.keyboard.press("Enter")
        else:
            press(menu)
            press(link)
    expect(link).to_be_hidden()
    expect(menu).to_be_focused()
    picture = coming.value.path().read_bytes()
    assert coming.value.suggested_filename.endswith(f".{kind.lower()}")
    title = spec["title"]["text"]
    assert coming.value.suggested_filename.startswith(title[:40])
    if kind == "SVG":
        assert picture.startswith(b"<svg")
        assert title in picture.decode()
    else:
        assert picture.startswith(b"\x89PNG")
        wide = web.locator("svg.marks").evaluate("drawing => drawing.viewBox.baseVal.width")
        assert struct.unpack(">I", picture[16:20]) == (PICTURE_SCALE * round(wide),)

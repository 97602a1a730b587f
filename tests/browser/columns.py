"""Change the columns of a table by mouse and keyboard."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.hands import drag, point_at, press

#: A column is at least as wide as this, in pixels.
NARROWEST = 60


def column_widths(table: Locator) -> list[int]:
    """The width of each column, in pixels. The headings and the cells below are as wide."""
    widths: list[list[int]] = table.locator("table").evaluate(
        "table => [table.tHead, table.tBodies[0]].map("
        "part => [...part.rows[0].cells].map(cell => cell.offsetWidth))"
    )
    headings, cells = widths
    assert headings == cells
    return headings


def resize_by_mouse(table: Locator) -> None:
    """Drag the edges of columns to the left and to the right; Enter restores their widths."""
    usual = column_widths(table)
    for at in (0, 2, len(usual) - 1):
        edge = table.get_by_role("separator").nth(at)
        for moved in (-30, 70):
            wanted = column_widths(table)
            wanted[at] = max(wanted[at] + moved, NARROWEST)
            drag(edge, x=moved)
            assert column_widths(table) == wanted
        point_at(table.locator("th button").nth(at))  # the button is up: no width changes
        assert column_widths(table) == wanted
        edge.focus()
        table.page.keyboard.press("Enter")
        assert column_widths(table) == usual


def resize_by_keyboard(web: Page, table: Locator) -> None:
    """Change the width of the first column with the arrow keys; sorting keeps it."""
    edge, usual = table.get_by_role("separator").first, column_widths(table)
    expect(edge).to_have_accessible_name(re.compile("^Width of "))
    edge.focus()
    before = int(edge.get_attribute("aria-valuenow") or 0)
    for _ in range(4):
        web.keyboard.press("ArrowRight")
    expect(edge).to_have_attribute("aria-valuenow", str(before + 64))
    assert column_widths(table) == [before + 64, *usual[1:]]
    heading = table.locator("th button").first
    sorts = table.locator("th").first.get_attribute("aria-sort") or ""
    heading.focus()
    web.keyboard.press("Enter")
    expect(table.locator("th").first).not_to_have_attribute("aria-sort", sorts)
    assert column_widths(table)[0] == before + 64
    edge.focus()
    web.keyboard.press("ArrowLeft")
    expect(edge).to_have_attribute("aria-valuenow", str(before + 48))
    web.keyboard.press("Home")
    assert column_widths(table)[0] == NARROWEST
    web.keyboard.press("Enter")


def hide_and_show_a_column(web: Page, table: Locator) -> None:
    """Beside a column with a width of its own, one that is shown again is as wide as before."""
    edge = table.get_by_role("separator").first
    edge.focus()
    web.keyboard.press("ArrowRight")
    before = column_widths(table)
    for shown in (False, True):
        press(table.get_by_role("button", name="Columns"))
        for box in table.locator(".kpa-columns").get_by_role("checkbox").all():
            expect(box).to_be_in_viewport(ratio=1)  # no column is hidden below the others
        press(web.get_by_role("checkbox", name="Training"))
        expect(table.locator("th", has_text="Training")).to_have_count(int(shown))
        web.keyboard.press("Escape")
    assert column_widths(table) == before
    edge = table.get_by_role("separator").first
    edge.focus()
    web.keyboard.press("Enter")

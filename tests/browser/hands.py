"""What a hand does to a page: it hits whatever lies on top where it points."""

from __future__ import annotations

from playwright.sync_api import Locator, expect

_ON_TOP = """(element, {x, y}) => {
    const hit = document.elementFromPoint(x, y);
    if (element === hit || element.contains(hit)) return "";
    return hit?.outerHTML.slice(0, 200) ?? "nothing";
}"""


def press(target: Locator) -> None:
    """Move the mouse to the middle of an element and click what lies there: it must be that."""
    expect(target).to_be_visible()
    target.evaluate("element => element.scrollIntoView({block: 'nearest'})")
    box = target.bounding_box()
    assert box
    middle = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
    assert target.evaluate(_ON_TOP, middle) == ""
    target.page.mouse.click(**middle)


def open_list(picker: Locator) -> None:
    """Open a picker; where the page still moves, a person clicks again."""
    for _ in range(3):
        press(picker.locator("summary"))
        try:
            expect(picker.locator("input").first).to_be_focused(timeout=3_000)
        except AssertionError:
            continue
        return
    raise AssertionError("the list did not open")


def choose_and_clear(picker: Locator) -> str:
    """Open a picker, take its second choice, look at the last, clear, and close; by mouse alone.

    Returns:
        The choice.
    """
    button, now = picker.locator("summary"), picker.locator(".kpa-multi-select-now")
    every = now.inner_text()
    press(button)
    rows = picker.locator(".kpa-multi-select-row")
    words = rows.nth(1).inner_text()
    press(rows.nth(1))
    expect(now).to_have_text(words)
    press(rows.last)
    press(picker.get_by_role("button", name="Clear"))
    expect(now).to_have_text(every)
    press(button)
    expect(rows.first).to_be_hidden()
    return words

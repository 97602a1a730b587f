"""Act on a page like a hand: wait until an element does not move, and press what is on top.

A page that moves while a hand comes down makes it miss. A missed press does nothing, so that the
hand can try again; a press that arrived is never repeated.
"""

from __future__ import annotations

from playwright.sync_api import Error, Locator, Page, expect
from playwright.sync_api import TimeoutError as TooLate

TRIES = 5

#: The middle of an element that is visible and whose rectangle has been the same for 50 ms, and
#: what lies on top of it there; nothing where the element was replaced, was hidden for a minute, or
#: moved for 10 seconds. With `guarded`, `window.handsGuard` then says whether a click arrives at
#: the element, and a click that goes elsewhere is stopped before the page hears of it. Clicks that
#: a script of the page makes are not the hand's.
_STAND = """(element, guarded) => new Promise(resolve => {
    element.scrollIntoView({block: "nearest"});
    const asked = performance.now();
    let place = "", since = asked, began = asked;
    const look = () => {
        const now = performance.now(), {x, y, width, height} = element.getBoundingClientRect();
        const shown = width && height && element.checkVisibility({visibilityProperty: true});
        if (!shown && now - asked < 60_000) began = now;
        if (!shown || place !== (place = [x, y, width, height].join())) since = now;
        if (!element.isConnected || now - began > 10_000) return resolve(null);
        if (now - since < 50) return requestAnimationFrame(look);
        const middle = {x: x + width / 2, y: y + height / 2};
        const hit = document.elementFromPoint(middle.x, middle.y);
        const over = element.contains(hit) ? "" : hit?.outerHTML.slice(0, 200) ?? "nothing";
        if (guarded && over === "") guard();
        resolve({middle, over});
    };
    const guard = () => {
        const stop = new AbortController();
        window.handsGuard = {stop, arrival: new Promise(answer => {
            let arrived = false;
            const hear = event => {
                if (!event.isTrusted) return;
                if (!arrived && !event.composedPath().includes(element)) {
                    event.preventDefault();
                    event.stopImmediatePropagation();
                } else if (event.type === "click") arrived = true;
                if (event.type === "click") answer(arrived);
            };
            for (const type of ["pointerdown", "mousedown", "pointerup", "mouseup", "click"])
                window.addEventListener(type, hear, {capture: true, signal: stop.signal});
        })};
    };
    requestAnimationFrame(look);
})"""
_ARRIVED = """async () => {
    const {arrival, stop} = window.handsGuard;
    delete window.handsGuard;
    const nothing = new Promise(resolve => setTimeout(resolve, 10_000, false));
    const arrived = await Promise.race([arrival, nothing]);
    stop.abort();
    return arrived;
}"""


def press(target: Locator) -> None:
    """Move the mouse to the middle of an element and click: what lies on top must be that."""
    missed = []
    for _ in range(TRIES):
        try:
            middle = _stand(target, guarded=True)
        except TooLate:
            raise
        except (Error, AssertionError) as moved:  # the page put another element in its place
            missed.append(str(moved))
            continue
        target.page.mouse.click(**middle)
        if target.page.evaluate(_ARRIVED):
            return
        missed.append("it moved under the hand")
    raise AssertionError(f"No click arrived at {target}: {missed}")


def point_at(target: Locator) -> None:
    """Move the mouse to the middle of an element that does not move."""
    target.page.mouse.move(**_stand(target))


def drag(target: Locator, *, x: int) -> None:
    """Drag an element to the right by some pixels."""
    middle, mouse = _stand(target), target.page.mouse
    mouse.move(**middle)
    mouse.down()
    mouse.move(middle["x"] + x, middle["y"])
    mouse.up()


def turn_wheel(page: Page, *, x: int, y: int, by: int) -> None:
    """Turn the wheel of the mouse over a point of the window."""
    page.mouse.move(x, y)
    page.mouse.wheel(0, by)


def scroll_by_key(page: Page, key: str, place: str) -> None:
    """Press a key until the page has scrolled to its place, as a page may grow meanwhile.

    Args:
        page: the page.
        key: the key.
        place: a condition in JavaScript that holds at that place.
    """
    for _ in range(10 * TRIES):
        page.keyboard.press(key)
        try:
            page.wait_for_function(place, timeout=2_000)
        except TooLate:
            continue
        return
    where = "`at ${scrollY}, with the focus on ${document.activeElement.outerHTML.slice(0, 200)}`"
    raise AssertionError(f"{key} does not scroll to where {place}: {page.evaluate(where)}")


def open_list(picker: Locator) -> None:
    """Open a picker; its search then has the keyboard."""
    press(picker.locator("summary"))
    expect(picker.locator("input").first).to_be_focused()


def _stand(target: Locator, *, guarded: bool = False) -> dict[str, float]:
    stands = target.evaluate(_STAND, guarded, timeout=60_000)
    assert stands, "it was hidden, or did not stop moving"
    assert stands["over"] == "", f"it lies under {stands['over']}"
    middle: dict[str, float] = stands["middle"]
    return middle


def choose_and_clear(picker: Locator) -> str:
    """Open a picker, take its second choice, look at the last, clear, and close; by mouse alone.

    Returns:
        The choice.
    """
    button, now = picker.locator("summary"), picker.locator(".kpa-multi-select-now")
    every = now.inner_text()
    press(button)
    rows = picker.locator(".kpa-multi-select-row")
    label = rows.nth(1).inner_text()
    press(rows.nth(1))
    expect(now).to_have_text(label)
    press(rows.last)
    press(picker.get_by_role("button", name="Clear"))
    expect(now).to_have_text(every)
    press(button)
    expect(rows.first).to_be_hidden()
    return label

"""Whether a person can read the dashboard: no text is cut, lies on another, or is too small."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from kpa_analytics.charts.theme import contrast
from tests.browser.axe import violations
from tests.browser.hands import open_list, press

#: The smallest text of a chart, in CSS pixels on the screen.
SMALLEST = 10
#: The faults of the tab that is open. Only the first rows of a table are looked at. A text that
#: scrolls in its box is not cut; the first column of a table may lie on the others.
_FAULTS = """smallest => {
    const texts = [], faults = [];
    const shown = (box) => box.checkVisibility({ visibilityProperty: true });
    const page = document.querySelector(".kpa-dashboard");
    const nodes = document.createTreeWalker(page, NodeFilter.SHOW_TEXT);
    const add = (name, box, place) => {
        let { left, top, right, bottom } = place;
        for (let outer = box; outer !== page; outer = outer.parentElement) {
            const { display, overflowX, overflowY } = getComputedStyle(outer);
            if (display === "inline") continue;
            const edge = outer.getBoundingClientRect();
            for (const [way, low, high, from, to] of [
                [overflowX, edge.left, edge.right, left, right],
                [overflowY, edge.top, edge.bottom, top, bottom],
            ]) {
                if (way === "visible") continue;
                if (to <= low || from >= high) return; // scrolled away
                const isCut = from < low - 1 || to > high + 1;
                if (isCut && !["auto", "scroll"].includes(way)) faults.push(`cut: ${name}`);
            }
            if (overflowX !== "visible")
                [left, right] = [Math.max(left, edge.left), Math.min(right, edge.right)];
            if (overflowY !== "visible")
                [top, bottom] = [Math.max(top, edge.top), Math.min(bottom, edge.bottom)];
        }
        texts.push({ name, left, top, right, bottom, sticks: box.closest("th, td:first-child") });
    };
    for (let node = nodes.nextNode(); node; node = nodes.nextNode()) {
        const box = node.parentElement;
        if (!node.data.trim() || !shown(box)) continue;
        if (box.closest("svg, option, tr:nth-child(n+4)")) continue;
        const range = document.createRange();
        range.selectNodeContents(node);
        const place = range.getBoundingClientRect();
        if (place.width) add(node.data.trim().slice(0, 40), box, place);
    }
    const fields = "select, input:not([type=checkbox], [aria-hidden])";
    for (const field of page.querySelectorAll(fields)) {
        if (!shown(field)) continue;
        const place = field.getBoundingClientRect();
        add(field.outerHTML.slice(0, 60), field, place);
        if (place.height < 1.5 * parseFloat(getComputedStyle(field).fontSize))
            faults.push(`low: ${field.outerHTML.slice(0, 60)}`);
    }
    for (const [at, one] of texts.entries()) for (const other of texts.slice(at + 1)) {
        if (one.sticks || other.sticks) continue;
        const across = Math.min(one.right, other.right) - Math.max(one.left, other.left);
        const down = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
        if (across > 2 && down > 2) faults.push(`${one.name} lies on ${other.name}`);
    }
    for (const text of document.querySelectorAll("svg.marks text")) {
        if (!shown(text) || !text.textContent.trim()) continue;
        const { a, b } = text.getScreenCTM();
        const size = Math.hypot(a, b) * parseFloat(getComputedStyle(text).fontSize);
        if (size < smallest) faults.push(`small: ${text.textContent} has ${size} pixels`);
    }
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth > clientWidth) faults.push("the page scrolls sideways");
    return [texts.length ? "" : "no text", ...faults].filter(Boolean);
}"""
#: The outline of the element with the keyboard, and the colours of it and of what is behind it.
OUTLINE = """() => {
    const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(document.activeElement);
    const hex = (text) => "#" + text.match(/[\\d.]+/g).slice(0, 3)
        .map((part) => Number(part).toString(16).padStart(2, "0")).join("");
    let behind = document.activeElement, ground = "";
    while (/^rgba\\(.*, 0\\)$|^$/.test(ground)) {
        behind = behind.parentElement;
        ground = getComputedStyle(behind).backgroundColor;
    }
    return [outlineStyle, parseFloat(outlineWidth), hex(outlineColor), hex(ground)];
}"""
_HELD = "document.activeElement.outerHTML.slice(0, 200)"
_OVER = "frame => frame.scrollWidth - frame.clientWidth"
_WIDER = """box => {
    const right = box.getBoundingClientRect().right + 1;
    return [...box.querySelectorAll("*")].filter(part => part.getBoundingClientRect().right > right)
        .map(part => part.textContent);
}"""
_SHOW_TABS = """() => {
    for (const tab of document.querySelectorAll(".widget-tab-contents > .lm-mod-hidden"))
        tab.classList.remove("lm-mod-hidden");
    for (const row of document.querySelectorAll(".kpa-table tbody tr:nth-child(n+4)")) row.remove();
}"""
#: Parts of a record that a long word, put into each in turn, sticks out of.
_LONG_WORDS = """record => [...record.querySelectorAll("h3, td:first-child")].slice(0, 2)
    .filter(part => {
        const before = part.innerHTML;
        part.textContent = "W".repeat(300);
        const cut = part.scrollWidth > part.clientWidth + 1;
        part.innerHTML = before;
        return cut;
    }).map(part => part.tagName)"""
#: The headings of a table that take more than two lines, because their words are broken.
_BROKEN_WORDS = """element => [...element.querySelectorAll("th")].map((th) => [
    th.textContent, th.clientHeight, 2.5 * parseFloat(getComputedStyle(th).fontSize) * 1.5,
]).filter(([, height, two]) => height > two)"""
_ALL_DARK = """() => [...document.querySelectorAll(".kpa-chart")].every(
    chart => chart.style.background === "rgb(22, 26, 33)")"""
#: The captions of tables and the labels of boxes to tick that are cut at the edge of their card.
_CUT_CAPTIONS = """() => {
    const right = part => part.getBoundingClientRect().right;
    const parts = document.querySelectorAll(".kpa-table caption, .widget-checkbox *");
    return [...parts].filter(part => part.checkVisibility())
        .filter(part => right(part) > right(part.closest(".kpa-table-frame, .kpa-explorer")) + 1)
        .map(part => part.textContent);
}"""
#: Widths of the window, and the reader's size of text in percent: a phone, the same with large
#: text, browser zoom of 200% in a window of 1280 pixels, text zoom of 200%, and a screen of 1280
#: pixels, less what scrollbars take: tables are beside the charts there, with the least room.
_SIZES = ((390, 100), (330, 200), (640, 100), (1280, 200), (1260, 100))
#: The fields of filters whose hints are wider than the room that their own buttons leave.
_CUT_HINTS = """frame => [...frame.querySelectorAll("input")].filter(field => {
    const style = getComputedStyle(field), pen = document.createElement("canvas").getContext("2d");
    pen.font = style.font;
    const buttons = field.type === "number" && style.appearance === "textfield" ? 0 : 14;
    const taken = parseFloat(style.paddingLeft) + parseFloat(style.paddingRight) + buttons;
    return pen.measureText(field.placeholder).width > field.clientWidth - taken;
}).map(field => field.ariaLabel)"""
#: The names of tabs that are cut where the browser enlarges only text.
_CUT_TABS = """page => [...page.querySelectorAll("[role=tab]")].filter((tab) => {
    tab.style.fontSize = "26px";
    const name = tab.querySelector(".lm-TabBar-tabLabel");
    const isCut = name.scrollWidth > name.clientWidth + 1;
    tab.style.fontSize = "";
    return isCut;
}).map(tab => tab.textContent)"""
#: How many lines the names of the tabs take.
_LINES_OF_TABS = """page => new Set([...page.querySelectorAll("[role=tab]")].map(
    tab => tab.getBoundingClientRect().top)).size"""


def focus_is_seen(page: Page) -> None:
    """The element with the keyboard has an outline that contrasts with what is behind it."""
    style, width, colour, ground = page.evaluate(OUTLINE)
    held = page.evaluate(_HELD)
    assert style == "solid", held
    assert width >= 2, held
    assert contrast(colour, ground) >= 3, held


def every_tab_is_legible(page: Page) -> None:
    """Look at each tab of a dashboard at several sizes, and reach its controls by keyboard."""
    for tab in ("Instructors", "Group trainings", "Trend", "Planner", "Expirations"):
        press(page.get_by_role("tab", name=tab))
        charts = page.locator(".kpa-chart svg.marks:visible")
        expect(charts.nth(0 if tab == "Planner" else 1)).to_be_visible()
        for width, text in _SIZES:
            page.set_viewport_size({"width": width, "height": 900})
            page.evaluate("size => { document.documentElement.style.fontSize = size }", f"{text}%")
            _has_no_faults(page, f"{tab} at {width} pixels and text of {text}%")
            assert page.evaluate(_CUT_CAPTIONS) == [], f"{tab} at {width} pixels"
        compared = page.get_by_label("Compare by", exact=True).locator("visible=true")
        if tab == "Trend":  # its widest table
            compared.select_option(label="Field office")
            expect(page.locator("th:visible", has_text="Field office")).to_be_visible()
        for table in page.locator(".kpa-table:visible").all():
            _no_column_is_cut(table, tab)  # beside the charts
        if tab == "Trend":
            compared.select_option(label="All cases together")
        _focus_is_seen_in_the_controls(page)
    assert page.locator(".kpa-dashboard").evaluate(_CUT_TABS) == []


def _no_column_is_cut(table: Locator, tab: str) -> None:
    """A table is not wider than its frame, not even with the fields of its filters."""
    frame = table.locator(".kpa-table-frame")
    assert frame.evaluate(_OVER) == 0, tab
    press(table.get_by_role("button", name="Filter"))
    expect(frame.locator(".kpa-table-filters")).to_be_visible()
    assert frame.evaluate(_OVER) == 0, tab
    assert frame.evaluate(_CUT_HINTS) == [], tab
    press(table.get_by_role("button", name="Filter"))


def no_rule_is_broken(page: Page, axe: str) -> None:
    """Show all tabs of a dashboard at once, with what they can open, in both schemes.

    One run for all tabs, with three rows of each table, takes a fraction of the time. The page must
    be light, and Expirations open.
    """
    press(page.locator(".kpa-row-button:visible").first)
    expect(page.locator(".kpa-explanation:visible")).to_be_visible()
    press(page.get_by_role("button", name="Filter").locator("visible=true").first)
    press(page.locator(".kpa-person-button:visible").first)
    record = page.locator(".kpa-record section")
    expect(record).to_be_visible()
    assert record.locator(".kpa-record-body").evaluate(_OVER) == 0
    assert record.evaluate(_LONG_WORDS) == []
    page.set_viewport_size({"width": 390, "height": 900})  # all that can scroll does
    assert record.evaluate(_BROKEN_WORDS) == []
    page.evaluate(_SHOW_TABS)
    press(page.locator(".kpa-help-button:visible").first)
    expect(page.locator(".kpa-help-sheet:visible")).to_be_visible()
    broken = violations(page, axe)
    assert broken == [], broken
    page.keyboard.press("Escape")
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(_ALL_DARK)
    open_list(page.locator(".kpa-multi-select:visible").first)
    broken = violations(page, axe)
    assert broken == [], broken


def a_phone_scrolls_only_inside_its_cards(page: Page) -> None:
    """A chart and a table are wider than a phone: they scroll, and say or keep what they are."""
    page.set_viewport_size({"width": 390, "height": 900})
    assert page.locator(".kpa-dashboard").evaluate(_LINES_OF_TABS) == 1
    chart = page.locator(".kpa-chart:visible").first
    expect(chart.get_by_text("Scroll sideways to see the whole chart.")).to_be_visible()
    assert chart.locator(".chart-wrapper").evaluate(_OVER) > 0
    name = chart.get_attribute("aria-label") or ""
    expect(chart.get_by_text(name, exact=True).first).to_be_visible()
    frame = page.locator(".kpa-table-frame:visible").first
    first = frame.locator("tbody td").first
    before = first.bounding_box()
    frame.evaluate("frame => { frame.scrollLeft = 200 }")
    assert first.bounding_box() == before
    _a_menu_opens_inside_the_window(page.locator(".kpa-chart:visible").last)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.locator(".kpa-figures:visible").evaluate(_WIDER) == []
    page.evaluate("document.documentElement.style.fontSize = ''")


def _a_menu_opens_inside_the_window(chart: Locator) -> None:
    """The menu of a chart, opened at the lower edge of the window, is all in the window."""
    button = chart.locator("summary")
    button.evaluate("button => scrollBy(0, button.getBoundingClientRect().bottom - innerHeight)")
    expect(button).to_be_in_viewport(ratio=0.5)
    button.press("Enter")
    for item in chart.locator(".vega-actions a").all():
        expect(item).to_be_in_viewport(ratio=1)
    button.press("Escape")


def _has_no_faults(page: Page, where: str) -> None:
    """No fault is left when charts and tables have followed the size of the window."""
    faults = page.evaluate(_FAULTS, SMALLEST)
    for _ in range(40):
        if not faults:
            return
        page.wait_for_timeout(250)
        faults = page.evaluate(_FAULTS, SMALLEST)
    raise AssertionError(f"{where}: {faults}")


def _focus_is_seen_in_the_controls(page: Page) -> None:
    """By the Tab key from the first control of the open tab to its help."""
    page.locator(".kpa-dashboard .widget-tab-contents input:visible").first.focus()
    for _ in range(20):
        page.keyboard.press("Tab")
        focus_is_seen(page)
        if page.evaluate("document.activeElement.matches('.kpa-help-button')"):
            return
    raise AssertionError("the Tab key does not reach the help")

"""Pickers and charts by keyboard alone, with every focus seen."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import Any

import polars as pl
import pytest
from playwright.sync_api import Locator, Page, expect

from kpa_analytics.charts.render import drawn
from kpa_analytics.widgets.chart_panel import ChartPanel
from kpa_analytics.widgets.connection import Connection
from kpa_analytics.widgets.day_field import DayField
from kpa_analytics.widgets.download import DownloadButton
from kpa_analytics.widgets.multi_select import MultiSelect
from kpa_analytics.widgets.table import RowsTable
from kpa_analytics.widgets.table_rows import ColumnHeading
from kpa_analytics.wording import day as in_words
from tests.browser.axe import axe, violations
from tests.browser.hands import open_list, point_at, press
from tests.browser.legible import focus_is_seen
from tests.browser.still import put, state
from tests.charts.drawings import draw, every_chart, inputs

__all__ = ["axe"]
TITLES = ["First Aid", "Fire Watch", "Ladders", "Rigging", "Cranes", "Spills", "Noise", "Éclair"]
REMOVE = "\N{MULTIPLICATION SIGN}"
POINT = "[aria-roledescription=point]"
BAR = "[aria-roledescription=bar]"
MARK = f":is({BAR}, {POINT}, [aria-roledescription='rect mark'])"
#: The colour that is seen behind a cell: its own or, if it has none, that of its row.
_GROUND = """cell => [cell, cell.parentElement].map(box => getComputedStyle(box).backgroundColor)
    .find(colour => colour !== "rgba(0, 0, 0, 0)")"""
#: What lies on the middle of the first line of the element that has the keyboard, if it is another.
_UNDER = """() => {
    const held = document.activeElement, [{ x, y, width, height }] = held.getClientRects();
    const seen = document.elementFromPoint(x + width / 2, y + height / 2);
    return held.contains(seen) ? null : `${held.outerHTML} is under ${seen?.outerHTML}`;
}"""
#: The name of the element that has the keyboard.
_HELD = "document.activeElement.ariaLabel ?? document.activeElement.parentElement.innerText"
#: Which of the marks has the keyboard, its name and its place on the screen.
_PLACE = f"""() => {{
    const held = document.activeElement;
    const at = [...document.querySelectorAll(`svg.marks {MARK}[tabindex]`)].indexOf(held);
    return {{ at, name: held.ariaLabel, ...held.getBoundingClientRect().toJSON() }};
}}"""


def pickers() -> list[MultiSelect]:
    return [
        MultiSelect(
            "Trainings", "All trainings", "Only these", [[i, t] for i, t in enumerate(TITLES)]
        ),
        MultiSelect("Statuses", "All statuses", "Only these", [["a", "Current"], ["b", "Expired"]]),
    ]


#: The charts of the explorers, whose bars can be selected, and one chart without such bars.
DRAWN = (
    *("expiry_timeline", "expiry_by_training", "group_sizes", "group_sessions"),
    *("instructor_activity", "instructor_coverage", "status_over_time", "renewal_punctuality"),
    *("expirations_by_week", "session_plan", "status_summary"),
)


def panel(dark: bool = False) -> ChartPanel:
    made = ChartPanel()
    made.draw(drawn(draw, name, inputs(name), dark=dark) for name in DRAWN)
    rows, legend = ["axis"], ["legend"]
    both = rows + legend
    kinds = [legend, both, [], legend, rows, rows, both, legend, legend, both]
    made.on_label(lambda *_: None, kinds)
    return made


def as_of() -> DayField:
    field = DayField("As of", "The day of the statuses")
    field.value = date(2026, 6, 30)
    return field


def charts_of(page: Page) -> None:
    expect(page.locator(".kpa-chart:not(.kpa-chart-coming) svg.marks")).to_have_count(len(DRAWN))


def a_bar_is_selected_by_enter_and_cleared_by_escape(page: Page, chart: Locator, at: int) -> None:
    """Try the last bar: the value of a session's size may be null there."""
    bar = chart.locator(f"svg.marks {MARK}[role=button]").last
    params = drawn(draw, DRAWN[at], inputs(DRAWN[at]))["params"]
    fields = next(param["select"]["fields"] for param in params if param["name"] == "pick")
    bar.focus()
    press_keys(page, "Enter")
    expect(bar).to_have_attribute("aria-pressed", "true")
    picked = state(page, 0, "picked")
    assert (picked[0], [[*names] for names in picked[1]]) == (at, [fields])
    press_keys(page, "Escape")
    expect(chart.locator(f"{MARK}[aria-pressed=true]")).to_have_count(0)
    assert state(page, 0, "picked") == [-1, []]


def press_keys(page: Page, keys: str) -> None:
    for key in keys.split():
        page.keyboard.press(key)


def test_a_picker_by_keyboard_alone(web: Page) -> None:
    put(web, *pickers())
    first, second = web.locator(".kpa-multi-select").all()
    boxes, said = first.get_by_role("checkbox"), first.get_by_role("status")
    search = first.get_by_role("searchbox")
    press_keys(web, "Tab Enter")
    expect(search).to_be_focused()
    press_keys(web, "ArrowDown")
    expect(boxes.first).to_be_focused()
    press_keys(web, "ArrowDown Space End Enter ArrowUp Home ArrowUp")
    expect(search).to_be_focused()
    assert state(web, 0, "value") == [1, 7]
    expect(said).to_have_text("2 of 8 chosen")

    web.keyboard.type("FI")
    expect(boxes.and_(web.locator(":visible"))).to_have_count(2)
    expect(said).to_have_text("2 of 8 found, 1 of them chosen")
    press_keys(web, "Tab")
    expect(first.get_by_role("button", name="Select all found")).to_be_focused()
    press_keys(web, "Enter")
    assert state(web, 0, "value") == [1, 7, 0]
    expect(search).to_be_focused()
    press_keys(web, "Escape")
    expect(first.locator("summary")).to_be_focused()
    expect(first.locator("summary")).to_have_text("3 of 8 chosen")

    press_keys(web, "ArrowDown")
    expect(search).to_have_value("")
    expect(boxes.and_(web.locator(":visible"))).to_have_count(8)
    web.keyboard.type("éCLAIR")
    press_keys(web, "Enter")
    assert state(web, 0, "value") == [1, 0]
    press_keys(web, "Escape")

    chips = first.get_by_role("list", name="Chosen trainings")
    expect(chips.get_by_role("listitem")).to_have_text(
        [f"First Aid{REMOVE}", f"Fire Watch{REMOVE}"]
    )
    press_keys(web, "Tab")
    expect(chips.get_by_role("button", name="Remove First Aid")).to_be_focused()
    press_keys(web, "Enter")
    expect(chips.get_by_role("button", name="Remove Fire Watch")).to_be_focused()
    press_keys(web, "Space")
    assert state(web, 0, "value") == []
    expect(first.locator("summary")).to_be_focused()
    expect(chips).to_have_count(0)

    press_keys(web, "Enter")
    expect(search).to_be_focused()
    press_keys(web, "Tab Tab Tab")
    expect(second.locator("summary")).to_be_focused()
    expect(search).to_be_hidden()
    press_keys(web, "Enter")
    expect(second.get_by_role("checkbox").first).to_be_focused()
    first.locator("details").evaluate("fold => { fold.open = true }")
    expect(search).to_be_visible()
    expect(second.get_by_role("checkbox").first).to_be_hidden()


TAKEN = {
    "1 Feb 2025": "2025-02-01",
    "  29  february 2024 ": "2024-02-29",
    "2026-03-31": "2026-03-31",
    "JUN 3, 2026": "2026-06-03",
    "September 30 1000": "1000-09-30",
    "3-Jun-2026": "2026-06-03",
    "2026-6-4": "2026-06-04",
    "31 Dec 9999": "9999-12-31",
}
REFUSED = (
    *("06/07/2026", "6.7.2026", "2026/06/30", "30-06-2026", "20266-06-30", "30 Jun 26"),
    *("31 Feb 2026", "2026-02-29", "0 Jun 2026", "30 Ju 2026", "30 Juno 2026", "30 Jun 0999", "x"),
)


def test_a_day_by_keyboard_and_by_calendar(web: Page) -> None:
    put(web, as_of())
    web.evaluate("addEventListener('keydown', () => { window.heard = true })")
    day = web.get_by_label("As of", exact=True)

    def enter(text: str) -> None:
        day.select_text()
        web.keyboard.type(text)
        press_keys(web, "Enter")

    for text, iso in TAKEN.items():
        enter(text)
        assert state(web, 0, "value") == iso, text
        expect(day).to_have_value(in_words(date.fromisoformat(iso)))
    press_keys(web, "ArrowUp PageUp")
    assert day.input_value() == "31 Dec 9999"
    web.evaluate("kpaWidgets[0].set('value', '0001-06-30')")  # from Python
    expect(day).to_have_value("30 Jun 0001")
    press_keys(web, "Enter")
    assert state(web, 0, "said") is None
    enter("30 Jun 2026")
    for text in REFUSED:
        enter(text)
        assert (state(web, 0, "said"), state(web, 0, "value")) == ({"refused": text}, "2026-06-30")
        expect(day).to_have_value("30 Jun 2026")

    day.fill("1 Jul 2026")
    press_keys(web, "Escape")
    expect(day).to_have_value("30 Jun 2026")
    press_keys(web, "ArrowUp ArrowUp ArrowDown")
    expect(day).to_have_value("1 Jul 2026")
    assert state(web, 0, "value") == "2026-06-30"  # before a pause
    web.wait_for_function("kpaWidgets[0].state.value === '2026-07-01'")
    enter("31 Jan 2026")
    press_keys(web, "PageUp")
    expect(day).to_have_value("28 Feb 2026")
    press_keys(web, "PageDown ArrowDown Enter")
    assert state(web, 0, "value") == "2026-01-27"

    day.fill("30 Jun 202")
    web.wait_for_timeout(1200)
    assert state(web, 0, "value") == "2026-01-27"
    web.keyboard.type("6")
    web.wait_for_function("kpaWidgets[0].state.value === '2026-06-30'")
    web.evaluate("kpaWidgets[0].set('value', '2026-01-27')")  # as Python does that refuses a day
    expect(day).to_have_value("30 Jun 2026")
    press_keys(web, "Enter")
    expect(day).to_have_value("27 Jan 2026")
    assert state(web, 0, "value") == "2026-01-27"

    button = web.get_by_role("button", name="Choose As of from a calendar")
    for text in ("29 Jun", "27 Jan 2026"):
        day.fill(text)
        press(button)
        assert web.evaluate("document.querySelector('input:open').type") == "date"
        press_keys(web, "ArrowRight Enter")
        expect(day).to_have_value("28 Jan 2026")
        assert state(web, 0, "value") == "2026-01-28"
    assert state(web, 0, "said") == {
        "refused": REFUSED[-1]
    }  # the calendar button ignores an unfinished date

    day.fill("")
    press_keys(web, "Tab")
    expect(button).to_be_focused()
    assert web.evaluate("kpaWidgets[0].state.value === null")
    day.fill("31 Apr 2026")
    press_keys(web, "Tab")
    assert state(web, 0, "said") == {"refused": "31 Apr 2026"}
    expect(day).to_have_value("")
    # as in a page inside one of another site
    web.evaluate("() => { HTMLInputElement.prototype.showPicker = () => { throw Error() } }")
    press(button)
    expect(button).to_have_count(0)
    expect(day).to_be_focused()
    assert web.evaluate("window.heard") is None


def test_many_chips_stay_few_and_a_silent_kernel_is_noticed(web: Page) -> None:
    put(web, *pickers(), Connection(patience=0.3))
    web.evaluate("kpaWidgets[0].set('value', [0, 1, 2, 3, 4, 5, 6, 7])")
    items = web.get_by_role("listitem")
    expect(items).to_have_count(7)
    expect(items.last).to_have_text("and 2 more")
    web.evaluate("kpaWidgets[0].set('value', [3])")
    expect(items).to_have_text([f"Rigging{REMOVE}"])

    trainings, said = web.locator(".kpa-multi-select").first, web.get_by_role("alert")
    open_list(trainings)
    expect(said).to_contain_text("The kernel does not answer")
    expect(trainings.get_by_role("checkbox").first).to_be_hidden()
    assert trainings.evaluate("picker => picker.inert")
    web.evaluate("kpaWidgets[2].set('msg:custom', 'here')")
    expect(said).to_have_count(0)
    open_list(trainings)
    web.evaluate("kpaWidgets[2].set('msg:custom', 'here')")
    web.wait_for_timeout(600)
    expect(said).to_have_count(0)


def test_bars_by_keyboard_alone(web: Page) -> None:
    put(web, panel())
    charts_of(web)
    *with_bars, summary = web.get_by_role("figure").all()
    timeline, trainings, sizes = with_bars[:3]

    press_keys(web, "Tab")
    reached = [web.evaluate(_HELD)]
    for _ in range(timeline.locator(f"svg.marks {BAR}[tabindex]").count() - 1):
        press_keys(web, "ArrowRight")
        reached.append(web.evaluate(_HELD))
    assert len({*reached}) == len(reached)
    press_keys(web, "Home")
    assert web.evaluate(_HELD) == reached[0]
    press_keys(web, "End")
    assert web.evaluate(_HELD) == reached[-1]

    bar = trainings.locator(f"{BAR}[role=button]").first
    bar.focus()
    expect(web.locator("#vg-tooltip-element.visible")).to_contain_text("Cases")
    press_keys(web, "Enter")
    expect(bar).to_have_attribute("aria-pressed", "true")
    picked = state(web, 0, "picked")
    assert (picked[0], len(picked[1])) == (1, 1)
    press_keys(web, "ArrowDown Shift+Enter")
    assert len(state(web, 0, "picked")[1]) == 2
    press_keys(web, "Space Home Enter")
    press_keys(web, "Escape")
    expect(web.locator("#vg-tooltip-element.visible")).to_have_count(0)

    bar.focus()
    held = web.evaluate(_HELD)
    web.evaluate("kpaWidgets[0].set('picked', [-1, []])")
    expect(trainings.get_by_role("button", pressed=True)).to_have_count(0)
    assert web.evaluate(_HELD) == held
    sizes.locator("[tabindex='0']").first.focus()
    assert "people in the session: " in web.evaluate(_HELD)

    for at, chart in enumerate(with_bars):
        expect(chart.get_by_role("button", pressed=False).first).to_be_attached()
        assert chart.locator(f"svg.marks {MARK}[tabindex='0']").count() == 1
        a_bar_is_selected_by_enter_and_cleared_by_escape(web, chart, at)
    assert summary.locator(f"svg.marks {BAR}[role=button]").count() == 0
    named = ((trainings, "axis"), (trainings, "legend"), (with_bars[4], "axis"))
    of_plan = ((with_bars[-1], "axis"), (with_bars[-1], "legend"))
    for chart, kind in named + of_plan:
        labels = chart.locator(f".kpa-chart-label[data-kind={kind}]")
        expect(chart.locator(f".kpa-chart-label[data-kind={kind}][tabindex='0']")).to_have_count(1)
        labels.first.focus()
        press_keys(web, "ArrowDown")
        expect(labels.nth(1)).to_be_focused()
        expect(labels.nth(1)).to_have_attribute("tabindex", "0")
        expect(labels.first).to_have_attribute("tabindex", "-1")
        press_keys(web, "End ArrowRight")
        expect(labels.last).to_be_focused()
        press_keys(web, "Home")
        expect(labels.first).to_be_focused()
    names = with_bars[4].locator(".labels_marks text[role=button]")
    assert names.count() == drawn(draw, DRAWN[4], inputs(DRAWN[4]))["height"] // 30


@every_chart
def test_the_arrow_keys_reach_every_mark_once_in_order_and_each_is_seen(
    web: Page, name: str
) -> None:
    made = ChartPanel()
    made.draw([drawn(draw, name, inputs(name))])
    put(web, made)
    marks = web.locator(f"svg.marks {MARK}[tabindex]")
    expect(marks.first).to_be_attached()
    number = marks.count()
    marks.first.focus()
    press_keys(web, "Home")
    places = [web.evaluate(_PLACE)]
    for _ in range(number - 1):
        press_keys(web, "ArrowRight")
        places.append(web.evaluate(_PLACE))
    assert {place["at"] for place in places} == {*range(number)}
    assert [place for place in places if min(place["width"], place["height"]) < 1] == []
    for place, later in pairwise(places):
        is_below = later["top"] >= place["bottom"]
        assert is_below or later["left"] >= place["left"], (place, later)


def test_a_click_on_the_number_of_a_cell_gives_the_cell_the_keyboard(web: Page) -> None:
    put(web, panel())
    charts_of(web)
    plan = web.get_by_role("figure").nth(DRAWN.index("session_plan"))
    number = plan.locator(".mark-text.role-mark:not(.labels_marks) text").filter(has_text="1").first
    press(number)
    chosen = plan.locator(f"{MARK}[aria-pressed=true]")
    expect(chosen).to_be_focused()
    press_keys(web, "Escape")
    expect(chosen).to_have_count(0)
    press_keys(web, "ArrowDown Enter")
    expect(chosen).to_have_count(1)


def test_what_is_clicked_gets_the_keyboard_so_that_escape_clears_it(web: Page) -> None:
    made = panel()
    made.on_label(lambda *_: None, [["scale"]] * 3)
    put(web, made)
    charts_of(web)
    for at, chart in enumerate(web.get_by_role("figure").all()[:-2]):  # numbers cover the cells
        for part in (".kpa-chart-label[data-kind=scale]", f"svg.marks {MARK}[role=button]"):
            for clicked in chart.locator(part).all()[:1]:
                press(clicked)
                expect(clicked).to_be_focused()
                assert state(web, 0, "picked")[0] == at
                press_keys(web, "Escape")
                assert state(web, 0, "picked") == [-1, []]


def test_the_charts_grow_with_the_text_of_an_open_page(web: Page) -> None:
    put(web, panel())
    charts_of(web)
    drawing = web.locator(".kpa-chart svg.marks").first
    usual = drawing.bounding_box()
    web.evaluate("document.documentElement.style.fontSize = '20px'")
    grown = usual["width"] * 20 / 16 if usual else 0
    web.wait_for_function(  # asked anew each time, because a drawing that zooms is drawn again
        """wide => {
            const svg = document.querySelector(".kpa-chart svg.marks");
            return Math.abs(svg.getBoundingClientRect().width - wide) < 2;
        }""",
        arg=grown,
        timeout=10_000,
    )


def test_a_chart_is_named_after_its_finding(web: Page) -> None:
    made = panel()
    title = made.specs[0]["title"]
    title["subtitle"] = ["A sentence that", "goes on in", "2 lines", "3 more", "Another sentence"]
    sentences = [title["text"], "A sentence that goes on in 2 lines", "3 more", "Another sentence"]
    made.specs[0]["description"] = ". ".join(sentences) + "."
    made.draw(made.specs)
    put(web, made)
    charts_of(web)
    for figure, spec in zip(web.get_by_role("figure").all(), made.specs, strict=True):
        expect(figure).to_have_attribute("aria-label", spec["title"]["text"])
        expect(figure.locator("[aria-label*=' scale with ']")).to_have_count(0)
        legend = figure.locator(".role-legend")
        for name in legend_names(spec):
            expect(legend).to_have_attribute("aria-label", name)
        whole = figure.locator("[role=graphics-document]")
        expect(whole).to_have_attribute("aria-label", spec["description"])

    web.set_viewport_size({"width": 390, "height": 800})
    expect(web.locator(".kpa-chart-head").first).to_be_visible()
    heads = [head.locator("p") for head in web.locator(".kpa-chart-head").all()]
    assert heads[0].all_inner_texts()[:4] == sentences
    for head, spec in zip(heads, made.specs, strict=True):
        lines = [line.rstrip(".") for line in head.all_inner_texts()[:-1]]
        assert spec["description"].startswith(". ".join(lines))


def legend_names(spec: dict[str, Any]) -> list[str]:
    """The description of the legend, which no layer but one has."""
    colours = [layer.get("encoding", {}).get("color", {}) for layer in spec.get("layer", ())]
    legends = [colour.get("legend") for colour in colours if isinstance(colour, dict)]
    return [legend["description"] for legend in legends if legend]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_menu_and_the_tooltip_follow_the_page_and_the_text_size(web: Page, theme: str) -> None:
    put(web, panel(dark=theme == "dark"), theme=theme)
    charts_of(web)
    scrollbars = "dark" if theme == "dark" else "normal"
    expect(web.locator(".kpa-chart").first).to_have_css("color-scheme", scrollbars)
    web.evaluate("document.documentElement.style.fontSize = '32px'")
    ground = "rgb(255, 255, 255)" if theme == "light" else "rgb(33, 33, 33)"
    for part, size, show in (
        ("#vg-tooltip-element", "24px", web.locator(BAR).first.focus),
        (".vega-actions", "26px", lambda: press(web.locator(".kpa-chart summary").first)),
    ):
        show()
        shown = web.locator(part).first
        expect(shown).to_be_visible()
        expect(shown).to_have_css("background-color", ground)
        expect(shown.locator(":is(td, a)").first).to_have_css("font-size", size)


def test_a_button_that_has_nothing_to_write_says_why(web: Page) -> None:
    made = DownloadButton("Export evidence pack", "Write the evidence pack")
    made.why_not = "An evidence pack is of one account."
    put(web, made)
    button = web.get_by_role("button", name="Export evidence pack")
    expect(button).to_have_attribute("aria-disabled", "true")
    expect(web.get_by_text(made.why_not)).to_be_visible()
    press(button)
    assert state(web, 0, "said") is None
    web.evaluate("kpaWidgets[0].set('why_not', '')")
    expect(button).to_have_attribute("aria-disabled", "false")
    press(button)
    assert state(web, 0, "said") == "make"


def test_the_focus_stays_when_its_button_is_disabled(web: Page) -> None:
    """A browser would give it to the page, and Tab would begin at the top."""
    put(web, Connection(), Connection())
    web.evaluate(
        """() => {
            const box = document.createElement("div");
            box.innerHTML = "<button>Undo</button><button>Reset</button>";
            document.querySelector("main").append(box, document.createElement("button"));
        }"""
    )
    undo, reset = web.get_by_role("button", name="Undo"), web.get_by_role("button", name="Reset")
    off = "button => { button.disabled = true }"
    undo.focus()
    undo.evaluate(off)
    expect(reset).to_be_focused()
    reset.evaluate(off)
    expect(web.get_by_role("button").last).to_be_focused()
    undo.evaluate("button => { button.disabled = false }")
    undo.evaluate(off)  # it did not have the focus
    expect(web.get_by_role("button").last).to_be_focused()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_focus_is_seen_and_no_rule_is_broken(web: Page, axe: str, theme: str) -> None:
    put(web, *pickers(), as_of(), panel(dark=theme == "dark"), theme=theme)
    charts_of(web)
    web.evaluate("kpaWidgets[0].set('value', [0, 1])")
    seen = set()
    for _ in range(14):
        press_keys(web, "Tab")
        if web.evaluate("document.activeElement === document.body"):
            break  # the end of the page
        focus_is_seen(web)
        seen.add(web.evaluate("document.activeElement.outerHTML"))
        if len(seen) == 1:
            press_keys(web, "Enter")
    assert len(seen) >= 10
    web.locator("details").first.evaluate("fold => { fold.open = true }")
    assert violations(web, axe) == []


def test_a_filter_that_was_cleared_stays_cleared_if_another_is_typed_at_once(page: Page) -> None:
    headings = [ColumnHeading("user", "Person"), ColumnHeading("days", "Days left", "number")]
    table = RowsTable(headings, None)
    table.show(pl.DataFrame({"user": ["Ann", "Bob"], "days": [3, 40]}), "Rows")
    put(page, table)
    press(page.get_by_role("button", name="Filter"))
    person = page.get_by_label("Person contains")
    person.focus()
    page.keyboard.type("ann")
    page.wait_for_function("kpaWidgets[0].state.filters.user === 'ann'")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.press("Delete")
    page.keyboard.press("Tab")
    page.keyboard.type("0")
    page.keyboard.press("Tab")
    page.keyboard.type("30")
    page.keyboard.press("Tab")
    page.wait_for_function("kpaWidgets[0].state.filters.days?.[1] === 30")
    assert state(page, 0, "filters") == {"days": [0, 30]}
    expect(person).to_have_value("")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_on_a_phone_a_marked_row_is_marked_from_its_first_cell_on(page: Page, theme: str) -> None:
    """The first column stays while a table scrolls, so that its cells have their own colour."""
    headings = [ColumnHeading("week", "Week of"), ColumnHeading("training", "Training")]
    table = RowsTable(headings, None, choosable=True)
    rows = pl.DataFrame({"week": ["6 Jul", "13 Jul"], "training": ["Ropes", "Ladders"]})
    table.show(rows, "Rows")
    put(page, table, theme=theme)
    page.set_viewport_size({"width": 390, "height": 800})
    plain, row = page.locator("tbody tr").all()
    point_at(row)
    _is_marked_throughout(row, plain)
    point_at(page.get_by_role("button", name="Filter"))
    page.evaluate("kpaWidgets[0].set('chosen_row', 1)")
    _is_marked_throughout(row, plain)
    press(page.get_by_role("button", name="Filter"))
    _is_marked_throughout(page.locator(".kpa-table-filters"), plain)


def _is_marked_throughout(row: Locator, plain: Locator) -> None:
    """Each cell of a row has the same ground, which is not that of a plain row."""
    grounds = {cell.evaluate(_GROUND) for cell in row.locator("td").all()}
    assert len(grounds) == 1, grounds
    assert grounds != {plain.locator("td").first.evaluate(_GROUND)}


def test_the_buttons_of_pages_stay_side_by_side_on_a_phone(page: Page) -> None:
    table = RowsTable([ColumnHeading("id", "Id", "number")], None)
    table.show(pl.DataFrame({"id": range(8_354)}), "Rows")
    put(page, table)
    page.set_viewport_size({"width": 390, "height": 800})
    buttons = page.locator(".kpa-table-foot button")
    boxes = [button.bounding_box() or {} for button in buttons.all()]
    assert len({box["y"] for box in boxes}) == 1, boxes
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    larger = [button.bounding_box() or {} for button in buttons.all()]
    assert max(box["x"] + box["width"] for box in larger) <= 390, larger


@pytest.mark.parametrize("width", [390, 1400])
def test_the_keyboard_is_never_under_the_heading_or_the_first_column(
    page: Page, width: int
) -> None:
    """Both stay in place while the rows scroll below them."""
    trainings = [f"a training with a long title, number {number}" for number in range(25)]
    rows = pl.DataFrame({"training": trainings, "m_user_id": trainings, "user": trainings})
    columns = [("training", "text"), ("status", "text"), ("due", "text"), ("user", "person")]
    headings = [ColumnHeading(name, f"The {name} of this row", kind) for name, kind in columns]
    table = RowsTable(headings, None, choosable=True)
    table.show(rows.with_columns(status=pl.col("user"), due=pl.col("user")), "Rows")
    put(page, table)
    page.set_viewport_size({"width": width, "height": 800})
    page.locator(".kpa-table-foot").evaluate("foot => { foot.hidden = true }")
    people = page.locator("tbody .kpa-person-button")
    expect(people).to_have_count(25)
    people.last.focus()
    for _ in range(49):
        press_keys(page, "Shift+Tab")
        assert page.evaluate(_UNDER) is None
    for _ in range(49):
        press_keys(page, "Tab")
        assert page.evaluate(_UNDER) is None

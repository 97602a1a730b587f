"""The explorers as a user has them: in JupyterLab, by mouse and keyboard, with no network."""

from __future__ import annotations

import json
import re
import struct
import zipfile
from pathlib import Path
from typing import Any

import nbformat
import polars as pl
from playwright.sync_api import Locator, Page, expect

from kpa_analytics.analysis.folding import folded
from kpa_analytics.statuses import EXPIRED, SIGNED_LABELS
from kpa_analytics.widgets.table import PAGE
from tests.browser.conftest import TOKEN, Lab, keep, notebook_of
from tests.browser.hands import open_list, point_at, press
from tests.browser.reading import (
    NARROWEST,
    a_figure_lists_what_it_counts,
    a_label_below_the_bars_selects_them,
    a_label_of_the_axis_shows_its_training,
    a_status_chosen_leaves_the_figures,
    column_widths,
    named_rows,
    people_are_found_without_accents,
    picker,
    resize_by_mouse,
    the_figures_say_what_is_in_order,
    what_is_due_soon_and_by_which_rule,
)

RECORDS = """\
import warnings

import kpa_analytics as kpa

warnings.simplefilter("ignore")
kpa.demo.start(kpa.demo.organisation(people=150, completions=4000))
kpa.configure(progress=False)
data = kpa.load_all()"""
EXPIRY = "explorer = kpa.widgets.ExpiryExplorer(data)\nexplorer"
WIDGET = "application/vnd.jupyter.widget-view+json"
DASHBOARD = "dashboard = kpa.widgets.Dashboard(data)\ndashboard"


def listed(view: Locator) -> list[list[str]]:
    """The rows of a table, as a reader sees them."""
    rows: list[list[str]] = view.locator(".kpa-table tbody tr").evaluate_all(
        "rows => rows.map(row => [...row.cells].map(cell => cell.textContent))"
    )
    return rows


def pick_training(view: Locator, title: str) -> None:
    """Choose a training by keyboard alone: open, search, to the box, space, close."""
    view.locator(".kpa-multi-select summary").first.focus()
    keyboard = view.page.keyboard
    keyboard.press("Enter")
    search = view.get_by_role("searchbox", name="Search trainings")
    expect(search).to_be_focused()
    keyboard.type(title)
    box = view.get_by_role("checkbox", name=title, exact=True)
    while not box.evaluate("box => box === document.activeElement"):
        keyboard.press("Tab")
    keyboard.press("Space")
    keyboard.press("Escape")


def test_an_explorer_keeps_its_height_and_its_keys_in_notebook_7(web: Page, lab: Lab) -> None:
    """Notebook 7 puts tall outputs that change into a small box."""
    lab.run_notebook(web, "seven", notebook_of(RECORDS, EXPIRY), in_notebook_7=True)
    view = web.locator(".kpa-expiry")
    view.locator(".kpa-chart [aria-roledescription=bar]").first.wait_for()
    titles = view.locator(".kpa-chart svg.marks").first
    before = titles.text_content()
    press(view.get_by_role("checkbox", name="Include people who left"))
    expect(titles).not_to_have_text(before or "")
    expect(web.locator(".jp-CodeCell.jp-mod-outputsScrolled", has=view)).to_have_count(1)
    area = web.locator(".jp-Cell-outputArea", has=view)
    inside, whole = area.evaluate("area => [area.clientHeight, area.scrollHeight]")
    assert inside >= whole > 1000
    keys_stay_in_the_explorer(web, view)


def keys_stay_in_the_explorer(web: Page, view: Locator) -> None:
    """B would insert a cell, and the arrow keys would go to another one."""
    cells = web.locator(".jp-Notebook .jp-Cell")
    before = cells.count()
    for part in (".kpa-tile", ".kpa-chart [tabindex='0']", ".kpa-table .kpa-row-button"):
        view.locator(part).first.focus()
        for key in ("b", "ArrowDown"):
            web.keyboard.press(key)
            expect(view.locator(":focus")).to_have_count(1)
    picker = view.locator(".kpa-multi-select", has_text="Trainings").first
    picker.locator("summary").focus()
    web.keyboard.press("Enter")
    web.keyboard.type("aid")
    for key in ("ArrowDown", "Enter", "ArrowDown", "ArrowUp"):
        web.keyboard.press(key)
        expect(picker.locator(":focus")).to_have_count(1)
    web.keyboard.press("Escape")
    assert cells.count() == before


def test_expiry_by_mouse_and_keyboard(web: Page, lab: Lab, tmp_path: Path) -> None:
    lab.run(web, "expiry", RECORDS, EXPIRY)
    view = web.locator(".kpa-expiry")
    bars = view.locator(".kpa-chart [aria-roledescription=bar]")
    bars.first.wait_for()
    expect(view.locator(".kpa-chart svg.marks")).to_have_count(2)
    expect(view.locator(".kpa-demo")).to_have_text(
        "DEMO DATA - invented people and records, not evidence"
    )
    expect(view.locator(".kpa-heading")).to_contain_text(
        re.compile(r"fetched \d+ \w{3} 20\d\d, \d\d:\d\d UTC from ")
    )

    drawings_fit_and_are_saved(web, view)
    what_is_due_soon_and_by_which_rule(view)
    a_label_of_the_axis_shows_its_training(view)
    a_label_below_the_bars_selects_them(view, 0)
    the_figures_say_what_is_in_order(view)
    a_status_chosen_leaves_the_figures(view)
    people_are_found_without_accents(view)
    lab.becomes(web, "explorer.rebuilds", 13)  # each of the five steps changed it and back
    type_and_clear_a_date(web, lab, view)

    # a date, after a pause
    view.get_by_label("As of", exact=True).first.fill("2026-03-31")
    expect(view.locator(".kpa-chart svg.marks").first).to_contain_text("as of 31 Mar 2026")
    lab.becomes(web, "str(explorer.as_of)", "2026-03-31")

    # a training, by keyboard
    pick_training(view, "First Aid")
    expect(view.locator(".kpa-multi-select-now").first).to_have_text("First Aid")
    lab.becomes(web, "explorer.rows['training'].unique().to_list()", ["First Aid"])
    open_list(view.locator(".kpa-multi-select").first)
    press(view.get_by_role("button", name="Clear").first)
    web.keyboard.press("Escape")
    expect(view.locator(".kpa-multi-select-now").first).to_have_text("All trainings")
    expect(view.locator(".kpa-chart svg.marks").nth(1)).to_contain_text("trainings, worst first")

    # bars, clicked, in one chart and then in the other
    month = view.locator(".kpa-chart [aria-label^='Expires in'][aria-label*='xpired, of']")
    month.last.wait_for()
    _click_and_compare(web, lab, view, month.first)
    end = view.locator(".kpa-chart [aria-label^='Expires after these months']")
    _click_and_compare(web, lab, view, end.first)
    training = view.locator(".kpa-chart").nth(1).locator("[aria-roledescription=bar]")
    _click_and_compare(web, lab, view, training.first)
    picked = lab.ask(web, "[dict(bar) for bar in explorer.selected]")
    caption = view.locator(".kpa-table caption").inner_text()
    assert list(picked[0]) == ["training_id", "status"]

    # the next bar and back, by keyboard
    web.keyboard.press("ArrowRight")
    web.keyboard.press("Enter")
    expect(view.locator(".kpa-chart [role=button][aria-pressed=true]")).to_be_focused()
    expect(view.locator(".kpa-table caption")).not_to_have_text(caption)
    assert lab.ask(web, "[dict(bar) for bar in explorer.selected]") not in ([], picked)
    web.keyboard.press("ArrowLeft")
    web.keyboard.press("Space")
    expect(view.locator(".kpa-table caption")).to_have_text(caption)
    keep(view, "expiry_light")

    # sorted by keyboard
    view.get_by_role("button", name="Person", exact=True).focus()
    web.keyboard.press("Enter")
    expect(view.locator("th", has_text="Person")).to_have_attribute("aria-sort", "ascending")
    first = lab.ask(web, "explorer.table['user'].min()")
    expect(view.locator(".kpa-table tbody td").first).to_have_text(first)
    people = [row[0] for row in listed(view)]
    assert people == sorted(people, key=folded)

    # a row, clicked, and another by keyboard
    rows = view.locator(".kpa-table tbody tr")
    why = view.locator(".kpa-explanation")
    expect(view.locator(".kpa-why")).to_contain_text("Click a row of the table")
    press(rows.nth(1).locator("td").nth(3))
    expect(rows.nth(1)).to_have_class(re.compile("kpa-row-chosen"))
    expect(why.locator("h3")).to_contain_text(listed(view)[1][0])  # the kernel's answer
    said = lab.ask(
        web, "[explorer.explanation.title, *(s.text for s in explorer.explanation.steps)]"
    )
    expect(why.locator("h3")).to_have_text(said[0])
    assert why.locator("li > span").all_inner_texts() == said[1:]
    assert said[0].startswith(f"{listed(view)[1][0]}: ")
    rule = why.locator("details").first
    press(rule.locator("summary"))
    expect(rule.locator("code")).to_contain_text("docs/rules.md#")
    keep(view, "expiry_explained")
    rows.nth(2).locator(".kpa-row-button").focus()
    web.keyboard.press("Enter")
    expect(why.locator("h3")).to_contain_text(listed(view)[2][0])
    expect(rows.nth(2).locator(".kpa-row-button")).to_have_attribute("aria-pressed", "true")
    expect(rows.nth(1)).not_to_have_class(re.compile("kpa-row-chosen"))
    web.keyboard.press("Enter")
    expect(why).to_have_count(0)

    take_rows_out(web, lab, view, tmp_path)
    narrow_and_undo(web, lab, view)

    show_a_state_of_python(web, lab, view)

    # an export, by keyboard, downloaded
    export = view.get_by_role("button", name="Export audit pack")
    export.focus()
    web.keyboard.press("Enter")
    link = view.get_by_role("link", name="Download")
    expect(link).to_be_visible()
    expect(export).to_be_focused()
    expect(export).to_be_enabled()
    with web.expect_download() as coming:
        press(link)
    pack = tmp_path / "pack.zip"
    coming.value.save_as(pack)
    with zipfile.ZipFile(pack) as archive:
        assert "audit-2026-03-31/report.html" in archive.namelist()

    reset = view.get_by_role("button", name="Reset")
    press(reset)
    expect(reset).to_be_disabled()
    expect(view.get_by_label("As of", exact=True)).to_have_value("30 Jun 2026")
    expect(view.locator(".kpa-table caption")).to_have_text("Everyone shown above")
    for name in ("Trainings", "Statuses"):
        expect(picker(view, name).locator(".kpa-multi-select-now")).to_have_text(
            f"All {name.lower()}"
        )

    # a dark page
    web.evaluate("jupyterapp.commands.execute('apputils:change-theme', {theme: 'JupyterLab Dark'})")
    expect(view.locator(".kpa-chart").first).to_have_css("background-color", "rgb(22, 26, 33)")
    keep(view, "expiry_dark")


def take_rows_out(web: Page, lab: Lab, view: Locator, folder: Path) -> None:
    """Download the rows as CSV and Excel, and copy them."""
    web.context.grant_permissions(["clipboard-read", "clipboard-write"])
    table = view.locator(".kpa-table")
    people = lab.ask(web, "explorer.table['user'].to_list()")
    for button, name in (("CSV", "rows.csv"), ("Excel", "rows.xlsx")):
        with web.expect_download() as coming:
            press(table.get_by_role("button", name=button))
        coming.value.save_as(folder / name)
        assert coming.value.suggested_filename == f"expirations-2026-03-31{Path(name).suffix}"
    assert pl.read_csv(folder / "rows.csv")["Person"].to_list() == people
    assert pl.read_excel(folder / "rows.xlsx", sheet_name="rows")["Person"].to_list() == people
    press(table.get_by_role("button", name="Copy"))
    expect(table.locator(".kpa-table-said")).to_have_text(re.compile("^Copied "))
    copied = web.evaluate("navigator.clipboard.readText()")
    assert pl.read_csv(copied.encode(), separator="\t")["Person"].to_list() == people


def show_a_state_of_python(web: Page, lab: Lab, view: Locator) -> None:
    """A state that is set in Python is what the reader sees."""
    lab.ask(
        web,
        "setattr(explorer, 'state', {'trainings': ['First Aid'], 'statuses': ['expired'], "
        "'selected': [], 'tables': {'expirations': {'sort': ['user', True]}}})",
    )
    expect(view.locator(".kpa-table caption")).to_have_text(
        re.compile(r"^Only Expired: \d+ of \d+ cases$")
    )
    for name, chosen in (("Trainings", "First Aid"), ("Statuses", "Expired")):
        expect(picker(view, name).locator(".kpa-multi-select-now")).to_contain_text(chosen)
    expect(view.locator("th", has_text="Person")).to_have_attribute("aria-sort", "descending")
    rows = named_rows(view.locator(".kpa-table"))
    shown = {(row["Training"], row["Status"]) for row in rows}
    assert shown == {("First Aid", SIGNED_LABELS[EXPIRED])}
    people = [row["Person"] for row in rows]
    assert people == sorted(people, key=folded, reverse=True)


BESIDE = """() => document.querySelector(".kpa-table").getBoundingClientRect().left
    > document.querySelector(".kpa-chart").getBoundingClientRect().right"""


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
        press(web.get_by_role("checkbox", name="Training"))
        expect(table.locator("th", has_text="Training")).to_have_count(int(shown))
        web.keyboard.press("Escape")
    assert column_widths(table) == before
    edge = table.get_by_role("separator").first
    edge.focus()
    web.keyboard.press("Enter")


def narrow_and_undo(web: Page, lab: Lab, view: Locator) -> None:
    """Choose a column, filter by keyboard, open a record and close it, click a figure, go back."""
    table = view.locator(".kpa-table")
    before = lab.ask(web, "explorer.state")
    web.set_viewport_size({"width": 1700, "height": 1200})
    web.wait_for_function(BESIDE)
    web.set_viewport_size({"width": 1100, "height": 1200})
    web.wait_for_function(f"() => !({BESIDE})()")
    resize_by_keyboard(web, table)
    resize_by_mouse(table)
    hide_and_show_a_column(web, table)
    press(table.get_by_role("button", name="Columns"))
    press(web.get_by_role("checkbox", name="Field office"))
    expect(table.locator("th", has_text="Field office")).to_be_visible()
    web.keyboard.press("Escape")
    expect(table.locator(".kpa-columns")).to_be_hidden()
    press(table.get_by_role("button", name="Filter"))
    expect(table.get_by_label("Person contains")).to_be_focused()
    web.keyboard.type("no such name")
    expect(table.locator(".kpa-table-nothing")).to_have_text("Nobody matches 'no such name'.")
    web.keyboard.press("Control+A")
    web.keyboard.press("Delete")
    expect(table.locator(".kpa-table-nothing")).to_be_hidden()

    people = view.get_by_label("People", exact=True)
    press(people)
    web.keyboard.insert_text("Nobody's name")  # at once: one change, one Undo
    expect(table.locator(".kpa-table-nothing")).to_contain_text("Nobody matches 'Nobody's name'")
    expect(people).to_have_value("Nobody's name")
    press(view.get_by_role("button", name="Undo"))
    expect(people).to_have_value("")
    expect(table.locator(".kpa-table-nothing")).to_be_hidden()
    press(view.get_by_role("button", name="Help: Expirations"))
    expect(view.locator(".kpa-help-sheet dt").first).to_have_text("as of")
    web.keyboard.press("Escape")
    expect(view.locator(".kpa-help-sheet")).to_be_hidden()

    person = table.locator(".kpa-person-button").first
    person.focus()
    web.keyboard.press("Enter")
    record = view.locator(".kpa-record section")
    expect(record.locator("h3")).to_have_text(f"Training transcript: {person.inner_text()}")
    expect(record.get_by_role("button", name="Close record")).to_be_focused()
    web.keyboard.press("Escape")
    expect(record).to_have_count(0)
    expect(person).to_be_focused()

    press(view.locator(".kpa-tile", has_text="● Current"))
    expect(table.locator("caption")).to_contain_text("Only Current")
    lab.becomes(web, "explorer.table['status'].unique().to_list()", ["current"])
    filter_numbers(web, lab, table)
    undo = view.get_by_role("button", name="Undo")
    press(undo)
    expect(table.locator("caption")).to_contain_text("Selected: ")
    others = view.locator(".kpa-chart-label", has_text="other trainings")
    press(others)
    expect(others).to_have_count(0)
    view.locator(".kpa-chart-label", has_text="Expired").first.focus()
    web.keyboard.press("Enter")
    expect(view.locator(".kpa-tile", has_text="Expired")).to_have_attribute("aria-pressed", "true")
    undo_until(web, lab, undo, before)
    expect(table.locator("th", has_text="Field office")).to_have_count(0)


def filter_numbers(web: Page, lab: Lab, table: Locator) -> None:
    """Filter a column of numbers by keyboard from one to another, and undo that."""
    before, shown = lab.ask(web, "explorer.state"), "[*explorer._table.filters.items()]"
    least = lab.ask(web, "explorer.table['days_left'].min()")
    start, end = table.get_by_label("Days left from"), table.get_by_label("Days left to")
    start.focus()
    web.keyboard.type("-5")
    web.keyboard.press("Tab")
    expect(end).to_be_focused()
    web.keyboard.type(str(least))
    lab.becomes(web, shown, [["days_left", [-5, least]]])
    expect(table.locator("caption")).to_contain_text("; filtered: ")
    lab.becomes(web, "explorer.table['days_left'].unique().to_list()", [least])
    end.fill("")
    lab.becomes(web, shown, [["days_left", [-5, None]]])
    undo = web.locator(".kpa-expiry").get_by_role("button", name="Undo")
    undo_until(web, lab, undo, before)
    expect(start).to_have_value("")
    expect(table.locator("caption")).not_to_contain_text("; filtered: ")


def undo_until(web: Page, lab: Lab, undo: Locator, before: dict[str, Any]) -> None:
    """Undo one change after another until a state is shown: slow typing may count as several."""
    while (state := lab.ask(web, "explorer.state")) != before:
        expect(undo, f"{state} is the first state, and {before} never was").to_be_enabled()
        press(undo)
        lab.becomes(web, f"explorer.state == json.loads({json.dumps(state)!r})", False)


def type_and_clear_a_date(web: Page, lab: Lab, view: Locator) -> None:
    """A date that is being typed is not computed; one that was cleared or refused stays."""
    day, note = view.get_by_label("As of", exact=True), view.get_by_role("alert")
    shown = "[str(explorer.as_of), explorer.rebuilds]"
    before = lab.ask(web, shown)
    expect(day).to_have_value("30 Jun 2026")
    day.fill("06/07/2026")
    web.keyboard.press("Enter")
    expect(note).to_have_text(
        "As of must be a date such as 30 Jun 2026 or 2026-06-30, not '06/07/2026': "
        "30 Jun 2026 is still shown."
    )
    expect(day).to_have_value("30 Jun 2026")
    day.select_text()
    web.keyboard.type("June 30, 202")
    assert lab.ask(web, shown) == before
    web.keyboard.type("5")
    web.keyboard.press("Enter")
    expect(note).to_have_count(0)
    expect(view.locator(".kpa-chart svg.marks").first).to_contain_text("as of 30 Jun 2025")
    lab.becomes(web, shown, ["2025-06-30", before[1] + 1])
    expect(day).to_have_value("30 Jun 2025")
    day.fill("")
    web.keyboard.press("Enter")
    expect(note).to_have_text("As of needs a day: 30 Jun 2025 is still shown.")
    expect(day).to_have_value("30 Jun 2025")
    assert lab.ask(web, shown) == ["2025-06-30", before[1] + 1]
    refuse_numbers(web, lab, view)


def refuse_numbers(web: Page, lab: Lab, view: Locator) -> None:
    """A field for a number says what it refuses, and keeps its number."""
    days, note = view.get_by_label("Expiring within (days)"), view.get_by_role("alert")
    for typed, key in (("-5", "Enter"), ("100000", "Tab"), ("1e3", "Enter"), ("abc", "Tab")):
        days.fill(typed)
        web.keyboard.press(key)
        expect(note).to_have_text(
            "Expiring within (days) must be a whole number from 0 to 36,500, "
            f"not '{typed}': 30 is still shown."
        )
        expect(days).to_have_value("30")
    assert lab.ask(web, "explorer.expiring_days") == 30
    days.fill("44")
    days.press("ArrowUp")
    lab.becomes(web, "explorer.expiring_days", 45)
    expect(note).to_have_count(0)
    days.fill("30")
    days.press("Enter")
    lab.becomes(web, "explorer.expiring_days", 30)


INSIDE = """([drawing, card]) => {
    const scrolls = getComputedStyle(drawing.parentElement).overflowX === "auto";
    const inner = scrolls ? drawing.parentElement : drawing;
    return inner.getBoundingClientRect().right <= card.getBoundingClientRect().right;
}"""


def drawings_fit_and_are_saved(web: Page, view: Locator) -> None:
    """Charts shrink or scroll in their cards; their menu names the picture, and closes then."""
    drawings = view.locator(".kpa-chart svg.marks")
    for width in (390, 1400):
        web.set_viewport_size({"width": width, "height": 1100})
        for drawing in drawings.all():
            expect(drawing).to_be_visible()
            card = drawing.locator("xpath=ancestor::*[contains(@class, 'kpa-chart')][1]")
            web.wait_for_function(INSIDE, arg=[drawing.element_handle(), card.element_handle()])
        button = view.locator(".kpa-chart summary").first
        press(button)
        save = view.get_by_text("Save as PNG").first
        point_at(save)
        web.keyboard.press("Escape")
        expect(save).to_be_hidden()
        expect(button).to_be_focused()
    press(button)
    with web.expect_download() as coming:
        press(save)
    assert re.fullmatch(
        r"Through Dec 2027, the busiest month is .* as of 30 Jun 2026\.png",
        coming.value.suggested_filename,
    )
    width, _ = struct.unpack(">II", coming.value.path().read_bytes()[16:24])
    box = drawings.first.bounding_box()
    assert box
    assert width == 2 * round(box["width"])
    expect(save).to_be_hidden()
    expect(button).to_be_focused()


def _click_and_compare(web: Page, lab: Lab, view: Locator, bar: Locator) -> None:
    """Click a bar; the table lists as many rows as the bar says, and those of the frame."""
    match = re.search(r": ([\d,]+) ", bar.get_attribute("aria-label") or "")
    assert match
    caption = view.locator(".kpa-table caption")
    before = caption.inner_text()
    press(bar)
    expect(caption).not_to_have_text(before)
    expect(caption).to_contain_text("Selected: ")
    size = int(match[1].replace(",", ""))
    if size <= PAGE:
        expect(view.locator(".kpa-table tbody tr")).to_have_count(size)
    frame: list[list[Any]] = lab.ask(
        web, "[[str(v) for v in row] for row in explorer.table.select('user','training').rows()]"
    )
    assert len(frame) == size
    assert [row[:2] for row in listed(view)] == frame[:PAGE]


def test_dashboard_tabs_share_and_refresh(web: Page, lab: Lab) -> None:
    lab.run(web, "dashboard", RECORDS, DASHBOARD)
    view = web.locator(".kpa-dashboard")
    view.locator(".kpa-expiry .kpa-chart [aria-roledescription=bar]").first.wait_for()
    view.get_by_label("As of", exact=True).first.fill("2026-05-31")
    keep(view, "dashboard_expirations")

    press(view.get_by_role("tab", name="Instructors"))
    teaching = view.locator(".kpa-instructors")
    expect(teaching.locator(".kpa-chart svg.marks")).to_have_count(2)
    first = teaching.locator(".kpa-table tbody tr").first
    expect(first).to_contain_text(lab.ask(web, "dashboard.instructors.coverage['training'][0]"))
    lab.becomes(web, "dashboard.instructors.coverage['single_instructor'][0]", True)
    keep(view, "dashboard_instructors")

    press(view.get_by_role("tab", name="Group trainings"))
    groups = view.locator(".kpa-groups")
    differ = flagged_sessions_come_first(web, groups.locator(".kpa-table").first)
    groups.locator(".kpa-row-button").first.focus()
    web.keyboard.press("Enter")
    people = groups.locator(".kpa-table").nth(1)
    expect(people.locator("caption")).to_contain_text("People of the session of")
    standings = [row["Attendance"] for row in named_rows(people)]
    assert (
        f"\N{NOT EQUAL TO} {standings.count('Recorded, not listed')} recorded, not listed" == differ
    )
    assert lab.ask(web, "dashboard.groups.attendees['user'].to_list()") == [
        row[0]
        for row in people.locator("tbody tr").evaluate_all(
            "rows => rows.map(row => [...row.cells].map(cell => cell.textContent))"
        )
    ]
    keep(view, "dashboard_groups")

    use_trend(web, lab, view)
    use_planner(web, lab, view)

    before = lab.ask(web, "str(dashboard.data.snapshots['completions'].fetched_at)")
    press(view.get_by_role("button", name="Refresh", exact=True))
    expect(view.get_by_role("button", name="Refresh", exact=True)).to_be_enabled()
    web.wait_for_function("document.querySelector('.kpa-notes') !== null")
    fetched_at = "str(dashboard.data.snapshots['completions'].fetched_at)"
    lab.becomes(web, f"{fetched_at} > {before!r}", True)
    lab.becomes(web, "str(dashboard.as_of)", "2026-05-31")
    expect(view.get_by_label("As of", exact=True).first).to_have_value("31 May 2026")

    a_failed_refresh_is_told_and_nothing_is_lost(web, lab, view)
    restart_says_that_it_is_disconnected(web, view)


def flagged_sessions_come_first(web: Page, sessions: Locator) -> str:
    """Sort by the column that flags sessions whose list and completions differ; the first flag."""
    flags = sessions.get_by_role("button", name="List and records")
    heading = sessions.locator("th", has_text="List and records")
    press(flags)
    expect(heading).to_have_attribute("aria-sort", "ascending")
    web.keyboard.press("Enter")
    expect(heading).to_have_attribute("aria-sort", "descending")
    expect(sessions.locator("tbody tr").first).to_contain_text("\N{NOT EQUAL TO} ")
    first = named_rows(sessions)[0]
    assert first["Listed"] != first["Recorded"]
    assert named_rows(sessions)[-1]["List and records"] == "\N{EN DASH}"
    return first["List and records"]


def use_trend(web: Page, lab: Lab, view: Locator) -> None:
    """Open the tab "Trend", compare groups, and choose a first day that cannot be."""
    assert lab.ask(web, "3 in dashboard._inner") is False
    press(view.get_by_role("tab", name="Trend"))
    trend = view.locator(".kpa-trend")
    drawings = trend.locator(".kpa-chart svg.marks")
    expect(drawings).to_have_count(3)
    gaps = lab.ask(web, "dashboard.trend.rows.select('expired', 'missing').row(-1)")
    first = trend.locator(".kpa-figures li").first
    expect(first).to_have_text(re.compile(rf"^Gaps on 31 May 2026{sum(gaps):,}"))
    expect(trend).to_contain_text("Requirements, rules and offices are today's")
    expect(drawings.first).to_contain_text("31 May")
    expect(drawings.nth(1)).to_contain_text("were renewed on time")
    expect(drawings.nth(2)).to_contain_text("Expirations per week")

    trend.get_by_label("Compare by", exact=True).select_option(label="Supervisor")
    expect(drawings.first).to_contain_text("other supervisors")
    day = trend.locator("svg.marks [aria-roledescription=bar][role=button]").first
    press(day)
    cases = trend.locator(".kpa-table caption").nth(1)
    group, _, on = (day.get_attribute("aria-label") or "").partition(": ")[0].rpartition(", ")
    expect(cases).to_have_text(f"Selected: Gaps of {group} on {on}")
    web.keyboard.press("Escape")
    expect(cases).to_contain_text("click one above")
    press(trend.get_by_role("button", name="Gaps (%)"))
    press(trend.get_by_role("button", name="Gaps (%)"))
    expect(trend.locator("th", has_text="Gaps (%)")).to_have_attribute("aria-sort", "descending")
    expect(trend.locator(".kpa-table tbody tr").first).to_contain_text("(no supervisor)")
    lab.becomes(web, "dashboard.trend.table['supervisor'][0]", "(no supervisor)")

    start = trend.get_by_label("Start", exact=True)
    for day, said in (
        ("2001-01-01", "Start must not be before the first completion, which is dated "),
        ("2027-01-01", "Start must not be after 31 May 2026, the day in As of."),
    ):
        start.fill(day)
        expect(trend.get_by_role("alert")).to_contain_text(said)
        expect(drawings).to_have_count(3)
    start.fill("2026-01-31")
    expect(trend.get_by_role("alert")).to_have_count(0)
    expect(drawings.first).to_contain_text("31 Jan")
    shown = "[str(dashboard.trend.start), dashboard.trend.rebuilds]"
    lab.becomes(web, shown, ["2026-01-31", 5])
    keep(view, "dashboard_trend")
    for chart in range(3):
        a_label_below_the_bars_selects_them(trend, chart)

    for label, said in (
        ("other supervisors", "Selected: Gaps of the 7 other supervisors on 31 May 2026"),
        (
            "All other trainings",
            "Selected: Expirations each week, without that week's largest training",
        ),
    ):
        press(trend.locator(".kpa-chart-label", has_text=label))
        expect(cases).to_contain_text(said)
    a_figure_lists_what_it_counts(trend, "Gaps on 31 May 2026")
    press(trend.locator(".kpa-tile", has_text="Change"))
    expect(cases).to_contain_text("Selected: Gaps opened or closed between ")
    web.keyboard.press("Escape")
    expect(cases).to_contain_text("click one above")


def use_planner(web: Page, lab: Lab, view: Locator) -> None:
    """Open the tab "Planner", and move a session by keyboard."""
    press(view.get_by_role("tab", name="Planner"))
    planner = view.locator(".kpa-planner")
    expect(planner.locator(".kpa-chart svg.marks")).to_contain_text("sessions are planned")
    planner.locator(".kpa-row-button").first.focus()
    web.keyboard.press("Enter")
    expect(planner.locator("caption").nth(1)).to_contain_text("People of the session of ")
    before = lab.ask(web, "dashboard.planner.gaps.planned")
    planner.get_by_role("button", name="Drop").focus()
    web.keyboard.press("Enter")
    expect(planner.locator("caption").first).to_contain_text("Planned sessions, 1 change")
    lab.becomes(web, f"dashboard.planner.gaps.planned > {before}", True)
    cells = planner.locator(".kpa-chart svg.marks .mark-rect path[aria-label]")
    press(planner.locator(".kpa-chart svg.marks .mark-text.role-mark text").first)  # on a cell
    expect(planner.locator("caption").first).to_contain_text("Selected: ")
    lab.becomes(web, "len(dashboard.planner.bars)", 1)
    cells.last.focus()
    web.keyboard.press("Enter")
    lab.becomes(web, "dashboard.planner.sessions['training'].n_unique()", 1)
    expect(planner.locator("caption").nth(1)).to_contain_text("People of ")
    keep(view, "dashboard_planner")
    a_figure_lists_what_it_counts(planner, "Gaps at the start")


def test_instructors_and_groups_alone_by_mouse_and_keyboard(web: Page, lab: Lab) -> None:
    alone = "teaching = kpa.widgets.InstructorExplorer(data)\nteaching"
    together = "groups = kpa.widgets.GroupTrainingExplorer(data)\ngroups"
    lab.run(web, "alone", RECORDS, alone, together)
    for name, css, table in (
        ("teaching", ".kpa-instructors", "teaching.coverage['training']"),
        ("groups", ".kpa-groups", "groups.sessions['date'].dt.strftime('%-d %b %Y')"),
    ):
        view = web.locator(css)
        expect(view.locator(".kpa-chart svg.marks")).to_have_count(2)
        rows = view.locator(".kpa-table").first.locator("tbody tr")
        if name == "teaching":
            an_instructor_changes_the_coverage(view)
            a_figure_lists_what_it_counts(view, "Completions taught")

        view.get_by_label("As of", exact=True).first.fill("2026-03-31")
        view.get_by_label("Months up to that day").fill("36")
        web.keyboard.press("Enter")
        pick_training(view, "First Aid")
        expect(view.locator(".kpa-multi-select-now").first).to_have_text("First Aid")
        asked = f"[str({name}.as_of), {name}.months, len({name}.trainings)]"
        lab.becomes(web, asked, ["2026-03-31", 36, 1])
        said: list[str] = lab.ask(web, f"{table}.to_list()")
        assert said
        expect(rows).to_have_count(min(len(said), 100))
        assert [row[0] for row in listed(view)[: len(said)]] == said[:100]
        keep(view, f"{css[5:]}_alone")

        a_label_below_the_bars_selects_them(view, 0)
        if name == "groups":
            a_label_below_the_bars_selects_them(view, 1)

        # a bar, clicked, and cleared by keyboard
        caption = view.locator(".kpa-table caption").nth(1 if name == "teaching" else 0)
        press(view.locator(".kpa-chart").first.locator("[aria-roledescription=bar]").last)
        expect(caption).to_contain_text("Selected: ")
        web.keyboard.press("Escape")
        expect(caption).not_to_contain_text("Selected: ")

    # each of several names in a cell opens a record
    teaching = web.locator(".kpa-instructors")
    name = teaching.locator("td.kpa-people .kpa-person-button").last
    press(name)
    record = f"Training transcript: {name.inner_text()}"
    expect(teaching.locator(".kpa-record h3")).to_have_text(record)

    day = web.locator(".kpa-groups .kpa-row-button").first
    press(day)
    expect(web.locator(".kpa-groups .kpa-table caption").nth(1)).to_contain_text("First Aid")


def an_instructor_changes_the_coverage(view: Locator) -> None:
    """The chart of coverage is of the trainings of the instructor picked, and of all afterwards."""
    coverage = view.locator(".kpa-chart:not(.kpa-chart-coming)").nth(1)
    instructors = picker(view, "Instructors")
    trainings = coverage.locator(".kpa-chart-label[data-kind=axis]")
    before = coverage.get_attribute("aria-label") or ""
    assert "are taught by only one person" in before
    every = trainings.all_text_contents()
    open_list(instructors)
    press(instructors.locator(".kpa-multi-select-row").first)
    expect(coverage).not_to_have_attribute("aria-label", before)
    taught = [row["Training"] for row in named_rows(view.locator(".kpa-table").first)]
    expect(trainings).to_have_count(len(taught))
    assert sorted(trainings.all_text_contents()) == sorted(taught) != sorted(every)
    press(instructors.get_by_role("button", name="Clear"))
    expect(coverage).to_have_attribute("aria-label", before)
    expect(trainings).to_have_text(every)
    view.page.keyboard.press("Escape")


def a_failed_refresh_is_told_and_nothing_is_lost(web: Page, lab: Lab, view: Locator) -> None:
    lab.ask(web, "globals().update(before=dashboard.data)")
    lab.ask(web, "str(kpa.configure(token='x', api_url='http://127.0.0.1:9/v1', retries=0))")
    press(view.get_by_role("button", name="Refresh", exact=True))
    expect(view.get_by_role("alert")).to_contain_text("no connection")
    expect(view.locator(".kpa-expiry .kpa-chart svg.marks")).to_have_count(2)
    assert lab.ask(web, "dashboard.data is before") is True


def restart_says_that_it_is_disconnected(web: Page, view: Locator) -> None:
    """After a restart nothing answers: a line says so, once, and no control takes a choice."""
    expect(view.locator(".kpa-alert", has_text="disconnected")).to_have_count(0)
    web.evaluate(
        "async () => await jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()"
    )
    line = view.get_by_role("alert").filter(has_text="This explorer is disconnected")
    expect(line).to_be_visible()
    expect(line).to_have_count(1)
    parts = view.locator(":scope > :not(.kpa-connection)")
    expect(view.locator(":scope > [inert]")).to_have_count(parts.count())
    box = view.locator(".kpa-multi-select summary").first.bounding_box()
    assert box
    hit = web.evaluate(
        "([x, y]) => document.elementFromPoint(x, y)?.closest('.kpa-multi-select') ?? null",
        [box["x"] + 5, box["y"] + 5],
    )
    assert hit is None
    keep(view, "dashboard_disconnected")


def test_a_saved_notebook_keeps_the_figures_and_no_error(web: Page, lab: Lab) -> None:
    quiet = ("kpa.configure(progress=False)\n", 'warnings.simplefilter("ignore")\n')
    loud = RECORDS.replace(quiet[0], "").replace(quiet[1], "")
    lab.run(web, "saved", loud, EXPIRY, DASHBOARD)
    explorer, dashboard = web.locator(".kpa-expiry").first, web.locator(".kpa-dashboard")
    dashboard.locator(".kpa-chart [aria-roledescription=bar]").first.wait_for()
    warned = web.locator(".jp-OutputArea [data-mime-type*=stderr]", has_text="KPADataWarning")
    assert warned.inner_text().splitlines()[-1].startswith("kpa_analytics:1: KPADataWarning: ")
    stills = web.locator(".kpa-still")
    expect(stills).to_have_count(2)
    expect(stills.first).to_be_hidden()  # while the explorer is there
    explorer.get_by_label("As of", exact=True).first.fill("2026-03-31")
    expect(explorer.locator(".kpa-chart svg.marks").first).to_contain_text("as of 31 Mar 2026")
    figures = explorer.locator(".kpa-figures strong").all_inner_texts()
    assert len(figures) > 4

    web.evaluate(
        """async () => {
            await jupyterapp.commands.execute("docmanager:save");
            await jupyterapp.serviceManager.sessions.shutdownAll();
        }"""
    )
    again = web.context.new_page()  # whose console may have what ipywidgets says about its loss
    again.goto(f"{lab.url}/lab/workspaces/saved-again/tree/saved.ipynb?reset&token={TOKEN}")
    stills = again.locator(".kpa-still")
    expect(stills).to_have_count(2)
    for still in stills.all():
        expect(still).to_be_visible()
        expect(still).to_contain_text("Run this cell to explore")
    assert stills.first.locator("strong").all_inner_texts() == figures
    expect(stills.first).to_contain_text("As of: 31 Mar 2026")
    again.wait_for_function("jupyterapp.shell.currentWidget.sessionContext.session?.kernel")
    errors = again.get_by_text("Error displaying widget")
    expect(errors).to_have_count(2)  # ipywidgets has looked for the widgets
    for error in errors.all():
        expect(error).to_be_hidden()
    keep(stills.first, "expiry_saved")
    again.close()
    saved = nbformat.read(lab.folder / "saved.ipynb", 4)
    (loaded,) = (cell for cell in saved.cells if cell.source == loud)
    lines = [output.data["text/plain"] for output in loaded.outputs if "data" in output]
    assert [line[:30] for line in lines] == ["Loaded all 6 collections: 100%"]
    assert "stderr" in [output.get("name") for output in loaded.outputs]  # a warning is between
    assert not [output for output in loaded.outputs if WIDGET in output.get("data", {})]

"""The expiry explorer as a user has it: in JupyterLab, by mouse and keyboard, with no network."""

from __future__ import annotations

import json
import re
import struct
import zipfile
from pathlib import Path
from typing import Any

import polars as pl
from playwright.sync_api import Locator, Page, expect

from kpa_analytics.analysis.search_text import folded
from kpa_analytics.statuses import EXPIRED, SIGNED_LABELS
from kpa_analytics.widgets.table import PAGE
from tests.browser.cells import EXPIRY, RECORDS
from tests.browser.columns import hide_and_show_a_column, resize_by_keyboard, resize_by_mouse
from tests.browser.conftest import Lab, keep
from tests.browser.hands import open_list, point_at, press
from tests.browser.reading import (
    a_label_below_the_bars_selects_them,
    a_label_of_the_axis_shows_its_training,
    a_status_chosen_leaves_the_figures,
    listed,
    named_rows,
    people_are_found_without_accents,
    pick_training,
    picker,
    the_ends_of_the_months_select_their_bars,
    the_figures_say_what_is_in_order,
    what_is_due_soon_and_by_which_rule,
)

BESIDE = """() => document.querySelector(".kpa-table").getBoundingClientRect().left
    > document.querySelector(".kpa-chart").getBoundingClientRect().right"""
INSIDE = """([drawing, card]) => {
    const scrolls = getComputedStyle(drawing.parentElement).overflowX === "auto";
    const inner = scrolls ? drawing.parentElement : drawing;
    return inner.getBoundingClientRect().right <= card.getBoundingClientRect().right;
}"""


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
    the_ends_of_the_months_select_their_bars(view)
    the_figures_say_what_is_in_order(view)
    a_status_chosen_leaves_the_figures(view)
    people_are_found_without_accents(view)
    lab.becomes(web, "explorer.rebuilds", 19)  # each of the six steps changed it and back
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
    export = view.get_by_role("button", name="Export evidence pack")
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
    expect(view.locator(".kpa-table caption")).to_have_text("All cases")
    for name in ("Trainings", "Statuses"):
        expect(picker(view, name).locator(".kpa-multi-select-now")).to_have_text(
            f"All {name.lower()}"
        )

    # a dark page
    web.evaluate("jupyterapp.commands.execute('apputils:change-theme', {theme: 'JupyterLab Dark'})")
    expect(view.locator(".kpa-chart").first).to_have_css("background-color", "rgb(22, 26, 33)")
    keep(view, "expiry_dark")


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
    # at its own size, not that of its card
    assert width == 2 * int(drawings.first.get_attribute("width") or 0)
    expect(save).to_be_hidden()
    expect(button).to_be_focused()


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
    web.keyboard.press("Tab")
    expect(note).to_have_count(1)
    day.fill("2025-06-30")
    web.keyboard.press("Tab")
    expect(note).to_have_count(0)  # a good text removes the message, even if nothing changes
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
    days.fill("30")
    web.keyboard.press("Tab")
    expect(note).to_have_count(0)
    assert lab.ask(web, "explorer.expiring_days") == 30
    days.fill("44")
    days.press("ArrowUp")
    lab.becomes(web, "explorer.expiring_days", 45)
    expect(note).to_have_count(0)
    days.fill("30")
    days.press("Enter")
    lab.becomes(web, "explorer.expiring_days", 30)


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
    # Two columns before the kernel has answered the choice of the first.
    table.locator(".kpa-columns").evaluate(
        """sheet => sheet.querySelectorAll('[data-column="field_office"], [data-column=job_title]')
            .forEach(box => box.dispatchEvent(new MouseEvent("click")))"""
    )
    for chosen in ("Field office", "Job title"):
        expect(table.locator("th", has_text=chosen)).to_be_visible()
        expect(web.get_by_role("checkbox", name=chosen)).to_be_checked()
    press(web.get_by_role("checkbox", name="Job title"))
    expect(table.locator("th", has_text="Job title")).to_have_count(0)
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
    # Numbers as the table shows them are typed and pasted with their sign.
    start.fill("")
    start.focus()
    web.keyboard.type("\u22127")
    lab.becomes(web, shown, [["days_left", [-7, None]]])
    text = table.get_by_label("Training contains")
    text.fill("\u22121,328")
    web.keyboard.press("ControlOrMeta+A")
    web.keyboard.press("ControlOrMeta+X")
    end.focus()
    web.keyboard.press("ControlOrMeta+V")
    lab.becomes(web, shown, [["days_left", [-7, -1328]]])
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

"""Explorers as a user has them: in JupyterLab and Notebook 7, and in a notebook that was saved."""

from __future__ import annotations

import nbformat
from playwright.sync_api import Locator, Page, expect

from kpa_analytics.widgets.table import PAGE
from tests.browser.cells import DASHBOARD, EXPIRY, RECORDS
from tests.browser.conftest import TOKEN, Lab, keep, notebook_of
from tests.browser.hands import open_list, press
from tests.browser.reading import (
    a_figure_lists_what_it_counts,
    a_label_below_the_bars_selects_them,
    listed,
    named_rows,
    pick_training,
    picker,
)

WIDGET = "application/vnd.jupyter.widget-view+json"


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
        view.get_by_label("Months up to the as-of day").fill("36")
        web.keyboard.press("Enter")
        pick_training(view, "First Aid")
        expect(view.locator(".kpa-multi-select-now").first).to_have_text("First Aid")
        asked = f"[str({name}.as_of), {name}.months, len({name}.trainings)]"
        lab.becomes(web, asked, ["2026-03-31", 36, 1])
        said: list[str] = lab.ask(web, f"{table}.to_list()")
        assert said
        expect(rows).to_have_count(min(len(said), PAGE))
        assert [row[0] for row in listed(view)[: len(said)]] == said[:PAGE]
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
        expect(still).to_contain_text("Run this notebook to explore")
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

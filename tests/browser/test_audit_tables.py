"""The tables of report.html: searched, filtered and sorted by keyboard alone, with no network."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from kpa_analytics.analysis.search_text import folded

GAPS = "Every expired and missing case, by training, longest overdue first"


@pytest.fixture(scope="module")
def report(pack: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a report without its charts, which the page draws for seconds."""
    page = (pack / "report.html").read_text(encoding="utf-8")
    file = tmp_path_factory.mktemp("tables") / "report.html"
    file.write_text(re.sub('(?s)(id="specs">).*?<', r"\1{}<", page), encoding="utf-8")
    return file.as_uri()


@pytest.fixture
def gaps(page: Page, report: str) -> Locator:
    page.goto(report)
    return page.locator(".scroll").filter(has=page.locator("caption", has_text=GAPS))


def tools(gaps: Locator) -> Locator:
    return gaps.locator("xpath=preceding-sibling::*[1]")


def shown(gaps: Locator) -> list[list[str]]:
    rows: list[list[str]] = gaps.locator("tbody tr:visible").evaluate_all(
        "rows => rows.map(row => [...row.cells].map(cell => cell.innerText))"
    )
    return rows


def column(gaps: Locator, heading: str) -> list[str]:
    headings = gaps.locator("thead th").all_inner_texts()
    place = [text.split()[0] for text in headings].index(heading.split()[0])
    return [row[place] for row in shown(gaps)]


def test_a_search_shows_the_rows_with_every_word(page: Page, gaps: Locator):
    everyone = column(gaps, "Person")
    name = everyone[0]
    tools(gaps).get_by_label("Search").focus()
    page.keyboard.type(name.split(",")[0].lower() + " expired")
    matches = shown(gaps)
    assert 0 < len(matches) < len(everyone)
    assert all(
        name.split(",")[0] in " ".join(row) and "Expired" in " ".join(row) for row in matches
    )
    expect(tools(gaps).get_by_role("status")).to_have_text(
        f"rows: {len(matches)} of {len(everyone)}"
    )
    page.keyboard.press("Tab")
    while page.evaluate("document.activeElement.tagName") != "BUTTON":
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert column(gaps, "Person") == everyone


def test_a_search_needs_no_accents_and_no_capitals(page: Page, gaps: Locator):
    everyone = column(gaps, "Person")
    name = next(name for name in everyone if not name.isascii())
    tools(gaps).get_by_label("Search").focus()
    page.keyboard.type(folded(name.split(" (")[0]))
    assert set(column(gaps, "Person")) == {name}


def test_a_search_for_a_day_shows_no_other_day(page: Page, gaps: Locator):
    days = column(gaps, "Valid through")
    later = next(day for day in days if re.match(r"\d\d ", day) and day[1] != "0")
    tools(gaps).get_by_label("Search").focus()
    page.keyboard.type(later)
    assert later in column(gaps, "Valid through")
    assert all(later in row for row in shown(gaps))
    page.keyboard.press("Home")
    page.keyboard.press("Delete")  # 30 Jun becomes 0 Jun, which is no day
    assert all(later not in row for row in shown(gaps))


def test_a_filter_shows_one_training(page: Page, gaps: Locator):
    titles = column(gaps, "Training")
    tools(gaps).get_by_label("Training").select_option(titles[-1])
    assert column(gaps, "Training") == [title for title in titles if title == titles[-1]]
    tools(gaps).get_by_label("Status").select_option("Missing")
    assert {*column(gaps, "Status")} <= {"Missing"}


def test_headings_sort_days_and_numbers_by_value_with_the_keyboard(page: Page, gaps: Locator):
    def numbers() -> list[int]:
        cells = column(gaps, "Days overdue")
        given = [cell for cell in cells if cell != "–"]  # noqa: RUF001
        assert cells[: len(given)] == given  # empty cells come last, up or down
        return [int(cell.replace(",", "")) for cell in given]

    button = gaps.get_by_role("button", name=re.compile("Days overdue"))
    button.focus()
    page.keyboard.press("Enter")
    assert numbers() == sorted(numbers())
    heading = gaps.locator(
        "thead th", has=page.get_by_role("button", name=re.compile("Days overdue"))
    )
    expect(heading).to_have_attribute("aria-sort", "ascending")
    page.keyboard.press("Enter")
    assert numbers() == sorted(numbers(), reverse=True)
    expect(heading).to_have_attribute("aria-sort", "descending")
    gaps.get_by_role("button", name="Completed").focus()
    page.keyboard.press("Space")
    years = [int(cell.split()[-1]) for cell in column(gaps, "Completed") if cell != "–"]  # noqa: RUF001
    assert years == sorted(years)


def test_paper_that_shows_only_some_rows_says_so(page: Page, gaps: Locator):
    page.emulate_media(media="print")
    expect(tools(gaps)).to_be_hidden()
    page.emulate_media(media="screen")
    tools(gaps).get_by_label("Status").select_option("Missing")
    page.emulate_media(media="print")
    expect(tools(gaps).get_by_role("status")).to_be_visible()
    expect(tools(gaps).get_by_label("Search")).to_be_hidden()


def test_without_scripts_every_row_is_there(browser, report):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(report)
    table = page.locator("table").filter(has=page.locator("caption", has_text=GAPS))
    assert table.locator("tbody tr:visible").count() == table.locator("tbody tr").count() > 60
    assert page.get_by_label("Search").count() == 0
    context.close()

"""Our pages for people with disabilities: axe-core finds no violation."""

from __future__ import annotations

from datetime import date

import pytest
from playwright.sync_api import Browser, Page, expect

import kpa_analytics as kpa
from kpa_analytics import charts
from kpa_analytics.schema import COMPLETIONS, EXPIRY_STATUS, TRAININGS
from tests.browser.axe import axe, violations
from tests.browser.hands import point_at
from tests.charts.drawings import CHARTS, draw, inputs
from tests.frames import frame_of

__all__ = ["axe"]
DEMO_ID = "64656d6f64656d6f00000001"
#: Leaves five rows of each kind, by their elements and classes: thousands take axe-core seconds.
_FIVE_ROWS_OF_EACH_KIND = """() => {
  const seen = {};
  for (const row of document.querySelectorAll('tbody tr')) {
    const kind = [...row.querySelectorAll('*')].map(part => part.tagName + part.classList).join();
    seen[kind] = (seen[kind] ?? 0) + 1;
    if (seen[kind] > 5) row.remove();
  }
}"""
schemes = pytest.mark.parametrize("scheme", ["light", "dark"])


def opened(browser: Browser, address: str, scheme: str, width: int = 1200) -> Page:
    context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 900})
    page = context.new_page()
    page.goto(address)
    return page


@pytest.mark.parametrize(
    ("kind", "scheme", "width"),
    [
        ("report", "light", 1200),
        ("report", "dark", 480),
        ("hostile_report", "dark", 1200),
        ("hostile_report", "light", 480),
    ],
)
def test_the_report_breaks_no_rule(browser, axe, request, kind, scheme, width):
    page = opened(browser, request.getfixturevalue(kind), scheme, width)
    expect(page.locator("figure.drawn")).to_have_count(page.locator("figure").count())
    page.evaluate(_FIVE_ROWS_OF_EACH_KIND)
    assert violations(page, axe) == []
    page.context.close()


#: One chart of each kind: bars, shares, cells, a line, a person, a plan.
KINDS = (
    *("expiry_timeline", "expiry_by_training", "training_matrix"),
    *("status_over_time", "person_timeline", "session_plan"),
)


@schemes
def test_a_saved_chart_breaks_no_rule(browser, axe, tmp_path, scheme):
    """Dark pages differ in their colours only, and tests/charts/test_contrast.py checks these."""
    page = browser.new_page(color_scheme=scheme)
    for name in KINDS if scheme == "light" else ("expiry_by_training",):
        show_saved(page, draw(name, inputs(name), dark=scheme == "dark"), tmp_path / name)
        if name == "expiry_by_training":
            point_at(page.locator("[aria-roledescription=bar]").first)
            expect(page.locator("#vg-tooltip-element.visible")).to_contain_text("Training")
        assert violations(page, axe) == [], name
    nothing = charts.expiry_timeline(EXPIRY_STATUS.empty(), dark=scheme == "dark")
    show_saved(page, nothing, tmp_path / "nothing")
    assert violations(page, axe) == []
    page.close()


def test_no_other_saved_chart_breaks_a_rule(browser, axe, tmp_path):
    page = browser.new_page()
    for name in {*CHARTS} - {*KINDS}:
        show_saved(page, draw(name, inputs(name)), tmp_path / name)
        assert violations(page, axe) == [], name
    page.close()


def show_saved(page, chart, path):
    page.goto(charts.save(chart, path.with_suffix(".html")).as_uri())
    expect(page.get_by_label("Save the chart as a picture")).to_be_attached()


@schemes
def test_an_explanation_breaks_no_rule(browser, axe, tmp_path, scheme):
    done = {"id": 1, "training_id": 7, "m_user_id": DEMO_ID, "date": date(2025, 6, 10)}
    training = {"id": 7, "title": "Ladders", "schedule_type": "rolling", "renewal_months": 12}
    data = kpa.TrainingData(
        completions=frame_of(COMPLETIONS, done), trainings=frame_of(TRAININGS, training)
    )
    explanation = kpa.explain(data, DEMO_ID, 7, as_of="2026-06-30")._repr_html_()
    colours = {"light": "#fff; color: #222", "dark": "#111; color: #ddd"}[scheme]
    file = tmp_path / "explanation.html"
    file.write_text(
        f'<!doctype html><html lang="en"><title>Why</title><body data-jp-theme-light="'
        f'{str(scheme == "light").lower()}" style="background: {colours}"><main><h1>Why</h1>'
        f"<h2>Explained</h2>{explanation}</main></body></html>",
        encoding="utf-8",
    )
    page = opened(browser, file.as_uri(), scheme)
    for rule in page.locator("summary").all():
        rule.press("Enter")
    expect(page.locator("details[open]")).to_have_count(4)
    assert violations(page, axe) == []
    page.context.close()


def test_the_keyboard_reaches_the_report_first_and_everything_that_scrolls(browser, report):
    page = opened(browser, report, "light", 480)
    expect(page.locator("figure.drawn")).to_have_count(page.locator("figure").count())
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the report")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
    names = page.evaluate(
        """() => [...document.querySelectorAll("body *")]
            .filter(box => box.scrollWidth > box.clientWidth
                && ["auto", "scroll"].includes(getComputedStyle(box).overflowX))
            .map(box => box.tabIndex === 0 ? box.ariaLabel : null)"""
    )
    assert names
    assert None not in names
    assert len(names) == len({*names})
    page.context.close()


def test_every_row_of_a_table_has_its_header(browser, report):
    page = opened(browser, report, "light")
    for table in page.locator("table").all():
        rows = table.locator("tbody tr").count()
        assert table.locator("tbody th[scope=row]").count() == rows
    page.context.close()

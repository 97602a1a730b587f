"""The dashboard in a notebook, as a user has it: every tab, a refresh and a restarted kernel."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.cells import DASHBOARD, RECORDS
from tests.browser.conftest import Lab, keep
from tests.browser.hands import press
from tests.browser.reading import (
    a_figure_lists_what_it_counts,
    a_label_below_the_bars_selects_them,
    named_rows,
)


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
    expect(trend).to_contain_text("because KPA does not keep past ones")
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
        (
            "other supervisors",
            "Selected: Gaps of the 6 other supervisors and (no supervisor) on 31 May 2026",
        ),
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
    # Its own cell would fail: a restarted kernel has no `data`, and a reload brings nothing back.
    expect(line).to_contain_text("To go on, run the notebook's cells again.")
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

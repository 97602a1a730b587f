"""Read an explorer as a person sees it, and change it by mouse and keyboard."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, expect

from kpa_analytics.statuses import EXPIRED, SIGNED_LABELS
from kpa_analytics.widgets.table import PAGE
from tests.browser.hands import press

_FIGURES = """items => Object.fromEntries(items.map(item =>
    [".kpa-words", "strong"].map(part => item.querySelector(part).textContent)))"""
_ROWS = """rows => {
    const names = [...rows[0].closest("table").querySelectorAll("th button")]
        .map(button => button.firstChild.textContent);
    return rows.map(row => Object.fromEntries(
        [...row.cells].map((cell, at) => [names[at], cell.textContent])));
}"""
#: The end of the text that says which page of a table is shown.
_LAST_ROWS = re.compile(r"^Rows [\d,]+ to ([\d,]+) of \1$")
_DAYS_OF_RULE = re.compile(r"^last (\d+) days ")


def figures(view: Locator) -> dict[str, str]:
    """The figures above the charts, by the text over each."""
    shown: dict[str, str] = view.locator(".kpa-figures li").evaluate_all(_FIGURES)
    return {re.sub(r"^\W+", "", name): number for name, number in shown.items()}


def named_rows(table: Locator) -> list[dict[str, str]]:
    """The rows of a table on its page, by their headings."""
    rows: list[dict[str, str]] = table.locator("tbody tr").evaluate_all(_ROWS)
    return rows


def number(text: str) -> int:
    return int(text.replace(",", ""))


def listed(view: Locator) -> list[list[str]]:
    """The rows of a table, as a reader sees them."""
    rows: list[list[str]] = view.locator(".kpa-table tbody tr").evaluate_all(
        "rows => rows.map(row => [...row.cells].map(cell => cell.textContent))"
    )
    return rows


def picker(view: Locator, name: str) -> Locator:
    """A picker, by the text over it."""
    label = view.page.locator(".kpa-label", has_text=name)
    return view.locator(".kpa-multi-select", has=label)


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


def the_figures_say_what_is_in_order(view: Locator) -> None:
    """The share in order is that of the other figures; a click lists those cases."""
    shown = figures(view)
    in_order = number(shown["Current"]) + number(shown["Expiring soon"])
    due = number(shown["Cases"]) - number(shown.get("Not due", "0"))
    assert shown["In order"] == f"{round(100 * in_order / due)}%"
    figure = view.locator(".kpa-tile", has_text="In order")
    expect(figure).to_contain_text(f"{in_order:,} of {due:,} cases due")
    press(figure)
    foot = view.locator(".kpa-table-foot span")
    expect(foot).to_contain_text(f" of {in_order:,}; ")
    assert figures(view) == shown
    press(figure)
    expect(foot).to_contain_text(f" of {shown['Cases']}; ")


def a_figure_lists_what_it_counts(view: Locator, name: str) -> None:
    """A click lists as many rows as the figure says; a second click hides them."""
    figure = view.locator(".kpa-tile", has=view.page.get_by_text(name, exact=True))
    listed = view.locator(".kpa-table:visible").filter(has_text=f"Selected: {name}")
    press(figure)
    expect(figure).to_have_attribute("aria-pressed", "true")
    foot = listed.locator(".kpa-table-foot span")
    expect(foot).to_contain_text(f" of {figures(view)[name]}; ")
    press(figure)
    expect(figure).to_have_attribute("aria-pressed", "false")
    expect(listed).to_have_count(0)


def what_is_due_soon_and_by_which_rule(view: Locator) -> None:
    """A figure counts what is due soon; a column says which rule makes a row expiring."""
    due = number(figures(view)["Due within 30 days"])
    assert due > PAGE
    figure, table = view.locator(".kpa-tile", has_text="Due within 30 days"), _table(view)
    press(figure)
    foot = table.locator(".kpa-table-foot span")
    expect(foot).to_contain_text(f"Rows 1 to {PAGE} of {due:,}; ")
    expect(table.get_by_role("button", name="Counts as expiring soon")).to_be_visible()
    rows, top = named_rows(table), table.locator("tbody tr").first
    shown = top.inner_text()
    first, onward, last = (
        table.get_by_role("button", name=name, exact=True) for name in ("First", "Next", "Last")
    )
    expect(first).to_be_disabled()
    for start in range(PAGE, due - PAGE, PAGE):
        press(onward)
        expect(foot).to_contain_text(f"Rows {start + 1} to ")
        expect(top).not_to_have_text(shown, use_inner_text=True)
        rows += named_rows(table)
    press(last)
    expect(foot).to_have_text(_LAST_ROWS)
    expect(foot).to_contain_text(f" to {due:,} of ")
    expect(table.locator("tbody tr")).to_have_count(due % PAGE or PAGE)
    expect(last).to_be_disabled()
    rows += named_rows(table)
    press(first)
    expect(top).to_have_text(shown, use_inner_text=True)
    expect(first).to_be_disabled()
    by_days = table.locator("th", has_text="Days left")
    press(by_days.locator("button"))
    expect(by_days).to_have_attribute("aria-sort", "descending")
    expect(top).not_to_have_text(shown, use_inner_text=True)
    rows += named_rows(table)
    view.page.keyboard.press("Enter")
    expect(top).to_have_text(shown, use_inner_text=True)
    press(figure)
    expect(figure).to_have_attribute("aria-pressed", "false")

    seen = set()
    for row in rows:
        left = int(row["Days left"])
        assert 0 <= left <= 30
        if days := _DAYS_OF_RULE.search(row["Counts as expiring soon"]):
            status = "Expiring soon" if left <= int(days[1]) else "Current"
            assert row["Status"].endswith(status), row
            seen.add(status)
    assert seen == {"Current", "Expiring soon"}


def a_status_chosen_leaves_the_figures(view: Locator) -> None:
    """Statuses choose rows and bars; the figures still count every case."""
    shown = view.locator(".kpa-figures").inner_text()
    expired, every = figures(view)["Expired"], figures(view)["Cases"]
    statuses, caption = picker(view, "Statuses"), _table(view).locator("caption")
    press(statuses.locator("summary"))
    press(statuses.locator(".kpa-multi-select-row", has_text="Expired"))
    expect(caption).to_have_text(f"Only Expired: {expired} of {every} cases")
    assert view.locator(".kpa-figures").inner_text() == shown
    assert {row["Status"] for row in named_rows(_table(view))} == {SIGNED_LABELS[EXPIRED]}
    press(statuses.get_by_role("button", name="Clear"))
    expect(caption).to_have_text("All cases")
    view.page.keyboard.press("Escape")


def people_are_found_without_accents(view: Locator) -> None:
    """Type a name in plain capitals, and take it out again."""
    people, foot = view.get_by_label("People", exact=True), view.locator(".kpa-table-foot span")
    every = foot.inner_text()
    press(people)
    view.page.keyboard.insert_text("IBANEZ")  # at once: one change
    expect(foot).not_to_have_text(every)
    rows = named_rows(_table(view))
    assert rows
    assert all(row["Person"].startswith("Ibáñez, ") for row in rows)
    view.page.keyboard.press("Control+A")
    view.page.keyboard.press("Delete")
    expect(foot).to_have_text(every)


def a_label_of_the_axis_shows_its_training(view: Locator) -> None:
    """Click the name of a training beside a chart; a second click shows all trainings."""
    labels = view.locator(".kpa-chart").nth(1).locator(".kpa-chart-label[data-kind=axis]")
    label = labels.first
    name, now = (
        label.text_content() or "",
        picker(view, "Trainings").locator(".kpa-multi-select-now"),
    )
    press(label)
    expect(now).to_have_text(name)
    expect(labels).to_have_text([name])
    assert {row["Training"] for row in named_rows(_table(view))} == {name}
    press(label)
    expect(now).to_have_text("All trainings")
    expect(labels).not_to_have_count(1)


def a_label_below_the_bars_selects_them(view: Locator, chart: int) -> None:
    """Click a day, a month or a number below the bars; a second click selects nothing.

    The label is named with its year, even if an earlier label has the year below its month.
    """
    drawing = view.locator(".kpa-chart:not(.kpa-chart-coming)").nth(chart)
    label = drawing.locator(".role-axis-label .kpa-chart-label[data-kind=scale]").last
    pressed = drawing.locator("[aria-roledescription=bar][aria-pressed=true]")
    below_each_other = " ".join(label.locator("tspan").all_text_contents())
    name = label.get_attribute("aria-label") or below_each_other
    assert re.fullmatch(r"\d+|(\d+ )?[A-Z][a-z]{2} \d{4}", name)
    press(label)
    selected = view.locator("caption", has_text=re.compile(f"Selected: .*{name}"))
    expect(selected).not_to_have_count(0)
    expect(pressed).not_to_have_count(0)
    bars: list[str] = pressed.evaluate_all("bars => bars.map(bar => bar.ariaLabel)")
    assert [text for text in bars if name not in text] == []
    press(label)
    expect(pressed).to_have_count(0)
    # the kernel's answer: ipywidgets sends what changes before it as one change
    expect(selected).to_have_count(0)


def the_ends_of_the_months_select_their_bars(view: Locator) -> None:
    """Choose "earlier" by mouse and "later" by keyboard; a second time selects nothing."""
    drawing = view.locator(".kpa-chart:not(.kpa-chart-coming)").first
    pressed = drawing.locator("[aria-roledescription=bar][aria-pressed=true]")
    earlier, later = (
        drawing.get_by_role("button", name=name, exact=True) for name in ("earlier", "later")
    )
    for label, when in ((earlier, "before"), (later, "after")):
        press(label)
        expect(_table(view).locator("caption")).to_contain_text(f"expires {when} the months shown")
        bars = drawing.locator(f"[aria-label^='Expires {when} these months']")
        expect(pressed).to_have_count(bars.count())
        press(label)
        expect(pressed).to_have_count(0)
        expect(_table(view).locator("caption")).not_to_contain_text("expires")  # as above
    # by keyboard, from one end to the other
    keyboard = view.page.keyboard
    earlier.focus()
    keyboard.press("ArrowRight")
    expect(drawing.locator(".role-axis-label :focus")).to_have_text(re.compile("^[A-Z]"))
    keyboard.press("End")
    expect(later).to_be_focused()
    keyboard.press("Enter")
    expect(_table(view).locator("caption")).to_contain_text("expires after the months shown")
    keyboard.press("Home")
    expect(earlier).to_be_focused()
    keyboard.press("Escape")
    expect(pressed).to_have_count(0)
    expect(_table(view).locator("caption")).not_to_contain_text("expires")


def _table(view: Locator) -> Locator:
    return view.locator(".kpa-table").first

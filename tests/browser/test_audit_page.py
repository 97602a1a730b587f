"""report.html as an auditor opens it: from the disk, with no network, on screen and on paper."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

import kpa_analytics as kpa
from tests.audit.conftest import HOSTILE_TITLE
from tests.audit.packs import AS_OF, pdf_pages
from tests.browser.hands import point_at


@pytest.fixture
def opened(page: Page):
    """A page; at the end it has requested nothing and logged no error."""
    asked: list[str] = []
    said: list[str] = []
    page.on(
        "request", lambda r: None if r.url.startswith(("file:", "data:")) else asked.append(r.url)
    )
    page.on("console", lambda m: said.append(f"{m.type}: {m.text}"))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("dialog", lambda dialog: said.append(f"dialog: {dialog.message}") or dialog.dismiss())
    yield page
    assert asked == []
    assert said == []


def test_every_chart_is_drawn_with_no_network(opened: Page, report):
    opened.goto(report)
    expect(opened.locator("figure.drawn")).to_have_count(opened.locator("figure").count())
    expect(opened.locator("figure .live svg.marks")).to_have_count(14)
    for still in opened.locator("figure .still").all():
        expect(still).to_be_hidden()


def test_a_live_chart_has_the_texts_of_its_picture(opened: Page, report):
    """The page interprets expressions, the pictures are drawn with compiled ones."""
    opened.goto(report)
    expect(opened.locator("figure.drawn")).to_have_count(14)
    lists = """() => Object.fromEntries([...document.querySelectorAll("figure")].map((figure) => {
        const texts = (svg) => [...svg.querySelectorAll("text")].map((text) => text.textContent);
        const still = atob(figure.querySelector(".still").src.split("base64,")[1]);
        const picture = figure.querySelector(".still").src.startsWith("data:image/svg")
            ? new DOMParser().parseFromString(still, "image/svg+xml") : null;
        const live = texts(figure.querySelector(".live svg")).sort().join("|");
        return [figure.id, [live, picture && texts(picture).sort().join("|")]];
    }))"""
    drawn = opened.evaluate(lists)
    pictures = {name: pair for name, pair in drawn.items() if pair[1] is not None}
    assert {"status_over_time", "renewal_punctuality"} <= {*pictures}
    for name, (live, picture) in pictures.items():
        assert live == picture.encode("latin-1").decode("utf-8"), name


def test_a_chart_answers_the_pointer(opened: Page, report):
    opened.goto(report)
    expect(opened.locator("figure.drawn")).to_have_count(14)
    point_at(opened.locator("#expiry_by_training [aria-roledescription=bar]").first)
    expect(opened.locator("#vg-tooltip-element.visible")).to_contain_text("Training")


def test_hostile_texts_are_shown_and_run_nothing(opened: Page, hostile_report):
    opened.goto(hostile_report)
    expect(opened.locator("figure.drawn")).to_have_count(opened.locator("figure").count())
    expect(opened.locator("h1")).to_have_text(HOSTILE_TITLE)
    assert opened.locator("img[src=x]").count() == 0
    expect(opened.get_by_text("<img src=x onerror=alert(1)>").first).to_be_visible()


def test_nothing_sticks_out_of_the_page(opened: Page, report, hostile_report):
    for address in (report, hostile_report):
        opened.goto(address)
        for width in (1200, 800, 480):
            opened.set_viewport_size({"width": width, "height": 900})
            shown = opened.evaluate("document.documentElement.scrollWidth")
            assert shown <= width, (address, width)


def test_the_title_of_a_wide_table_is_read_on_a_phone_without_scrolling(opened: Page, report):
    opened.set_viewport_size({"width": 390, "height": 844})
    opened.goto(report)
    ends = """() => [...document.querySelectorAll("caption")].map((caption) => {
        const text = document.createRange();
        text.selectNodeContents(caption);
        return text.getBoundingClientRect().right;
    })"""
    titles = opened.evaluate(ends)
    assert len(titles) > 5
    assert max(titles) <= 390


def test_no_table_is_cut_on_a_desk(opened: Page, report):
    """Hashes are 64 letters without a space; they break, so that all of them can be read."""
    opened.goto(report)
    for width in (1600, 1000):
        opened.set_viewport_size({"width": width, "height": 900})
        for table in opened.locator(".scroll").all():
            assert table.evaluate("box => box.scrollWidth - box.clientWidth") == 0, (
                width,
                table.locator("caption").inner_text(),
            )


def test_the_paper_shows_what_the_screen_shows(opened: Page, report):
    opened.goto(report)
    expect(opened.locator("figure.drawn")).to_have_count(14)
    pages = pdf_pages(opened.pdf(prefer_css_page_size=True))
    paper = " ".join(" ".join(pages).split())
    for tile in opened.locator(".tiles .value").all_inner_texts():
        assert tile in paper
    assert all("DEMO DATA" in page for page in pages)
    headed = [at for at, page in enumerate(pages) if "Valid through" in page]
    assert len(headed) > 5, headed
    cases = headed[-5:-1]  # the pages of the list of cases
    assert cases == [*range(cases[0], cases[0] + 4)], "the heading is on every page"


def test_a_printed_list_of_lists_has_one_total_and_its_title_on_every_page(
    opened: Page, data, tmp_path
):
    folder = kpa.export_supervisor_packs(data, tmp_path / "lists", as_of=AS_OF)
    opened.goto((folder / "index.html").as_uri())
    opened.evaluate(
        """() => {
            const rows = document.querySelector("tbody");
            for (let more = 0; more < 80; more += 1) rows.append(rows.rows[0].cloneNode(true));
        }"""
    )
    pages = pdf_pages(opened.pdf(prefer_css_page_size=True))
    assert len(pages) > 2
    assert [page.count("Total") for page in pages].count(0) == len(pages) - 1
    for page in pages[1:]:
        assert "Lists for every supervisor - as of 30 Jun 2026" in page
        assert "DEMO DATA" in page


def test_without_scripts_the_charts_are_pictures(browser, report):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(report)
    expect(page.locator("figure .still").first).to_be_visible()
    assert page.locator("figure .still:visible").count() == 14
    context.close()


def test_a_dark_screen_gets_a_dark_page_with_charts_on_light_cards(browser, report):
    context = browser.new_context(color_scheme="dark")
    page = context.new_page()
    page.goto(report)
    assert background(page, "body") == "rgb(22, 26, 33)"
    assert background(page, ".tools input") == "rgb(22, 26, 33)"
    assert {background(page, f"#{each}") for each in charts_of(page)} == {"rgb(255, 255, 255)"}
    page.emulate_media(media="print", color_scheme="dark")
    assert background(page, "body") == "rgb(255, 255, 255)"
    page.emulate_media(media="screen", color_scheme="light")
    assert background(page, "body") == "rgb(255, 255, 255)"
    context.close()


def charts_of(page: Page) -> list[str]:
    return page.locator("figure").evaluate_all("figures => figures.map(each => each.id)")


def background(page: Page, selector: str) -> str:
    return page.locator(selector).first.evaluate("each => getComputedStyle(each).backgroundColor")

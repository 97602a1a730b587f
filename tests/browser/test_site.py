"""The site as a reader opens it: from the disk, with no network, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import axe, violations
from tests.browser.hands import press
from tests.site.built import site

__all__ = ["axe", "site"]

PAGES = (
    "index",
    "gallery",
    "glossary",
    "reference/expiry",
    "tutorial/01_expiry",
    "troubleshooting",
)


@pytest.fixture
def reader(page: Page) -> Iterator[Page]:
    """A page; in the end it has requested nothing but files, and logged no error."""
    foreign: list[str] = []
    errors: list[str] = []
    ours = ("file:", "data:", "blob:", "about:")
    page.on("request", lambda r: None if r.url.startswith(ours) else foreign.append(r.url))
    page.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    assert foreign == []
    assert errors == []


def test_the_search_works_from_the_disk_and_explains_before_it_lists(
    reader: Page, site: Path
) -> None:
    reader.goto((site / "index.html").as_uri())
    press(reader.get_by_role("textbox", name="Search"))
    reader.keyboard.type("expiring soon")
    expect(reader.locator(".md-search-result__item h1").first).to_have_text("Glossary")
    reader.keyboard.press("ArrowDown")
    reader.keyboard.press("Enter")
    expect(reader.locator("article")).to_contain_text("expiring")


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("how do I exempt a person from a training?", "Exempt a person from a training"),
        ("was he moved to another site", "A person who moved to another office or supervisor"),
    ],
)
def test_the_search_leaves_the_little_words_of_a_question_out(
    reader: Page, site: Path, question: str, answer: str
) -> None:
    """Otherwise "a" finds every heading with a word in a-, and "to" each one with "token"."""
    reader.goto((site / "index.html").as_uri())
    press(reader.get_by_role("textbox", name="Search"))
    reader.keyboard.type(question)
    first = reader.locator(".md-search-result__item").first
    expect(first.locator("h2").first).to_have_text(answer)


def test_the_search_finds_the_code_of_a_chart(reader: Page, site: Path) -> None:
    reader.goto((site / "index.html").as_uri())
    press(reader.get_by_role("textbox", name="Search"))
    reader.keyboard.type("renewal_punctuality")
    pages = reader.locator(".md-search-result__item h1")
    expect(pages.filter(has_text="Gallery")).to_have_count(1)


@pytest.mark.parametrize("width", [390, 1600])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_fit_and_every_picture_is_drawn(
    reader: Page, site: Path, width: int, scheme: str
) -> None:
    reader.set_viewport_size({"width": width, "height": 900})
    reader.emulate_media(color_scheme=scheme)
    for name in PAGES:
        reader.goto((site / f"{name}.html").as_uri())
        expect(reader.locator("h1").first).to_be_visible()
        assert reader.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), name
        drawn = "[...document.images].filter(i => i.checkVisibility()).map(i => i.decode())"
        reader.evaluate(f"Promise.all({drawn})")
        if name == "gallery":
            shown = reader.locator("article img:visible")
            sources = [str(each.get_attribute("src")) for each in shown.all()]
            assert sources
            assert all(source.endswith(f"#only-{scheme}") for source in sources)


#: Rules that the theme itself breaks, on parts of a page that we do not write.
_OF_THE_THEME = ("aria-dialog-name", "landmark-unique")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_we_write_breaks_no_rule_of_accessibility(
    page: Page, site: Path, axe: str, scheme: str
) -> None:
    page.emulate_media(color_scheme=scheme)
    for name in PAGES:
        page.goto((site / f"{name}.html").as_uri())
        expect(page.locator("h1").first).to_be_visible()
        broken = violations(page, axe)
        assert [rule for rule in broken if not rule.startswith(_OF_THE_THEME)] == [], name

"""The built site: whole, self-contained, and true to the package and the notebooks."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

import kpa_analytics as kpa
from kpa_analytics.report_text import RULES
from kpa_analytics.schema import Table
from tests.site.built import DOCS, ROOT, pages, read

pytestmark = pytest.mark.slow

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def _file(site: Path, page: str, address: str) -> Path:
    """The file that an address on a page leads to. Those of 404.html begin at the root."""
    path = unquote(urlsplit(address).path)
    if path.startswith("/"):
        target = site / path.lstrip("/")
    else:
        target = (site / page).parent / path if path else site / page
    return target / "index.html" if target.is_dir() else target


def test_no_page_requests_anything_from_another_machine(site: Path) -> None:
    for name, page in pages(site).items():
        assert page.requests, name
        for address in page.requests:
            assert not urlsplit(address).netloc, f"{name} requests {address}"
            assert _file(site, name, address).is_file(), f"{name} requests {address}"


def test_no_style_requests_anything_from_another_machine(site: Path) -> None:
    styles = [*site.rglob("*.css")]
    assert styles
    for style in styles:
        text = style.read_text(encoding="utf-8")
        addresses = re.findall(r"""url\(["']?(?!data:)([^"')]+)|@import\s+["']([^"']+)""", text)
        for address in filter(None, (part for pair in addresses for part in pair)):
            assert not urlsplit(address).netloc, f"{style.name} requests {address}"


def test_every_internal_link_leads_to_a_page_and_a_place(site: Path) -> None:
    for name, page in pages(site).items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = _file(site, name, link)
            assert target.is_file(), f"{name} links to {link}"
            if parts.fragment and target.suffix == ".html":
                ids = read(target.resolve()).ids
                assert unquote(parts.fragment) in ids, f"{name} links to {link}"


def test_the_search_finds_what_is_expiring(site: Path) -> None:
    index = json.loads((site / "search" / "search_index.json").read_text(encoding="utf-8"))
    locations = {
        entry["location"]
        for entry in index["docs"]
        if "expiring" in f"{entry['title']} {entry['text']}".lower()
    }
    pages_found = {location.partition("#")[0] for location in locations}
    assert {"glossary.html", "rules.html", "reference/expiry.html"} <= pages_found


def test_the_search_has_each_name_in_code_as_a_word(site: Path) -> None:
    index = json.loads((site / "search" / "search_index.json").read_text(encoding="utf-8"))
    separator = re.compile(index["config"]["separator"])
    for entry in index["docs"]:
        text = html.unescape(re.sub(r"<[^>]+>", " ", entry["text"]))
        indexed = {*separator.split(re.sub(r"<[^>]+>", " ", entry["text"]))}
        called = {*re.findall(r"\b(?:kpa|charts|widgets|demo)\.(\w+)\(", text)}
        assert called - indexed == set(), entry["location"]


def _is_public_class(name: str, member: object) -> bool:
    is_own = getattr(member, "__module__", "") == kpa.errors.__name__
    return isinstance(member, type) and is_own and not name.startswith("_")


def _public_names() -> list[str]:
    modules = {"charts": kpa.charts, "demo": kpa.demo, "spark": kpa.spark, "widgets": kpa.widgets}
    names = [*kpa.__all__]
    for module, content in modules.items():
        names += [f"{module}.{name}" for name in content.__all__]
    errors = [name for name, each in vars(kpa.errors).items() if _is_public_class(name, each)]
    tables = [name for name, each in vars(kpa.schema).items() if isinstance(each, Table)]
    names += ["schema.flat"]
    return [*names, *(f"errors.{name}" for name in errors), *(f"schema.{name}" for name in tables)]


def test_the_reference_has_every_public_name(site: Path) -> None:
    places = (read(path).ids for path in (site / "reference").glob("*.html"))
    reference = set().union(*places)
    names = _public_names()
    assert len(names) > 120
    assert [name for name in names if f"kpa_analytics.{name}" not in reference] == []


def test_the_reference_has_what_each_docstring_says(site: Path) -> None:
    text = " ".join(" ".join(read(path).text.split()) for path in (site / "reference").rglob("*"))
    for name in kpa.__all__:
        member = getattr(kpa, name)
        if callable(member):
            first = (member.__doc__ or "").partition("\n")[0].replace("`", "")
            assert first in text, name


def test_every_rule_has_a_place_of_its_own(site: Path) -> None:
    for rule in RULES:
        page, _, anchor = rule.link.partition("#")
        assert anchor in read(site / f"{Path(page).stem}.html").ids, rule.link


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_tutorial_shows_every_stored_output(site: Path, notebook: Path) -> None:
    page = read(site / "tutorial" / f"{notebook.stem}.html")
    text = " ".join(page.text.split())
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    outputs = [(cell, output) for cell in cells for output in cell.get("outputs", [])]
    for cell, output in outputs:
        data = output.get("data", {})
        if "image/png" in data:
            assert f"{notebook.stem}-{cell['id']}.png" in page.requests
        for line in output.get("text", []):
            assert " ".join(line.split()) in text
        rows = re.findall(r"<td[^>]*>([^<]+)</td>", "".join(data.get("text/html", [])))
        assert all(" ".join(cell.split()) in text for cell in rows if "&" not in cell)


def test_the_tutorial_has_no_page_without_a_notebook(site: Path) -> None:
    built = {path.stem for path in (site / "tutorial").glob("*.html")} - {"index"}
    assert built == {path.stem for path in NOTEBOOKS}


def test_the_gallery_has_every_chart_light_and_dark(site: Path) -> None:
    drawn = [name for name in kpa.charts.__all__ if f"{name}_table" in kpa.charts.__all__]
    page = read(site / "gallery.html")
    for name in drawn:
        light, dark = (site / "gallery" / f"{name}{end}.svg" for end in ("", "-dark"))
        assert kpa.charts.palette().background in light.read_text(encoding="utf-8")
        assert kpa.charts.palette(dark=True).background in dark.read_text(encoding="utf-8")
        assert f"gallery/{name}.svg#only-light" in page.requests
        assert f"gallery/{name}-dark.svg#only-dark" in page.requests
        assert f"kpa.charts.{name}(" in page.text
    assert len([*(site / "gallery").iterdir()]) == 2 * len(drawn)


def test_every_page_of_the_site_is_in_its_menu(site: Path) -> None:
    menu = {
        ((site / "index.html").parent / urlsplit(link).path).resolve()
        for link in read(site / "index.html").links
        if not urlsplit(link).netloc
    }
    for source in DOCS.rglob("*.md"):
        page = site / source.relative_to(DOCS).with_suffix(".html")
        assert page.is_file(), source
        assert page.resolve() in menu or page.name == "404.html", source

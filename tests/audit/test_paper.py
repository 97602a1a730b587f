"""audit.pdf as an archive and a screen reader take it."""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pypdf
import pytest
from msgspec import to_builtins

import kpa_analytics as kpa
from kpa_analytics.audit.chart_pieces import pieces, size
from kpa_analytics.audit.html import TEMPLATES
from kpa_analytics.audit.pdf import write_document
from kpa_analytics.audit.report_charts import Drawing
from kpa_analytics.audit.report_model import printed
from tests.audit.packs import AS_OF, Page, pdf_pages, pdf_text


@pytest.fixture(scope="module")
def paper(pack) -> pypdf.PdfReader:
    return pypdf.PdfReader(pack / "audit.pdf")


def root(paper: pypdf.PdfReader) -> dict:
    return paper.trailer["/Root"]


def figures(element) -> list[dict]:
    """The figures in a tree of tags."""
    element = element.get_object()
    if isinstance(element, list):
        return [figure for inner in element for figure in figures(inner)]
    if not isinstance(element, dict):
        return []
    own = [element] if element.get("/S") == "/Figure" else []
    return own + (figures(element["/K"]) if "/K" in element else [])


def test_it_is_for_archives_and_for_assistive_technology(paper):
    about = root(paper)["/Metadata"].get_data().decode()
    for name, value in (("pdfaid:part", "2"), ("pdfaid:conformance", "A"), ("pdfuaid:part", "1")):
        assert f"<{name}>{value}</{name}>" in about
    assert root(paper)["/MarkInfo"]["/Marked"]


def test_it_states_its_title_and_its_language(paper):
    assert paper.metadata.title == "Training records - As of 30 Jun 2026"
    assert root(paper)["/ViewerPreferences"]["/DisplayDocTitle"]
    assert root(paper)["/Lang"] == "en"


def test_every_chart_has_its_description(paper, pack):
    page = Page((pack / "report.html").read_text(encoding="utf-8"))
    described = [given["alt"] for tag, given in page.elements if tag == "img"]
    assert described
    assert [str(figure["/Alt"]) for figure in figures(root(paper)["/StructTreeRoot"]["/K"])] == (
        described
    )


def test_text_in_charts_has_at_least_9_points(pack):
    template = (TEMPLATES / "document.typ").read_text(encoding="utf-8")
    assert "let width = calc.min(0.72 * drawing.width, 494) * 1pt" in template
    for drawing in (pack / "charts").glob("*.svg"):
        picture = drawing.read_text(encoding="utf-8")
        (piece,) = pieces(picture, 0)
        wide, _ = size(piece)
        scale = min(0.72 * wide, 494) / wide
        sizes = [float(size) for size in re.findall(r'font-size="([\d.]+)px"', picture)]
        assert min(sizes) * scale >= 9, drawing.name


@pytest.fixture(scope="module")
def sampled(data, pack, tmp_path_factory) -> Path:
    place = tmp_path_factory.mktemp("packs") / "sampled"
    return kpa.export_audit(data, place, as_of=AS_OF, sample=25, seed=7, since=pack)


@pytest.fixture(scope="module")
def of_trainings(data, tmp_path_factory) -> Path:
    place = tmp_path_factory.mktemp("packs") / "trainings"
    return kpa.export_audit(data, place, as_of=AS_OF, trainings=["First Aid", "Well Control"])


@pytest.fixture(scope="module")
def of_an_office(data, tmp_path_factory) -> Path:
    place = tmp_path_factory.mktemp("packs") / "office"
    return kpa.export_audit(data, place, as_of=AS_OF, field_office="Casper")


PACKS = ["pack", "sampled", "of_trainings", "of_an_office"]


@pytest.mark.slow
@pytest.mark.parametrize("name", PACKS)
def test_no_page_but_the_last_is_a_third_empty(name, request):
    document = request.getfixturevalue(name) / "audit.pdf"
    assert emptier_than_a_third(document) == {}


@pytest.mark.slow
@pytest.mark.parametrize("name", PACKS)
def test_every_chart_and_table_is_below_the_heading_of_its_section(name, request):
    pack = request.getfixturevalue(name)
    paper = squeezed(pdf_text((pack / "audit.pdf").read_bytes()))
    at = paper.index(squeezed("Where we stand"))
    for text in titles((pack / "report.html").read_text(encoding="utf-8")):
        assert squeezed(text) in paper[at:], text
        at = paper.index(squeezed(text), at)


def titles(page: str) -> list[str]:
    """The headings of sections, the titles of charts and the captions of tables, in order."""
    of_charts = r'<figure id="\w+" role="region" aria-label="Chart: ([^"]*)"'
    every = re.findall(rf"<h2[^>]*>(.*?)</h2>|{of_charts}|<caption>(.*?)</caption>", page)
    texts = [html.unescape("".join(each)) for each in every]
    return texts[: texts.index("Sign-off")]


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


@pytest.mark.parametrize("rows", range(1, 64, 9))
def test_a_chart_that_finds_no_room_leaves_no_page_a_third_empty(rows, pack, tmp_path):
    filling = to_builtins(printed(pl.DataFrame({"cases": range(rows)}), "cases", caption="Rows"))
    drawings = drawings_of(pack)
    drawings.pop("expiry_timeline")  # the page of the headline always has room for it
    sections = [
        section
        for name in drawings
        for section in (part("Rows", tables=[filling]), part("Chart", charts=[name]))
    ]
    write_document(story_of(sections), drawings, tmp_path / "a.pdf", made=MADE)
    assert emptier_than_a_third(tmp_path / "a.pdf") == {}


def drawings_of(pack: Path) -> dict[str, Drawing]:
    page = (pack / "report.html").read_text(encoding="utf-8")
    specs = json.loads(re.search(r'id="specs">(.*?)</script>', page, re.DOTALL)[1])
    pictures = {name: (pack / f"charts/{name}.svg").read_text(encoding="utf-8") for name in specs}
    return {
        name: Drawing(name, spec, pictures[name], pictures[name], b"")
        for name, spec in specs.items()
    }


MADE = datetime(2026, 6, 30, tzinfo=UTC)


def part(heading: str, **parts: list[Any]) -> dict[str, Any]:
    return {"key": "a", "heading": heading, "sentences": [], "charts": [], "tables": [], **parts}


def story_of(sections: list[dict[str, Any]]) -> dict[str, Any]:
    texts = {"language": "en", "title": "T", "subtitle": "S", "notice": "", "facts": []}
    return {**texts, "tiles": [], "sections": sections, "colours": {}, "labels": {}, "signs": {}}


def emptier_than_a_third(document: Path) -> dict[int, float]:
    """The pages, but the last, of which more than a third has no ink in one stretch."""
    program = shutil.which("pdftoppm")
    if program is None:
        lacking = "pdftoppm is needed (Debian: apt-get install poppler-utils)"
        pytest.fail(lacking) if os.environ.get("CI") else pytest.skip(lacking)
    command = [program, "-r", "30", "-gray", str(document)]
    done = subprocess.run(command, check=True, capture_output=True)
    *pages, _ = pictures(done.stdout)
    return {at: empty for at, page in enumerate(pages, 1) if (empty := blank(*page)) > 1 / 3}


def pictures(stream: bytes) -> list[tuple[int, int, bytes]]:
    """The pages as width, height and grey pixels."""
    pages = []
    while stream:
        _, sizes, _, rest = stream.split(b"\n", 3)
        wide, high = map(int, sizes.split())
        pages.append((wide, high, rest[: wide * high]))
        stream = rest[wide * high :]
    return pages


def blank(wide: int, high: int, pixels: bytes) -> float:
    """The largest part of a page's height, without its footer, that has no ink."""
    rows = [min(pixels[at * wide : (at + 1) * wide]) < 200 for at in range(int(high * 0.94))]
    return max(len(run) for run in "".join("x" if ink else " " for ink in rows).split("x")) / high


@pytest.mark.slow
def test_no_row_is_split_between_two_pages(tmp_path):
    texts = [f"start{at} {'words ' * 40} end{at}" for at in range(90)]
    rows = pl.DataFrame({"text": texts, "cases": range(90)})
    table = to_builtins(printed(rows, "text", "cases", caption="Rows"))
    write_document(story_of([part("A", tables=[table])]), {}, tmp_path / "a.pdf", made=MADE)
    pages = pdf_pages((tmp_path / "a.pdf").read_bytes())
    assert len(pages) > 3
    for text in pages:
        assert re.findall(r"start(\d+)", text) == re.findall(r"end(\d+)", text)

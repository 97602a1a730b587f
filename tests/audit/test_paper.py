"""audit.pdf as an archive and a screen reader take it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from datetime import UTC, datetime

import polars as pl
import pypdf
import pytest
from msgspec import to_builtins

from kpa_analytics.audit.html import TEMPLATES
from kpa_analytics.audit.pdf import write_document
from kpa_analytics.audit.report_model import printed
from tests.audit.packs import Page


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
    assert "calc.min(0.72, 494 / (width - 32), 700 / height)" in template
    for drawing in (pack / "charts").glob("*.svg"):
        picture = drawing.read_text(encoding="utf-8")
        wide, high = map(float, re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', picture).groups())
        scale = min(0.72, 494 / (wide - 32), 700 / high)
        sizes = [float(size) for size in re.findall(r'font-size="([\d.]+)px"', picture)]
        assert min(sizes) * scale >= 9, drawing.name


def test_no_page_but_the_last_is_nearly_half_empty(pack, tmp_path):
    program = shutil.which("pdftoppm")
    if program is None:
        lacking = "pdftoppm is needed (Debian: apt-get install poppler-utils)"
        pytest.fail(lacking) if os.environ.get("CI") else pytest.skip(lacking)
    command = [program, "-r", "30", "-gray", str(pack / "audit.pdf"), str(tmp_path / "page")]
    subprocess.run(command, check=True, capture_output=True)
    *pages, _ = sorted(tmp_path.glob("*.pgm"))
    assert {page.name: empty for page in pages if (empty := blank(page.read_bytes())) > 0.45} == {}


def blank(picture: bytes) -> float:
    """The largest part of a page's height, without its footer, that has no ink."""
    _, size, _, pixels = picture.split(b"\n", 3)
    wide, high = map(int, size.split())
    rows = [min(pixels[at * wide : (at + 1) * wide]) < 200 for at in range(int(high * 0.94))]
    return max(len(run) for run in "".join("x" if ink else " " for ink in rows).split("x")) / high


def test_no_row_is_split_between_two_pages(tmp_path):
    texts = [f"start{at} {'words ' * 40} end{at}" for at in range(90)]
    rows = pl.DataFrame({"text": texts, "cases": range(90)})
    table = to_builtins(printed(rows, "text", "cases", caption="Rows"))
    section = {"key": "a", "heading": "A", "sentences": [], "charts": [], "tables": [table]}
    story = {
        **{"language": "en", "title": "T", "subtitle": "S", "notice": "", "facts": []},
        **{"tiles": [], "sections": [section], "colours": {}, "labels": {}, "signs": {}},
    }
    write_document(story, {}, tmp_path / "a.pdf", made=datetime(2026, 6, 30, tzinfo=UTC))
    pages = [page.extract_text() for page in pypdf.PdfReader(tmp_path / "a.pdf").pages]
    assert len(pages) > 3
    for text in pages:
        assert re.findall(r"start(\d+)", text) == re.findall(r"end(\d+)", text)

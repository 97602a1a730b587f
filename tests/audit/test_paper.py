"""audit.pdf as an archive and a screen reader take it."""

from __future__ import annotations

import pypdf
import pytest

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

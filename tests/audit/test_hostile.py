"""Text that others wrote stays text: in the page, the PDF, the drawings, the workbook, the CSV."""

from __future__ import annotations

import csv
import json
import re
from io import StringIO
from xml.etree import ElementTree

import openpyxl
import pytest

from tests.audit.conftest import HOSTILE_TITLE
from tests.audit.packs import HOSTILE, Page, files, pdf_text

pytestmark = pytest.mark.slow

FORMULA = tuple("=+-@\t\r\n＝")  # noqa: RUF001

OURS = {
    *("html", "head", "meta", "title", "style", "script", "body", "header", "h1", "h2", "p", "ul"),
    *("li", "span", "nav", "a", "main", "section", "figure", "img", "div", "i"),
    *("dl", "dt", "dd"),
    *("table", "caption", "thead", "tbody", "tr", "th", "td"),
}


@pytest.fixture(scope="module")
def content(hostile_pack):
    return files(hostile_pack)


def test_the_page_holds_only_elements_of_its_own(content):
    page = Page(content["report.html"].decode())
    tags = [tag for tag, _ in page.elements]
    assert tags.count("script") == 4, "the charts' data, their library, what draws them, and tables"
    assert set(tags) <= OURS
    for tag, attributes in page.elements:
        assert not [name for name in attributes if name.startswith("on")], (tag, attributes)
        if tag == "img":
            assert attributes["src"].startswith("data:image/")
    assert "<img src=x onerror=alert(1)>" in page.text, "it is shown as what it is"
    assert HOSTILE_TITLE in page.text


def test_the_page_lets_nothing_run_but_its_own_scripts(content):
    policies = [
        attributes["content"]
        for tag, attributes in Page(content["report.html"].decode()).elements
        if attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    assert len(policies) == 1
    rules = dict(rule.split(" ", 1) for rule in policies[0].split("; "))
    assert rules["default-src"] == "'none'"
    assert re.fullmatch(r"('sha256-[\w+/=]+' ?){3}", rules["script-src"])


def test_drawings_hold_no_script(content):
    for name, drawn in content.items():
        if name.endswith(".svg"):
            for element in ElementTree.fromstring(drawn).iter():
                assert not element.tag.endswith("script"), name
                assert not [key for key in element.attrib if key.lower().startswith("on")], name


def test_no_cell_of_the_workbook_is_a_formula_or_a_link(hostile_pack):
    book = openpyxl.load_workbook(hostile_pack / "audit.xlsx")
    texts = set()
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f", (sheet.title, cell.coordinate)
                assert cell.hyperlink is None, (sheet.title, cell.coordinate)
                texts.add(cell.value)
    assert HOSTILE[0] in texts, "as it was written, but a text"
    assert HOSTILE_TITLE in texts


def test_no_field_of_the_csv_starts_like_a_formula(content):
    rows = list(csv.reader(StringIO(content["records.csv"].decode("utf-8-sig"), newline="")))
    named = [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
    texts = [row[name] for row in named for name in ("user", "training", "notes", "instructor")]
    assert [text for text in texts if text.startswith(FORMULA)] == []
    assert "'" + HOSTILE[0] in texts
    assert len(rows) - 1 == json.loads(content["manifest.json"])["counts"]["completions"]


@pytest.mark.parametrize("name", ["trainings.csv", "people.csv", "required.csv"])
def test_the_other_csv_files_hold_no_formula_either(content, name):
    for separator in ",;\t":
        text = StringIO(content[name].decode("utf-8-sig").replace("\x00", " "), newline="")
        cells = [cell for row in csv.reader(text, delimiter=separator) for cell in row]
        assert [cell for cell in cells if cell.lstrip(" ").startswith(FORMULA)] == []
    assert content[name].startswith(b"\xef\xbb\xbf")
    assert "'=HYPERLINK" in content[name].decode()


def test_the_document_sets_texts_and_does_not_run_them(content):
    text = "".join(pdf_text(content["audit.pdf"]).split())
    for written in (HOSTILE[0], HOSTILE[8], HOSTILE[11]):
        assert "".join(written.split()) in text
    assert b"/JavaScript" not in content["audit.pdf"]
    assert b"/Launch" not in content["audit.pdf"]


def test_the_manifest_keeps_the_title_as_it_was_given(content):
    assert json.loads(content["manifest.json"])["title"] == HOSTILE_TITLE

"""One font comes along, and a character that no font has is named wherever it matters."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from typing import Any

import pypdf
import pytest

import kpa_analytics as kpa
from kpa_analytics.audit.missing_glyphs import _characters, boxed, sentences, without_glyph
from kpa_analytics.charts.theme import FONT
from kpa_analytics.demo import Records
from kpa_analytics.demo import sources as wire
from kpa_analytics.errors import KPADataWarning
from kpa_analytics.fonts import FOLDER
from tests.audit.packs import AS_OF, Page, completion, load, pdf_text, person, training, user

#: No font can have a glyph for it: it is for private use.
NOWHERE = "\U0010fffd"


@pytest.mark.slow
def test_the_font_has_the_letters_of_latin_scripts_and_our_signs():
    letters = "ÀÉßøŁłżźćńőűşğıİčěřšœŒŵŷțȚễợĐ€–…×●▲○"  # noqa: RUF001
    alone = """
import sys, typst
from kpa_analytics.audit import missing_glyphs
every = typst.Fonts
missing_glyphs.typst.Fonts = lambda **options: every(**options, include_system_fonts=False)
print(missing_glyphs.without_glyph(set(sys.argv[1])))
"""
    command = [sys.executable, "-c", alone, letters]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_font_s_licence_is_beside_it_and_both_are_small():
    assert "SIL OPEN FONT LICENSE Version 1.1" in (FOLDER / "LICENSE-OFL.txt").read_text(
        encoding="utf-8"
    )
    assert sum(path.stat().st_size for path in FOLDER.iterdir() if path.is_file()) < 1_000_000


def fonts_of(pdf: bytes) -> set[str]:
    """The fonts of a document, those of the pictures in it included."""

    def below(resources: Any) -> set[str]:
        fonts = {str(font.get_object()["/BaseFont"]) for font in _values(resources, "/Font")}
        inside = [drawing.get_object() for drawing in _values(resources, "/XObject")]
        more = [
            below(drawing["/Resources"].get_object())
            for drawing in inside
            if "/Resources" in drawing
        ]
        return fonts.union(*more)

    pages = pypdf.PdfReader(BytesIO(pdf)).pages
    return set().union(*(below(page["/Resources"].get_object()) for page in pages))


def _values(resources: Any, kind: str) -> list[Any]:
    return list(resources[kind].get_object().values()) if kind in resources else []


def test_the_document_is_set_in_our_font_and_its_code_in_a_mono(pack):
    fonts = {name.split("+")[-1] for name in fonts_of((pack / "audit.pdf").read_bytes())}
    assert fonts <= {"Arimo", "Arimo-Regular", "Arimo-Bold", "DejaVuSansMono"}
    assert len(fonts) == 3


def test_every_list_of_fonts_on_screen_begins_with_ours_and_ends_sans(pack):
    package = Path(kpa.__file__).parent
    sheets = [package / "audit/templates/page.css", package / "widgets/style.css"]
    texts = [path.read_text(encoding="utf-8") for path in sheets]
    texts += [(pack / "report.html").read_text(encoding="utf-8").split("<script")[0]]
    lists = [
        family
        for text in texts
        for family in re.findall(r"font(?:-family)?: ([^;{}]*,[^;{}]*)", text)
    ]
    assert len(lists) >= 5
    for family in lists:
        assert re.fullmatch(r".*(Arimo, Arial, .*sans-serif|monospace)", family.strip()), family
    drawn = "".join(path.read_text("utf-8") for path in (pack / "charts").glob("*.svg"))
    assert set(re.findall('font-family="([^"]*)"', drawn)) == {FONT}
    assert re.fullmatch("Arimo, Arial, .*sans-serif", FONT)


@pytest.mark.slow
def test_a_picture_is_drawn_in_our_font_where_the_machine_has_none(tmp_path):
    """A chart as PDF names its fonts: drawn as the pictures are, in a machine without any."""
    (tmp_path / "fonts.conf").write_text("<fontconfig></fontconfig>")
    code = """
import sys, vl_convert
from kpa_analytics.charts.render import with_our_font
from kpa_analytics.charts.theme import FONT
with_our_font()
text = f'<text x="9" y="30" font-family="{FONT}">Nguyễn</text>'
picture = f'<svg xmlns="http://www.w3.org/2000/svg" width="90" height="40">{text}</svg>'
sys.stdout.buffer.write(vl_convert.svg_to_pdf(picture))
"""
    alone = {**os.environ, "FONTCONFIG_FILE": str(tmp_path / "fonts.conf"), "HOME": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, env=alone, check=True)
    assert {name.split("+")[-1] for name in fonts_of(done.stdout)} <= {"Arimo", "Arimo-Regular"}
    assert fonts_of(done.stdout)


def test_every_character_without_a_glyph_is_found():
    assert without_glyph({"a", NOWHERE, "\u200d", "\ufe0f"}) == [NOWHERE]


@pytest.mark.slow
def test_a_character_without_a_glyph_spoils_none_beside_it():
    drawn = '<text font-family="Arimo">{}</text>'
    beside = boxed({"a": drawn.format(f"السلامة {NOWHERE}👷🏽 ễ")})["a"]
    assert without_glyph(set(beside)) == []
    assert "ễ" in beside
    assert NOWHERE not in beside
    every = set("安全 السلامة 👷🏽")
    assert set(without_glyph(every)) == {
        each for each in every if boxed({"a": each}) != {"a": each}
    }


@pytest.fixture(scope="module")
def lacking_data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("characters")
    source = Records(
        {
            wire.COMPLETIONS: [completion(1, 7, person(1), 20250101)],
            wire.TRAININGS: [training(7, f"Ladders {NOWHERE}")],
            wire.USERS: [user(1, "Ana", "Ruiz")],
        }
    )
    with kpa.demo.serve(source) as api:
        return load(folder / "cache", api)


@pytest.fixture(scope="module")
def lacking(lacking_data, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("lacking")
    with pytest.warns(KPADataWarning, match=r"U\+10FFFD .*in head, Expired and missing"):
        return kpa.export_audit(lacking_data, folder / "pack", as_of=AS_OF, organisation=NOWHERE)


def is_archival(pdf: bytes) -> bool:
    return b"pdfaid:part" in pdf


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["transcript", "roster"])
def test_a_document_says_that_it_is_plain_for_want_of_a_font(lacking_data, kind, tmp_path):
    of = {"transcript": (kpa.transcript, person(1)), "roster": (kpa.roster, 7)}
    make, key = of[kind]
    document = make(lacking_data, key, as_of=AS_OF)
    with pytest.warns(KPADataWarning, match=r"U\+10FFFD .*plain PDF") as caught:
        content = document.pdf
    assert document.title in str(caught[0].message)
    assert not is_archival(content)
    said = " ".join(pdf_text(content).split()).replace("PDF/ A-2a", "PDF/A-2a")  # on two lines
    assert "U+10FFFD" in said
    assert "plain PDF, without the standards PDF/A-2a and PDF/UA-1" in said


@pytest.mark.slow
def test_a_document_with_every_glyph_is_archival_and_says_nothing(data):
    content = kpa.transcript(data, data.users["id"][0], as_of=AS_OF).pdf
    assert is_archival(content)
    assert "plain PDF" not in pdf_text(content)


@pytest.mark.slow
def test_a_character_without_a_glyph_is_named_in_manifest_and_report(lacking):
    (missing,) = json.loads((lacking / "manifest.json").read_bytes())["letters_without_glyph"]
    assert missing["letter"] == NOWHERE
    assert "Expired and missing" in missing["where"]
    assert "charts/expiry_by_training" in missing["where"]
    assert "U+10FFFD" in Page((lacking / "report.html").read_text(encoding="utf-8")).text
    assert missing["where"][0] == "head", "the name of the organisation is on the cover"
    printed = (lacking / "audit.pdf").read_bytes()
    assert not is_archival(printed)
    assert "U+10FFFD" in pdf_text(printed)
    assert "audit.pdf is a plain PDF" in " ".join(pdf_text(printed).split())


def test_where_every_character_has_a_glyph_nothing_is_said(pack):
    assert json.loads((pack / "manifest.json").read_bytes())["letters_without_glyph"] == []


def test_missing_characters_are_looked_for_in_every_part_of_a_report_and_none_says_nothing():
    parts = {"title": "é", "rows": [["ł", 7], ("\N{GREEK SMALL LETTER ALPHA}", None)]}
    assert _characters(parts) == {"é", "ł", "\N{GREEK SMALL LETTER ALPHA}"}
    assert sentences([]) == []

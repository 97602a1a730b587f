"""Letters: one font comes along, and a letter that no font has is named wherever it matters."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import kpa_analytics as kpa
from kpa_analytics.audit.letters import without_glyph
from kpa_analytics.demo import Records
from kpa_analytics.demo import records as wire
from kpa_analytics.errors import KPADataWarning
from kpa_analytics.fonts import FOLDER
from tests.audit.packs import AS_OF, Page, completion, load, pdf_text, person, training, user

#: No font can have a glyph for it: it is for private use.
NOWHERE = "\U0010fffd"


def test_the_font_has_the_letters_of_latin_scripts_and_our_signs():
    letters = "ÀÉßøŁłżźćńőűşğıİčěřšœŒŵŷțȚ€–…×●▲○"  # noqa: RUF001
    alone = """
import sys, typst
from kpa_analytics.audit import letters
every = typst.Fonts
letters.typst.Fonts = lambda **options: every(**options, include_system_fonts=False)
print(letters.without_glyph(set(sys.argv[1])))
"""
    command = [sys.executable, "-c", alone, letters]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_font_s_licence_stands_beside_it_and_both_are_small():
    assert "SIL OPEN FONT LICENSE Version 1.1" in (FOLDER / "LICENSE-OFL.txt").read_text()
    assert sum(path.stat().st_size for path in FOLDER.iterdir() if path.is_file()) < 1_000_000


def test_every_letter_without_a_glyph_is_found():
    assert without_glyph({"a", NOWHERE, "\u200d", "\ufe0f"}) == [NOWHERE]


@pytest.fixture(scope="module")
def lacking(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("letters")
    source = Records(
        {
            wire.COMPLETIONS: [completion(1, 7, person(1), 20250101)],
            wire.TRAININGS: [training(7, f"Ladders {NOWHERE}")],
            wire.USERS: [user(1, "Ana", "Ruiz")],
        }
    )
    with kpa.demo.serve(source) as api:
        data = load(folder / "cache", api)
    with pytest.warns(KPADataWarning, match=r"U\+10FFFD .*in Expired and missing"):
        return kpa.export_audit(data, folder / "pack", as_of=AS_OF)


def test_a_letter_without_a_glyph_is_named_in_manifest_and_report(lacking):
    (letter,) = json.loads((lacking / "manifest.json").read_bytes())["letters_without_glyph"]
    assert letter["letter"] == NOWHERE
    assert "Expired and missing" in letter["where"]
    assert "charts/expiry_by_training" in letter["where"]
    assert "U+10FFFD" in Page((lacking / "report.html").read_text(encoding="utf-8")).text
    assert "U+10FFFD" in pdf_text((lacking / "audit.pdf").read_bytes())


def test_where_every_letter_has_a_glyph_nothing_is_said(pack):
    assert json.loads((pack / "manifest.json").read_bytes())["letters_without_glyph"] == []

"""Find the letters that no font on this machine has: they print as boxes or blanks."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from html import unescape
from typing import Any, NamedTuple

import typst

from kpa_analytics.fonts import FOLDER
from kpa_analytics.report_text import IN_HEAD, IN_TITLE, LETTER, LETTERS_MISSING, NAMELESS_LETTER
from kpa_analytics.wording import listing, say

#: With no font set, typst would leave out a letter that no font has, without an error.
_SOURCE = (
    b'#set text(font: "Arimo")\n'
    b"#for letter in json(bytes(sys.inputs.letters)) [#text(letter)#linebreak()]"
)
_REFUSED = re.compile(r'the text `"(.+?)"` could not be displayed')
_SPELT_OUT = re.compile(r"\\u\{([0-9a-fA-F]+)\}")
#: Controls, formatting characters and spaces draw nothing; marks draw with their letter.
_UNDRAWN = {"Cc", "Cf", "Cs", "Zs", "Zl", "Zp", "Mn", "Me"}


class Letter(NamedTuple):
    """A letter without a glyph: itself, its name in Unicode, and the parts of the pack it is in."""

    letter: str
    name: str
    where: list[str]


def undrawable(story: Mapping[str, Any], drawings: Mapping[str, str]) -> list[Letter]:
    """Find the letters of a report and its drawings (SVG) that no font on this machine has.

    They come in Unicode order, each with the sections and charts that contain it.
    """
    head = [story.get(part) for part in ("facts", "warnings", "cover", "tiles")]
    places = {IN_TITLE: _letters(story["title"]), IN_HEAD: _letters(head)}
    for section in story["sections"]:
        places[section["heading"]] = _letters(section)
    for name, picture in drawings.items():
        shown = re.findall(r">([^<]*)</text>", picture)
        places[f"charts/{name}"] = _letters(unescape("".join(shown)))
    missing = without_glyph(set().union(*places.values()))
    return [
        Letter(letter, _name(letter), [name for name, has in places.items() if letter in has])
        for letter in missing
    ]


def without_glyph(letters: set[str]) -> list[str]:
    r"""Find the letters that no font has a glyph for, neither on this machine nor in this package.

    PDF/A forbids a document with such a letter, and typst's error names every one of them.

    Examples:
        >>> without_glyph({"a", "Ł", "\U0010fffd"}) == ["\U0010fffd"]
        True
    """
    drawn = sorted(letter for letter in letters if unicodedata.category(letter) not in _UNDRAWN)
    # Leave out the fonts inside typst, because charts cannot use them.
    fonts = typst.Fonts(include_embedded_fonts=False, font_paths=[FOLDER])
    page = typst.Compiler(_SOURCE, font_paths=fonts, sys_inputs={"letters": json.dumps(drawn)})
    try:
        page.compile(format="pdf", pdf_standards=["a-2b"])
    except typst.TypstError as error:
        refused = "".join(_REFUSED.findall(error.diagnostic))
        if not refused:
            raise
        return sorted(set(_SPELT_OUT.sub(lambda code: chr(int(code[1], 16)), refused)) & letters)
    return []


def boxed(pictures: Mapping[str, str]) -> dict[str, str]:
    """Replace each letter of these drawings that no font on this machine has by a box.

    Otherwise one such letter would turn its neighbours into boxes too, e.g. Arabic beside Chinese.

    Examples:
        >>> boxed({"ladders": "<text>Ladders \U0010fffd</text>"})
        {'ladders': '<text>Ladders \u25a1</text>'}
    """
    missing = without_glyph(set().union(*map(_beyond_ascii, pictures.values())))
    box = dict.fromkeys(map(ord, missing), "\N{WHITE SQUARE}")
    return {name: picture.translate(box) for name, picture in pictures.items()}


def sentences(missing: list[Letter], sentence: str = LETTERS_MISSING) -> list[str]:
    """The sentence that names the missing letters; an empty list if no letter is missing."""
    if not missing:
        return []
    letters = [say(LETTER, name=item.name, places=", ".join(item.where)) for item in missing]
    return [say(sentence, letters=listing(letters, most=12))]


def _letters(part: Any) -> set[str]:
    return _beyond_ascii(json.dumps(part, ensure_ascii=False))


def _beyond_ascii(text: str) -> set[str]:
    return {letter for letter in set(text) if not letter.isascii()}


def _name(letter: str) -> str:
    return f"U+{ord(letter):04X} {unicodedata.name(letter, NAMELESS_LETTER)}"

"""Find the characters that no font on this machine has: they print as boxes or blanks."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from html import unescape
from typing import Any, NamedTuple

import typst

from kpa_analytics.fonts import FOLDER
from kpa_analytics.report_text import (
    CHARACTER,
    CHARACTERS_MISSING,
    IN_HEAD,
    IN_TITLE,
    NAMELESS_CHARACTER,
)
from kpa_analytics.wording import listing, say

#: With no font set, typst would leave out a character that no font has, without an error.
_SOURCE = (
    b'#set text(font: "Arimo")\n'
    b"#for character in json(bytes(sys.inputs.characters)) [#text(character)#linebreak()]"
)
_REFUSED = re.compile(r'the text `"(.+?)"` could not be displayed')
_SPELT_OUT = re.compile(r"\\u\{([0-9a-fA-F]+)\}")
#: Controls, formatting characters and spaces draw nothing; marks draw with their letter.
_UNDRAWN = {"Cc", "Cf", "Cs", "Zs", "Zl", "Zp", "Mn", "Me"}


class MissingGlyph(NamedTuple):
    """A character without a glyph, its name in Unicode, and the parts of the pack that have it."""

    character: str
    name: str
    where: list[str]


def undrawable(story: Mapping[str, Any], drawings: Mapping[str, str]) -> list[MissingGlyph]:
    """Find the characters of a report and its drawings (SVG) that no font on this machine has.

    They come in Unicode order, each with the sections and charts that contain it.
    """
    head = [story.get(part) for part in ("facts", "warnings", "cover", "tiles")]
    places = {IN_TITLE: _characters(story["title"]), IN_HEAD: _characters(head)}
    for section in story["sections"]:
        places[section["heading"]] = _characters(section)
    for name, picture in drawings.items():
        shown = re.findall(r">([^<]*)</text>", picture)
        places[f"charts/{name}"] = _characters(unescape("".join(shown)))
    missing = without_glyph(set().union(*places.values()))
    return [
        MissingGlyph(each, _name(each), [name for name, has in places.items() if each in has])
        for each in missing
    ]


def without_glyph(characters: set[str]) -> list[str]:
    r"""Find the characters for which no font of this machine or this package has a glyph.

    PDF/A forbids a document with such a character, and typst's error names every one of them.

    Examples:
        >>> without_glyph({"a", "Ł", "\U0010fffd"}) == ["\U0010fffd"]
        True
    """
    drawn = sorted(each for each in characters if unicodedata.category(each) not in _UNDRAWN)
    # Leave out the fonts inside typst, because charts cannot use them.
    fonts = typst.Fonts(include_embedded_fonts=False, font_paths=[FOLDER])
    page = typst.Compiler(_SOURCE, font_paths=fonts, sys_inputs={"characters": json.dumps(drawn)})
    try:
        page.compile(format="pdf", pdf_standards=["a-2b"])
    except typst.TypstError as error:
        refused = "".join(_REFUSED.findall(error.diagnostic))
        if not refused:
            raise
        return sorted(set(_SPELT_OUT.sub(lambda code: chr(int(code[1], 16)), refused)) & characters)
    return []


def boxed(pictures: Mapping[str, str]) -> dict[str, str]:
    """Replace each character of these drawings that no font on this machine has by a box.

    Otherwise one such character would turn its neighbours into boxes, e.g. Arabic beside Chinese.

    Examples:
        >>> boxed({"ladders": "<text>Ladders \U0010fffd</text>"})
        {'ladders': '<text>Ladders \u25a1</text>'}
    """
    missing = without_glyph(set().union(*map(_beyond_ascii, pictures.values())))
    box = dict.fromkeys(map(ord, missing), "\N{WHITE SQUARE}")
    return {name: picture.translate(box) for name, picture in pictures.items()}


def sentences(missing: list[MissingGlyph], sentence: str = CHARACTERS_MISSING) -> list[str]:
    """The sentence that names the missing characters; an empty list if no character is missing."""
    if not missing:
        return []
    characters = [say(CHARACTER, name=item.name, places=", ".join(item.where)) for item in missing]
    return [say(sentence, characters=listing(characters, most=12))]


def _characters(part: Any) -> set[str]:
    return _beyond_ascii(json.dumps(part, ensure_ascii=False))


def _beyond_ascii(text: str) -> set[str]:
    return {character for character in set(text) if not character.isascii()}


def _name(character: str) -> str:
    return f"U+{ord(character):04X} {unicodedata.name(character, NAMELESS_CHARACTER)}"

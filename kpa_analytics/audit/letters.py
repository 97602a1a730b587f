"""Letters that no font on this machine has: they are named, for they print as boxes or blanks."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from html import unescape
from typing import Any, NamedTuple

import typst

from kpa_analytics.fonts import FOLDER

#: Without a font of its own the page would leave out what no font has, and refuse nothing.
_SOURCE = (
    b'#set text(font: "Arimo")\n'
    b"#for letter in json(bytes(sys.inputs.letters)) [#text(letter)#linebreak()]"
)
_REFUSED = re.compile(r'the text `"(.+?)"` could not be displayed')
_SPELT_OUT = re.compile(r"\\u\{([0-9a-fA-F]+)\}")
#: Controls, what steers other letters, and spaces draw nothing; marks draw with their letter.
_UNDRAWN = {"Cc", "Cf", "Cs", "Zs", "Zl", "Zp", "Mn", "Me"}
#: Letters named in a sentence; the manifest has them all.
_NAMED = 12


class Letter(NamedTuple):
    """A letter without a glyph: itself, its name in Unicode, and the parts of the pack it is in."""

    letter: str
    name: str
    where: list[str]


def undrawable(story: Mapping[str, Any], drawings: Mapping[str, str]) -> list[Letter]:
    """Find the letters of a report that no font on this machine has.

    Args:
        story: as `story.report()` makes it.
        drawings: the charts by name, as SVG.

    Returns:
        The letters in the order of Unicode, each with the sections and charts it stands in.
    """
    places = {"title": _letters(story["title"])}
    for section in story["sections"]:
        places[section["heading"]] = _letters(section)
    for name, picture in drawings.items():
        shown = re.findall(r">([^<]*)</text>", picture)
        places[f"charts/{name}"] = _letters(unescape("".join(shown)))
    missing = without_glyph(set().union(*places.values()))
    return [
        Letter(one, _name(one), [place for place, letters in places.items() if one in letters])
        for one in missing
    ]


def without_glyph(letters: set[str]) -> list[str]:
    r"""Which of some letters neither a font on this machine nor ours has a glyph for.

    The archive's standard forbids a document with such a letter, and typst names every one of them.

    Examples:
        >>> without_glyph({"a", "Ł", "\U0010fffd"}) == ["\U0010fffd"]
        True
    """
    drawn = sorted(one for one in letters if unicodedata.category(one) not in _UNDRAWN)
    # Without the fonts inside typst: charts don't have them.
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


def boxed(svg: str) -> str:
    """Put a box for each letter of a drawing that no font on this machine has a glyph for.

    One such letter would turn those beside it into boxes, too: Arabic beside Chinese, say.

    Examples:
        >>> boxed("<text>Ladders \U0010fffd</text>")
        '<text>Ladders \u25a1</text>'
    """
    missing = without_glyph({letter for letter in svg if not letter.isascii()})
    return svg.translate(dict.fromkeys(map(ord, missing), "\N{WHITE SQUARE}"))


def sentences(missing: list[Letter]) -> list[str]:
    """One sentence that names them; none where no letter is missing."""
    if not missing:
        return []
    named = [f"{one.name} (in {', '.join(one.where)})" for one in missing[:_NAMED]]
    rest = f"; and {len(missing) - _NAMED:,} more" if len(missing) > _NAMED else ""
    return [
        "The machine that made this pack has no font with these letters, so in audit.pdf and in "
        f"the charts a box or nothing stands for them: {'; '.join(named)}{rest}. records.csv and "
        "audit.xlsx hold them as they came."
    ]


def _letters(part: Any) -> set[str]:
    return {letter for text in _texts(part) for letter in text if not letter.isascii()}


def _texts(part: Any) -> Iterator[str]:
    if isinstance(part, str):
        yield part
    elif isinstance(part, Mapping):
        for value in part.values():
            yield from _texts(value)
    elif isinstance(part, list | tuple):
        for value in part:
            yield from _texts(value)


def _name(letter: str) -> str:
    return f"U+{ord(letter):04X} {unicodedata.name(letter, 'without a name')}"

"""Read report.html as a reader does: every text in its place, every table, and the numbers."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import NamedTuple

_MONTHS = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
#: A day, a month, or anything between blanks with a digit in it.
_NUMBER = re.compile(rf"(?:\d{{1,2}} )?\b(?:{_MONTHS}) \d{{4}}\b|\S*\d\S*")
_EDGES = ".,;:()[]\"'"
#: Elements without an end tag.
_VOID = {"meta", "img", "br", "hr", "link", "input"}


def numbers(text: str) -> list[str]:
    """Everything in a text that has a digit: days as one, and neither commas nor brackets around.

    Examples:
        >>> numbers("1,143 cases (8%) up to 30 Jun 2026, of E10002.")
        ['1,143', '8%', '30 Jun 2026', 'E10002']
    """
    return [number.strip(_EDGES) for number in _NUMBER.findall(text)]


class Table(NamedTuple):
    """A table of the page."""

    headings: list[str]
    rows: list[list[str]]


class PrintedPage(HTMLParser):
    """A report.

    Attributes:
        texts: every text outside of tables by its place, such as "tile Expired" or "standing 2".
            The place of a text outside of paragraphs is its section and element.
        tables: the tables by their captions, with labels in place of the names of statuses.
    """

    def __init__(self, page: str) -> None:
        super().__init__()
        self.texts: dict[str, str] = {}
        self.tables: dict[str, Table] = {}
        self._open: list[str] = []
        self._section, self._place, self._paragraphs = "head", "", 0
        self._term = ""
        self._rows: list[list[str]] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag not in _VOID:
            self._open.append(tag)
        if tag == "section":
            self._section, self._paragraphs = given["id"], 0
        elif tag in ("p", "li"):
            self._paragraphs += 1
            self._place = f"{self._section} {self._paragraphs}"
        elif tag == "table":
            self._rows = []
        elif tag == "tr":
            self._rows.append([])
        elif tag in ("td", "th"):
            self._rows[-1].append("")
        elif tag == "figure":
            self._place = f"chart {given['id']}"
            self._add(given["aria-label"])
        elif tag == "img":
            self._add(f". {given['alt']}")
        elif tag == "div" and "aria-label" in given:
            self._add(given["aria-label"], f"{self._section} region")

    def handle_endtag(self, tag):
        if tag not in _VOID:
            assert self._open.pop() == tag
        if tag == "table":
            caption = self.texts.pop("caption", self._section)
            self.tables[caption] = Table(self._rows[0], self._rows[1:])
        elif tag in ("p", "li", "figure"):
            self._place = ""

    def handle_data(self, data):
        if not data.strip() or {"script", "style"} & {*self._open}:
            return
        if {"td", "th"} & {*self._open}:
            self._rows[-1][-1] += data.strip()
        elif "caption" in self._open:
            self._add(data, "caption")
        elif "li" in self._open and not self._place.startswith("tile"):
            self._place = "tile " + re.sub(r"^\W+", "", data.strip())
        elif "dt" in self._open:
            self._term = data.strip()
            self._add(data, f"{self._section} terms")
        elif "dd" in self._open:
            self._add(data, f"{self._section}: {self._term}")
        else:
            self._add(data, self._place or f"{self._section} {self._open[-1]}")

    def _add(self, text: str, place: str = "") -> None:
        place = place or self._place
        self.texts[place] = f"{self.texts.get(place, '')} {text.strip()}".lstrip()

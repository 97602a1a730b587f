"""Fit a text on a chart: shorten it in the middle or, in evidence, wrap it.

Titles of one series often differ only at the end, so the end stays.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from unicodedata import category, east_asian_width

from kpa_analytics.charts.theme import TEXT

#: Widths of characters in Arial and similar fonts: thousandths of the font size, rounded up.
_WIDTHS = {
    **dict.fromkeys("ijl'|", 230),
    **dict.fromkeys(" tfI!.,:;/\\[]()-`rí", 340),
    **dict.fromkeys('cksvxyzJ*"{}^?', 510),
    **dict.fromkeys("CDHNRU&wÇÑÜ", 730),
    **dict.fromkeys("GOQÖÓØ", 790),
    **dict.fromkeys("mM%", 900),
    **dict.fromkeys("W@…", 1020),
}
_LOWER, _UPPER, _OTHER, _WIDE = 560, 700, 800, 1400
#: Pixels from one line of a wrapped text to the next.
LINE = 15
_whole: ContextVar[bool] = ContextVar("whole texts", default=False)


@contextmanager
def whole_texts() -> Iterator[None]:
    """Wrap texts in charts that are made inside this context, rather than shorten them."""
    token = _whole.set(True)
    try:
        yield
    finally:
        _whole.reset(token)


def texts_are_whole() -> bool:
    """Whether charts wrap texts."""
    return _whole.get()


def width(text: str) -> float:
    """Estimate the width of a text on an axis in pixels. It errs on the wide side.

    Examples:
        >>> width("Ladders") < width("LADDERS") < width("\N{FIRE}" * 7)
        True
    """
    return sum(map(_width, text)) * TEXT / 1000


@cache
def _width(character: str) -> int:
    if character in _WIDTHS:
        return _WIDTHS[character]
    if category(character) in ("Mn", "Me", "Cf"):
        return 0
    if east_asian_width(character) in "WF" or ord(character) > 0xFFFF:
        return _WIDE
    if ord(character) < 0x250:
        return _UPPER if character.isupper() else _LOWER
    return _OTHER


def fitted(text: str, room: float) -> str:
    """Shorten a text in the middle until it fits into `room` pixels.

    Examples:
        >>> fitted("Ladders", 100), fitted("Working at height, annual refresher, part 12", 150)
        ('Ladders', 'Working at hei…part 12')
    """
    if width(text) <= room:
        return text
    left = room - width("…")
    start = _most(text, left * 2 / 3)
    return f"{text[:start]}…{text[len(text) - _most(text[::-1], left / 3) :]}"


def _most(text: str, room: float) -> int:
    """The number of leading characters that fit."""
    used = 0.0
    for place, character in enumerate(text):
        used += width(character)
        if used > room:
            return place
    return len(text)


def label(text: str, room: float) -> str:
    """Shorten or wrap a text so that it fits into `room` pixels; see `whole_texts`.

    Examples:
        >>> with whole_texts():
        ...     label("Working at height, part 12", 100).split(chr(10))
        ['Working at', 'height, part 12']
    """
    return "\n".join(lines(text, room)) if texts_are_whole() else fitted(text, room)


def lines(text: str, room: float) -> list[str]:
    """Break a text into lines of at most `room` pixels, between words where it is possible.

    Examples:
        >>> lines("Lockout and tagout", 80), lines("W" * 9, 80)
        (['Lockout and', 'tagout'], ['WWWWWW', 'WWW'])
    """
    broken: list[str] = []
    for word in text.split(" "):
        longer = f"{broken[-1]} {word}" if broken else word
        if broken and width(longer) <= room:
            broken[-1] = longer
            continue
        while width(word) > room:
            most = max(_most(word, room), 1)
            broken.append(word[:most])
            word = word[most:]
        broken.append(word)
    return broken

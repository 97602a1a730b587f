"""Text cut to the room it has: the middle goes, for titles of one series differ at their end."""

from __future__ import annotations

from unicodedata import category, east_asian_width

#: The height of a label's letters, pixels: `theme.config` sets axis labels in it.
_SIZE = 11
#: Widths of Arial and its metric twins, thousandths of the size, rounded up.
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


def width(text: str) -> float:
    """About how wide a text is on an axis, pixels, rather too wide than too narrow.

    Examples:
        >>> width("Ladders") < width("LADDERS") < width("\N{FIRE}" * 7)
        True
    """
    return sum(map(_width, text)) * _SIZE / 1000


def _width(sign: str) -> int:
    if sign in _WIDTHS:
        return _WIDTHS[sign]
    if category(sign) in ("Mn", "Me", "Cf"):
        return 0
    if east_asian_width(sign) in "WF" or ord(sign) > 0xFFFF:
        return _WIDE
    if ord(sign) < 0x250:
        return _UPPER if sign.isupper() else _LOWER
    return _OTHER


def fitted(text: str, room: float) -> str:
    """A text as it is drawn where there are `room` pixels: a longer one loses its middle.

    Examples:
        >>> fitted("Ladders", 100), fitted("Working at height, annual refresher, part 12", 150)
        ('Ladders', 'Working at height…, part 12')
    """
    if width(text) <= room:
        return text
    left = room - width("…")
    start = _most(text, left * 2 / 3)
    return f"{text[:start]}…{text[len(text) - _most(text[::-1], left / 3) :]}"


def _most(text: str, room: float) -> int:
    """How many of the first characters fit."""
    used = 0.0
    for place, sign in enumerate(text):
        used += width(sign)
        if used > room:
            return place
    return len(text)

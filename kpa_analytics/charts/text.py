"""Text as charts need it: figures, days and other people's titles."""

from __future__ import annotations

import re
from collections import Counter
from math import inf
from typing import TYPE_CHECKING

import polars as pl

from kpa_analytics.charts.fitting import fitted

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

#: English whatever the machine's locale: the same data must give the same chart everywhere.
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

#: Controls, what is no character, and marks that force a text direction: within a title they could
#: reorder the label.
_INVISIBLE = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffe\uffff]"
)
_SPACE = re.compile(r"\s+")

#: What every object of JavaScript has: Vega takes a label of this name for it and draws nothing.
_OF_EVERY_OBJECT = {
    *("constructor", "hasOwnProperty", "isPrototypeOf", "propertyIsEnumerable"),
    *("toLocaleString", "toString", "valueOf", "__proto__", "__defineGetter__"),
    *("__defineSetter__", "__lookupGetter__", "__lookupSetter__"),
}
_ROUNDS = 5


def day(value: date) -> str:
    """A day as a person writes it.

    Examples:
        >>> from datetime import date
        >>> day(date(2026, 6, 30))
        '30 Jun 2026'
    """
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}"


def month(value: date) -> str:
    """A month as a person writes it, e.g. `Jun 2026`."""
    return f"{MONTHS[value.month - 1]} {value.year}"


def count(number: int, one: str, many: str | None = None) -> str:
    """A number with its noun, thousands separated.

    Examples:
        >>> count(1, "person", "people"), count(12345, "record")
        ('1 person', '12,345 records')
    """
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def listing(texts: Sequence[str], most: int = 5) -> str:
    """Some texts in a row, past `most` of them counted.

    Examples:
        >>> listing(["First Aid", "Ladders"]), listing(list("abcdefg"))
        ('First Aid, Ladders', 'a, b, c, d, e and 2 more')
    """
    named = ", ".join(texts[:most])
    return named + (f" and {len(texts) - most:,} more" if len(texts) > most else "")


def percent(part: int, whole: int) -> str:
    """A share in whole percent; never 0 % where there is one, nor 100 % where one is lacking.

    Examples:
        >>> percent(1, 1000), percent(999, 1000), percent(0, 5)
        ('<1%', '>99%', '0%')
    """
    share = 100 * part / whole if whole else 0
    if 0 < share < 1:
        return "<1%"
    return ">99%" if 99 < share < 100 else f"{share:.0f}%"


def one_line(text: str, limit: int = 300) -> str:
    r"""A title on one line: controls gone, white space single, cut with an ellipsis at `limit`.

    Examples:
        >>> one_line("Working at\nheights"), one_line(" "), one_line("Scaffolds", 5)
        ('Working at heights', '(no title)', 'Scaf…')
    """
    line = _INVISIBLE.sub("", _SPACE.sub(" ", text)).strip() or "(no title)"
    return line if len(line) <= limit else f"{line[: limit - 1]}…"


def labels(
    frame: pl.DataFrame, text: str, key: str, limit: int = 300, room: float = inf
) -> pl.DataFrame:
    """Make a column's labels one line each and unique, where two keys share a title.

    They are unique as they are drawn too: `fitting.fitted` never makes two of them the same.

    Args:
        frame: one row per key.
        text: the column of titles or names, replaced.
        key: the column that tells rows apart; the end of it is added to a shared title, where no
            axis cuts it off: behind a short one, before a long one.
        limit: characters kept.
        room: pixels that an axis has for one; by default no axis cuts them.

    Returns:
        The frame, same rows and columns.

    Examples:
        >>> twins = pl.DataFrame({"id": [7, 8], "title": ["Ladders", "Ladders"]})
        >>> labels(twins, "title", "id")["title"].to_list()
        ['Ladders (7)', 'Ladders (8)']
    """
    keys = _ends(["?" if value is None else value for value in frame[key].to_list()])
    lines = [one_line(value or "", limit) for value in frame[text].cast(pl.String).to_list()]
    for _ in range(_ROUNDS):  # one told apart may be what another is called
        shown = [fitted(line, room) for line in lines]
        seen = Counter(shown)
        lines = [
            _with_key(line, of, room) if seen[cut] > 1 or line in _OF_EVERY_OBJECT else line
            for line, cut, of in zip(lines, shown, keys, strict=True)
        ]
        if len({fitted(line, room) for line in lines}) == len(lines):
            break
    return frame.with_columns(pl.Series(text, lines, pl.String))


def short(frame: pl.DataFrame, text: str, room: float) -> pl.Series:
    """The column `short`: how each of these labels is drawn where there are `room` pixels."""
    return pl.Series("short", [fitted(line, room) for line in frame[text]], pl.String)


def _with_key(line: str, key: str, room: float) -> str:
    said = f"{line} ({key})"
    return said if fitted(said, room) == said else f"({key}) {line}"


def _ends(keys: Sequence[object]) -> list[str]:
    """As much of each key as tells them apart: the end of a long id, all of anything else."""
    whole = [str(key) for key in keys]
    for length in (6, 12):
        ends = [key if len(key) <= 2 * length else f"…{key[-length:]}" for key in whole]
        if len({*ends}) == len({*whole}):
            return ends
    return whole

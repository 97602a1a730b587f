"""Text for charts: numbers, days, titles and names."""

from __future__ import annotations

import re
from collections import Counter
from math import inf
from typing import TYPE_CHECKING

import polars as pl

from kpa_analytics.charts.fitting import fitted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

#: English in every locale: the same data gives the same chart everywhere.
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

#: Control characters, noncharacters and marks that set the text direction, which could reorder a
#: label.
_INVISIBLE = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffe\uffff]"
)
_SPACE = re.compile(r"\s+")

#: Names that every JavaScript object has: Vega confuses a label of this name with it, and draws
#: nothing.
_OBJECT_MEMBERS = {
    *("constructor", "hasOwnProperty", "isPrototypeOf", "propertyIsEnumerable"),
    *("toLocaleString", "toString", "valueOf", "__proto__", "__defineGetter__"),
    *("__defineSetter__", "__lookupGetter__", "__lookupSetter__"),
}
_ROUNDS = 5


def day(value: date) -> str:
    """A day as people write it.

    Examples:
        >>> from datetime import date
        >>> day(date(2026, 6, 30))
        '30 Jun 2026'
    """
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}"


def month(value: date) -> str:
    """A month as people write it, e.g. `Jun 2026`."""
    return f"{MONTHS[value.month - 1]} {value.year}"


def count(number: int, singular: str, plural: str | None = None) -> str:
    """A number, with thousands separators, and its noun.

    Examples:
        >>> count(1, "person", "people"), count(12345, "record")
        ('1 person', '12,345 records')
    """
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def listing(texts: Sequence[str], most: int = 5) -> str:
    """List up to `most` texts, and count the others.

    Examples:
        >>> listing(["First Aid", "Ladders"]), listing(list("abcdefg"))
        ('First Aid, Ladders', 'a, b, c, d, e and 2 more')
    """
    first = ", ".join(texts[:most])
    return first + (f" and {len(texts) - most:,} more" if len(texts) > most else "")


def not_drawn(numbers: Mapping[str, int], reasons: Mapping[str, str], noun: str = "") -> str:
    """Say how many cases, completions or others a chart leaves out, and why.

    Args:
        numbers: how many it leaves out for each reason.
        reasons: each reason and its phrase, in order.
        noun: what is counted; by default, the noun is in the phrases.

    Examples:
        >>> not_drawn({"none": 2}, {"early": "too early", "none": "without a date"}, "session")
        'Not drawn: 2 sessions without a date'
    """
    parts = [
        f"{count(numbers[reason], noun) if noun else f'{numbers[reason]:,}'} {phrase}"
        for reason, phrase in reasons.items()
        if numbers.get(reason)
    ]
    return "Not drawn: " + ", ".join(parts) if parts else ""


def percent(part: int, whole: int) -> str:
    """A share in whole percent: 0% only for none, and 100% only for all.

    Examples:
        >>> percent(1, 1000), percent(999, 1000), percent(0, 5)
        ('<1%', '>99%', '0%')
    """
    share = 100 * part / whole if whole else 0
    if 0 < share < 1:
        return "<1%"
    return ">99%" if 99 < share < 100 else f"{share:.0f}%"


def one_line(text: str, limit: int = 300) -> str:
    r"""Put a title on one line, without control characters, and cut it at `limit` characters.

    Examples:
        >>> one_line("Working at\nheights"), one_line(" "), one_line("Scaffolds", 5)
        ('Working at heights', '(no title)', 'Scaf…')
    """
    line = _INVISIBLE.sub("", _SPACE.sub(" ", text)).strip() or "(no title)"
    return line if len(line) <= limit else f"{line[: limit - 1]}…"


def labels(
    frame: pl.DataFrame, text: str, key: str, limit: int = 300, room: float = inf
) -> pl.DataFrame:
    """Put each label on one line, and make labels unique.

    They stay unique once `fitting.fitted` has shortened them.

    Args:
        frame: one row per key.
        text: the column of titles or names, which is replaced.
        key: the column that identifies a row. The end of the key is added to a title that occurs
            twice: after a short title, before a title that would be shortened.
        limit: most characters of a label.
        room: pixels for a label on the axis; by default, labels are not shortened.

    Returns:
        The frame, with the same rows and columns.

    Examples:
        >>> twins = pl.DataFrame({"id": [7, 8], "title": ["Ladders", "Ladders"]})
        >>> labels(twins, "title", "id")["title"].to_list()
        ['Ladders (7)', 'Ladders (8)']
    """
    keys = _ends(["?" if value is None else value for value in frame[key].to_list()])
    lines = [one_line(value or "", limit) for value in frame[text].cast(pl.String).to_list()]
    for _ in range(_ROUNDS):  # a label with its key may equal another label
        shown = [fitted(line, room) for line in lines]
        counts = Counter(shown)
        lines = [
            _with_key(line, end, room) if counts[cut] > 1 or line in _OBJECT_MEMBERS else line
            for line, cut, end in zip(lines, shown, keys, strict=True)
        ]
        if len({fitted(line, room) for line in lines}) == len(lines):
            break
    return frame.with_columns(pl.Series(text, lines, pl.String))


def short(frame: pl.DataFrame, text: str, room: float) -> pl.Series:
    """The column `short`: the labels, each shortened to fit into `room` pixels."""
    return pl.Series("short", [fitted(line, room) for line in frame[text]], pl.String)


def _with_key(line: str, key: str, room: float) -> str:
    label = f"{line} ({key})"
    return label if fitted(label, room) == label else f"({key}) {line}"


def _ends(keys: Sequence[object]) -> list[str]:
    """Shorten long keys to their ends, as far as they stay distinct."""
    whole = [str(key) for key in keys]
    for length in (6, 12):
        ends = [key if len(key) <= 2 * length else f"…{key[-length:]}" for key in whole]
        if len({*ends}) == len({*whole}):
            return ends
    return whole

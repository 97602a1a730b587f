"""Text for charts: titles and names as labels, and what a chart leaves out."""

from __future__ import annotations

from collections import Counter
from math import inf
from typing import TYPE_CHECKING, Any

import polars as pl

from kpa_analytics.charts.fitting import fitted, label, width
from kpa_analytics.report_text import ChartText as Text
from kpa_analytics.wording import count, listing, one_line, say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

#: Names that every JavaScript object has: Vega confuses a label of this name with it, and draws
#: nothing.
_OBJECT_MEMBERS = {
    *("constructor", "hasOwnProperty", "isPrototypeOf", "propertyIsEnumerable"),
    *("toLocaleString", "toString", "valueOf", "__proto__", "__defineGetter__"),
    *("__defineSetter__", "__lookupGetter__", "__lookupSetter__"),
}
_ROUNDS = 5


def not_drawn(numbers: Mapping[str, int], reasons: Mapping[str, str], **values: Any) -> str:
    """Say how many cases, completions or others a chart leaves out, and why.

    Args:
        numbers: how many it leaves out for each reason.
        reasons: each reason and its phrase for `say`, with the field `number`, in order.
        **values: other fields of the phrases.

    Examples:
        >>> not_drawn({"late": 2, "early": 0}, {"early": "{number} early", "late": "{number} late"})
        'Not drawn: 2 late'
    """
    parts = [
        say(phrase, number=numbers[reason], **values)
        for reason, phrase in reasons.items()
        if numbers.get(reason)
    ]
    return say(Text.NOT_DRAWN, reasons=", ".join(parts)) if parts else ""


def top_names(
    names: Sequence[str], number: int, nouns: tuple[str, str], room: float, *, start: bool = False
) -> str:
    """Name the rows with the most for a title, or count them if there is no room for the names.

    Args:
        names: the labels of the first rows that are drawn.
        number: how many rows have the most, also of those that are not drawn.
        nouns: one row and several.
        room: pixels for the names.
        start: whether the names are at the start of a sentence.

    Examples:
        >>> top_names(["Casper", "Elko", "Reno"], 5, ("office", "offices"), 200)
        'Casper, Elko and 3 more'
        >>> top_names(["Casper", "Elko"], 2, ("office", "offices"), 200)
        'Casper and Elko'
        >>> top_names(["Casper " * 20], 1, ("office", "offices"), 200, start=True)
        'The office at the top'
    """
    first = names[: min(number, 2)]
    more = number - len(first)
    if more:
        named = say(Text.NAMES_AND_MORE, names=listing(first), more=more)
    elif number == 2:
        named = say(Text.TWO_NAMES, first=first[0], second=first[1])
    else:
        named = first[0]
    if width(named) <= room:
        return named
    if number > 1:
        return count(number, *nouns)
    return say(Text.AT_THE_TOP_FIRST if start else Text.AT_THE_TOP, noun=nouns[0])


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
    """The column `short`: the labels, each shortened or wrapped to fit into `room` pixels."""
    return pl.Series("short", [label(line, room) for line in frame[text]], pl.String)


def _with_key(line: str, key: str, room: float) -> str:
    keyed = f"{line} ({key})"
    return keyed if fitted(keyed, room) == keyed else f"({key}) {line}"


def _ends(keys: Sequence[object]) -> list[str]:
    """Shorten long keys to their ends, as far as they stay distinct."""
    whole = [str(key) for key in keys]
    for length in (6, 12):
        ends = [key if len(key) <= 2 * length else f"…{key[-length:]}" for key in whole]
        if len({*ends}) == len({*whole}):
            return ends
    return whole

"""Text as charts need it: figures, days and other people's titles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

#: English whatever the machine's locale: the same data must give the same chart everywhere.
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

#: Controls, what is no character, and marks that force a text direction: within a title they could
#: reorder the label.
_INVISIBLE = (
    r"[\p{Cc}\u{200B}\u{200E}\u{200F}\u{202A}-\u{202E}\u{2060}-\u{2069}"
    r"\u{FEFF}\u{FFFE}\u{FFFF}]"
)

#: What every object of JavaScript has: Vega takes a label of this name for it and draws nothing.
_OF_EVERY_OBJECT = (
    *("constructor", "hasOwnProperty", "isPrototypeOf", "propertyIsEnumerable"),
    *("toLocaleString", "toString", "valueOf", "__proto__", "__defineGetter__"),
    *("__defineSetter__", "__lookupGetter__", "__lookupSetter__"),
)
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


def one_line(text: pl.Expr, limit: int = 300) -> pl.Expr:
    """A title on one line: controls gone, white space single, cut with an ellipsis at `limit`."""
    line = text.str.replace_all(r"\s+", " ").str.replace_all(_INVISIBLE, "").str.strip_chars()
    shown = pl.when(line == "").then(pl.lit("(no title)")).otherwise(line)
    cut = pl.concat_str(shown.str.head(limit - 1), pl.lit("…"))
    return pl.when(shown.str.len_chars() > limit).then(cut).otherwise(shown)


def labels(frame: pl.DataFrame, text: str, key: str, limit: int = 300) -> pl.DataFrame:
    """Make a column's labels one line each and unique, where two keys share a title.

    Args:
        frame: one row per key.
        text: the column of titles or names, replaced.
        key: the column that tells rows apart; the end of it is added to a shared title.
        limit: characters kept.

    Returns:
        The frame, same rows and columns.

    Examples:
        >>> twins = pl.DataFrame({"id": [7, 8], "title": ["Ladders", "Ladders"]})
        >>> labels(twins, "title", "id")["title"].to_list()
        ['Ladders (7)', 'Ladders (8)']
    """
    line = one_line(pl.col(text).cast(pl.String).fill_null(""), limit)
    told_apart = pl.concat_str(
        pl.col(text), pl.lit(" ("), pl.col(key).cast(pl.String).fill_null("?"), pl.lit(")")
    )
    frame = frame.with_columns(line.alias(text))
    unclear = pl.col(text).is_duplicated() | pl.col(text).is_in(_OF_EVERY_OBJECT)
    for _ in range(_ROUNDS):  # one told apart may be what another is called
        frame = frame.with_columns(
            pl.when(unclear).then(told_apart).otherwise(pl.col(text)).alias(text)
        )
        if frame[text].is_unique().all():
            break
    return frame

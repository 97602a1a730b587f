"""Numbers, days, names and nouns in sentences, for everything that a reader sees.

English in every locale: the same data gives the same text everywhere.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from string import Formatter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

#: A day as people read it, for Vega.
DAY = "%-d %b %Y"
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

#: Control characters, noncharacters and marks that set the text direction, which could reorder a
#: label.
_INVISIBLE = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffe\uffff]"
)
_SPACE = re.compile(r"\s+")


def say(text: str, **values: Any) -> str:
    """Fill in a sentence: numbers, alone or with the form of the noun that they need, and days.

    Examples:
        >>> say("{n:case has|cases have} expired since {day}.", n=1, day=date(2026, 6, 30))
        '1 case has expired since 30 Jun 2026.'
    """
    return _Wording().vformat(text, (), values)


class _Wording(Formatter):
    def format_field(self, value: Any, format_spec: str) -> str:
        if "|" in format_spec:
            return count(value, *format_spec.split("|"))
        if isinstance(value, date) and not format_spec:
            return day(value)
        return format(value, format_spec or ("," if isinstance(value, int) else ""))


def day(value: date) -> str:
    """A day as people write it. `day_texts` is the same for a column.

    Examples:
        >>> from datetime import date
        >>> day(date(2026, 6, 30))
        '30 Jun 2026'
    """
    return f"{value.day} {month(value)}"


def moment(value: datetime) -> str:
    """A moment in UTC as people write it, to the minute.

    Examples:
        >>> from datetime import datetime, UTC
        >>> moment(datetime(2026, 6, 30, 9, 5, tzinfo=UTC))
        '30 Jun 2026, 09:05 UTC'
    """
    return f"{day(value)}, {value:%H:%M} UTC"


def month(value: date) -> str:
    """A month as people write it, e.g. `Jun 2026`. `month_texts` is the same for a column."""
    return f"{MONTHS[value.month - 1]} {value.year:04}"


def day_texts(column: pl.Expr) -> pl.Expr:
    """A column of days as people write them; null stays null.

    Examples:
        >>> import polars as pl
        >>> from datetime import date
        >>> pl.select(day_texts(pl.lit(date(2026, 7, 1)))).item()
        '1 Jul 2026'
    """
    import polars as pl  # the command line starts without it

    return pl.concat_str(column.dt.day(), month_texts(column), separator=" ")


def month_texts(column: pl.Expr) -> pl.Expr:
    """A column of days as the months that people write; null stays null."""
    import polars as pl

    names = column.dt.month().replace_strict(dict(enumerate(MONTHS, 1)), return_dtype=pl.String)
    year = column.dt.year().cast(pl.String).str.zfill(4)
    return pl.concat_str(names, year, separator=" ")


def count(number: int, singular: str, plural: str | None = None) -> str:
    """A number, with thousands separators, and its noun.

    Examples:
        >>> count(1, "person", "people"), count(12345, "record")
        ('1 person', '12,345 records')
    """
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def count_texts(column: pl.Expr, singular: str, plural: str | None = None) -> pl.Expr:
    """A column of numbers as `count` writes them; null stays null.

    Examples:
        >>> import polars as pl
        >>> pl.select(count_texts(pl.lit(1200), "person is", "people are")).item()
        '1,200 people are'
    """
    import polars as pl  # the command line starts without it

    return column.map_elements(
        lambda number: count(number, singular, plural), return_dtype=pl.String
    )


def say_rows(text: str, **values: pl.Expr) -> pl.Expr:
    """Fill in a sentence for each row of a frame, with columns of texts or plain numbers.

    Examples:
        >>> import polars as pl
        >>> pl.select(say_rows("{n} of {all}", all=pl.lit(3), n=pl.lit(1))).item()
        '1 of 3'
    """
    import polars as pl

    fields = [field for _, field, _, _ in Formatter().parse(text) if field]
    return pl.format(text.format(**dict.fromkeys(fields, "{}")), *(values[each] for each in fields))


def listing(texts: Sequence[str], most: int = 5) -> str:
    """List up to `most` texts, and count the others. Semicolons separate texts that have commas.

    Examples:
        >>> listing(["First Aid", "Ladders"]), listing(list("abcdefg"))
        ('First Aid, Ladders', 'a, b, c, d, e and 2 more')
        >>> listing(["Moe, Ann", "Moe, Bo"])
        'Moe, Ann; Moe, Bo'
    """
    first = ("; " if any("," in text for text in texts) else ", ").join(texts[:most])
    return first + (f" and {len(texts) - most:,} more" if len(texts) > most else "")


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

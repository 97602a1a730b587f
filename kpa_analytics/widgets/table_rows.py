"""The columns of an explorer's table, and its rows as a reader sees them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import polars as pl

from kpa_analytics.analysis.folding import folded, folded_text
from kpa_analytics.wording import day_texts, one_line

#: Labels that replace values: column -> value -> label.
Words = Mapping[str, Mapping[Any, str]]

#: The kinds of column that can be filtered by a text, such as "Jul 2026" for days.
TEXTS = ("text", "person", "people", "status", "date")
#: The kind of column that is filtered by the least and the largest number; None: no limit.
NUMBER = "number"
#: The columns with the id of the person whom a row names, the first that is not null.
PERSON_IDS = ("m_user_id", "m_instructor_id")
#: The column with the ids of the people whom the cells of a `people` column name, in their order.
PEOPLE_IDS = "m_instructor_ids"


class Heading(NamedTuple):
    """A column of the table.

    Attributes:
        column: its name in the frame.
        words: its heading.
        kind: `text`; `number` is aligned right; `status` shows a sign; `date` does not wrap; the
            names of a `person` or `people` column open that person's record.
        usual: False for a column that is shown only if the reader chooses it.
    """

    column: str
    words: str
    kind: str = "text"
    usual: bool = True


def matching(frame: pl.DataFrame, filters: Mapping[str, Any], words: Words) -> pl.DataFrame:
    """The rows whose columns match `filters`: column -> a text, or the least and largest number.

    The people search reads texts in the same way: every word must occur in the column, in any
    order; accents and upper case make no difference. A number shown as a label matches no limits.
    """
    conditions = [
        condition.fill_null(False)
        for column, wanted in filters.items()
        if column in frame.columns
        for condition in _conditions(frame[column], wanted, words.get(column, {}))
    ]
    return frame.filter(*conditions)


def _conditions(values: pl.Series, wanted: Any, words: Mapping[Any, str]) -> list[pl.Expr]:
    if isinstance(wanted, str):
        texts = folded_text(text_of(values, words))
        return [texts.str.contains(word, literal=True) for word in folded(wanted).split()]
    numbers, (least, largest) = values.cast(pl.Float64), wanted
    return [
        *([] if least is None else [pl.lit(numbers >= least)]),
        *([] if largest is None else [pl.lit(numbers <= largest)]),
        *(pl.lit(numbers != number) for number in words if number is not None),
    ]


def narrows(wanted: Any, kind: str) -> bool:
    """Whether the filter of a column of this kind can leave out a row.

    Examples:
        >>> narrows("First Aid", "text"), narrows("  ", "text"), narrows("1", "number")
        (True, False, False)
        >>> narrows([None, 30], "number"), narrows([None, None], "number")
        (True, False)
    """
    if isinstance(wanted, str):
        return kind in TEXTS and bool(wanted.strip())
    return kind == NUMBER and any(limit is not None for limit in wanted)


def filter_words(heading: str, wanted: Any) -> tuple[str, str]:
    """The filter of a column in words: what it asks of the column, and the text or the numbers.

    Examples:
        >>> filter_words("Person", "Moe")
        ('Person contains', 'Moe')
        >>> filter_words("Days left", [-30, None])
        ('Days left, filtered', '-30 or more')
    """
    if isinstance(wanted, str):
        return f"{heading} contains", wanted
    least, largest = wanted
    if largest is None:
        return f"{heading}, filtered", f"{least:,} or more"
    if least is None:
        return f"{heading}, filtered", f"{largest:,} or less"
    return f"{heading}, filtered", f"from {least:,} to {largest:,}"


def text_of(values: pl.Series, words: Mapping[Any, str]) -> pl.Expr:
    """The cells of a column as texts, as the reader sees them."""
    shown = labelled(values, words)
    if shown.dtype == pl.Date:
        return day_texts(pl.lit(shown))
    if isinstance(shown.dtype, pl.List):
        shown = shown.cast(pl.List(pl.String)).list.join("; ", ignore_nulls=True)
    return pl.lit(shown.cast(pl.String))


def labelled(values: pl.Series, words: Mapping[Any, str]) -> pl.Series:
    """A column with the labels that replace its values; unchanged if none of them occurs."""
    if not words:
        return values
    shown = [words.get(value, value) for value in values]
    if shown == values.to_list():
        return values
    texts = [None if value is None else str(value) for value in shown]
    return pl.Series(values.name, texts, dtype=pl.String)


def as_shown(frame: pl.DataFrame, headings: Sequence[Heading], words: Words) -> pl.DataFrame:
    """The columns shown under their headings, with the labels that the reader sees."""
    return pl.DataFrame(
        [
            labelled(frame[heading.column], words.get(heading.column, {})).alias(heading.words)
            for heading in headings
        ]
    )


def person_id(row: Mapping[str, Any], at: int | None = None) -> str | None:
    """The id of the person whom a row names, or of the one at a place in its `people` column.

    Examples:
        >>> person_id({"m_user_id": None, "m_instructor_id": "ike"})
        'ike'
        >>> person_id({"m_instructor_ids": ["ike", "eve"]}, 1)
        'eve'
    """
    if at is None:
        return next((row[name] for name in PERSON_IDS if row.get(name)), None)
    return dict(enumerate(row.get(PEOPLE_IDS) or ())).get(at)


def links(rows: pl.DataFrame, names: Sequence[Any]) -> list[Any]:
    """The cells of a person column. A name without an id is in a list, and opens no record.

    Examples:
        >>> rows = pl.DataFrame({"m_user_id": ["ann", None]})
        >>> links(rows, ["Ann", "no instructor"])
        ['Ann', ['no instructor']]
    """
    columns = [rows[name].to_list() for name in PERSON_IDS if name in rows.columns]
    has_id = map(any, zip(*columns, strict=True)) if columns else [False] * rows.height
    return [
        name if known or name is None else [name] for name, known in zip(names, has_id, strict=True)
    ]


def linked(rows: pl.DataFrame, column: str, kind: str, words: Mapping[Any, str]) -> list[Any]:
    """The cells of a column; those of a `people` column are lists of names."""
    if kind == "people":
        several = rows[column].to_list()
        return [[one_line(name) for name in names or ()] or None for names in several]
    texts = cells(rows[column], words)
    return links(rows, texts) if kind == "person" else texts


def cells(values: pl.Series, words: Mapping[Any, str]) -> list[Any]:
    """The cells of a column as plain values, without characters that change text direction.

    Fractions have one decimal each, so that they align.
    """
    if values.dtype == pl.Date:
        return pl.select(day_texts(pl.lit(values))).to_series().to_list()
    if values.dtype == pl.List:
        lists = values.to_list()
        return ["; ".join(one_line(str(item)) for item in items or ()) or None for items in lists]
    if words:
        return [words.get(value, value) for value in values]
    if values.dtype.is_float():
        return [None if number is None else f"{number:,.1f}" for number in values]
    if values.dtype == pl.String:
        return [text and one_line(text) for text in values]
    return values.to_list()

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
TEXTS = ("text", "person", "status", "date")
#: The columns with the id of the person whom a row names, the first that is not null.
PERSON_IDS = ("m_user_id", "m_instructor_id")


class Heading(NamedTuple):
    """A column of the table.

    Attributes:
        column: its name in the frame.
        words: its heading.
        kind: `text`; `number` is aligned right; `status` shows a sign; `date` does not wrap; the
            names of a `person` column open that person's record.
        usual: False for a column that is shown only if the reader chooses it.
    """

    column: str
    words: str
    kind: str = "text"
    usual: bool = True


def matching(frame: pl.DataFrame, filters: Mapping[str, str], words: Words) -> pl.DataFrame:
    """The rows whose columns contain the texts of `filters`, as the people search reads texts.

    Every word must occur in the column, in any order; accents and upper case make no difference.
    """
    conditions = [
        folded_text(text_of(frame[column], words.get(column, {}))).str.contains(word, literal=True)
        for column, text in filters.items()
        for word in folded(text).split()
        if column in frame.columns
    ]
    return frame.filter(*(condition.fill_null(False) for condition in conditions))


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

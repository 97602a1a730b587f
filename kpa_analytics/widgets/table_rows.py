"""The columns of an explorer's table, and its rows as a reader sees them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import polars as pl

from kpa_analytics.analysis.search_text import folded, folded_text
from kpa_analytics.outcomes import OUTCOME_LABELS
from kpa_analytics.statuses import STATUS_LABELS
from kpa_analytics.wording import MONTHS, day_texts, one_line

#: Labels that replace values: column -> value -> label.
Labels = Mapping[str, Mapping[Any, str]]

#: The labels in files of the columns whose labels have a sign on the screen: a formula such as
#: COUNTIF must find them.
WITHOUT_SIGN: Labels = {"status": STATUS_LABELS, "outcome": OUTCOME_LABELS}

#: The kinds of column that can be filtered by a text, such as "Jul 2026" for days.
TEXTS = ("text", "person", "people", "status", "date")
#: The kind of column that is filtered by the least and the largest number; None: no limit.
NUMBER = "number"
#: The first three letters of a month, with those that follow in its whole name.
_LONG_MONTH = re.compile(rf"\b({'|'.join(MONTHS).lower()})[a-z]+")
#: The columns that name a person, and the column with that person's id.
PERSON_IDS = {
    "user": "m_user_id",
    "instructor": "m_instructor_id",
    "supervisor": "supervisor_id",
}
#: The column with the ids of the people whom the cells of a `people` column name, in their order.
PEOPLE_IDS = "m_instructor_ids"


class ColumnHeading(NamedTuple):
    """A column of the table.

    Attributes:
        column: its name in the frame.
        label: its heading.
        kind: `text`; `number` is aligned right; `status` shows a sign; `date` does not wrap; the
            names of a `person` or `people` column open that person's record.
        shown_at_first: False for a column that is shown only if the reader chooses it.
    """

    column: str
    label: str
    kind: str = "text"
    shown_at_first: bool = True


def matching(frame: pl.DataFrame, filters: Mapping[str, Any], labels: Labels) -> pl.DataFrame:
    """The rows whose columns match `filters`: column -> a text, or the least and largest number.

    The people search reads texts in the same way: every word must occur in the column, in any
    order; accents and upper case make no difference. Of a column of days, "2 Jul 2026", "July 2026"
    and "2026-07" are one text, which no part of a number matches: "2 Jul" is not "12 Jul". A sign,
    such as "-", matches no day. A number shown as a label matches no limits.
    """
    conditions = [
        condition.fill_null(False)
        for column, wanted in filters.items()
        if column in frame.columns
        for condition in _conditions(frame[column], wanted, labels.get(column, {}))
    ]
    return frame.filter(*conditions)


def _conditions(values: pl.Series, wanted: Any, labels: Mapping[Any, str]) -> list[pl.Expr]:
    if isinstance(wanted, str):
        searched = folded(wanted).split()
        texts = folded_text(text_of(values, labels))
        if searched and label_values(values, labels).dtype == pl.Date:
            return [_has_day(texts, values, " ".join(searched))]
        return [texts.str.contains(word, literal=True) for word in searched]
    numbers, (least, largest) = values.cast(pl.Float64), wanted
    return [
        *([] if least is None else [pl.lit(numbers >= least)]),
        *([] if largest is None else [pl.lit(numbers <= largest)]),
        *(pl.lit(numbers != number) for number in labels if number is not None),
    ]


def _has_day(shown: pl.Expr, days: pl.Series, wanted: str) -> pl.Expr:
    """Whether a day, as shown or in ISO, contains a text, in which months may have whole names."""
    short = _LONG_MONTH.sub(r"\1", wanted)
    if not re.search(r"\w", short):
        return pl.lit(False)  # the sign between the parts of an ISO date is not shown
    pattern = rf"\b{re.escape(short)}" + (r"\b" if short[-1].isdigit() else "")
    iso = pl.lit(days.dt.to_string("iso"))
    return shown.str.contains(pattern) | iso.str.contains(pattern)


def sort_keys(values: pl.Series) -> pl.Series:
    """The values that sort a column: texts in lower case and without accents, others unchanged.

    Examples:
        >>> sort_keys(pl.Series(["Zoë", "de Vries", None])).to_list()
        ['zoe', 'de vries', None]
    """
    if values.dtype == pl.List(pl.String):
        return values.list.eval(_sort_key(pl.element()))
    if values.dtype != pl.String:
        return values
    texts = values.unique().alias("text").to_frame().with_columns(key=_sort_key(pl.col("text")))
    of_rows = values.alias("text").to_frame()
    return of_rows.join(texts, on="text", how="left", nulls_equal=True, maintain_order="left")[
        "key"
    ]


def _sort_key(text: pl.Expr) -> pl.Expr:
    """A text that begins with a sign, such as ≠, is sorted by that sign."""
    return pl.when(text.str.contains(r"^[\p{L}\p{N}]")).then(folded_text(text)).otherwise(text)


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


def text_of(values: pl.Series, labels: Mapping[Any, str]) -> pl.Expr:
    """The cells of a column as texts, as the reader sees them."""
    shown = label_values(values, labels)
    if shown.dtype == pl.Date:
        return day_texts(pl.lit(shown))
    if isinstance(shown.dtype, pl.List):
        shown = shown.cast(pl.List(pl.String)).list.join("; ", ignore_nulls=True)
    return pl.lit(shown.cast(pl.String))


def label_values(values: pl.Series, labels: Mapping[Any, str]) -> pl.Series:
    """A column with the labels that replace its values; unchanged if none of them occurs."""
    if not labels:
        return values
    shown = [labels.get(value, value) for value in values]
    if shown == values.to_list():
        return values
    texts = [None if value is None else str(value) for value in shown]
    return pl.Series(values.name, texts, dtype=pl.String)


def as_shown(
    frame: pl.DataFrame, headings: Sequence[ColumnHeading], labels: Labels
) -> pl.DataFrame:
    """The columns shown under their headings, with their labels; those of statuses have no sign.

    Examples:
        >>> from kpa_analytics.statuses import SIGNED_LABELS
        >>> frame = pl.DataFrame({"status": ["expired"]})
        >>> shown = as_shown(frame, [ColumnHeading("status", "Status")], {"status": SIGNED_LABELS})
        >>> shown.item() == STATUS_LABELS["expired"]
        True
    """
    written = {column: WITHOUT_SIGN.get(column, labels[column]) for column in labels}
    return pl.DataFrame(
        [
            label_values(frame[heading.column], written.get(heading.column, {})).alias(
                heading.label
            )
            for heading in headings
        ]
    )


def person_id(row: Mapping[str, Any], column: str, at: int | None = None) -> str | None:
    """The id of the person whom a column names, or of the one at a place in a `people` column.

    Examples:
        >>> person_id({"m_user_id": "ann", "m_instructor_id": "ike"}, "instructor")
        'ike'
        >>> person_id({"m_instructor_ids": ["ike", "eve"]}, "instructor_names", 1)
        'eve'
    """
    if at is None:
        return row.get(PERSON_IDS.get(column, ""))
    return dict(enumerate(row.get(PEOPLE_IDS) or ())).get(at)


def links(ids: Sequence[Any], names: Sequence[Any]) -> list[Any]:
    """The cells of a person column. A name without an id is in a list, and opens no record.

    Examples:
        >>> links(["ann", None], ["Ann", "no instructor"])
        ['Ann', ['no instructor']]
    """
    return [
        name if known or name is None else [name] for known, name in zip(ids, names, strict=True)
    ]


def linked(rows: pl.DataFrame, column: str, kind: str, labels: Mapping[Any, str]) -> list[Any]:
    """The cells of a column; those of a `people` column are lists of names."""
    if kind == "people":
        several = rows[column].to_list()
        return [[one_line(name) for name in names or ()] or None for names in several]
    texts = cells(rows[column], labels)
    if kind != "person":
        return texts
    identifier = PERSON_IDS.get(column)
    known = rows[identifier].to_list() if identifier in rows.columns else [None] * rows.height
    return links(known, texts)


def cells(values: pl.Series, labels: Mapping[Any, str]) -> list[Any]:
    """The cells of a column as plain values, without characters that change text direction.

    Fractions have one decimal each, so that they align.
    """
    if values.dtype == pl.Date:
        return pl.select(day_texts(pl.lit(values))).to_series().to_list()
    if values.dtype == pl.List:
        lists = values.to_list()
        return ["; ".join(one_line(str(item)) for item in items or ()) or None for items in lists]
    if labels:
        return [labels.get(value, value) for value in values]
    if values.dtype.is_float():
        return [None if number is None else f"{number:,.1f}" for number in values]
    if values.dtype == pl.String:
        return [text and one_line(text) for text in values]
    return values.to_list()


def no_rows_text(
    search: str = "", records: pl.DataFrame | None = None, kind: str = "completions"
) -> str:
    """The text in place of a table without rows, which is made from these records."""
    if search:
        return f"Nobody matches '{search}' with these choices."
    if records is not None and records.is_empty():
        return f"There are no {kind} in the records."
    return "No rows match these choices."

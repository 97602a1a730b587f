"""From a check to its findings: one row per affected record, with a sentence that names it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

import polars as pl

from kpa_analytics.data.training_data import LOADED
from kpa_analytics.endpoints import COLLECTIONS
from kpa_analytics.inputs import at_once
from kpa_analytics.names import employee_numbers, people_names, training_names
from kpa_analytics.wording import count_texts, day_texts

#: The collections of `load_all()` that are checked: all except the names of groups.
TABLES = {name: COLLECTIONS[name][0].table for name in LOADED if len(COLLECTIONS[name]) == 1}

#: The kinds of records that a sentence can name, with the column of their id.
_IDS = {"person": "m_user_id", "training": "training_id"}
#: The collections whose records have a name or a title.
_NAMED = {"users": "person", "employee_status": "person", "trainings": "training"}
#: The columns that `Check.findings` adds to the rows.
_MADE = {"noun", "table", "field", "value", "record_id", "record", *_IDS}
#: A column in a sentence, and how its values are written.
_COLUMN = re.compile(r"{(\w+)(?::([^{}]+))?}")


class Check(NamedTuple):
    """One check of a collection, with the rows that do not pass it.

    Attributes:
        kind: the kind of finding.
        table: the collection.
        field: the field in question; an expression if it differs from row to row.
        rows: the affected rows.
        text: the sentence about each row, as in `report_text`.
        record: the column of the record's id.
        value: the column of the value in question.
    """

    kind: str
    table: str
    field: str | pl.Expr
    rows: pl.LazyFrame
    text: str
    record: str = "id"
    value: str = "value"

    def needed(self) -> pl.LazyFrame:
        """The rows, with only the columns from which the findings are made."""
        said = set(columns_in(self.text))
        read = {
            self.record,
            self.value,
            *(said - _MADE),
            *(_IDS[kind] for kind in _IDS if kind in said),
        }
        fields = [] if isinstance(self.field, str) else self.field.meta.root_names()
        return self.rows.select(sorted({*read, *fields}))

    def findings(self, names: pl.LazyFrame) -> pl.LazyFrame:
        """One finding per row; `names` is the result of `names_of`."""
        rows = self.rows.with_columns(
            pl.lit(COLLECTIONS[self.table][0].noun).alias("noun"),
            pl.lit(self.table).alias("table"),
            (pl.lit(self.field) if isinstance(self.field, str) else self.field).alias("field"),
            pl.col(self.value).cast(pl.String).alias("value"),
            pl.col(self.record).cast(pl.String).alias("record_id"),
        )
        rows = _named(rows, "record", "record_id", _NAMED.get(self.table, ""), names)
        for kind in _IDS.keys() & set(columns_in(self.text)):
            rows = _named(rows, kind, _IDS[kind], kind, names)
        return rows.select(
            pl.lit(self.kind).alias("finding"),
            "table",
            "record_id",
            "field",
            "value",
            row_sentences(self.text).alias("message"),
        )


def findings_of(
    checks: Iterable[Check], users: pl.LazyFrame, trainings: pl.LazyFrame
) -> list[pl.LazyFrame]:
    """The findings of each check that found something, with the names of people and trainings.

    Most checks find nothing: no sentences are prepared for them.
    """
    checks = list(checks)
    rows = pl.collect_all([check.needed() for check in checks], engine="in-memory")
    with_rows = [
        check._replace(rows=affected.lazy())
        for check, affected in zip(checks, rows, strict=True)
        if affected.height
    ]
    names = at_once(names_of(users, trainings)) if with_rows else pl.LazyFrame()
    return [check.findings(names) for check in with_rows]


def names_of(users: pl.LazyFrame, trainings: pl.LazyFrame) -> pl.LazyFrame:
    """The text beside an id: name and employee number of a person, title of a training.

    Returns:
        kind ("person" or "training"), id and name, all String; without ids that have no name.
    """
    known = pl.concat_str("name", "employeeNumber", separator=", ", ignore_nulls=True)
    people = people_names(users, "id", "name").join(
        employee_numbers(users), on="id", how="full", coalesce=True
    )
    titles = training_names(trainings).select(
        pl.lit("training").alias("kind"),
        pl.col("training_id").cast(pl.String).alias("id"),
        pl.col("training").str.strip_chars().alias("name"),
    )
    return pl.concat([people.select(pl.lit("person").alias("kind"), "id", known), titles])


def _named(
    rows: pl.LazyFrame, column: str, id_column: str, kind: str, names: pl.LazyFrame
) -> pl.LazyFrame:
    """Add a column with each id and, in brackets, its name."""
    known = names.filter(kind=kind).select(pl.col("id").alias(column), "name")
    return (
        rows.with_columns(pl.col(id_column).cast(pl.String).alias(column))
        .join(known, on=column, how="left")
        .with_columns(pl.format("{} ({})", column, "name").fill_null(pl.col(column)).alias(column))
        .drop("name")
    )


def columns_in(text: str) -> list[str]:
    """The columns that a sentence names.

    Examples:
        >>> columns_in("Completion {record} is dated {date:day}.")
        ['record', 'date']
    """
    return [column for column, _ in _COLUMN.findall(text)]


def row_sentences(text: str) -> pl.Expr:
    """The sentence about each row, with the row's values."""
    written = [_written(pl.col(column), form) for column, form in _COLUMN.findall(text)]
    return pl.format(_COLUMN.sub("{}", text), *written)


def _written(column: pl.Expr, form: str) -> pl.Expr:
    if form == "day":
        return day_texts(column)
    return count_texts(column, *form.split("|")) if form else column

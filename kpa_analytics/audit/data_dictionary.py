"""The data dictionary of a pack: every column of every table in it, from `schema`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

import polars as pl
from msgspec.structs import fields

from kpa_analytics import report_text as text
from kpa_analytics.endpoints import COLLECTIONS
from kpa_analytics.report_text import SheetName, sheet_heading
from kpa_analytics.schema import (
    CASES,
    CHANGES,
    DATA_DICTIONARY,
    EXPIRY_STATUS,
    FINDINGS,
    GROUP_SESSIONS,
    INSTRUCTOR_COVERAGE,
    PACK_REQUIRED,
    PACK_TRAININGS,
    PEOPLE,
    RECONCILIATION,
    RECORDS,
    RENEWALS,
    RULES,
    SAMPLE,
    SINCE,
    STATUS,
    STATUS_OVER_TIME,
    Column,
    Table,
)
from kpa_analytics.wording import say

#: The table on each sheet.
SHEET_TABLES = {
    SheetName.STATUS: CASES,
    SheetName.COMPLETIONS: RECORDS,
    SheetName.MATRIX: EXPIRY_STATUS,
    SheetName.FINDINGS: FINDINGS,
    SheetName.INSTRUCTORS: INSTRUCTOR_COVERAGE,
    SheetName.SESSIONS: GROUP_SESSIONS,
    SheetName.VENDOR: RECONCILIATION,
    SheetName.RULES: RULES,
    SheetName.TREND: STATUS_OVER_TIME,
    SheetName.RENEWALS: RENEWALS,
    SheetName.TRAININGS: PACK_TRAININGS,
    SheetName.PEOPLE: PEOPLE,
    SheetName.REQUIRED: PACK_REQUIRED,
    SheetName.CHANGES: CHANGES,
    SheetName.SAMPLE: SAMPLE,
    SheetName.SINCE: SINCE,
    SheetName.DICTIONARY: DATA_DICTIONARY,
}
#: The table in each file.
FILE_TABLES = {
    "records.csv": RECORDS,
    "records.parquet": RECORDS,
    "cases.csv": CASES,
    "cases.parquet": CASES,
    "trainings.csv": PACK_TRAININGS,
    "trainings.parquet": PACK_TRAININGS,
    "people.csv": PEOPLE,
    "people.parquet": PEOPLE,
    "required.csv": PACK_REQUIRED,
    "required.parquet": PACK_REQUIRED,
    "trend.csv": STATUS_OVER_TIME,
    "renewals.csv": RENEWALS,
}
#: Sheets that only some packs have, with a file of the same name.
_OPTIONAL = (SheetName.SAMPLE, SheetName.SINCE)

_DEMO = Column("demo_data", pl.String, text.DEMO_COLUMN_MEANING)
#: Columns of the matrix before those of the trainings: id, name, employee number.
_MATRIX_KEYS = 3
#: Fields of the API whose columns have other names.
_WIRE = {"signed": "signature"}


def data_dictionary(sheets: Mapping[SheetName, Sequence[str]], *, demo: bool) -> pl.DataFrame:
    """Describe every column of the files and of the sheets (`schema.DATA_DICTIONARY`).

    Args:
        sheets: the columns of each sheet, without the demo mark.
        demo: whether the tables have the demo mark.

    Returns:
        One row per file or sheet and column. The columns of the matrix share one row.
    """
    mark = [_DEMO] if demo else []
    optional = {name: SHEET_TABLES[name] for name in _OPTIONAL if name in sheets}
    files = {**FILE_TABLES, **{f"{name}.csv": table for name, table in optional.items()}}
    rows = [
        described(file, table, column)
        for file, table in files.items()
        for column in (*mark, *table.columns)
    ]
    for sheet, names in sheets.items():
        table, place = SHEET_TABLES[sheet], say(text.SHEET_OF_WORKBOOK, sheet=sheet)
        # A sheet has an employee number beside each name.
        known = {column.name: column for column in (*CASES.columns, *table.columns)}
        own = names[:_MATRIX_KEYS] if sheet == SheetName.MATRIX else names
        columns = [known[name] for name in own]
        rows += [described(place, table, column) for column in (*mark, *columns)]
        if sheet == SheetName.MATRIX:
            each = Column(text.EACH_TRAINING, STATUS, text.EACH_TRAINING_MEANING)
            rows.append(described(place, table, each))
    return pl.DataFrame(rows, schema=DATA_DICTIONARY.schema, orient="row")


def described(
    place: str, table: Table, column: Column, lists: str = text.LIST_OF
) -> tuple[str, ...]:
    """One row of `schema.DATA_DICTIONARY`.

    Args:
        place: the file or the sheet.
        table: the table that the column belongs to.
        column: the column.
        lists: how the type of a list is called.
    """
    dtype = pl.Schema({column.name: column.dtype})[column.name]
    return (
        place,
        column.name,
        sheet_heading(column.name),
        _type(dtype, lists),
        _unit(column, dtype),
        column.meaning,
        _origin(table, column),
    )


def _type(dtype: pl.DataType, lists: str) -> str:
    if isinstance(dtype, pl.Enum):
        return say(text.ONE_OF, values=", ".join(dtype.categories))
    if isinstance(dtype, pl.List):
        return say(lists, type=_type(dtype.inner, lists))  # type: ignore[arg-type]
    return text.TYPE_WORDS[str(dtype.base_type())]


def _unit(column: Column, dtype: pl.DataType) -> str:
    if column.unit:
        return column.unit
    if column.name.endswith(("id", "ids")):
        return text.UNIT_ID
    return text.UNIT_WORDS.get(str(dtype.base_type()), text.UNIT_NONE)


def _origin(table: Table, column: Column) -> str:
    """The fields of the API that a column is taken from, or the function that computes it."""
    if column == _DEMO or not column.origin:
        computed = EXPIRY_STATUS if table == CASES and column in EXPIRY_STATUS.columns else table
        return say(text.FROM_FUNCTION, function=computed.made_by)
    return "; ".join(_field(*place.split(".")) for place in column.origin.split(", "))


@cache
def _field(table: str, name: str) -> str:
    """A field of a collection, as the API names it."""
    endpoints = COLLECTIONS[table]
    sent = {field.name for endpoint in endpoints for field in fields(endpoint.record)}
    wire = next((each for each in (name, f"{name}_number") if each in sent), None)
    methods = ", ".join(endpoint.method for endpoint in endpoints)
    return say(text.FROM_API, methods=methods, field=wire or _WIRE.get(name, name))

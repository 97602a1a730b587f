"""Blank ids: "", white space, "0" and 0 become null, and each is counted once."""

from __future__ import annotations

import polars as pl

from kpa_analytics.endpoints import endpoint_of
from kpa_analytics.schema import Table

#: Table, field, and the number of blank values.
BlankIds = tuple[tuple[str, str, int], ...]


def null_blank_ids(table: Table, raw: pl.DataFrame) -> tuple[pl.DataFrame, BlankIds]:
    """Make every blank optional id null: "", white space, "0" and 0 (docs/api.md).

    A blank entry is removed from its list; a list with only blank entries becomes null.

    Returns the records, and the number of blanks in each column that has any.
    """
    counts = []
    for name in endpoint_of(table).optional_ids():
        column = raw[name]
        cleaned = _without_blanks(column)
        if blanks := _count_values(column) - _count_values(cleaned):
            raw = raw.with_columns(cleaned)
            counts.append((table.name, name, blanks))
    return raw, tuple(counts)


def add_blank_counts(first: BlankIds, second: BlankIds) -> BlankIds:
    """Add two counts, field by field."""
    sums: dict[tuple[str, str], int] = {}
    for table, field, count in (*first, *second):
        sums[table, field] = sums.get((table, field), 0) + count
    return tuple((table, field, count) for (table, field), count in sums.items())


def _without_blanks(column: pl.Series) -> pl.Series:
    if not isinstance(column.dtype, pl.List):
        return (
            column.to_frame().select(_null_if_blank(pl.col(column.name), column.dtype)).to_series()
        )
    entries = _null_if_blank(pl.element(), column.dtype.inner).drop_nulls()
    cleaned = pl.col(column.name).list.eval(entries)
    emptied = (cleaned.list.len() == 0) & (pl.col(column.name).list.len() > 0)
    return column.to_frame().select(pl.when(~emptied).then(cleaned)).to_series()


def _null_if_blank(value: pl.Expr, dtype: object) -> pl.Expr:
    blank = value.str.strip_chars().is_in(["", "0"]) if dtype == pl.String else value == 0
    return pl.when(~blank).then(value)


def _count_values(column: pl.Series) -> int:
    """Count the values of a column, or the entries of its lists."""
    if isinstance(column.dtype, pl.List):
        return int(column.list.len().sum() or 0)
    return column.len() - column.null_count()

"""Blank ids: the spellings of nothing become null, and are counted once."""

from __future__ import annotations

import polars as pl

from kpa_analytics.endpoints import endpoint_of
from kpa_analytics.schema import Table

#: Table, field, and how many of its values were blank.
BlankIds = tuple[tuple[str, str, int], ...]


def cleared(table: Table, raw: pl.DataFrame) -> tuple[pl.DataFrame, BlankIds]:
    """Make every blank optional id null: "", white space, "0" and 0 (docs/api.md).

    A blank entry of a list is left out of it; a list with nothing else in it becomes null.

    Args:
        table: the table that the records belong to.
        raw: its records.

    Returns:
        The records, and how many blanks each column had; columns without any are not named.
    """
    counts = []
    for name in endpoint_of(table).optional_ids():
        column = raw[name]
        clear = _without_blanks(column)
        if blanks := _filled(column) - _filled(clear):
            raw = raw.with_columns(clear)
            counts.append((table.name, name, blanks))
    return raw, tuple(counts)


def added(first: BlankIds, second: BlankIds) -> BlankIds:
    """Two counts as one."""
    sums: dict[tuple[str, str], int] = {}
    for table, field, count in (*first, *second):
        sums[table, field] = sums.get((table, field), 0) + count
    return tuple((table, field, count) for (table, field), count in sums.items())


def _without_blanks(column: pl.Series) -> pl.Series:
    if not isinstance(column.dtype, pl.List):
        return column.to_frame().select(_nulled(pl.col(column.name), column.dtype)).to_series()
    entries = _nulled(pl.element(), column.dtype.inner).drop_nulls()
    clear = pl.col(column.name).list.eval(entries)
    emptied = (clear.list.len() == 0) & (pl.col(column.name).list.len() > 0)
    return column.to_frame().select(pl.when(~emptied).then(clear)).to_series()


def _nulled(value: pl.Expr, dtype: object) -> pl.Expr:
    blank = value.str.strip_chars().is_in(["", "0"]) if dtype == pl.String else value == 0
    return pl.when(~blank).then(value)


def _filled(column: pl.Series) -> int:
    """How many values there are, or entries in its lists."""
    if isinstance(column.dtype, pl.List):
        return int(column.list.len().sum() or 0)
    return column.len() - column.null_count()

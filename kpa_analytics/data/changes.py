"""Compare two loads of a table: records added, removed or edited."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import polars as pl

from kpa_analytics.errors import KPADataError
from kpa_analytics.inputs import need, with_all_columns
from kpa_analytics.schema import CHANGES, COMPLETIONS, INSTANT
from kpa_analytics.wording import listing


class _Match(NamedTuple):
    """The columns that identify a record of a table, and their names in `schema.CHANGES`."""

    keys: tuple[str, ...]
    renamed: Mapping[str, str] = {}


#: The tables that are compared, in the order of the result.
_TABLES = {
    "completions": _Match(("id",)),
    "trainings": _Match(("training_id",), {"id": "training_id"}),
    "users": _Match(("m_user_id",), {"id": "m_user_id"}),
    "required": _Match(("m_user_id", "training_id")),
}
_IDS = ("id", "m_user_id", "training_id")


def completion_changes(old: object, new: object) -> pl.DataFrame:
    """Compare two loads of the completions, record by record and field by field.

    Records are matched by id, so the order of rows does not matter. `audit.compare.changes`
    documents the result. Values are text: dates as 2026-06-30, times as 2026-06-30T12:00:00.000Z.

    Examples:
        >>> record = {"id": 1238, "training_id": 1046, "m_user_id": "ann", "notes": "by phone"}
        >>> old = pl.DataFrame([record], schema=COMPLETIONS.schema)
        >>> new = old.with_columns(notes=pl.lit("in person"))
        >>> completion_changes(old, new).row(0)
        ('edited', 1238, 'ann', 1046, 'notes', 'by phone', 'in person', 'completions')
    """
    before, after = completions_of(old, "old"), completions_of(new, "new")
    return table_changes({"completions": before}, {"completions": after})


def table_changes(old: Mapping[str, pl.DataFrame], new: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Compare the tables that both sides have, and of each table the columns that both have.

    The tables are `completions`, `trainings`, `users` and `required` (a frame of m_user_id and
    training_id). If an id is repeated in one of the last three, its first record counts.
    """
    changes = [CHANGES.empty()]
    for name, match in _TABLES.items():
        if name in old and name in new:
            before, after = (side[name].rename({**match.renamed}) for side in (old, new))
            shared = [column for column in after.columns if column in before.columns]
            changes.append(_of_table(name, match.keys, before.select(shared), after.select(shared)))
    return pl.concat(changes)


def _of_table(
    name: str, keys: tuple[str, ...], old: pl.DataFrame, new: pl.DataFrame
) -> pl.DataFrame:
    before, after = (side.unique(keys, keep="first", maintain_order=True) for side in (old, new))
    added = after.join(before, on=keys, how="anti", nulls_equal=True)
    removed = before.join(after, on=keys, how="anti", nulls_equal=True)
    nothing = pl.lit(None, pl.String)
    changes = [
        _rows(name, "added", added, nothing, nothing, nothing),
        _rows(name, "removed", removed, nothing, nothing, nothing),
    ]
    pairs = after.join(before, on=keys, suffix="_old", nulls_equal=True)
    for field, dtype in after.schema.items():
        if field not in keys:
            old_value, value = (_or_null(name, dtype) for name in (f"{field}_old", field))
            edited = pairs.filter(value.ne_missing(old_value))
            values = _text(f"{field}_old", dtype), _text(field, dtype)
            changes.append(_rows(name, "edited", edited, pl.lit(field), *values))
    return pl.concat(changes).sort("change", *keys, maintain_order=True)


def _or_null(name: str, dtype: pl.DataType) -> pl.Expr:
    """A column in which an empty list is null: the vendor sends either for nothing."""
    values = pl.col(name)
    return pl.when(values.list.len() > 0).then(values) if isinstance(dtype, pl.List) else values


def completions_of(source: Any, side: str) -> pl.DataFrame:
    """The completions of one side; each must have a unique id."""
    columns = COMPLETIONS.schema.names()
    frame = getattr(source, "completions", source)
    records = need(frame, COMPLETIONS, *columns).select(columns).collect()
    ids = records["id"]
    if ids.null_count() or ids.n_unique() < len(ids):
        unusable = ids.filter(ids.is_duplicated() | ids.is_null()).unique().sort()
        examples = listing([str(value) for value in unusable])
        raise KPADataError(f"completions: ids in {side} are missing or not unique: {examples}")
    return records


def _rows(
    table: str, change: str, records: pl.DataFrame, field: pl.Expr, old: pl.Expr, new: pl.Expr
) -> pl.DataFrame:
    changes = records.select(
        *(name for name in _IDS if name in records.columns),
        change=pl.lit(change),
        field=field,
        old=old,
        new=new,
        table=pl.lit(table),
    )
    return with_all_columns(changes, CHANGES.schema)


def _text(column: str, dtype: pl.DataType) -> pl.Expr:
    if dtype == INSTANT:
        return pl.col(column).dt.strftime("%Y-%m-%dT%H:%M:%S%.3fZ")
    if isinstance(dtype, pl.List):
        return pl.col(column).cast(pl.List(pl.String)).list.join("; ", ignore_nulls=True)
    return pl.col(column).cast(pl.String)

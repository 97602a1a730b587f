"""Compare two loads of the completions: records added, removed or edited."""

from __future__ import annotations

from typing import Any

import polars as pl

from kpa_analytics.errors import KPADataError
from kpa_analytics.inputs import need
from kpa_analytics.schema import CHANGES, COMPLETIONS, INSTANT

_FIELDS = tuple(name for name in COMPLETIONS.schema if name != "id")


def changes(old: object, new: object) -> pl.DataFrame:
    """Compare two loads of the completions, record by record and field by field.

    Records are matched by id, so the order of rows does not matter. `audit.compare.changes`
    documents the result. Values are text: dates as 2026-06-30, times as 2026-06-30T12:00:00.000Z.

    Examples:
        >>> record = {"id": 1238, "training_id": 1046, "m_user_id": "ann", "notes": "by phone"}
        >>> old = pl.DataFrame([record], schema=COMPLETIONS.schema)
        >>> new = old.with_columns(notes=pl.lit("in person"))
        >>> changes(old, new).row(0)
        ('edited', 1238, 'ann', 1046, 'notes', 'by phone', 'in person')
    """
    before, after = _records(old, "old"), _records(new, "new")
    parts = [
        _whole("added", after.join(before, on="id", how="anti")),
        _whole("removed", before.join(after, on="id", how="anti")),
        *_edited(after.join(before, on="id", suffix="_old")),
    ]
    return pl.concat(parts).sort("change", "id", maintain_order=True)


def _records(source: Any, side: str) -> pl.DataFrame:
    """The completions of one side; each must have a unique id."""
    columns = COMPLETIONS.schema.names()
    frame = getattr(source, "completions", source)
    records = need(frame, COMPLETIONS, *columns).select(columns).collect()
    ids = records["id"]
    if ids.null_count() or ids.n_unique() < len(ids):
        unusable = ids.filter(ids.is_duplicated() | ids.is_null()).unique().sort()
        examples = ", ".join(str(value) for value in unusable.head(5))
        more = f" and {len(unusable) - 5} more" if len(unusable) > 5 else ""
        raise KPADataError(
            f"completions: ids in {side} are missing or not unique: {examples}{more}"
        )
    return records


def _whole(change: str, records: pl.DataFrame) -> pl.DataFrame:
    """The rows for added or removed records."""
    null = pl.lit(None, pl.String)
    return _rows(change, records, null, null, null)


def _edited(pairs: pl.DataFrame) -> list[pl.DataFrame]:
    """The rows for edited fields, field by field."""
    differences = {name: pl.col(name).ne_missing(pl.col(f"{name}_old")) for name in _FIELDS}
    edited = pairs.filter(pl.any_horizontal(*differences.values()))
    return [
        _rows(
            "edited",
            edited.filter(differs),
            pl.lit(name),
            _text(f"{name}_old", COMPLETIONS.schema[name]),
            _text(name, COMPLETIONS.schema[name]),
        )
        for name, differs in differences.items()
    ]


def _rows(
    change: str, records: pl.DataFrame, field: pl.Expr, old: pl.Expr, new: pl.Expr
) -> pl.DataFrame:
    return records.select(
        pl.lit(change, CHANGES.schema["change"]).alias("change"),
        "id",
        "m_user_id",
        "training_id",
        field.alias("field"),
        old.alias("old"),
        new.alias("new"),
    )


def _text(column: str, dtype: pl.DataType) -> pl.Expr:
    if dtype == INSTANT:
        return pl.col(column).dt.strftime("%Y-%m-%dT%H:%M:%S%.3fZ")
    return pl.col(column).cast(pl.String)

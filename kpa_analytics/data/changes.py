"""What changed between two loads of the completions: a record edited after the fact shows."""

from __future__ import annotations

from typing import Any

import polars as pl

from kpa_analytics.errors import KPADataError
from kpa_analytics.inputs import need
from kpa_analytics.schema import CHANGES, COMPLETIONS, INSTANT

_FIELDS = tuple(name for name in COMPLETIONS.schema if name != "id")


def changes(old: object, new: object) -> pl.DataFrame:
    """Compare two loads of the completions, record by record and field by field.

    Records are told apart by their id alone, so the order of rows does not matter.

    Args:
        old: the earlier completions, as `load_completions()` makes them, or anything that has them
            as `.completions`.
        new: the later ones, likewise.

    Returns:
        A frame in the columns of `schema.CHANGES`: one row per record added or removed, and one per
        field that was edited; by kind of change (added, removed, edited), id, then the field's
        place in the completions. `m_user_id` and `training_id` are the record's in `new`, where it
        is there. Values are text: days as 2026-06-30, instants as 2026-06-30T12:00:00.000Z, yes and
        no as true and false; null stays null.

    Raises:
        KPADataError: a frame lacks a column, or has a record without an id or two with the same:
            which of them changed could only be guessed. The message names the ids.

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


def _records(given: Any, side: str) -> pl.DataFrame:
    """The completions of one side, each with an id of its own."""
    columns = COMPLETIONS.schema.names()
    frame = getattr(given, "completions", given)
    records = need(frame, COMPLETIONS, *columns).select(columns).collect()
    ids = records["id"]
    if ids.null_count() or ids.n_unique() < len(ids):
        shared = ids.filter(ids.is_duplicated() | ids.is_null()).unique().sort()
        named = ", ".join(str(value) for value in shared.head(5))
        more = f" and {len(shared) - 5} more" if len(shared) > 5 else ""
        raise KPADataError(
            f"completions: these ids of {side} do not name one record each: {named}{more}"
        )
    return records


def _whole(change: str, records: pl.DataFrame) -> pl.DataFrame:
    """The rows for records that came or went."""
    nothing = pl.lit(None, pl.String)
    return _rows(change, records, nothing, nothing, nothing)


def _edited(pairs: pl.DataFrame) -> list[pl.DataFrame]:
    """The rows for the fields that differ, field by field."""
    differs = {name: pl.col(name).ne_missing(pl.col(f"{name}_old")) for name in _FIELDS}
    touched = pairs.filter(pl.any_horizontal(*differs.values()))
    return [
        _rows(
            "edited",
            touched.filter(edited),
            pl.lit(name),
            _text(f"{name}_old", COMPLETIONS.schema[name]),
            _text(name, COMPLETIONS.schema[name]),
        )
        for name, edited in differs.items()
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

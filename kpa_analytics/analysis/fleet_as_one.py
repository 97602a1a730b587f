"""Several accounts as one, under ids that are unique: for views, never for evidence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import polars as pl

from kpa_analytics.data.scope import Scope
from kpa_analytics.data.snapshots import Snapshot
from kpa_analytics.data.training_data import FLEET_ACCOUNT, FLEET_ID, LOADED, TrainingData
from kpa_analytics.endpoints import ID_ENDINGS
from kpa_analytics.errors import KPADataError

#: Numeric ids are below this; the place of the account, times this, is added to them.
_ROOM = 10**12
#: Columns that a reader sees instead of ids.
_SHOWN = {"trainings": "title", "groups": "name"}


def together(accounts: Mapping[str, TrainingData], missing: str) -> TrainingData:
    """All accounts as one; the column `FLEET_ACCOUNT` of `users` has the account of each person.

    Args:
        accounts: the records of each account, by name.
        missing: which accounts are not there, in words; empty for a complete fleet.

    Raises:
        KPADataError: an id is too large to be made unique; the message names the account.
    """
    unique = [_unique(name, place, data) for place, (name, data) in enumerate(accounts.items())]

    def of_all(table: str) -> pl.DataFrame:
        return pl.concat([frames[table] for frames in unique], how="diagonal_relaxed")

    frames: dict[str, Any] = {table: of_all(table) for table in LOADED}
    snapshots = {
        f"{table} of {name}": _unique_faults(name, place, snapshot)
        for place, (name, data) in enumerate(accounts.items())
        for table, snapshot in data.snapshots.items()
    }
    unknown = tuple(name for name, data in accounts.items() if data.requirements is None)
    accounts_named = f"{', '.join(accounts)}; {missing}" if missing else ""
    return TrainingData(
        **frames,
        snapshots=snapshots,
        scope=Scope(description=accounts_named),
        without_requirements=unknown if len(unknown) < len(accounts) else (),
        altered_before=_altered(accounts.values()),
    )


def _altered(accounts: Iterable[TrainingData]) -> dict[str, tuple[int, int]]:
    """`TrainingData.altered` of all accounts: the sums of those that are."""
    every = [data.altered for data in accounts]
    return {
        name: (sum(rows for rows, _ in pairs), sum(loaded for _, loaded in pairs))
        for name in LOADED
        if (pairs := [altered[name] for altered in every if name in altered])
    }


def _unique(name: str, place: int, data: TrainingData) -> dict[str, pl.DataFrame]:
    frames = {
        table: frame.with_columns(
            _unique_id(pl.col(column), dtype, name, place)
            for column, dtype in frame.schema.items()
            if _has_ids(column)
        )
        for table, frame in data.frames.items()
    }
    for table, column in _SHOWN.items():
        frames[table] = frames[table].with_columns(
            pl.format("{} ({})", _shown(data.frames[table], column), pl.lit(name)).alias(column)
        )
    frames["users"] = frames["users"].with_columns(pl.lit(name).alias(FLEET_ACCOUNT))
    _check(name, data)
    return frames


def _shown(frame: pl.DataFrame, column: str) -> pl.Series:
    """The text of each row; without one, that of the first row with the same id, or the id."""
    text = pl.when(pl.col(column).str.strip_chars() != "").then(column)
    key = [name for name in ("kind", "id") if name in frame.columns]
    of_same_id = text.drop_nulls().first().over(key)
    return frame.select(pl.coalesce(text, of_same_id, pl.col("id").cast(pl.String))).to_series()


def _unique_id(ids: pl.Expr, dtype: pl.DataType, name: str, place: int) -> pl.Expr:
    """The ids of a column, or of its lists, made unique."""
    if isinstance(dtype, pl.List):
        inner: Any = dtype.inner
        return ids.list.eval(_unique_id(pl.element(), inner, name, place))
    if isinstance(dtype, pl.Struct):
        return ids.struct.with_fields(pl.field("id") + place * _ROOM)
    if dtype == pl.String:
        return ids + f"{FLEET_ID}{name}"
    return ids + place * _ROOM


def _has_ids(column: str) -> bool:
    """Whether a column has ids, lists of ids, or records with an id."""
    return column in ("id", "last_completed") or column.endswith(ID_ENDINGS)


def _check(name: str, data: TrainingData) -> None:
    """Raise a KPADataError if a numeric id could equal one of another account."""
    for table, frame in data.frames.items():
        for column in filter(_has_ids, frame.columns):
            ids = frame[column]
            if isinstance(ids.dtype, pl.List):
                ids = ids.explode()
            if isinstance(ids.dtype, pl.Struct):
                ids = ids.struct.field("id")
            if ids.dtype.is_integer() and not ids.is_between(0, _ROOM - 1).all():
                raise KPADataError(
                    f"{name}: {table}.{column} has ids that are negative or above {_ROOM:,}, so "
                    "they can't be made unique in the fleet"
                )


def _unique_faults(name: str, place: int, snapshot: Snapshot) -> Snapshot:
    """The provenance, with the unique ids in its faults."""
    faults = tuple(
        (table, _unique_text(record, name, place), *rest)
        for table, record, *rest in snapshot.faults
    )
    return replace(snapshot, faults=faults)


def _unique_text(record: str, name: str, place: int) -> str:
    return str(int(record) + place * _ROOM) if record.isdecimal() else f"{record}{FLEET_ID}{name}"

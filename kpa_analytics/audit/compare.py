"""`changes()`: compare two loads, kept snapshots or evidence packs."""

from __future__ import annotations

import hashlib
import os
import re
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from kpa_analytics.audit.bagit import pack_in
from kpa_analytics.audit.manifest import check_manifest, read_manifest
from kpa_analytics.data.changes import changes as changed_records
from kpa_analytics.data.snapshots import Kept, Snapshot, SnapshotFolder
from kpa_analytics.data.training_data import TrainingData
from kpa_analytics.errors import KPADataError
from kpa_analytics.paths import typed_path
from kpa_analytics.schema import COMPLETIONS

RECORDS_FILE = "records.parquet"

_SNAPSHOT_NAME = re.compile(r"\d{8}T\d{12}Z-([0-9a-f]{32})\.parquet")


class _Side(NamedTuple):
    frame: Any
    names: bool | None = None


def changes(old: object, new: object) -> pl.DataFrame:
    """Compare two loads of the completions, record by record and field by field.

    Args:
        old: the earlier side: completions as `load_completions()` returns them, the result of
            `load_all()`, one of its snapshots, the path of a kept snapshot (`snapshots()` lists
            them), or the folder of an evidence pack.
        new: the later side, in any of the same forms.

    Returns:
        A frame in `schema.CHANGES`: one row per record added or removed, and one per field that was
        edited; sorted by kind of change, then id. Values are text.

    Raises:
        KPADataError: a side has none of these forms, a file of a pack was changed or is missing
            (the message names it), a record has no id, two records have the same id, or one side
            has names and the other pseudonyms.

    Examples:
        >>> from kpa_analytics.schema import COMPLETIONS
        >>> record = {"id": 1238, "training_id": 1046, "m_user_id": "ann", "notes": "by phone"}
        >>> old = pl.DataFrame([record], schema=COMPLETIONS.schema)
        >>> new = old.with_columns(notes=pl.lit("in person"))
        >>> changes(old, new).row(0)
        ('edited', 1238, 'ann', 1046, 'notes', 'by phone', 'in person')
    """
    before, after = _side(old), _side(new)
    if (before.names is False) != (after.names is False):
        raise KPADataError(
            "one side has pseudonyms and the other has names, so they cannot be compared"
        )
    return changed_records(before.frame, after.frame)


def earlier_completions(data: TrainingData) -> Kept | None:
    """The completions of the previous kept snapshot, or None."""
    current = data.snapshots.get(COMPLETIONS.name)
    if current is None or current.path is None:
        return None
    snapshots = SnapshotFolder(current.path.parents[2], COMPLETIONS, current.params)
    for path in reversed([path for path in snapshots.paths() if path.name < current.path.name]):
        if kept := snapshots.read(path):
            return kept
    return None


def _side(given: object) -> _Side:
    if isinstance(given, Snapshot):
        if given.path is None:
            raise KPADataError(f"the snapshot of {given.table} was not kept, so it has no file")
        return _Side(_snapshot(given.path))
    if isinstance(given, str | os.PathLike):
        path = typed_path(given)
        return _pack(path) if path.is_dir() else _Side(_snapshot(path))
    return _Side(given)


def _pack(folder: Path) -> _Side:
    folder = pack_in(folder)
    manifest = read_manifest(folder)
    for finding in check_manifest(folder):
        if finding.finding in ("changed", "missing"):
            raise KPADataError(f"{folder / finding.path} was damaged: {finding.detail}")
    if not (folder / RECORDS_FILE).is_file():
        raise KPADataError(f"{folder} is not an evidence pack: it has no {RECORDS_FILE}")
    names = manifest.get("settings", {}).get("names")
    return _Side(pl.read_parquet(folder / RECORDS_FILE), names)


def _snapshot(path: Path) -> pl.DataFrame:
    try:
        content = path.read_bytes()
        named = _SNAPSHOT_NAME.fullmatch(path.name)
        if named and hashlib.sha256(content).hexdigest()[:32] != named[1]:
            raise KPADataError(f"{path} was damaged: its content was changed after it was written")
        return pl.read_parquet(BytesIO(content))
    except OSError as error:
        raise KPADataError(f"{path} can't be read: {error.strerror or error}") from error
    except pl.exceptions.PolarsError as error:
        raise KPADataError(f"{path} is not a snapshot: {error}") from error

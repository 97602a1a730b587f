"""The records that were on this machine at the time of a kept snapshot."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kpa_analytics.data.snapshots import Kept, SnapshotFolder, moment_of
from kpa_analytics.data.training_data import LOADED, TrainingData
from kpa_analytics.endpoints import endpoint_of
from kpa_analytics.errors import KPADataError
from kpa_analytics.schema import COMPLETIONS


def kept_data(path: Path) -> TrainingData:
    """The completions of a kept snapshot, with the other collections as they were at its time.

    `load_all()` loads the completions last. So of each other collection, the last snapshot before
    the completions is taken, or else the first one after them. A collection of which no snapshot is
    kept is empty and is not in `snapshots`.

    Raises:
        KPADataError: the file is not a kept snapshot of all completions, or was damaged.
    """
    path = path.absolute()
    account = path.parents[2]
    if path.parent.name != COMPLETIONS.name or path.parents[1].name != "snapshots":
        raise KPADataError(f"{path} is not a kept snapshot of all completions")
    completions = SnapshotFolder(account, COMPLETIONS, {}).read(path)
    if completions is None:
        raise KPADataError(f"{path} was damaged, or another version of kpa_analytics wrote it")
    kept = {COMPLETIONS.name: completions}
    for name in LOADED:
        if name != COMPLETIONS.name:
            then = _kept_at(SnapshotFolder(account, endpoint_of(name).table, {}), path)
            kept |= {name: then} if then else {}
    frames: dict[str, Any] = {name: each.frame for name, each in kept.items()}
    return TrainingData(**frames, snapshots={name: each.snapshot for name, each in kept.items()})


def _kept_at(folder: SnapshotFolder, path: Path) -> Kept | None:
    before = [other for other in folder.paths() if moment_of(other) <= moment_of(path)]
    after = [other for other in folder.paths() if other not in before]
    readable = (folder.read(other) for other in [*reversed(before), *after])
    return next((kept for kept in readable if kept), None)

"""The second cache: a verified whole collection as one Parquet file, its provenance inside.

A file is written beside and renamed, and its name holds the hash of its bytes: what is read back is
what was written, or is set aside with a warning. The last few of each kind are kept, because an
auditor asks what changed.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
import warnings
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import polars as pl

from kpa_analytics.cache_folder import account_folder, private_file, private_folder, set_aside
from kpa_analytics.config import Settings, settings
from kpa_analytics.errors import KPACacheWarning
from kpa_analytics.patience import move, patiently
from kpa_analytics.schema import BLANK_IDS, FAULTS, SNAPSHOTS, Table

#: Raised when the meaning of a kept frame changes; files of another format are not read.
FORMAT = 2

_PROVENANCE = "kpa_analytics"

#: What reading a file that is not ours may raise.
_UNREADABLE = (
    pl.exceptions.PolarsError,
    OSError,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
)

#: Seconds by which a snapshot may seem to come from the future before it counts as stale.
_CLOCK_SLACK = 60


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """Where a collection came from, and how to prove that it is still the same.

    Attributes:
        table: which collection, e.g. `completions`.
        method: the API method it came from.
        params: that method's filters; empty for the whole collection.
        host: the API's host and port.
        fetched_at: when its oldest page was answered, UTC; freshness counts from here. Of an
            incremental one: the oldest page of its own refresh (`full_walk_at` tells how old the
            pages may be that it did not fetch).
        rows: records.
        pages: pages they came in.
        walk: `full`, or `incremental` (refresh="recent").
        demo: whether the demo server answered.
        package_version: version of kpa_analytics that wrote it.
        rows_sha256: hash of the rows as newline-delimited JSON.
        faults: impossible days that became null: (table, record_id, field, value).
        blank_ids: optional ids spelt "", white space or 0 that became null: (table, field, how
            many). An incremental snapshot counts those seen since the last full walk.
        increments: incremental refreshes since the last full walk; 0 for a full one.
        full_walk_at: when that full walk was fetched, UTC; None for a full one.
        sha256: hash of the file's bytes; empty where it is not kept.
        path: where it is kept; None where it is not.
    """

    table: str
    method: str
    params: dict[str, Any]
    host: str
    fetched_at: datetime
    rows: int
    pages: int
    walk: str
    demo: bool
    package_version: str
    rows_sha256: str
    faults: tuple[tuple[str, ...], ...] = ()
    blank_ids: tuple[tuple[str, str, int], ...] = ()
    increments: int = 0
    full_walk_at: datetime | None = None
    sha256: str = ""
    path: Path | None = None

    def fault_frame(self) -> pl.DataFrame:
        """The impossible days as a frame (`schema.FAULTS`)."""
        return pl.DataFrame(list(self.faults), schema=FAULTS.schema, orient="row")

    def blank_id_frame(self) -> pl.DataFrame:
        """How many optional ids were blank, as a frame (`schema.BLANK_IDS`)."""
        rows = [(*blank, self.walk) for blank in self.blank_ids]
        return pl.DataFrame(rows, schema=BLANK_IDS.schema, orient="row")


@dataclass(frozen=True)
class Kept:
    """A collection and its snapshot."""

    frame: pl.DataFrame
    snapshot: Snapshot


class Shelf:
    """The snapshots of one collection of one account, newest last.

    Args:
        folder: the account's folder; it need not exist.
        table: the collection's table.
        params: the filters it was asked for with.
    """

    def __init__(self, folder: Path, table: Table, params: dict[str, Any]) -> None:
        name = table.name
        if params:
            name += "-" + hashlib.sha256(_json(params).encode()).hexdigest()[:12]
        self.folder = folder / "snapshots" / name
        self.table = table

    def paths(self) -> list[Path]:
        """The files kept, oldest first."""
        return sorted(self.folder.glob("*.parquet"))

    def filled_at(self) -> datetime:
        """When the newest file was fetched, by its name, UTC; where none is, the year 1."""
        paths = self.paths()
        return _moment(paths[-1]) if paths else datetime.min.replace(tzinfo=UTC)

    def newest(self, max_age: float) -> Kept | None:
        """Read the newest snapshot that can be read and is fresh.

        Args:
            max_age: seconds that it may be old.

        Returns:
            The collection, or None. A damaged file is set aside with a KPACacheWarning.
        """
        for path in reversed(self.paths()):
            age = time.time() - _moment(path).timestamp()
            if age >= max_age:
                return None
            if age >= -_CLOCK_SLACK and (kept := self.read(path)):
                return kept
        return None

    def read(self, path: Path) -> Kept | None:
        """Read one file, sure that it is what was written.

        Returns:
            The collection; None, with a KPACacheWarning, where the file is damaged or was written
            by a version with another format.
        """
        try:
            content = patiently(path.read_bytes)
        except OSError as error:
            warnings.warn(f"{path} can't be read: {error}", KPACacheWarning, 2)
            return None
        sha256 = hashlib.sha256(content).hexdigest()
        if not path.stem.endswith(sha256[:32]):
            set_aside(path, "its bytes are not those that were written")
            return None
        return self._decoded(path, content, sha256)

    def _decoded(self, path: Path, content: bytes, sha256: str) -> Kept | None:
        why = "its format is not ours"
        try:
            facts = json.loads(pl.read_parquet_metadata(BytesIO(content))[_PROVENANCE])
            frame = pl.read_parquet(content)
            if facts.pop("format") == FORMAT and self.table.fits(frame):
                return Kept(frame, _snapshot(facts, sha256, path))
        except _UNREADABLE as error:
            why = f"{type(error).__name__}: {error}"
        warnings.warn(
            f"{path.name} was written by another version of kpa_analytics ({why}): it is fetched "
            "again",
            KPACacheWarning,
            stacklevel=2,
        )
        return None

    def write(self, kept: Kept, keep: int) -> Kept:
        """Keep a verified collection: written beside, then renamed; older ones make room.

        Args:
            kept: the collection and its provenance.
            keep: how many to keep of this kind.

        Returns:
            The same with its hash and path; as it came, with a KPACacheWarning, where the folder
            can't hold it.
        """
        facts = {**asdict(kept.snapshot), "format": FORMAT}
        facts["fetched_at"] = kept.snapshot.fetched_at.isoformat()
        walked = kept.snapshot.full_walk_at
        facts["full_walk_at"] = walked and walked.isoformat()
        del facts["sha256"], facts["path"]
        content = BytesIO()
        kept.frame.write_parquet(content, metadata={_PROVENANCE: _json(facts)})
        sha256 = hashlib.sha256(content.getvalue()).hexdigest()
        stamp = kept.snapshot.fetched_at.strftime(_STAMP)
        path = self.folder / f"{stamp}-{sha256[:32]}.parquet"
        try:
            private_folder(self.folder)
            _write_whole(path, content.getvalue())
        except OSError as error:
            warnings.warn(
                f"the snapshot can't be kept ({error}); the data is whole, and will be fetched "
                "again next time",
                KPACacheWarning,
                stacklevel=2,
            )
            return kept
        self._make_room(path, keep)
        return Kept(kept.frame, replace(kept.snapshot, sha256=sha256, path=path))

    def _make_room(self, newest: Path, keep: int) -> None:
        """Delete the oldest ones, and what writers that were killed have left half written.

        What another program holds open stays, and is tried again when the next one is written.
        """
        others = [path for path in self.paths() if path != newest]
        for old in [*others[: len(others) + 1 - keep], *self.folder.glob(".*.parquet.*")]:
            try:
                old.unlink(missing_ok=True)
            except OSError as error:
                warnings.warn(f"an old snapshot can't be deleted: {error}", KPACacheWarning, 2)


_STAMP = "%Y%m%dT%H%M%S%fZ"


def rows_sha256(frame: pl.DataFrame) -> str:
    """Hash of a frame's rows as newline-delimited JSON, in their order."""
    digest = hashlib.sha256()
    for rows in frame.iter_slices(50_000):
        text = BytesIO()
        rows.write_ndjson(text)
        digest.update(text.getvalue())
    return digest.hexdigest()


def snapshots() -> pl.DataFrame:
    """List every snapshot kept for the current account, newest first.

    Returns:
        A frame in `schema.SNAPSHOTS`: which table, from where and when, how many rows, the hash and
        the path. `pl.read_parquet(path)` reads one.

    Raises:
        KPASettingsError: no token is set, so there is no account.

    Examples:
        >>> import kpa_analytics as kpa
        >>> with kpa.demo.serve() as api:
        ...     _ = kpa.configure(token=api.token, api_url=api.url, progress=False)
        ...     _ = kpa.load_trainings()
        ...     kpa.snapshots()["table"].to_list()
        ['trainings']
    """
    folder = account_folder(settings()) / "snapshots"
    rows = []
    for path in sorted(folder.glob("*/*.parquet"), key=lambda path: path.name, reverse=True):
        try:
            content = path.read_bytes()
            facts = json.loads(pl.read_parquet_metadata(BytesIO(content))[_PROVENANCE])
            facts.pop("format")
            one = _snapshot(facts, hashlib.sha256(content).hexdigest(), path)
        except _UNREADABLE as error:
            warnings.warn(f"{path} can't be read: {error}", KPACacheWarning, 2)
            continue
        row = {**asdict(one), "params": _json(one.params), "path": str(path)}
        rows.append({**row, "bytes": len(content)})
    return pl.DataFrame(
        [{name: row[name] for name in SNAPSHOTS.schema} for row in rows], SNAPSHOTS.schema
    )


def shelf(table: Table, params: dict[str, Any], current: Settings | None = None) -> Shelf:
    """The shelf of a collection in the current account's folder."""
    return Shelf(account_folder(current or settings()), table, params)


def _snapshot(facts: dict[str, Any], sha256: str, path: Path) -> Snapshot:
    facts["fetched_at"] = datetime.fromisoformat(facts["fetched_at"])
    facts["faults"] = tuple(tuple(fault) for fault in facts["faults"])
    walked = facts.get("full_walk_at")
    facts["full_walk_at"] = walked and datetime.fromisoformat(walked)
    facts["blank_ids"] = tuple(tuple(one) for one in facts.get("blank_ids", ()))
    return Snapshot(**facts, sha256=sha256, path=path)


def _moment(path: Path) -> datetime:
    try:
        return datetime.strptime(path.name.partition("-")[0], _STAMP).replace(tzinfo=UTC)
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)


def _json(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def _write_whole(path: Path, content: bytes) -> None:
    """All of it under its name, or nothing."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with private_file(beside).open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        move(beside, path)
    finally:
        beside.unlink(missing_ok=True)

"""The second cache: each verified collection as one Parquet file with its provenance inside.

A file is written under a temporary name and then renamed. Its name contains the hash of its bytes,
so a damaged file is recognized and set aside with a warning. The last few snapshots of the
completions are kept, and every version of the small collections, so that users can see what changed
and why.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import time
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import polars as pl

from kpa_analytics.busy_files import move, patiently
from kpa_analytics.cache_folder import account_folder, private_file, private_folder, set_aside
from kpa_analytics.config import Settings, settings
from kpa_analytics.data.accounts import account_settings
from kpa_analytics.errors import KPACacheWarning, KPADataError, warn
from kpa_analytics.schema import BLANK_IDS, FAULTS, SNAPSHOTS, Table

#: Increased when the meaning of a kept frame changes; files in another format are not read.
FORMAT = 2

_PROVENANCE = "kpa_analytics"

#: Errors that reading a foreign or damaged file may raise.
_UNREADABLE = (
    pl.exceptions.PolarsError,
    OSError,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
)

#: A snapshot dated more than this many seconds in the future counts as stale.
_CLOCK_SLACK = 60


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """The provenance of a collection, with hashes that show whether it is unchanged.

    Attributes:
        table: the collection, e.g. `completions`.
        method: the API method that sent it.
        params: the method's filters; empty for the whole collection.
        host: the API's host and port.
        fetched_at: when the API answered the oldest page, UTC; the age counts from here. For an
            incremental snapshot this is the oldest page of its own refresh; the pages that it did
            not download may be as old as `full_walk_at`.
        rows: number of records.
        pages: number of pages.
        walk: `full`, or `incremental` (refresh="recent").
        demo: whether the demo server answered.
        package_version: the version of kpa_analytics that wrote the snapshot.
        rows_sha256: hash of the rows as newline-delimited JSON.
        faults: impossible dates that became null: (table, record_id, field, value).
        blank_ids: optional ids that were "", white space or 0 and became null: (table, field,
            count). An incremental snapshot counts all of them since the last full download.
        increments: incremental refreshes since the last full download; 0 for a full snapshot.
        full_walk_at: `fetched_at` of the last full download, UTC; None for a full snapshot.
        sha256: hash of the file's bytes; empty if there is no file.
        path: the file; None if there is no file.
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

    def has_rows_of(self, frame: pl.DataFrame) -> bool:
        """Whether the rows are those of a frame, with the same values in the same order."""
        if rows_sha256(frame) == self.rows_sha256:
            return True
        if self.path is None:
            return False
        # If another version of polars writes the same rows as another text, the file decides.
        try:
            return read_snapshot(self.path).equals(frame)
        except KPADataError:
            return False

    def fault_frame(self) -> pl.DataFrame:
        """The impossible dates as a frame (`schema.FAULTS`)."""
        return pl.DataFrame(list(self.faults), schema=FAULTS.schema, orient="row")

    def blank_id_frame(self) -> pl.DataFrame:
        """The number of blank optional ids by field, as a frame (`schema.BLANK_IDS`)."""
        rows = [(*blank, self.walk) for blank in self.blank_ids]
        return pl.DataFrame(rows, schema=BLANK_IDS.schema, orient="row")


@dataclass(frozen=True)
class Kept:
    """A collection and its snapshot."""

    frame: pl.DataFrame
    snapshot: Snapshot


class SnapshotFolder:
    """The snapshots of one collection of one account, newest last; the folder need not exist."""

    def __init__(self, folder: Path, table: Table, params: dict[str, Any]) -> None:
        name = table.name
        if params:
            name += "-" + hashlib.sha256(_json(params).encode()).hexdigest()[:12]
        self.folder = folder / "snapshots" / name
        self.table = table

    def paths(self) -> list[Path]:
        """The kept files, oldest first."""
        return sorted(self.folder.glob("*.parquet"))

    def filled_at(self) -> datetime:
        """The fetch time in the newest file's name, UTC; the year 1 if there is no file."""
        paths = self.paths()
        return moment_of(paths[-1]) if paths else datetime.min.replace(tzinfo=UTC)

    def newest(self, max_age: float) -> Kept | None:
        """Read the newest snapshot that is younger than `max_age` seconds and readable, or None.

        A damaged file is set aside with a KPACacheWarning.
        """
        for path in reversed(self.paths()):
            age = time.time() - moment_of(path).timestamp()
            if age >= max_age:
                return None
            if age >= -_CLOCK_SLACK and (kept := self.read(path)):
                return kept
        return None

    def read(self, path: Path) -> Kept | None:
        """Read one file and check its hash.

        Returns None, with a KPACacheWarning, if it is damaged or was written in another format.
        """
        try:
            content = patiently(path.read_bytes)
        except OSError as error:
            warn(f"{path} can't be read: {error}", KPACacheWarning)
            return None
        sha256 = hashlib.sha256(content).hexdigest()
        if not path.stem.endswith(sha256[:32]):
            set_aside(path, "its content has changed since it was written")
            return None
        return self._decoded(path, content, sha256)

    def _decoded(self, path: Path, content: bytes, sha256: str) -> Kept | None:
        why = "its format differs"
        try:
            facts = json.loads(pl.read_parquet_metadata(BytesIO(content))[_PROVENANCE])
            frame = pl.read_parquet(content)
            if facts.pop("format") == FORMAT and self.table.fits(frame):
                return Kept(frame, _snapshot(facts, sha256, path))
        except _UNREADABLE as error:
            why = f"{type(error).__name__}: {error}"
        warn(
            f"{path.name} was written by another version of kpa_analytics ({why}); the collection "
            "is downloaded again",
            KPACacheWarning,
        )
        return None

    def write(self, kept: Kept, keep: int | None) -> Kept:
        """Write a verified collection, and keep only the newest `keep` snapshots.

        If `keep` is None, every version is kept: of consecutive snapshots with the same rows, the
        first and the last.

        Returns the collection with its hash and path; without them, and with a KPACacheWarning, if
        the file can't be written.
        """
        facts = {**asdict(kept.snapshot), "format": FORMAT}
        facts["fetched_at"] = kept.snapshot.fetched_at.isoformat()
        full_walk_at = kept.snapshot.full_walk_at
        facts["full_walk_at"] = full_walk_at and full_walk_at.isoformat()
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
            warn(
                f"the snapshot can't be written ({error}); the data is complete, but the next load "
                "downloads it again",
                KPACacheWarning,
            )
            return kept
        others = [other for other in self.paths() if other != path]
        self._delete(self._repeated(path) if keep is None else others[: len(others) + 1 - keep])
        return Kept(kept.frame, replace(kept.snapshot, sha256=sha256, path=path))

    def _repeated(self, newest: Path) -> list[Path]:
        """The snapshot before the newest one, if it has the same rows as its two neighbours."""
        last = [path for path in self.paths() if path <= newest][-3:]
        rows = {_rows_sha256(path) for path in last}
        return [last[1]] if len(last) == 3 and len(rows) == 1 and None not in rows else []

    def _delete(self, surplus: list[Path]) -> None:
        """Delete snapshots, and the unfinished files of processes that were killed.

        A file that another program has open stays; the next write tries to delete it again.
        """
        for old in [*surplus, *self.folder.glob(".*.parquet.*")]:
            try:
                old.unlink(missing_ok=True)
            except OSError as error:
                warn(f"an old snapshot can't be deleted: {error}", KPACacheWarning)


_STAMP = "%Y%m%dT%H%M%S%fZ"
_NAME = re.compile(r"\d{8}T\d{12}Z-([0-9a-f]{32})\.parquet")


def rows_sha256(frame: pl.DataFrame) -> str:
    """Hash a frame's rows, in their order, as newline-delimited JSON."""
    digest = hashlib.sha256()
    for rows in frame.iter_slices(50_000):
        text = BytesIO()
        rows.write_ndjson(text)
        digest.update(text.getvalue())
    return digest.hexdigest()


def read_snapshot(path: Path) -> pl.DataFrame:
    """The records in the file of a snapshot, wherever it lies.

    Raises:
        KPADataError: it can't be read, was changed, or is not a snapshot.
    """
    try:
        content = path.read_bytes()
        named = _NAME.fullmatch(path.name)
        if named and hashlib.sha256(content).hexdigest()[:32] != named[1]:
            raise KPADataError(f"{path} was damaged: its content was changed after it was written")
        return pl.read_parquet(BytesIO(content))
    except OSError as error:
        raise KPADataError(f"{path} can't be read: {error.strerror or error}") from error
    except pl.exceptions.PolarsError as error:
        raise KPADataError(f"{path} is not a snapshot: {error}") from error


def snapshots(*, account: str | None = None) -> pl.DataFrame:
    """List every kept snapshot of an account, newest first.

    What was kept with an earlier token of the account is not listed.

    Args:
        account: the name of an account in accounts.toml; default: the account of the current
            settings.

    Returns:
        A frame in `schema.SNAPSHOTS`: table, source, time, number of rows, hash and path.
        `pl.read_parquet(path)` reads a snapshot.

    Raises:
        KPASettingsError: no token is set, so there is no account; or accounts.toml does not name
            the account.

    Examples:
        >>> import kpa_analytics as kpa
        >>> with kpa.demo.serve() as api:
        ...     _ = kpa.configure(token=api.token, api_url=api.url, progress=False)
        ...     _ = kpa.load_trainings()
        ...     kpa.snapshots()["table"].to_list()
        ['trainings']
    """
    current = settings() if account is None else account_settings(account)
    folder = account_folder(current) / "snapshots"
    rows = []
    for path in sorted(folder.glob("*/*.parquet"), key=lambda path: path.name, reverse=True):
        try:
            content = path.read_bytes()
            facts = json.loads(pl.read_parquet_metadata(BytesIO(content))[_PROVENANCE])
            facts.pop("format")
            snapshot = _snapshot(facts, hashlib.sha256(content).hexdigest(), path)
        except _UNREADABLE as error:
            warn(f"{path} can't be read: {error}", KPACacheWarning)
            continue
        shown = str(path).encode("utf-8", "backslashreplace").decode()
        row = {**asdict(snapshot), "params": _json(snapshot.params), "path": shown}
        rows.append({**row, "bytes": len(content)})
    return pl.DataFrame(
        [{name: row[name] for name in SNAPSHOTS.schema} for row in rows], SNAPSHOTS.schema
    )


def snapshot_folder(
    table: Table, params: dict[str, Any], current: Settings | None = None
) -> SnapshotFolder:
    """The snapshots of a collection in the current account's folder."""
    return SnapshotFolder(account_folder(current or settings()), table, params)


def _snapshot(facts: dict[str, Any], sha256: str, path: Path) -> Snapshot:
    facts["fetched_at"] = datetime.fromisoformat(facts["fetched_at"])
    facts["faults"] = tuple(tuple(fault) for fault in facts["faults"])
    full_walk_at = facts.get("full_walk_at")
    facts["full_walk_at"] = full_walk_at and datetime.fromisoformat(full_walk_at)
    facts["blank_ids"] = tuple(tuple(blank) for blank in facts.get("blank_ids", ()))
    return Snapshot(**facts, sha256=sha256, path=path)


def _rows_sha256(path: Path) -> str | None:
    """The hash of the rows in the file's provenance; None if it can't be read."""
    try:
        facts = json.loads(pl.read_parquet_metadata(path)[_PROVENANCE])
        return str(facts["rows_sha256"])
    except _UNREADABLE:
        return None


def moment_of(path: Path) -> datetime:
    """The fetch time in the name of a snapshot's file, UTC; the year 1 if there is none."""
    try:
        return datetime.strptime(path.name.partition("-")[0], _STAMP).replace(tzinfo=UTC)
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)


def _json(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def _write_whole(path: Path, content: bytes) -> None:
    """Write a temporary file and rename it, so that the final file is always complete."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with private_file(temporary).open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        move(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)

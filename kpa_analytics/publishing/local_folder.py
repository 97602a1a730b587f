"""A folder of this machine or its network: each file is written beside its place, then renamed."""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from kpa_analytics.busy_files import PATIENCE, patiently
from kpa_analytics.errors import KPADataError, KPAError
from kpa_analytics.system_errors import system_refusal
from kpa_analytics.utf8 import need_utf8_path

_LOCK = ".publish.lock"
#: Unfinished files are here, because some readers refuse a table's folder with other files in it.
UNFINISHED = ".publishing"
_PIECE = 1 << 20
#: For how many seconds files are tried that can't be replaced. On Windows, a program that reads a
#: big table holds its file open for some time.
_READERS_PATIENCE = 30.0 if sys.platform == "win32" else PATIENCE


class LocalFolder:
    """A folder that readers may use at any time.

    Renaming a file onto another one is one step on every system, so a reader gets the whole old
    file or the whole new one.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        need_utf8_path(self.path)  # polars can't write anywhere else

    def __str__(self) -> str:
        return str(self.path)

    @property
    def native(self) -> str | None:
        """The folder as this system writes it, for Power BI's file."""
        return str(self.path)

    @property
    def address(self) -> str:
        """The folder as DuckDB and Spark write it, with slashes."""
        return self.path.as_posix()

    @contextmanager
    def opened(self) -> Iterator[None]:
        """Create the folder, and let nobody else publish into it meanwhile.

        Raises:
            KPADataError: it can't be created, or somebody else publishes into it.
            KPAError: a file can't be written; the message names it.
        """
        try:
            if self.path.exists() and not self.path.is_dir():
                raise KPADataError(f"{self.path} is not a folder: choose another path")
            self.path.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self.path / _LOCK, timeout=0)
            lock.acquire()
        except Timeout as error:
            raise KPADataError(
                f"{self.path}: another program is publishing into this folder; try again later"
            ) from error
        except OSError as error:
            raise KPADataError(f"{self.path} can't be written: {error.strerror}") from error
        try:
            self._delete_unfinished()
            yield
        except Exception as error:
            if said := system_refusal(error):
                place = getattr(error, "filename", None) or self.path
                raise KPAError(f"{place} can't be written: {said}") from error
            raise
        finally:
            self._delete_unfinished()
            lock.release()

    def beside(self, name: str) -> Path:
        """A new path for the content of a file, on the same disk."""
        folder = self.path / UNFINISHED
        folder.mkdir(exist_ok=True)
        return folder / f"{Path(name).name}.{secrets.token_hex(4)}.part"

    def exists(self, name: str) -> bool:
        """Whether a file is there."""
        return (self.path / name).is_file()

    def has(self, name: str, sha256: str, listed: Mapping[str, Any]) -> bool:
        """Whether a file has this content already; it is read, whatever the index says."""
        target = self.path / name
        return target.is_file() and sha256_of(target) == sha256

    def prepare(self, files: Mapping[str, Path]) -> None:
        """Do everything that takes time, so that `replace` only renames.

        Args:
            files: the path of each new file, by its name in the folder.
        """
        for name, written in files.items():
            with written.open("rb+") as file:
                os.fsync(file.fileno())
            (self.path / name).parent.mkdir(parents=True, exist_ok=True)

    def replace(self, files: Mapping[str, Path]) -> list[str]:
        """Give prepared files their names; files that are there are replaced.

        A file that a program holds open is tried again for a while, which does not delay the
        others.

        Args:
            files: as for `prepare`.

        Returns:
            The names of files that could not be replaced, because programs hold them open.
        """
        waiting = dict(files)
        try:
            patiently(lambda: self._rename(waiting), _READERS_PATIENCE)
        except PermissionError:
            return list(waiting)
        return []

    def _rename(self, waiting: dict[str, Path]) -> None:
        """Rename files, and take out those that are done."""
        refusal = None
        for name, written in [*waiting.items()]:
            try:
                put(written, self.path / name)
                del waiting[name]
            except PermissionError as error:
                refusal = error
        if refusal:
            raise refusal

    def read(self, name: str) -> bytes | None:
        """The content of a file, or None if it is not there."""
        target = self.path / name
        try:
            return patiently(target.read_bytes)
        except FileNotFoundError:
            return None

    def _delete_unfinished(self) -> None:
        """Delete what is left of a publish that failed or was killed."""
        shutil.rmtree(self.path / UNFINISHED, ignore_errors=True)


def put(written: Path, target: Path) -> None:
    """Rename a file; a file that is there is replaced in one step."""
    written.replace(target)


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, read piece by piece."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest()

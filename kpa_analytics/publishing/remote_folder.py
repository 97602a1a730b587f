"""A folder of S3, Azure or another store, by its URL, through fsspec and the store's package."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from kpa_analytics.errors import KPADataError, KPAError
from kpa_analytics.install_command import install_command
from kpa_analytics.paths import folder_url
from kpa_analytics.publishing.local_folder import UNFINISHED

#: Where a store's package finds the login.
LOGIN = "the environment variables of the store's package"
#: Stores in which an object is there as a whole or not at all. In others, files are renamed.
_WHOLE_OBJECTS = {"s3", "s3a", "gs", "gcs", "az", "abfs", "abfss", "adl", "oss", "oci"}


class RemoteFolder:
    """A folder of a store. The login comes from the environment, as the store's package reads it.

    Two programs must not publish into it at the same time: stores have no locks.
    """

    #: Power BI's file describes folders of this machine only.
    native: str | None = None

    def __init__(self, url: str) -> None:
        self.address = url.rstrip("/")
        parts = folder_url(url, login=LOGIN)
        if not parts.netloc and not parts.path.strip("/"):
            raise KPADataError(f"{url} names no folder: write a URL such as s3://bucket/folder")
        try:
            from fsspec.core import url_to_fs
        except ImportError:
            raise KPAError(
                f"{self.address}: a URL needs a package: {install_command('fsspec')}"
            ) from None
        try:
            self._store, self._path = url_to_fs(self.address)
        except Exception as error:  # each store's package has errors of its own
            first = str(error).partition("\n")[0]
            raise KPADataError(f"{self.address} can't be opened: {first}") from error
        protocol = self._store.protocol
        names = {protocol} if isinstance(protocol, str) else {*protocol}
        self._renames = not names & _WHOLE_OBJECTS
        self._temporary = Path()

    def __str__(self) -> str:
        return self.address

    @contextmanager
    def opened(self) -> Iterator[None]:
        """Write each file on this machine first, in a folder that is deleted at the end.

        Raises:
            KPAError: the store refuses; the message names the folder.
        """
        with TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
            self._temporary = Path(temporary)
            try:
                self._store.invalidate_cache()
                self._delete_unfinished()
                yield
            except KPAError:
                raise
            except Exception as error:  # each store's package has errors of its own
                first = str(error).partition("\n")[0]
                raise KPAError(f"{self.address}: {type(error).__name__}: {first}") from error

    def beside(self, name: str) -> Path:
        """A new path on this machine for the content of a file."""
        return self._temporary / f"{secrets.token_hex(4)}-{Path(name).name}"

    def exists(self, name: str) -> bool:
        """Whether a file is there."""
        return bool(self._store.exists(self._at(name)))

    def has(self, name: str, sha256: str, listed: Mapping[str, Any]) -> bool:
        """Whether a file has this content already, by the index and its size."""
        if listed.get("sha256") != sha256:
            return False
        try:
            return bool(self._store.info(self._at(name))["size"] == listed["bytes"])
        except FileNotFoundError:
            return False

    def prepare(self, files: Mapping[str, Path]) -> None:
        """If the store renames files, send them under other names.

        Args:
            files: the path on this machine of each new file, by its name in the folder.
        """
        if self._renames:
            for name, written in files.items():
                for path in (self._beside(written), self._at(name)):
                    self._store.makedirs(path.rpartition("/")[0], exist_ok=True)
                self._store.put_file(str(written), self._beside(written))

    def replace(self, files: Mapping[str, Path]) -> list[str]:
        """Rename or send prepared files; each file that is there is replaced as a whole.

        Several are sent at a time, so that files of two publishes are there for a short time only.

        Args:
            files: as for `prepare`.

        Returns:
            An empty list: no program can hold a file of a store open.
        """
        names = [self._at(name) for name in files]
        if self._renames:
            for written, name in zip(files.values(), names, strict=True):
                self._store.mv(self._beside(written), name)
        else:
            self._store.put([str(written) for written in files.values()], names)
        for written in files.values():
            written.unlink()
        return []

    def _beside(self, written: Path) -> str:
        """The place of a file in the store until it is renamed."""
        return self._at(f"{UNFINISHED}/{written.name}.part")

    def _delete_unfinished(self) -> None:
        """Delete what is left of a publish that failed or was killed."""
        unfinished = self._at(UNFINISHED)
        if self._renames and self._store.exists(unfinished):
            self._store.rm(unfinished, recursive=True)

    def read(self, name: str) -> bytes | None:
        """The content of a file, or None if it is not there."""
        try:
            return bytes(self._store.cat_file(self._at(name)))
        except FileNotFoundError:
            return None

    def _at(self, name: str) -> str:
        return f"{self._path.rstrip('/')}/{name}"

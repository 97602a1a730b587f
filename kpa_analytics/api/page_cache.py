"""The first cache: pages that were paid for, in SQLite, compressed, safe to read back.

requests-cache keeps them; this module says how. What is stored of a page is its body and a few
facts, as MessagePack under zstd with a checksum: no pickle, so that foreign bytes can only be a
miss, and no request, so that there is nothing of it to leak. A cache that can't be read or written
is a miss with a warning, never an error.
"""

from __future__ import annotations

import sqlite3
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import zstandard
from requests.structures import CaseInsensitiveDict
from requests_cache.backends.base import BaseCache
from requests_cache.backends.sqlite import SQLiteDict
from requests_cache.models.response import CachedResponse
from requests_cache.serializers import SerializerPipeline, Stage

from kpa_analytics.api.database import opened
from kpa_analytics.demo_mark import DEMO_HEADER
from kpa_analytics.errors import KPACacheWarning

#: Milliseconds to wait for another process that is writing.
_BUSY = 10_000

#: Database pages (4 kB) after which the write-ahead log is folded in: it is disk space, too.
_LOG_PAGES = 250


#: The headers that are kept: those of the transport (Vary, ETag, Date) would mislead later.
_HEADERS = ("HZS-Request-ID", DEMO_HEADER)


class StoredPage(msgspec.Struct, array_like=True):
    """What is kept of one response."""

    url: str
    headers: dict[str, str]
    created_at: datetime
    body: bytes


class PageStage(Stage):
    """CachedResponse to compressed bytes, and back."""

    def __init__(self) -> None:
        super().__init__(self)

    def dumps(self, response: CachedResponse) -> bytes:
        """Pack a response."""
        page = StoredPage(
            url=response.url,
            headers={name: response.headers[name] for name in _HEADERS if name in response.headers},
            created_at=response.created_at,
            body=response.content,
        )
        packed = msgspec.msgpack.encode(page)
        return zstandard.ZstdCompressor(level=1, write_checksum=True).compress(packed)

    def loads(self, stored: bytes) -> CachedResponse:
        """Unpack a response.

        Raises:
            ValueError: the bytes are not what was written.
        """
        try:
            packed = zstandard.ZstdDecompressor().decompress(stored)
            page = msgspec.msgpack.decode(packed, type=StoredPage)
        except (zstandard.ZstdError, ValueError, MemoryError) as error:
            _warn("read", error)
            raise ValueError(f"a kept page can't be read: {error}") from None
        return CachedResponse(
            status_code=200,
            url=page.url,
            headers=CaseInsensitiveDict(page.headers),
            created_at=page.created_at,
            content=page.body,
        )


_PAGES = SerializerPipeline([PageStage()], name="pages", is_binary=True)


class PageTable(SQLiteDict):
    """SQLiteDict that gives up where the original would wait for ever.

    The original repeats `BEGIN` until it succeeds; on a full disk or a read-only folder it never
    does. Here the database waits its busy timeout, then a read is a miss and a write is not kept.
    How old a page may be is asked when it is read: by today's settings, and by today's clock.
    """

    def __init__(self, path: Path, max_age: float) -> None:
        self._max_age = max_age
        super().__init__(path, table_name="pages", serializer=_PAGES, wal=True, busy_timeout=_BUSY)
        with self.connection() as connection:
            connection.execute(f"PRAGMA wal_autocheckpoint={_LOG_PAGES}")
        self.count()  # or damage would show only later

    @contextmanager
    def _acquire_sqlite_lock(self) -> Iterator[None]:
        with self._lock, self.connection() as connection:
            connection.execute("BEGIN IMMEDIATE")
            self._active_transaction = True
            try:
                yield
                connection.commit()
            except BaseException:
                connection.rollback()
                raise
            finally:
                self._active_transaction = False

    def __getitem__(self, key: str) -> Any:
        try:
            with self._lock:  # threads share one connection, and VACUUM wants it to itself
                page = super().__getitem__(key)
        except sqlite3.Error as error:
            _warn("read", error)
            raise KeyError(key) from None
        if (
            page is None
            or not 0 <= (datetime.now(UTC) - page.created_at).total_seconds() < self._max_age
        ):
            raise KeyError(key)
        return page

    def _write(self, key: str, value: Any) -> None:
        try:
            super()._write(key, value)
        except sqlite3.Error as error:
            _warn("written", error)

    def bulk_delete(self, keys: Any = None, values: Any = None) -> None:
        """Delete these pages; those that are not there are no error."""
        try:
            super().bulk_delete(keys, values)
        except sqlite3.Error as error:
            _warn("cleared", error)

    def forget(self, keys: list[str]) -> None:
        """Delete these pages and give their space back to the disk."""
        if not keys:
            return
        try:
            with self._lock, self.connection() as connection:
                super().bulk_delete(keys)
                connection.execute("VACUUM")
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except sqlite3.Error as error:
            _warn("cleared", error)


class PageCache(BaseCache):
    """The cache of one account: one table of pages. Redirects are never followed, so never kept."""

    def __init__(self, path: Path, max_age: float) -> None:
        super().__init__(cache_name=str(path))
        self.responses: PageTable = PageTable(path, max_age)


def open_page_cache(folder: Path, max_age: float) -> PageCache | None:
    """Open the page cache in an account's folder; a damaged one is set aside first.

    Args:
        folder: an existing private folder.
        max_age: seconds for which a page counts as fresh.

    Returns:
        The cache; None, with a warning, where the folder can't hold one.
    """
    try:
        return opened(folder / "pages.sqlite", lambda path: PageCache(path, max_age))
    except (sqlite3.Error, OSError) as error:
        _warn("opened", error)
        return None


def _warn(what: str, error: Exception) -> None:
    warnings.warn(
        f"the page cache can't be {what} ({error}): pages are fetched, and not kept",
        KPACacheWarning,
        stacklevel=4,
    )

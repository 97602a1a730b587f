"""The first cache: downloaded pages, compressed, in SQLite.

requests-cache looks pages up and stores them here, through public members only. A stored page is
the response body and a few facts, as MessagePack under zstd with a checksum: not pickled, so that
foreign bytes can do no harm, and without the request, so that it can't leak the token. If the cache
can't be read or written, a page counts as missing and a warning says so.

The library's own storages (1.3.3) do not fit. `SQLiteDict` tries forever to write on a full disk.
`FileDict` lets other processes read incomplete pages and other users read whole ones.
"""

from __future__ import annotations

import sqlite3
import weakref
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import RLock

import msgspec
import zstandard
from requests.structures import CaseInsensitiveDict
from requests_cache.backends.base import BaseCache, BaseStorage
from requests_cache.models.response import CachedResponse
from requests_cache.serializers import SerializerPipeline, Stage

from kpa_analytics.api.sqlite_files import opened
from kpa_analytics.demo_mark import DEMO_HEADER
from kpa_analytics.errors import KPACacheWarning, warn

#: Seconds to wait while another process writes.
_BUSY = 10.0

#: After this many database pages (4 kB), SQLite merges the write-ahead log, to save disk space.
_LOG_PAGES = 250

#: The last statement reads the table, so that damage shows at once.
_OPENING = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = NORMAL",
    f"PRAGMA wal_autocheckpoint = {_LOG_PAGES}",
    "CREATE TABLE IF NOT EXISTS pages (key TEXT PRIMARY KEY, value BLOB)",
    "SELECT count(key), count(value) FROM pages",
)

#: The stored headers. Transport headers (Vary, ETag, Date) would be wrong later.
_HEADERS = ("HZS-Request-ID", DEMO_HEADER)


class StoredPage(msgspec.Struct, array_like=True):
    """The stored part of a response."""

    url: str
    headers: dict[str, str]
    created_at: datetime
    body: bytes


class PageStage(Stage):
    """Converts a CachedResponse to compressed bytes, and back."""

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
        """Unpack a response; a ValueError if the bytes are damaged or foreign."""
        try:
            packed = zstandard.ZstdDecompressor().decompress(stored)
            page = msgspec.msgpack.decode(packed, type=StoredPage)
        except (zstandard.ZstdError, ValueError, MemoryError) as error:
            _warn("read", error)
            raise ValueError(f"a cached page can't be read: {error}") from None
        return CachedResponse(
            status_code=200,
            url=page.url,
            headers=CaseInsensitiveDict(page.headers),
            created_at=page.created_at,
            content=page.body,
        )


_PAGES = SerializerPipeline([PageStage()], name="pages", is_binary=True)


class PageTable(BaseStorage[str, CachedResponse]):
    """Pages by key, in one table. Each page is written in one transaction.

    If another process blocks the database longer than the busy timeout, a read counts as a miss and
    a write is skipped. The age of a page is checked when it is read, with the current settings.
    """

    def __init__(self, path: Path, max_age: float) -> None:
        super().__init__(serializer=_PAGES)
        self._max_age = max_age
        self._lock = RLock()  # threads share one connection
        self._connection = sqlite3.connect(
            path, timeout=_BUSY, isolation_level=None, check_same_thread=False
        )
        self._closed = weakref.finalize(self, self._connection.close)
        try:
            for statement in _OPENING:
                self._connection.execute(statement).fetchall()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close the database."""
        with self._lock:
            self._closed()

    @contextmanager
    def _warning(self, what: str) -> Iterator[None]:
        """Hold the connection's lock, and turn a database error into a warning."""
        try:
            with self._lock:
                yield
        except sqlite3.Error as error:
            _warn(what, error)

    def __getitem__(self, key: str) -> CachedResponse:
        row = None
        with self._warning("read"):
            row = self._connection.execute(
                "SELECT value FROM pages WHERE key = ?", (key,)
            ).fetchone()
        page: CachedResponse | None = self.deserialize(key, row[0]) if row else None
        if page is None or not 0 <= _age(page) < self._max_age:
            raise KeyError(key)
        return page

    def __setitem__(self, key: str, page: CachedResponse) -> None:
        with self._warning("written"):
            row = (key, self.serialize(page))
            self._connection.execute("INSERT OR REPLACE INTO pages (key, value) VALUES (?, ?)", row)

    def __delitem__(self, key: str) -> None:
        with self._warning("cleared"):
            if not self._connection.execute("DELETE FROM pages WHERE key = ?", (key,)).rowcount:
                raise KeyError(key)

    def __iter__(self) -> Iterator[str]:
        with self._lock:
            return iter([key for (key,) in self._connection.execute("SELECT key FROM pages")])

    def __len__(self) -> int:
        return len([*self])

    def bulk_delete(self, keys: Iterable[str]) -> None:
        """Delete pages, if they exist, and free their disk space."""
        with self._warning("cleared"):
            rows = [(key,) for key in keys]
            self._connection.executemany("DELETE FROM pages WHERE key = ?", rows)
            self._connection.execute("VACUUM")
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _age(page: CachedResponse) -> float:
    return (datetime.now(UTC) - page.created_at).total_seconds()


class PageCache(BaseCache):
    """The cache of one account: one table of pages. It has no redirects: they are not followed."""

    def __init__(self, path: Path, max_age: float) -> None:
        super().__init__(cache_name=str(path))
        self.responses = PageTable(path, max_age)


def open_page_cache(folder: Path, max_age: float) -> PageCache | None:
    """Open the page cache in an account's private folder; a damaged one is set aside first.

    Returns None, with a warning, if it can't be opened or created.
    """
    try:
        return opened(folder / "pages.sqlite", lambda path: PageCache(path, max_age))
    except (sqlite3.Error, OSError) as error:
        _warn("opened", error)
        return None


def _warn(what: str, error: Exception) -> None:
    warn(
        f"the page cache can't be {what} ({error}); pages are downloaded but not cached",
        KPACacheWarning,
    )

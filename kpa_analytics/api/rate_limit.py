"""The limit of requests per minute, which all processes and threads of an account share."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from pyrate_limiter import (
    Duration,
    InMemoryBucket,
    Limiter,
    Rate,
    RateItem,
    SingleBucketFactory,
    SQLiteBucket,
)

from kpa_analytics.api.sqlite_files import opened
from kpa_analytics.cache_folder import private_file
from kpa_analytics.errors import KPACacheWarning, warn

Notify = Callable[[str], None]

#: Seconds between two tries to get a permit.
_PAUSE = 0.1

#: Seconds to wait for another process that locks the file; a permit takes milliseconds.
_LONGEST_LOCK = 30


class Budget(Limiter):
    """Permits for requests: a number per minute, and at most a quarter of them at once.

    Without the second limit, one second could use up the whole minute's budget, and the company's
    other integrations would find the shared pool empty.

    The processes of an account share the budget through its folder; without a folder, this session
    has its own. `notify` is called once with a short text when a request has to wait.
    """

    def __init__(self, per_minute: int, folder: Path | None, notify: Notify) -> None:
        burst, minute = max(1, per_minute // 4), int(Duration.MINUTE)
        self._rates = [Rate(per_minute, minute)]
        if burst < per_minute:
            self._rates.insert(0, Rate(burst, minute * burst // per_minute))
        self._notify = notify
        super().__init__(self._unshared() if folder is None else self._shared(folder))

    def try_acquire(self, name: str = "", *args: Any, **kwargs: Any) -> bool:
        """Take a permit; if there is none, notify the user and wait.

        Each try reads the clock again. The library's own wait continues from an old time, so after
        waiting for other processes it would allow more requests than the budget.
        """
        notified = False
        while not self._try_once(name):
            if not notified:
                self._notify("waiting for the limit of requests per minute")
                notified = True
            time.sleep(_PAUSE)
        return True

    def _try_once(self, name: str) -> bool:
        try:
            if super().try_acquire(name, blocking=False):
                return True
            _delete_future_permits(self.bucket_factory.get(RateItem(name, 0)))
        except (sqlite3.Error, OSError) as error:
            self.close()
            self.bucket_factory = self._unshared(error)
        return False

    def _shared(self, folder: Path) -> SingleBucketFactory:
        try:
            bucket = opened(folder / "budget.sqlite", self._open)
        except (sqlite3.Error, OSError) as error:
            return self._unshared(error)
        # Opening deletes old entries. The library's background thread, which would do it too, would
        # outlive the session.
        return SingleBucketFactory(bucket, schedule_leak=False)

    def _open(self, path: Path) -> Any:
        private_file(path.with_name(path.name + ".lock"))
        _check_table(path)
        bucket: Any = SQLiteBucket.init_from_file(
            self._rates, db_path=str(path), use_file_lock=True
        )
        bucket.lock.timeout = _LONGEST_LOCK
        try:
            bucket.leak(bucket.now())
            _delete_future_permits(bucket)
        except BaseException:
            bucket.close()
            raise
        return bucket

    def _unshared(self, error: Exception | None = None) -> SingleBucketFactory:
        if error is not None:
            warn(
                f"the request budget can't be shared with other processes ({error}); this process "
                "applies it alone",
                KPACacheWarning,
            )
        return SingleBucketFactory(InMemoryBucket(self._rates), schedule_leak=False)


def _check_table(path: Path) -> None:
    """Check the library's table first: on an error, the library would leave the file open."""
    with closing(sqlite3.connect(path)) as connection:
        table_exists = "SELECT 1 FROM sqlite_master WHERE name = 'rate_bucket'"
        if connection.execute(table_exists).fetchall():
            connection.execute("SELECT name, item_timestamp FROM rate_bucket LIMIT 1").fetchall()


def _delete_future_permits(bucket: Any) -> None:
    """Delete permits dated in the future by a wrong clock, which would block requests."""
    if isinstance(bucket, SQLiteBucket):
        with bucket.lock:
            future = (bucket.now() + int(Duration.SECOND),)
            bucket.conn.execute("DELETE FROM rate_bucket WHERE item_timestamp > ?", future)
            bucket.conn.commit()

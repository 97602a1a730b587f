"""The budget of requests a minute, shared by every process and thread of one account."""

from __future__ import annotations

import sqlite3
import time
import warnings
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
from kpa_analytics.errors import KPACacheWarning

Notify = Callable[[str], None]

#: Seconds between two looks at a budget that is spent.
_TURN = 0.1

#: Seconds to wait for another process that holds the file; a permit takes milliseconds.
_STUCK = 30


class Budget(Limiter):
    """A minute's permits, of which at most a quarter may go at once.

    Without the smaller window a whole minute's budget could be spent in a second, and the company's
    other integrations would find the shared pool empty.

    Args:
        per_minute: permits a minute.
        folder: the account's folder, where its processes share them; None: this session's alone.
        notify: told once whenever a request has to wait.
    """

    def __init__(self, per_minute: int, folder: Path | None, notify: Notify) -> None:
        burst, minute = max(1, per_minute // 4), int(Duration.MINUTE)
        self._rates = [Rate(per_minute, minute)]
        if burst < per_minute:
            self._rates.insert(0, Rate(burst, minute * burst // per_minute))
        self._notify = notify
        super().__init__(self._alone() if folder is None else self._shared(folder))

    def try_acquire(self, name: str = "", *args: Any, **kwargs: Any) -> bool:
        """Take a permit; say so and wait where there is none.

        Every look is taken with a fresh clock: the library's own wait counts on from an old one,
        so that after waiting for other processes it would let through more than the budget.
        """
        told = False
        while not self._look(name):
            if not told:
                self._notify("waiting for the budget of requests a minute")
                told = True
            time.sleep(_TURN)
        return True

    def _look(self, name: str) -> bool:
        try:
            if super().try_acquire(name, blocking=False):
                return True
            _forget_the_future(self.bucket_factory.get(RateItem(name, 0)))
        except (sqlite3.Error, OSError) as error:
            self.close()
            self.bucket_factory = self._alone(error)
        return False

    def _shared(self, folder: Path) -> SingleBucketFactory:
        try:
            bucket = opened(folder / "budget.sqlite", self._open)
        except (sqlite3.Error, OSError) as error:
            return self._alone(error)
        # Old entries are dropped here, once, and not by the library's background thread, which
        # outlives the session that it serves.
        return SingleBucketFactory(bucket, schedule_leak=False)

    def _open(self, path: Path) -> Any:
        private_file(path.with_name(path.name + ".lock"))
        _check_table(path)
        bucket: Any = SQLiteBucket.init_from_file(
            self._rates, db_path=str(path), use_file_lock=True
        )
        bucket.lock.timeout = _STUCK
        try:
            bucket.leak(bucket.now())
            _forget_the_future(bucket)
        except BaseException:
            bucket.close()
            raise
        return bucket

    def _alone(self, error: Exception | None = None) -> SingleBucketFactory:
        if error is not None:
            warnings.warn(
                f"the budget can't be shared with other processes ({error}); this one keeps to it",
                KPACacheWarning,
                stacklevel=2,
            )
        return SingleBucketFactory(InMemoryBucket(self._rates), schedule_leak=False)


def _check_table(path: Path) -> None:
    """Raise where the table is not the library's: it would leave the file open, and say the same.

    Raises:
        sqlite3.Error: what is wrong with it.
    """
    with closing(sqlite3.connect(path)) as connection:
        named = "SELECT 1 FROM sqlite_master WHERE name = 'rate_bucket'"
        if connection.execute(named).fetchall():
            connection.execute("SELECT name, item_timestamp FROM rate_bucket LIMIT 1").fetchall()


def _forget_the_future(bucket: Any) -> None:
    """Drop permits that a clock gone wrong has dated ahead: they would block for as long."""
    if isinstance(bucket, SQLiteBucket):
        with bucket.lock:
            late = (bucket.now() + int(Duration.SECOND),)
            bucket.conn.execute("DELETE FROM rate_bucket WHERE item_timestamp > ?", late)
            bucket.conn.commit()

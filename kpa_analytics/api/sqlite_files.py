"""Open a SQLite file: it is private from the start, and a damaged one is set aside."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TypeVar

from kpa_analytics.cache_folder import private_file, set_aside

Opened = TypeVar("Opened")

#: SQLite's codes for a damaged or foreign file; every other code is a fault of the disk.
_DAMAGE = {sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


def opened(path: Path, open_database: Callable[[Path], Opened]) -> Opened:
    """Open a database, which need not exist; set a damaged one aside and open a new one.

    If the database can't be opened or created in this folder either, that is an sqlite3.Error or an
    OSError.
    """
    reason = ""
    try:
        _check(private_file(path))
        return open_database(path)
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF not in _DAMAGE:
            raise
        reason = str(error)
    # Outside the except block: the error's frames may keep the file open, and then Windows can't
    # rename it.
    set_aside(path, reason)
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    return open_database(private_file(path))


def _check(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        result = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if result != "ok":
        error = sqlite3.DatabaseError(result)
        error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
        raise error

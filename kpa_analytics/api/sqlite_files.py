"""Opening a SQLite file of ours: private from the start, set aside once where it is damaged."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TypeVar

from kpa_analytics.cache_folder import private_file, set_aside

Opened = TypeVar("Opened")

#: What SQLite says of a file that is not what we wrote; anything else is the disk's fault.
_DAMAGE = {sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


def opened(path: Path, how: Callable[[Path], Opened]) -> Opened:
    """Open a database that need not exist; a damaged one is set aside, and a new one opened.

    Args:
        path: its file, in an existing private folder.
        how: opens it and looks at it as far as damage matters.

    Returns:
        What `how` returns.

    Raises:
        sqlite3.Error, OSError: the folder can't hold it.
    """
    why = ""
    try:
        _check(private_file(path))
        return how(path)
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF not in _DAMAGE:
            raise
        why = str(error)
    # Not before the error is gone, and with it whatever its frames still hold open.
    set_aside(path, why)
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    return how(private_file(path))


def _check(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        verdict = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if verdict != "ok":
        error = sqlite3.DatabaseError(verdict)
        error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
        raise error

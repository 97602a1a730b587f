"""Rename, read and delete files that another program may have open for a moment.

Windows can't rename or delete a file while a program has it open, for example another notebook, a
virus scanner or a cloud client. Most programs close the file within a second.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

Result = TypeVar("Result")

#: Keep trying for this many seconds.
PATIENCE = 2.0

_FIRST_PAUSE, _LONGEST_PAUSE = 0.01, 0.25


def patiently(action: Callable[[], Result], seconds: float | None = None) -> Result:
    """Try again for some seconds while the system refuses with PermissionError.

    Args:
        action: the action, which must be safe to repeat.
        seconds: how long; None: `PATIENCE`, two seconds. With 0, the action is tried once.

    Returns:
        The result of `action`.

    Raises:
        PermissionError: the system still refuses after these seconds.
        OSError: any other error, at once.

    Examples:
        >>> patiently(lambda: "done")
        'done'
    """
    end = time.monotonic() + (PATIENCE if seconds is None else seconds)
    pause = _FIRST_PAUSE
    while True:
        try:
            return action()
        except PermissionError:
            if time.monotonic() >= end:
                raise
        time.sleep(pause)
        pause = min(2 * pause, _LONGEST_PAUSE)


def move(source: Path, target: Path) -> None:
    """Rename a file or folder, and try again for a while; an existing file is replaced.

    Raises:
        OSError: the rename failed; nothing is changed.
    """
    patiently(lambda: source.replace(target))

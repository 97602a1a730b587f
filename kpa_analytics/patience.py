"""Moving, reading and deleting files that another program holds open for a moment.

On Windows a file can't be renamed or deleted while any program has it open: another notebook, a
virus scanner that looks at what was just written, a client that copies the folder to a cloud. Most
of them let go within a second.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

Result = TypeVar("Result")

#: Seconds to go on trying.
PATIENCE = 2.0

_FIRST_PAUSE, _LONGEST_PAUSE = 0.01, 0.25


def patiently(action: Callable[[], Result]) -> Result:
    """Try again for about two seconds while the system refuses with PermissionError.

    Args:
        action: what to do; it must be safe to try again.

    Returns:
        What `action` returns.

    Raises:
        PermissionError: it was refused to the end.
        OSError: any other fault, at once.

    Examples:
        >>> patiently(lambda: "done")
        'done'
    """
    end, pause = time.monotonic() + PATIENCE, _FIRST_PAUSE
    while True:
        try:
            return action()
        except PermissionError:
            if time.monotonic() >= end:
                raise
        time.sleep(pause)
        pause = min(2 * pause, _LONGEST_PAUSE)


def move(source: Path, target: Path) -> None:
    """Rename a file or folder, patiently; a file that has the name already is replaced.

    Raises:
        OSError: it can't be; both are as they were.
    """
    patiently(lambda: source.replace(target))

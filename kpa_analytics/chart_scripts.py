"""The scripts of interactive charts, which another process makes while this one works."""

from __future__ import annotations

import subprocess
import sys
from functools import cache

_MAKE = """
import sys
from kpa_analytics.charts.render import bundled
sys.stdout.buffer.write(bundled().encode())
"""


@cache
def begin() -> subprocess.Popen[bytes]:
    """Start the process that makes the scripts. `charts.render.library()` then takes them from it.

    They take more than a second, in which no other thread of their process can work. Call this only
    in a process of our own (a command, the dashboard's server), never in a user's.
    """
    command = [sys.executable, "-P", "-c", _MAKE]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)  # noqa: S603 - ours


@cache
def made() -> str | None:
    """Wait for the scripts; None if their process was not begun, or failed."""
    if not begin.cache_info().currsize:
        return None
    scripts, _ = begin().communicate()
    return scripts.decode() if begin().returncode == 0 else None

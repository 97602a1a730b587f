"""Start processes that load from a demo API, and look at the account's folder afterwards."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from kpa_analytics.config import settings
from kpa_analytics.demo.server import DemoAPI

LOAD = "import kpa_analytics as kpa; print(kpa.load_completions().height)"


def started(api: DemoAPI, code: str = LOAD, **variables: str) -> subprocess.Popen[str]:
    """Start a Python process with the account of `api` and this test's cache folder."""
    environment = {
        **os.environ,
        "KPA_API_TOKEN": api.token,
        "KPA_API_URL": api.url,
        "KPA_CACHE_DIR": str(settings().cache_dir),
        "KPA_REQUESTS_PER_MINUTE": "100000",
        "KPA_RETRIES": "0",
        **variables,
    }
    return subprocess.Popen(
        [sys.executable, "-W", "always", "-c", code],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    """Wait for a process; return its exit code, its output and its error output."""
    out, err = process.communicate(timeout=600)
    return process.returncode, out, err


def killed(process: subprocess.Popen[str]) -> int:
    """End a process at once, as a crash does; return its exit code."""
    process.kill()
    return ended(process)[0]


def stopped(process: subprocess.Popen[str], how: signal.Signals) -> tuple[int, str, str]:
    """Send a signal and wait until the process ends."""
    process.send_signal(how)
    return ended(process)


def when(what: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    """Wait until a condition holds or the process ends."""
    while not what() and process.poll() is None:
        time.sleep(0.002)


def files(folder: Path) -> list[Path]:
    """Every file below a folder."""
    return [path for path in folder.rglob("*") if path.is_file()]


def account(folder: Path | None = None) -> Path:
    """The only account's folder in a cache folder."""
    [account_folder] = (folder or settings().cache_dir).glob("account-*")
    return account_folder

"""axe-core, which finds what keeps people with disabilities from using a page.

It is an npm package for tests only. `AXE_CORE` names its file axe.min.js; without it, npm fetches
the package into a temporary folder.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.shared import Shared

VERSION = "4.14.1"
_LACKING = (
    f"axe-core is needed: install npm (Debian: apt-get install npm), or run `npm pack "
    f"axe-core@{VERSION}`, unpack it, and set AXE_CORE to its file axe.min.js"
)


@pytest.fixture(scope="session")
def axe(shared: Shared) -> str:
    """The script of axe-core."""
    given = os.environ.get("AXE_CORE")
    path = Path(given) if given else shared("axe", _fetch) / "axe.min.js"
    return path.read_text(encoding="utf-8")


def _fetch(folder: Path) -> None:
    """Have npm download axe-core into a new folder."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.fail(_LACKING) if os.environ.get("CI") else pytest.skip(_LACKING)
    folder.mkdir()
    fetched = subprocess.run(
        [npm, "pack", "--silent", f"axe-core@{VERSION}"], cwd=folder, capture_output=True, text=True
    )
    if fetched.returncode:
        pytest.fail(f"{_LACKING}. npm said: {fetched.stderr.strip()}")
    with tarfile.open(folder / fetched.stdout.split()[-1]) as package:
        script = package.extractfile("package/axe.min.js")
        assert script is not None
        (folder / "axe.min.js").write_bytes(script.read())


def violations(page: Page, axe: str) -> list[str]:
    """Each rule that the page breaks, and the first element that breaks it."""
    page.evaluate(axe)
    report = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{violation['id']}: {violation['nodes'][0]['html']}" for violation in report["violations"]
    ]

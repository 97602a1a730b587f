"""The site, built once for all tests and workers, and what its pages hold."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.shared import Shared

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
#: Which attribute of an element makes a browser request something.
_REQUESTS = {
    "audio": "src",
    "embed": "src",
    "iframe": "src",
    "img": "src",
    "object": "data",
    "script": "src",
    "source": "src",
    "video": "src",
}
#: Links that a browser follows by itself.
_FOLLOWED = {"stylesheet", "icon", "preload", "modulepreload", "prefetch", "preconnect", "manifest"}


@pytest.fixture(scope="session")
def site(shared: Shared) -> Path:
    """The folder of the built site; `--strict` makes any warning of the build an error.

    The variable BUILT_SITE names one that was just built that way.
    """
    if built := os.environ.get("BUILT_SITE"):
        return Path(built)
    return shared("site", _build)


def _build(folder: Path) -> None:
    env = {name: value for name, value in os.environ.items() if not name.startswith("KPA_")}
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "-d", str(folder)]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**env, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


class Page(HTMLParser):
    """The ids, links and requests of a page, and its text."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.requests: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if "id" in given:
            self.ids.add(given["id"])
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        if tag in _REQUESTS and _REQUESTS[tag] in given:
            self.requests.append(given[_REQUESTS[tag]])
        if tag == "link" and _FOLLOWED & {*given.get("rel", "").split()}:
            self.requests.append(given["href"])
        self.requests += [each.split()[0] for each in given.get("srcset", "").split(",") if each]

    def handle_data(self, data: str) -> None:
        self.text += data


@cache
def read(path: Path) -> Page:
    """Read a page of the built site."""
    page = Page()
    page.feed(path.read_text(encoding="utf-8"))
    return page


def pages(site: Path) -> dict[str, Page]:
    """Every page of the site, by its path in it."""
    return {path.relative_to(site).as_posix(): read(path) for path in sorted(site.rglob("*.html"))}

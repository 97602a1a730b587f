"""The gallery: each chart is drawn by the code that the page shows, light and dark."""

from __future__ import annotations

import ast
import os
import re
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from html import escape
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

import kpa_analytics as kpa

GALLERY = Path(__file__).parents[1] / "gallery.md"
#: A piece of code on the page; its last line draws a chart, or it prepares the next pieces.
CODE = re.compile(r"^```python\n(.*?)^```\n", re.MULTILINE | re.DOTALL)
_CHART = re.compile(r"^kpa\.charts\.(\w+)\(", re.MULTILINE)


#: What each picture says, for readers who do not see it: the latest build's.
_SAID: dict[str, str] = {}


class Picture(NamedTuple):
    """The drawing of a chart, and what it says in words."""

    svg: bytes
    says: str


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """Add the pictures of the gallery."""
    for name, picture in drawn(GALLERY.read_text(encoding="utf-8")).items():
        files.append(File.generated(config, f"gallery/{name}.svg", content=picture.svg))
        _SAID[name] = picture.says
    return files


def on_page_markdown(markdown: str, *, page: Page, **_: Any) -> str:
    """Put each picture above its code."""
    return CODE.sub(_with_picture, markdown) if page.file.src_uri == GALLERY.name else markdown


def _with_picture(code: re.Match[str]) -> str:
    chart = _CHART.search(code[1])
    if not chart:
        return code[0]
    shown = "".join(
        f'<img src="gallery/{name}.svg#only-{theme}" alt="{escape(_SAID[name])}">\n'
        for theme, name in (("light", chart[1]), ("dark", f"{chart[1]}-dark"))
    )
    return f"<p>\n{shown}</p>\n\n{code[0]}"


def drawn(page: str) -> dict[str, Picture]:
    """Run the code of the page from top to bottom, and draw every chart.

    Args:
        page: the Markdown of the gallery.

    Returns:
        The pictures by name; those for a dark page end in `-dark`.
    """
    names: dict[str, Any] = {}
    pictures: dict[str, Picture] = {}
    with _fresh() as folder:
        for code in CODE.findall(page):
            chart = _CHART.search(code)
            if not chart:
                exec(code, names)  # noqa: S102 - the code of our own page
                continue
            for dark, drawing in _drawings(code, names):
                file = kpa.charts.save(drawing, folder / "chart.svg")
                name = f"{chart[1]}-dark" if dark else chart[1]
                pictures[name] = Picture(file.read_bytes(), drawing.description)
    return pictures


def _drawings(code: str, names: dict[str, Any]) -> Iterator[tuple[bool, Any]]:
    """Run the code; its last line, which makes a chart, is run again for a dark page."""
    *first, last = ast.parse(code).body
    exec(compile(ast.Module(first, []), GALLERY.name, "exec"), names)  # noqa: S102
    for dark in (False, True):
        call = ast.parse(ast.unparse(last), mode="eval")
        assert isinstance(call.body, ast.Call)  # noqa: S101 - for type checkers
        call.body.keywords.append(ast.keyword("dark", ast.Constant(dark)))
        yield dark, eval(compile(ast.fix_missing_locations(call), GALLERY.name, "eval"), names)  # noqa: S307


@contextmanager
def _fresh() -> Iterator[Path]:
    """No settings of the reader's account, and an empty cache, while the code runs."""
    from altair.utils.schemapi import debug_mode  # kpa_analytics, imported first, makes it faster

    kept = {name: value for name, value in os.environ.items() if name.startswith("KPA_")}
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the demo has impossible dates planted in it
        _replace(kept, {"KPA_CACHE_DIR": f"{folder}/cache"})
        try:
            kpa.configure(progress=False)
            with redirect_stdout(StringIO()), debug_mode(False):  # tests check every chart
                yield Path(folder)
        finally:
            _replace({"KPA_CACHE_DIR": ""}, kept)


def _replace(old: Mapping[str, str], new: Mapping[str, str]) -> None:
    for name in old:
        del os.environ[name]
    os.environ.update(new)

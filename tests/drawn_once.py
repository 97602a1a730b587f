"""Drawings that are made once for each specification, and once as pictures, for all workers.

Half the time of an export goes into its charts, and many packs of the tests have the same ones.
The same specification gives the same drawing: tests/charts/test_save.py shows it, and
tests/audit/test_export.py that a pack drawn anew has the same bytes. Tests that do not look at the
pictures of their pack leave them blank.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import vl_convert
from filelock import FileLock

from kpa_analytics import chart_scripts
from kpa_analytics.audit import chart_images, pdf, report_charts, xlsx
from kpa_analytics.charts import render

#: A picture with nothing in it.
_BLANK = '<svg xmlns="http://www.w3.org/2000/svg" width="100" height="50" viewBox="0 0 100 50"/>'

_draw, _to_picture = vl_convert.vegalite_to_svg, chart_images._image
_bundle = render.bundled
_in_memory: dict[str, bytes] = {}
#: The drawings of all workers of pytest-xdist, if a folder is set.
_folder: Path | None = None


def _drawn_once(spec: dict[str, Any], **options: Any) -> str:
    source = json.dumps([spec, options])
    return _once(source, lambda: _draw(spec, **options).encode("utf-8")).decode("utf-8")


def _pictured_once(drawing: str, fonts: Any) -> bytes:
    return _once(drawing, lambda: _to_picture(drawing, fonts))


def _bundled_once() -> str:
    return _once("scripts", lambda: _bundle().encode("utf-8")).decode("utf-8")


def _once(source: str, make: Callable[[], bytes]) -> bytes:
    """Take what is made from a text from memory or the folder, or make it."""
    name = sha256(source.encode("utf-8", "surrogatepass")).hexdigest()
    if name not in _in_memory:
        _in_memory[name] = _once_for_all(_folder / name, make) if _folder else make()
    return _in_memory[name]


def _once_for_all(path: Path, make: Callable[[], bytes]) -> bytes:
    """Read a file, which the first worker that needs it makes while the others wait."""
    with FileLock(f"{path}.lock"):
        if not path.exists():
            path.write_bytes(make())
        return path.read_bytes()


def _nothing_for(step: Any) -> Callable[[], None]:
    """Start no process for scripts that a worker has made already."""
    return wraps(step.__wrapped__)(lambda: None)


@contextmanager
def remembered_in(folder: Path) -> Iterator[None]:
    """Keep drawings, and the scripts of charts, in a folder of all workers, during a block."""
    folder.mkdir(exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(f"{__name__}._folder", folder)
        patch.setattr(render, "bundled", _bundled_once)
        for step in ("begin", "made"):  # tests/test_chart_scripts.py puts the real ones back
            patch.setattr(chart_scripts, step, _nothing_for(getattr(chart_scripts, step)))
        yield


@contextmanager
def remembered() -> Iterator[None]:
    """Let exports take what is drawn already, for the length of a block."""
    with _drawing_with(_drawn_once, _pictured_once):
        yield


@contextmanager
def drawn_anew() -> Iterator[None]:
    """Let exports draw every chart, for the length of a block."""
    with _drawing_with(_draw, _to_picture):
        yield


@contextmanager
def left_blank() -> Iterator[None]:
    """Let exports leave every picture blank, for the length of a block.

    This is for tests that read other files of a pack. The specifications of its charts are made.
    """
    with _drawing_with(lambda *_, **__: _BLANK, _pictured_once):
        yield


@contextmanager
def drawings_alone() -> Iterator[None]:
    """Let exports draw every chart, but leave its picture as PNG blank, for the length of a block.

    This is for tests that read the drawings.
    """
    with _drawing_with(_draw, lambda _, fonts: _pictured_once(_BLANK, fonts)):
        yield


def _blank(name: str) -> report_charts.Drawing:
    spec = {"title": {"text": name}, "description": name}
    return report_charts.Drawing(name, spec, _BLANK, _BLANK, b"")


class _BlankDrawings(dict[str, report_charts.Drawing]):
    """A pack has one of them, so that its folder is not empty, and a page those that it shows."""

    def __init__(self, _: object) -> None:
        super().__init__({"status_summary": _blank("status_summary")})

    def __missing__(self, name: str) -> report_charts.Drawing:
        return _blank(name)


@contextmanager
def page_alone() -> Iterator[None]:
    """Let exports leave every PDF and audit.xlsx empty, and make no charts, during a block.

    This is for tests that read the tables, the manifest, and the page apart from its charts.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(report_charts, "draw", _BlankDrawings)
        patch.setattr(pdf, "write_document", lambda _, __, path, **___: not path.write_bytes(b""))
        patch.setattr(xlsx, "write_workbook", lambda _, __, path, **___: path.touch() or [])
        yield


@contextmanager
def _drawing_with(draw: Any, to_picture: Any) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vl_convert, "vegalite_to_svg", draw)
        patch.setattr(chart_images, "_image", to_picture)
        yield

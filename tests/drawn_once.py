"""Drawings that are made once for each specification, and once as pictures.

Half the time of an export goes into its charts, and many packs of the tests have the same ones.
The same specification gives the same drawing: tests/charts/test_save.py shows it, and
tests/audit/test_export.py that a pack drawn anew has the same bytes. Tests that do not look at the
pictures of their pack leave them blank.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import vl_convert

from kpa_analytics.audit import chart_images

#: A picture with nothing in it.
_BLANK = '<svg xmlns="http://www.w3.org/2000/svg" width="100" height="50" viewBox="0 0 100 50"/>'

_draw, _to_picture = vl_convert.vegalite_to_svg, chart_images._image
_drawings: dict[str, str] = {}
_pictures: dict[str, bytes] = {}


def _drawn_once(spec: dict[str, Any], **options: Any) -> str:
    key = json.dumps([spec, options])
    if key not in _drawings:
        _drawings[key] = _draw(spec, **options)
    return _drawings[key]


def _pictured_once(drawing: str, fonts: Any) -> bytes:
    if drawing not in _pictures:
        _pictures[drawing] = _to_picture(drawing, fonts)
    return _pictures[drawing]


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
def _drawing_with(draw: Any, to_picture: Any) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vl_convert, "vegalite_to_svg", draw)
        patch.setattr(chart_images, "_image", to_picture)
        yield

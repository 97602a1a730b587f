"""Drawings that are made once for each specification.

Half the time of an export goes into its charts, and many packs of these tests have the same ones.
The same specification gives the same drawing: tests/charts/test_save.py shows it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import vl_convert

_draw = vl_convert.vegalite_to_svg
_drawings: dict[str, str] = {}


def drawn_once(spec: dict[str, Any], **options: Any) -> str:
    """Draw a specification, unless it is drawn already."""
    key = json.dumps([spec, options])
    if key not in _drawings:
        _drawings[key] = _draw(spec, **options)
    return _drawings[key]


@contextmanager
def remembered(draw: Any = drawn_once) -> Iterator[None]:
    """Let exports take the drawings that are made already, for the length of a block."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vl_convert, "vegalite_to_svg", draw)
        yield


@contextmanager
def drawn_anew() -> Iterator[None]:
    """Let exports draw every chart, for the length of a block."""
    with remembered(_draw):
        yield

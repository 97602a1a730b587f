"""Charts whose specification is made once for the same rows and options.

Explorers draw their charts at each change, and most of the tests look at other things. The same
data gives the same chart: tests/charts/test_save.py shows it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from hashlib import sha256
from typing import Any

import polars as pl
import pytest

from kpa_analytics.charts import render
from kpa_analytics.widgets import expiry, groups, instructors, planner, trend

_specs: dict[Any, str] = {}


def _key(value: Any) -> Any:
    """Everything that a chart depends on: the bytes of a frame, the text of anything else."""
    match value:
        case pl.DataFrame():
            return sha256(value.rechunk().write_ipc(None).getvalue()).digest()
        case partial():
            return _key(value.func), _key(value.args), _key(value.keywords)
        case dict():
            return tuple((name, _key(option)) for name, option in value.items())
        case list() | tuple():
            return tuple(map(_key, value))
        case _ if callable(value):
            return value.__module__, value.__qualname__
        case _:
            return repr(value)


def _drawn(chart: Callable[..., Any], *args: Any, **options: Any) -> Any:
    key = _key((chart, args, options))
    if key not in _specs:
        _specs[key] = json.dumps(render.drawn(chart, *args, **options))
    return json.loads(_specs[key])


@contextmanager
def remembered() -> Iterator[None]:
    """Let explorers take the specifications that are made already, for the length of a block."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (expiry, groups, instructors, planner, trend):
            patch.setattr(module, "drawn", _drawn)
        yield

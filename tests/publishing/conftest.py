"""The tables of the same records are computed once, because most tests publish the same account."""

from __future__ import annotations

from functools import cache
from typing import Any

import polars as pl
import pytest

from kpa_analytics.data.training_data import TrainingData
from kpa_analytics.publishing import files

#: The tables by everything that they depend on, and the frames, so that no other gets their ids.
_tables: dict[tuple[object, ...], tuple[pl.DataFrame, object]] = {}
_computed, _dictionary = files.published_frame, cache(files.dictionary)


def _remembered(name: str, data: TrainingData, question: Any, *, personal: bool) -> pl.DataFrame:
    frames = [*data.frames.values()]
    key = (name, *map(id, frames), question, personal)
    if key not in _tables:
        _tables[key] = _computed(name, data, question, personal=personal), frames
    return _tables[key][0]


@pytest.fixture(autouse=True)
def computed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "published_frame", _remembered)
    monkeypatch.setattr(files, "dictionary", _dictionary)

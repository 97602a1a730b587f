"""The tables of the same records are computed once, because most tests publish the same account."""

from __future__ import annotations

from functools import cache
from typing import Any

import polars as pl
import pytest

from kpa_analytics.data.training_data import TrainingData
from kpa_analytics.publishing import datasets, files

#: The tables by everything that they depend on, and the frames, so that no other gets their ids.
_tables: dict[tuple[object, ...], tuple[pl.DataFrame, object]] = {}
_computed, _written = files.published_frame, files.dictionary


def _remembered(name: str, data: TrainingData, question: Any, *, personal: bool) -> pl.DataFrame:
    frames = [*data.frames.values()]
    key = (
        name,
        datasets.PUBLISHED_TABLES[name],
        *map(id, frames),
        question,
        personal,
    )  # a test changes TABLES
    if key not in _tables:
        _tables[key] = _computed(name, data, question, personal=personal), frames
    return _tables[key][0]


@cache
def _of_tables(tables: tuple[object, ...], personal: bool) -> bytes:
    return _written(personal=personal)


def _dictionary(*, personal: bool) -> bytes:
    return _of_tables((*datasets.PUBLISHED_TABLES.items(),), personal)


@pytest.fixture(autouse=True)
def computed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "published_frame", _remembered)
    monkeypatch.setattr(files, "dictionary", _dictionary)

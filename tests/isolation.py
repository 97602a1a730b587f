"""Every test and doctest starts with no settings, no token and an empty cache of its own."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kpa_analytics import config


@pytest.fixture(autouse=True)
def fresh_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in [name for name in os.environ if name.startswith("KPA_")]:
        monkeypatch.delenv(variable)
    monkeypatch.setenv("KPA_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(config, "_current", None)

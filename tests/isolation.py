"""Every test and doctest starts with no settings, no token and an empty cache of its own."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from _pytest.doctest import DoctestItem

from kpa_analytics import config


@pytest.fixture(autouse=True)
def fresh_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in [name for name in os.environ if name.startswith("KPA_")]:
        monkeypatch.delenv(variable)
    monkeypatch.setenv("KPA_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(config, "_configured", {})
    monkeypatch.setattr(config, "_demo", {})


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests by their place.

    An example may load the demo company, which has impossible dates planted in it.
    """
    browser = Path(__file__).parent / "browser"
    planted = pytest.mark.filterwarnings("ignore::kpa_analytics.errors.KPADataWarning")
    for item in items:
        if isinstance(item, DoctestItem):
            item.add_marker(planted)
        if browser in item.path.parents:
            item.add_marker(pytest.mark.browser)

"""An account that the tests of refreshes share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import kpa_analytics as kpa
from kpa_analytics.demo.server import DemoAPI
from tests.conftest import use
from tests.data.refreshing import aged


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[DemoAPI]:
    """An account of twelve small pages of completions that was loaded once."""
    monkeypatch.setattr("kpa_analytics.api.client.PAGE_SIZE", 100)
    with kpa.demo.serve(aged(1_200)) as served:
        use(served)
        kpa.load_completions()
        served.requests.clear()
        yield served

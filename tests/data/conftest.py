"""An account that the tests of refreshes share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import kpa_analytics as kpa
from kpa_analytics.demo.server import DemoAPI
from tests.conftest import use
from tests.data.refreshing import aged


@pytest.fixture
def api() -> Iterator[DemoAPI]:
    """An account of 12,000 completions that was loaded once."""
    with kpa.demo.serve(aged(12_000)) as served:
        use(served)
        kpa.load_completions()
        served.requests.clear()
        yield served

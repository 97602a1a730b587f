"""An API whose token has characters that are often escaped, and so is hard to hide."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import kpa_analytics as kpa
from kpa_analytics.demo.server import DemoAPI
from tests.conftest import completions, use
from tests.hard.token_search import TOKEN


@pytest.fixture
def guarded() -> Iterator[DemoAPI]:
    with kpa.demo.serve(completions(3_500), token=TOKEN) as opened:
        yield use(opened, retries=0)

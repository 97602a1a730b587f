"""APIs for these tests: one with a token that is hard to hide, one with a name that is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import kpa_analytics as kpa
from kpa_analytics.demo.server import DemoAPI
from kpa_analytics.demo.sources import COMPLETIONS, Records
from tests.conftest import completion, completions, use
from tests.hard.commands import PERSON
from tests.hard.token_search import TOKEN


@pytest.fixture
def guarded() -> Iterator[DemoAPI]:
    """An API whose token has characters that are often escaped."""
    with kpa.demo.serve(completions(3_500), token=TOKEN) as opened:
        yield use(opened, retries=0)


@pytest.fixture
def api() -> Iterator[DemoAPI]:
    """An API with a person whose name not every console can print."""
    records = [completion(number) for number in range(1, 1_500)]
    with kpa.demo.serve(Records({COMPLETIONS: records, "users.list": [PERSON]})) as opened:
        yield use(opened)

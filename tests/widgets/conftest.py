"""A small demo company, loaded once through the simulated API."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

import kpa_analytics as kpa
from kpa_analytics.api.client import Client
from kpa_analytics.config import Settings
from kpa_analytics.secret import Secret
from kpa_analytics.widgets import ExpiryExplorer
from tests.widgets.specs_once import remembered


@pytest.fixture(scope="module", autouse=True)
def specs() -> Iterator[None]:
    """Make each chart of the explorers once."""
    with remembered():
        yield


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory) -> kpa.TrainingData:
    return fetched(tmp_path_factory.mktemp("cache"), people=60, completions=1500)


def fetched(cache: Path, *, seed: int = 2026, **size: int) -> kpa.TrainingData:
    """A demo company's records."""
    with (
        warnings.catch_warnings(),
        kpa.demo.serve(kpa.demo.organisation(seed=seed, **size)) as api,
        Client(
            Settings(
                token=Secret(api.token),
                api_url=api.url,
                cache_dir=cache,
                requests_per_minute=100_000,
                progress=False,
            )
        ) as client,
    ):
        warnings.simplefilter("ignore", kpa.errors.KPADataWarning)  # planted in the demo
        return kpa.load_all(client=client)


@pytest.fixture
def explorer(company: kpa.TrainingData) -> ExpiryExplorer:
    return ExpiryExplorer(company)


@pytest.fixture(scope="session")
def unchanged(company: kpa.TrainingData) -> ExpiryExplorer:
    """One explorer for all tests that change nothing of it."""
    return ExpiryExplorer(company)

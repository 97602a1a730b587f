"""Fixtures for tests of every layer: the vendor's example records, and an API that serves them."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

import kpa_analytics as kpa
from kpa_analytics.demo.server import DemoAPI
from kpa_analytics.demo.sources import COMPLETIONS, Records
from tests.drawn_once import left_blank, page_alone, remembered, remembered_in
from tests.shared import shared, shared_folder

__all__ = ["shared", "shared_folder"]
collect_ignore = ["benchmarks"]  # run by name alone

# A slow machine is no failure: tests assert no time.
settings.register_profile("whole", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("quick", settings.get_profile("whole"), max_examples=10)


def pytest_configure(config: pytest.Config) -> None:
    """Try fewer examples of each property if the run leaves out the slow tests."""
    settings.load_profile("quick" if "not slow" in config.option.markexpr else "whole")


def at_most(count: int) -> int:
    """How many examples of a property are tried: `count`, or a few in a run of the quick tests."""
    few = settings.get_profile("quick").max_examples
    return min(count, few) if settings.default.max_examples == few else count


@pytest.fixture(scope="session", autouse=True)
def drawings_folder(shared_folder: Path) -> Iterator[None]:
    """Let all workers take each other's drawings."""
    with remembered_in(shared_folder / "drawings"):
        yield


@pytest.fixture(scope="module", autouse=True)
def drawings(request: pytest.FixtureRequest) -> Iterator[None]:
    """Draw each chart once, except where drawings themselves are tested."""
    if "charts" in request.path.parts:
        yield
        return
    with remembered():
        yield


@pytest.fixture
def blank_charts() -> Iterator[None]:
    """Leave the pictures of a pack blank, for a test that does not look at them."""
    with left_blank():
        yield


@pytest.fixture
def only_its_page() -> Iterator[None]:
    """Make no charts of a pack, and leave its PDFs and audit.xlsx empty."""
    with page_alone():
        yield


#: The three records of the vendor's own page (docs/api.md), in the shape of 2020.
VENDOR_RECORDS: list[dict[str, Any]] = [
    {
        "id": 1238,
        "training_id": 1046,
        "m_user_id": "5e580f0cb780600088bd2c11",
        "created": 1582830441803,
        "date_number": 20200227,
        "special_expiration_date_number": None,
        "m_instructor_id": None,
        "group_training_id": None,
    },
    {
        "id": 1236,
        "training_id": 1042,
        "m_user_id": "5e580f0db780600088bd2ca6",
        "created": 1582829521694,
        "date_number": 20200227,
        "special_expiration_date_number": 20210101,
        "m_instructor_id": "5e580f0db780600088bd2ccd",
        "group_training_id": 1050,
    },
    {
        "id": 1233,
        "training_id": 1042,
        "m_user_id": "5e580f0db780600088bd2c43",
        "created": 1582829521693,
        "date_number": 20200227,
        "special_expiration_date_number": None,
        "m_instructor_id": "5e580f0db780600088bd2ccd",
        "group_training_id": 1050,
    },
]


def completion(number: int, **fields: Any) -> dict[str, Any]:
    """One wire record, made from the vendor's first; the day moves with the number."""
    day = {"date_number": 20200101 + number % 28, "created": 1_582_830_441_803 + number}
    return {**VENDOR_RECORDS[0], "id": number, **day, **fields}


def completions(count: int) -> Records:
    """An account with that many completions."""
    return Records({COMPLETIONS: [completion(number) for number in range(1, count + 1)]})


def use(api: DemoAPI, **changes: Any) -> DemoAPI:
    """Point the settings at a demo API, with no progress bars and no waiting."""
    here = {"token": api.token, "api_url": api.url}
    quick = {"progress": False, "requests_per_minute": 100_000, "rate_limit_wait": 0.01}
    kpa.configure(**{**here, **quick, **changes})
    return api


def sent(api: DemoAPI, method: str = COMPLETIONS) -> list[int | None]:
    """The requested pages of a method, in order."""
    return [received.page for received in api.requests if received.method == method]


@pytest.fixture
def vendor() -> Iterator[DemoAPI]:
    """An API that serves the vendor's example records."""
    with kpa.demo.serve(Records({COMPLETIONS: VENDOR_RECORDS})) as api:
        yield use(api)


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Record this thread's waits without waiting."""
    seconds_waited: list[float] = []
    real, here = time.sleep, threading.current_thread()

    def sleep(seconds: float) -> None:
        seconds_waited.append(seconds) if threading.current_thread() is here else real(seconds)

    monkeypatch.setattr("time.sleep", sleep)
    return seconds_waited

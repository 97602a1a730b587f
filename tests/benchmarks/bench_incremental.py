"""A million completions brought up to date.

Run: python -m pytest tests/benchmarks/bench_incremental.py -s

The yardstick is the full download of the same account: a thousand pages of a thousand.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable

import kpa_analytics as kpa
from kpa_analytics.demo.server import DemoAPI
from tests.conftest import completion, sent, use

ROWS = 1_000_000


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _recent(api: DemoAPI, what: str, most: int, full: float) -> None:
    api.requests.clear()
    took = _seconds(lambda: kpa.load_completions(refresh="recent"))
    walk = kpa.snapshots()["walk"][0]
    print(
        f"{what}: {len(sent(api))} requests (target at most {most}), {walk}, "
        f"{took / full:.3f} of the full download's time"
    )
    assert set(kpa.load_completions()["id"]) == set(api.organisation.completions["id"])


def test_a_million_completions_are_brought_up_to_date() -> None:
    warnings.simplefilter("ignore", kpa.errors.KPADataWarning)
    organisation = kpa.demo.organisation(people=ROWS // 50, completions=ROWS, seed=1)
    with kpa.demo.serve(organisation) as api:
        use(api, requests_per_minute=10_000_000)
        full = _seconds(kpa.load_completions)
        print(f"\nthe full download: {len(sent(api)):,} requests")
        new = [completion(9_000_000 + n, date_number=20270101) for n in range(50)]
        organisation.add_completions(*new)
        _recent(api, "50 new", 4, full)
        ids = kpa.load_completions()["id"]
        organisation.remove_completions(ids[200_000], ids[555_555], ids[901_234])
        _recent(api, "3 removed", 45, full)

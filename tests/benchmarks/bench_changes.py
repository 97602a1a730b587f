"""Every changed status between 10,000 random pairs of accounts has one cause, and the right one.

Run: python -m pytest tests/benchmarks/bench_changes.py -s

It takes about 40 minutes of processor time. Accounts are small, so one thread is the fastest: set
POLARS_MAX_THREADS=1. `small_pair(seed)` makes a pair that failed again.
"""

from __future__ import annotations

from collections import Counter

from tests.analysis.change_cases import check_changes, small_pair

PAIRS = 10_000


def test_nothing_is_unexplained():
    causes, failures = Counter[str](), {}
    for seed in range(PAIRS):
        try:
            causes.update(check_changes(small_pair(seed))["cause"])
        except Exception as error:
            failures[seed] = error
            print(f"\nseed {seed}: {type(error).__name__}: {error}", flush=True)
        if seed % 500 == 499:
            print(f"\n{seed + 1:,} pairs, {len(failures)} failures, {dict(causes)}", flush=True)
    assert not failures

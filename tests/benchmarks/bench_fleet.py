"""20 accounts beside the slowest of them. Run: python -m pytest tests/benchmarks/bench_fleet.py -s

The budget is that of a real account, 60 requests a minute, so one run takes a little over a minute.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import kpa_analytics as kpa

ACCOUNTS = 20
#: Completions of the smallest account, and how many each next one has more.
FIRST, STEP = 1_000, 1_500

_SERVER = f"""
import json
import kpa_analytics.demo as demo
from kpa_analytics.demo.sources import COMPLETIONS, Records
from tests.conftest import completion
with demo.serve(Records()) as api:
    tokens = [
        api.add_account(Records({{COMPLETIONS: [completion(n) for n in range(1, rows + 1)]}}))
        for rows in range({FIRST}, {FIRST + ACCOUNTS * STEP}, {STEP})
    ]
    print(json.dumps([api.url, tokens]), flush=True)
    input()
"""


@pytest.fixture
def accounts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The names of the accounts, the slowest last; their server is a process of its own."""
    command = [sys.executable, "-c", _SERVER]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        url, tokens = json.loads(server.stdout.readline())
        entries = []
        for number, token in enumerate(tokens):
            monkeypatch.setenv(f"TOKEN_{number}", token)
            entries.append(f'[a{number}]\napi_url = "{url}"\ntoken_env = "TOKEN_{number}"\n')
        (tmp_path / "accounts.toml").write_text("".join(entries), encoding="utf-8")
        monkeypatch.setenv("KPA_ACCOUNTS", str(tmp_path / "accounts.toml"))
        yield [f"a{number}" for number in range(len(tokens))]
        server.communicate("\n")


def test_a_fleet_takes_as_long_as_its_slowest_account(accounts: list[str], tmp_path: Path) -> None:
    kpa.configure(progress=False, cache_dir=tmp_path / "alone")
    began = time.perf_counter()
    kpa.load_all(account=accounts[-1])
    slowest = time.perf_counter() - began
    kpa.configure(cache_dir=tmp_path / "together")
    began = time.perf_counter()
    fleet = kpa.load_fleet()
    together = time.perf_counter() - began
    assert [*fleet] == accounts
    print(
        f"\n{ACCOUNTS} accounts: {together:.1f} s, the slowest alone {slowest:.1f} s: "
        f"{together / slowest:.2f} (target <= 1.2)"
    )
    assert together <= 1.2 * slowest

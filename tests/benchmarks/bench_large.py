"""Past a million. Run by hand: python -m pytest tests/benchmarks/bench_large.py -s

It takes about 20 minutes, 8 GB of memory and 2 GB of disk, and writes its tables into
docs/scale.md. Every measurement is of one run in a process of its own (large.py).
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.benchmarks.large import write

MACHINE = (1_000_000, 10_000_000, 20_000_000)
SPARK = (1_000_000, 10_000_000)
PAGE = Path(__file__).parents[2] / "docs" / "scale.md"

Measured = dict[int, dict[str, Any]]


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    folders = {rows: tmp_path_factory.mktemp("large") / str(rows) for rows in MACHINE}
    for rows, folder in folders.items():
        write(rows, folder)
    return folders


def _measured(how: str, folder: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.benchmarks.large", how, str(folder)]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    measured: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    return measured


def _row(what: str, measured: Measured, text: Callable[[dict[str, Any]], str]) -> str:
    return f"| {what} | {' | '.join(map(text, measured.values()))} |"


def _head(measured: Measured) -> list[str]:
    numbers = " | ".join(f"{rows:,}" for rows in measured)
    return [f"| completions | {numbers} |", f"| --- |{' ---: |' * len(measured)}"]


def _write(name: str, lines: list[str]) -> None:
    begin, end = f"<!-- {name}: begin -->\n", f"<!-- {name}: end -->"
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(begin)
    after = rest.partition(end)[2]
    table = "\n".join(lines)
    print("\n" + table)
    PAGE.write_text(f"{before}{begin}{table}\n{end}{after}", encoding="utf-8")


def test_one_machine(folders: dict[int, Path]) -> None:
    measured = {rows: _measured("machine", folders[rows]) for rows in MACHINE}
    lines = [
        *_head(measured),
        _row("statuses", measured, lambda run: f"{run['statuses']:,}"),
        _row("read the Parquet files", measured, lambda run: f"{run['read']:.1f} s"),
        _row("`expiry_status`", measured, lambda run: f"{run['seconds']:.1f} s"),
        _row("peak memory of the process", measured, lambda run: f"{run['peak']:.1f} GiB"),
    ]
    _write("machine", lines)
    assert all(run["statuses"] for run in measured.values())


def test_spark(folders: dict[int, Path]) -> None:
    measured = {rows: _measured("spark", folders[rows]) for rows in SPARK}
    lines = [
        *_head(measured),
        _row("statuses", measured, lambda run: f"{run['statuses']:,}"),
        _row("partitions", measured, lambda run: f"{run['partitions']}"),
        _row("`kpa.spark.expiry_status`, written", measured, lambda run: f"{run['seconds']:.0f} s"),
        _row("processor time of all", measured, lambda run: f"{run['processor']:.0f} s"),
        _row("peak memory of a Python process", measured, lambda run: f"{run['peak']:.2f} GiB"),
        _row("result in Parquet", measured, lambda run: f"{run['written']:.2f} GiB"),
    ]
    _write("spark", lines)
    assert all(run["statuses"] for run in measured.values())

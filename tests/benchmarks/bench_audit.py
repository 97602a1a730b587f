"""Processor time of an evidence pack, at 20,000 completions and at ten times as many.

Run: python -m pytest tests/benchmarks/bench_audit.py -s

Every module is compiled to bytecode first, as pip does when it installs a package.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

#: In a process of its own, so that imports count as they do for a user; loading does not count.
EXPORT = """
import json, sys, time, warnings
from pathlib import Path
warnings.simplefilter("ignore")
import kpa_analytics as kpa
from kpa_analytics.api.client import Client
from kpa_analytics.config import Settings
from kpa_analytics.secret import Secret
completions, people, folder = int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
with kpa.demo.serve(kpa.demo.organisation(people=people, completions=completions)) as api:
    current = Settings(token=Secret(api.token), api_url=api.url, cache_dir=folder / "cache",
                       requests_per_minute=100_000, progress=False, timeout=600.0)
    with Client(current) as client:
        data = kpa.load_all(client=client)
began, clock = time.process_time(), time.perf_counter()
kpa.export_audit(data, folder / "pack", as_of=kpa.demo.AS_OF)
print(json.dumps([time.process_time() - began, time.perf_counter() - clock]))
"""


def export(completions: int, people: int, folder: Path, bytecode: Path) -> tuple[float, float]:
    """Processor and wall seconds of one export."""
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(bytecode)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    done = subprocess.run(
        [sys.executable, "-c", EXPORT, str(completions), str(people), str(folder)],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
    )
    processor, wall = json.loads(done.stdout.splitlines()[-1])
    return processor, wall


def seconds(completions: int, people: int, folder: Path, bytecode: Path) -> float:
    """Processor seconds of one export, printed too."""
    processor, wall = export(completions, people, folder, bytecode)
    print(f"{completions:>9,} completions: {processor:.1f} s processor, {wall:.1f} s wall")
    return processor


def test_the_pack_keeps_to_its_time(tmp_path_factory):
    bytecode = tmp_path_factory.mktemp("bytecode")
    export(50, 5, tmp_path_factory.mktemp("first"), bytecode)
    small = seconds(20_000, 400, tmp_path_factory.mktemp("small"), bytecode)
    large = seconds(200_000, 4_000, tmp_path_factory.mktemp("large"), bytecode)
    print(
        f"20,000 completions: {small:.1f} s of processor time (target at most 10); "
        f"ten times as many take {large / small:.1f} times as long (target at most 3)"
    )

"""Processor time of an evidence pack, at 20,000 completions and at ten times as many.

Run: python -m pytest tests/benchmarks/bench_audit.py -s
"""

from __future__ import annotations

import json
import subprocess
import sys

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


def seconds(completions: int, people: int, folder) -> float:
    """Processor seconds of one export."""
    done = subprocess.run(
        [sys.executable, "-c", EXPORT, str(completions), str(people), str(folder)],
        capture_output=True,
        text=True,
        check=True,
    )
    processor, wall = json.loads(done.stdout.splitlines()[-1])
    print(f"{completions:>9,} completions: {processor:.1f} s processor, {wall:.1f} s wall")
    return processor


def test_the_pack_keeps_to_its_time(tmp_path_factory):
    small = seconds(20_000, 400, tmp_path_factory.mktemp("small"))
    large = seconds(200_000, 4_000, tmp_path_factory.mktemp("large"))
    print(
        f"20,000 completions: {small:.1f} s of processor time (target at most 10); "
        f"ten times as many take {large / small:.1f} times as long (target at most 3)"
    )

"""status_over_time against one expiry_status, time and memory.

Run: python -m pytest tests/benchmarks/bench_history.py -s
"""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from kpa_analytics.analysis.expiry_status import expiry_status
from kpa_analytics.analysis.status_over_time import status_over_time
from kpa_analytics.statuses import STATUSES
from tests.benchmarks.bench_expiry import AS_OF, COMPLETED, FEW, FIRST, MANY, invented
from tests.benchmarks.yardstick import compare

START, END = FIRST.date(), date(FIRST.year + 5, 6, 30)

_PEAK = """
import sys
import polars as pl
from kpa_analytics.analysis.status_over_time import status_over_time

def kilobytes(name):
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith(name))

first, last, *paths = sys.argv[1:]
frames = [pl.read_parquet(path) for path in paths]
status_over_time(frames[0].tail(1000), *frames[1:], start="2026-06-01", end="2026-07-01")
with open("/proc/self/clear_refs", "w") as peak:
    peak.write("5")
before = kilobytes("VmRSS")
status_over_time(*frames, start=first, end=last, every="1d")
print(1024 * (kilobytes("VmHWM") - before) / frames[0].estimated_size())
"""


@pytest.mark.parametrize(
    ("people", "mixed"), [(MANY, False), (FEW, False), (MANY, True), (FEW, True)]
)
def test_every_day_of_five_years_against_one_day(people: int, mixed: bool) -> None:
    company = invented(people, mixed=mixed)

    def trend() -> pl.DataFrame:
        return status_over_time(*company, start=START, end=END, every="1d")

    def status() -> pl.DataFrame:
        return expiry_status(*company, as_of=AS_OF)

    of_day = trend().filter(day=AS_OF).select(STATUSES).fill_null(0).row(0)
    assert of_day == tuple((status()["status"] == name).sum() for name in STATUSES)
    kinds = "every schedule kind" if mixed else "rolling"
    what = f"every day of five years of {COMPLETED:,} ({people:,} people, {kinds}) / expiry_status"
    print("\n" + compare(trend, status).report(what, "<= 3"))


@pytest.mark.parametrize(
    ("people", "mixed"), [(MANY, False), (FEW, False), (MANY, True), (FEW, True)]
)
def test_every_day_of_three_hundred_supervisors_against_one_day(people: int, mixed: bool) -> None:
    done, trainings, users = invented(people, mixed=mixed)
    boss = users["id"].gather([number % 300 for number in range(people)])
    company = done, trainings, users.with_columns(supervisor_id=boss)

    def trend() -> pl.DataFrame:
        return status_over_time(*company, start=START, end=END, every="1d", by="supervisor")

    def status() -> pl.DataFrame:
        return expiry_status(*company, as_of=AS_OF)

    assert trend().filter(day=AS_OF)["total"].sum() == status().height
    kinds = "every schedule kind" if mixed else "rolling"
    what = f"every day of 300 supervisors ({people:,} people, {kinds}) / expiry_status"
    print("\n" + compare(trend, status).report(what, "<= 3"))


@pytest.mark.skipif(sys.platform != "linux", reason="the peak is read from /proc")
@pytest.mark.parametrize("mixed", [False, True])
def test_peak_memory_beside_the_input(mixed: bool, tmp_path: Path) -> None:
    company = invented(FEW, mixed=mixed)
    paths = [str(tmp_path / f"{name}.parquet") for name in company._fields]
    for path, frame in zip(paths, company, strict=True):
        frame.write_parquet(path)
    command = [sys.executable, "-c", _PEAK, str(START), str(END), *paths]
    peak = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    print(f"\npeak memory / input: {float(peak):.2f} (target <= 4)")
    assert float(peak) > 0

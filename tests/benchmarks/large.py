"""One measured run on many completions: python -m tests.benchmarks.large HOW FOLDER.

It prints a line of JSON. HOW is `machine` (the statuses on one machine) or `spark` (on a cluster of
two executors with one core each, on this machine).
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
import warnings
from pathlib import Path
from typing import Any

import polars as pl
import psutil

import kpa_analytics as kpa
from tests.benchmarks.bench_expiry import AS_OF, invented

TABLES = ("completions", "trainings", "users")
_GIB = 2**30


def write(rows: int, folder: Path, pieces: int = 16) -> None:
    """Write a company of every kind of schedule, with 50 completions of a person.

    The completions are in several files, as a folder of Spark has them.
    """
    company = invented(max(2_000, rows // 50), mixed=True, completed=rows)
    (folder / "completions").mkdir(parents=True)
    length = -(-rows // pieces)
    for number, piece in enumerate(company.completions.iter_slices(length)):
        piece.write_parquet(folder / "completions" / f"{number:02}.parquet")
    company.trainings.write_parquet(folder / "trainings.parquet")
    company.users.write_parquet(folder / "users.parquet")


def machine(folder: Path) -> dict[str, Any]:
    """Seconds to read and to compute, and the peak of the process' memory."""
    began = time.perf_counter()
    completions = pl.read_parquet(folder / "completions" / "*.parquet")
    trainings, users = (pl.read_parquet(folder / f"{name}.parquet") for name in TABLES[1:])
    read = time.perf_counter()
    status = kpa.expiry_status(completions, trainings, users, as_of=AS_OF)
    computed = time.perf_counter()
    peak = psutil.Process().memory_info().peak_wset if sys.platform == "win32" else _peak()
    return {
        "read": read - began,
        "seconds": computed - read,
        "peak": peak / _GIB,
        "statuses": status.height,
    }


def _peak() -> int:
    """Bytes, as Linux counts them."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))


def spark(folder: Path) -> dict[str, Any]:
    """Seconds to compute and write, and the peak of what a Python worker of an executor holds."""
    session = _session()
    completions = session.read.parquet(str(folder / "completions"))
    trainings, users = (
        session.read.parquet(str(folder / f"{name}.parquet")) for name in TABLES[1:]
    )
    kpa.spark.expiry_status(completions.limit(1000), trainings, users, as_of=AS_OF).count()
    with _Workers() as workers:
        began = time.perf_counter()
        status = kpa.spark.expiry_status(completions, trainings, users, as_of=AS_OF)
        status.write.parquet(str(folder / "status"))
        seconds = time.perf_counter() - began
    written = sum(file.stat().st_size for file in (folder / "status").glob("*.parquet"))
    return {
        "seconds": seconds,
        "processor": workers.processor,
        "peak": workers.peak / _GIB,
        "partitions": len(list((folder / "status").glob("*.parquet"))),
        "written": written / _GIB,
        "statuses": session.read.parquet(str(folder / "status")).count(),
    }


def _session() -> Any:
    from pyspark.sql import SparkSession

    os.environ |= {"PYSPARK_PYTHON": sys.executable, "SPARK_LOCAL_IP": "127.0.0.1"}
    settings = {
        "spark.driver.host": "127.0.0.1",
        "spark.executor.memory": "1g",
        "spark.executorEnv.POLARS_MAX_THREADS": "1",
        "spark.ui.enabled": "false",
    }
    builder = SparkSession.builder.master("local-cluster[2,1,2048]")
    return builder.config(map=settings).getOrCreate()


class _Workers:
    """Watches the memory of the Python workers, and the processor's time of all processes."""

    def __init__(self) -> None:
        self.peak, self.processor, self._over = 0, 0.0, threading.Event()
        self._seconds: dict[int, float] = {}
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> _Workers:
        self._look()
        self._before = dict(self._seconds)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        self._look()
        spent = (seconds - self._before.get(pid, 0) for pid, seconds in self._seconds.items())
        self.processor = sum(spent)

    def _watch(self) -> None:
        while not self._over.wait(0.1):
            self._look()

    def _look(self) -> None:
        process = psutil.Process()
        for child in [process, *process.children(recursive=True)]:
            try:
                times = child.cpu_times()
                self._seconds[child.pid] = times.user + times.system
                if "pyspark" in " ".join(child.cmdline()) and "java" not in child.name():
                    held = child.memory_info().rss
                    self.peak = max(self.peak, held if child != process else 0)
            except psutil.NoSuchProcess:
                continue


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    measure = {"machine": machine, "spark": spark}[sys.argv[1]]
    print(json.dumps(measure(Path(sys.argv[2]))), flush=True)

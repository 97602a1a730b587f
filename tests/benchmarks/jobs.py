"""One measured job in a process of its own: python -m tests.benchmarks.jobs JOB FOLDER.

For every line it is sent it takes a turn and answers with a line of JSON: its seconds, and the peak
of memory since the first turn over what the process had before. The account comes from the KPA_*
variables.
"""

from __future__ import annotations

import json
import sys
import threading
import time
import warnings
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import requests

import kpa_analytics as kpa

METHOD = "completedtrainings.v2.list"
AS_OF = date(2026, 6, 30)


def cold_load(folder: Path) -> dict[str, int]:
    """The first load, and the disk it took: at most, and in the end."""
    kpa.clear_cache()
    with _Disk(kpa.configure().cache_dir) as disk:
        kpa.load_completions()
    return {"most": disk.most, "after": _size(kpa.configure().cache_dir)}


def bare_loop(folder: Path) -> dict[str, int]:
    """Code that one would write in a notebook: requests, json, a frame; typed, kept nowhere."""
    current = kpa.configure()
    session, rows, number, last, size = requests.Session(), [], 0, 1, 0
    while number < last:
        number += 1
        asked = {"token": current.token.reveal(), "limit": 1000, "page": number}
        body = session.post(f"{current.api_url}/{METHOD}", json=asked, timeout=60).content
        answer = json.loads(body)
        rows += answer["completedtrainings"]
        last, size = answer["paging"]["last_page"], size + len(body)
    frame = pl.from_dicts(rows, infer_schema_length=None)
    frame.with_columns(
        pl.from_epoch("created", "ms"),
        *(
            pl.col(f"{day}_number").cast(pl.String).str.to_date("%Y%m%d", strict=False).alias(day)
            for day in ("date", "special_expiration_date")
        ),
    )
    return {"json": size}


def warm_load(folder: Path) -> None:
    """The same again: from the snapshot."""
    kpa.load_completions()


def read_parquet(folder: Path) -> None:
    """The snapshot's file, read by polars alone."""
    pl.read_parquet(folder / "completions.parquet")


def expiry_status(folder: Path) -> None:
    """Ours, on frames that polars has."""
    kpa.expiry_status(*_polars(folder), as_of=AS_OF)


def duckdb_sql(folder: Path) -> None:
    """DuckDB's SQL, on the same polars frames, into a polars frame."""
    from tests.benchmarks.bench_expiry import SQL

    with duckdb.connect() as connection:
        for name, frame in zip(TABLES, _polars(folder), strict=True):
            connection.register(name, frame)
        connection.sql(SQL).pl()


def pandas_status(folder: Path) -> None:
    """The same rules in pandas, on frames that pandas has."""
    by_pandas(*_pandas(folder))


TABLES = ("completions", "trainings", "users")
_frames: dict[str, Any] = {}


def _polars(folder: Path) -> list[pl.DataFrame]:
    if not _frames:
        _frames.update({name: pl.read_parquet(folder / f"{name}.parquet") for name in TABLES})
    return list(_frames.values())


def _pandas(folder: Path) -> list[pd.DataFrame]:
    if not _frames:
        wanted = [pl.read_parquet(folder / f"{name}.parquet") for name in TABLES]
        flat = [frame.select(pl.exclude(pl.List)) for frame in wanted]
        _frames.update(zip(TABLES, (frame.to_pandas() for frame in flat), strict=True))
    return list(_frames.values())


def by_pandas(
    completions: pd.DataFrame, trainings: pd.DataFrame, users: pd.DataFrame
) -> pd.DataFrame:
    """Who expires when, for trainings that are rolling or never expire."""
    today = pd.Timestamp(AS_OF)
    day = pd.to_datetime(completions["date"])
    counting = (
        completions.assign(date=day)[day <= today]
        .sort_values(["date", "created", "id"])
        .drop_duplicates(["m_user_id", "training_id"], keep="last")
        .merge(trainings, "left", left_on="training_id", right_on="id", suffixes=("", "_training"))
        .merge(users, "left", left_on="m_user_id", right_on="id", suffixes=("", "_user"))
    )
    expires = pd.to_datetime(counting["special_expiration_date"])
    for months, rows in counting[expires.isna()].groupby("renewal_months"):
        if months > 0:
            expires[rows.index] = rows["date"] + pd.DateOffset(months=int(months))
    starts = expires - pd.to_timedelta(counting["expiring_days"].fillna(30), unit="D")
    status = pd.Series("current", counting.index)
    status[starts <= today] = "expiring"
    status[expires < today] = "expired"
    named = counting["lastname"] + ", " + counting["firstname"]
    return counting.assign(
        user=named.fillna(counting["m_user_id"]),
        expiration_date=expires,
        days_left=(expires - today).dt.days,
        starts_expiring=starts,
        status=status,
    ).sort_values(["m_user_id", "training_id"])


class _Disk:
    """Watches how much a folder takes."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.most, self._over = folder, 0, threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> _Disk:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(0.05):
            self.most = max(self.most, _size(self.folder))


def _size(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size if path.is_file() else 0
        except OSError:
            continue  # renamed or deleted meanwhile
    return total


#: Each measured job, and its input in memory.
JOBS: dict[str, tuple[Callable[[Path], Any], Callable[[Path], Any] | None]] = {
    "cold load": (cold_load, None),
    "bare loop": (bare_loop, None),
    "warm load": (warm_load, None),
    "read_parquet": (read_parquet, None),
    "expiry_status": (expiry_status, _polars),
    "DuckDB": (duckdb_sql, _polars),
    "pandas": (pandas_status, _pandas),
}


def main(name: str, folder: str) -> None:
    """Take a turn for every line of the standard input."""
    warnings.simplefilter("ignore")
    kpa.configure(progress=False)
    job, prepare = JOBS[name]
    if prepare:
        prepare(Path(folder))
    Path("/proc/self/clear_refs").write_text("5")  # the peak counts from here
    before = _memory("VmRSS")
    for _ in sys.stdin:
        began = time.perf_counter()
        facts = job(Path(folder)) or {}
        seconds = time.perf_counter() - began
        peak = _memory("VmHWM") - before
        print(json.dumps({"seconds": seconds, "peak": peak, **facts}), flush=True)


def _memory(what: str) -> int:
    """Bytes, as Linux counts them; getrusage would count what the parent had, too."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(what))


if __name__ == "__main__":
    main(*sys.argv[1:])

"""From ten thousand to ten million. Run: python -m pytest -n 0 tests/benchmarks/bench_scale.py -s

Every job runs in a process of its own (jobs.py), ours and its yardsticks turn by turn. The run
writes its table into docs/verified.md, and a short one into README.md. It takes about 20 minutes,
16 GB of memory and 5 GB of disk.
"""

from __future__ import annotations

import itertools
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import kpa_analytics as kpa
from tests.benchmarks.bench_expiry import SQL
from tests.benchmarks.jobs import AS_OF, TABLES, by_pandas

SIZES = (10_000, 100_000, 1_000_000)
LARGE = 10_000_000
Groups = dict[tuple[str, ...], int]
#: What is compared with what, and how many turns they take.
LOADS: Groups = {("cold load", "bare loop"): 3, ("warm load", "read_parquet"): 9}
STATUSES: Groups = {("expiry_status", "DuckDB", "pandas"): 7}
#: The bare loop would need about 28 GB for ten million, and the pages alone take minutes.
LARGE_LOADS: Groups = {("cold load",): 1, ("warm load", "read_parquet"): 5}
LARGE_STATUSES: Groups = {("expiry_status", "DuckDB", "pandas"): 3}

_SERVER = """
import kpa_analytics.demo as demo
org = demo.organisation(people={people}, completions={rows}, seed=1)
with demo.serve(org) as api:
    print(api.url, api.token, flush=True)
    input()
"""

Turns = list[dict[str, Any]]
Measured = dict[int, dict[str, Turns]]


@contextmanager
def _served(rows: int) -> Iterator[list[str]]:
    code = _SERVER.format(people=max(200, rows // 50), rows=rows)
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        yield server.stdout.readline().split()
        server.communicate("\n")


def _rolling(trainings: pl.DataFrame) -> pl.DataFrame:
    """The catalogue, its windows and fixed days taken away: what the yardsticks' rules cover."""
    kept = {"id", "title", "renewal_months", "expiring_days"}
    emptied = (
        pl.lit(None, dtype).alias(n) for n, dtype in trainings.schema.items() if n not in kept
    )
    return trainings.with_columns(*emptied).with_columns(schedule_type=pl.lit("rolling"))


def _write_frames(folder: Path) -> None:
    users = kpa.load_users().with_columns(terminationDate=pl.lit(None, pl.Datetime("ms", "UTC")))
    frames = (kpa.load_completions(), _rolling(kpa.load_trainings()), users)
    for name, frame in zip(TABLES, frames, strict=True):
        frame.write_parquet(folder / f"{name}.parquet")


def _run(group: tuple[str, ...], turns: int, folder: Path) -> dict[str, list[dict[str, Any]]]:
    """Each job's turns; they take them one after the other, so that a busy hour hits them all."""
    workers = {job: _worker(job, folder) for job in group}
    answers: dict[str, list[dict[str, Any]]] = {job: [] for job in group}
    for _ in range(turns):
        for job, worker in workers.items():
            worker.stdin.write("turn\n")
            worker.stdin.flush()
            answers[job].append(json.loads(worker.stdout.readline()))
    for worker in workers.values():
        worker.communicate()
    return answers


def _worker(job: str, folder: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.benchmarks.jobs", job, str(folder)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Measured:
    measurements: Measured = {}
    for rows in (*SIZES, LARGE):
        folder = tmp_path_factory.mktemp(str(rows))
        with _served(rows) as (url, token):
            os.environ |= {
                "KPA_API_URL": url,
                "KPA_API_TOKEN": token,
                "KPA_CACHE_DIR": str(folder / "cache"),
                "KPA_REQUESTS_PER_MINUTE": "10000000",
                "KPA_MAX_AGE": "100000",
            }
            kpa.configure(progress=False)
            measurements[rows] = {}
            for group, turns in (LARGE_LOADS if rows == LARGE else LOADS).items():
                measurements[rows] |= _run(group, turns, folder)
                _write_frames(folder)
        for group, turns in (LARGE_STATUSES if rows == LARGE else STATUSES).items():
            measurements[rows] |= _run(group, turns, folder)
        if rows == SIZES[0]:
            _yardsticks_agree(folder)
    return measurements


def _yardsticks_agree(folder: Path) -> None:
    """The three ways to ask give one answer, else their times mean nothing."""
    import duckdb

    frames = [pl.read_parquet(folder / f"{name}.parquet") for name in TABLES]
    ours = kpa.expiry_status(*frames, as_of=AS_OF)
    with duckdb.connect() as connection:
        for name, frame in zip(TABLES, frames, strict=True):
            connection.register(name, frame)
        theirs = connection.sql(SQL).pl()
    common = ["m_user_id", "user", "training_id", "expiration_date", "days_left", "status"]
    assert_frame_equal(ours.select(common), theirs.select(common), check_dtypes=False)
    flat = (frame.select(pl.exclude(pl.List)).to_pandas() for frame in frames)
    pandas = pl.from_pandas(by_pandas(*flat)[common]).with_columns(
        pl.col("expiration_date").cast(pl.Date)
    )
    assert_frame_equal(ours.select(common), pandas, check_dtypes=False)


def _row(what: str, target: str, values: list[str]) -> str:
    return f"| {what} | {' | '.join(values)} | {target} |"


def _each(measurements: Measured, jobs: tuple[str, ...], text: Callable[..., str]) -> list[str]:
    """A text made of the turns of jobs, for each size; where a job did not run, a dash."""
    return [
        text(*(measurement[job] for job in jobs)) if measurement.keys() >= {*jobs} else "-"
        for measurement in measurements.values()
    ]


def _ratios(measurements: Measured, *jobs: str) -> list[str]:
    """The median of the turns' ratios."""

    def median(ours: Turns, yardstick: Turns) -> str:
        pairs = zip(ours, yardstick, strict=True)
        return f"{statistics.median(a['seconds'] / b['seconds'] for a, b in pairs):.2f}"

    return _each(measurements, jobs, median)


def _best(measurements: Measured, job: str) -> list[float]:
    return [
        min(turn["seconds"] for turn in measurement[job]) for measurement in measurements.values()
    ]


def _seconds(measurements: Measured, job: str) -> list[str]:
    return [f"{seconds:.3f} s" for seconds in _best(measurements, job)]


def _growth(measurements: Measured, job: str) -> list[str]:
    """How much longer each takes than the one before, which is a tenth of it."""
    return ["-", *(f"{b / a:.1f}" for a, b in itertools.pairwise(_best(measurements, job)))]


def _megabytes(measurements: Measured, job: str) -> list[str]:
    return _each(measurements, (job,), lambda turns: f"{turns[0]['peak'] / 2**20:.0f} MB")


def _of_the_json(measurements: Measured, when: str) -> list[str]:
    """The most that any turn took."""

    def most(ours: Turns, bare: Turns) -> str:
        return f"{max(turn[when] for turn in ours) / bare[0]['json']:.3f}"

    return _each(measurements, ("cold load", "bare loop"), most)


def _table(measurements: Measured) -> str:
    header = [f"{rows:,}" for rows in measurements]
    lines = [
        _row("completions", "target at the end", header),
        _row("---", "---", ["---:"] * len(header)),
        _row("cold load, both caches written", "", _seconds(measurements, "cold load")),
        _row(
            "... / time of a loop that stores nothing",
            "<= 1",
            _ratios(measurements, "cold load", "bare loop"),
        ),
        _row("... growth, for ten times the records", "<= 10", _growth(measurements, "cold load")),
        _row("... peak of memory", "", _megabytes(measurements, "cold load")),
        _row(
            "peak of memory of the bare loop",
            "more than ours",
            _megabytes(measurements, "bare loop"),
        ),
        _row("warm load", "", _seconds(measurements, "warm load")),
        _row(
            "... / `pl.read_parquet`", "<= 1.2", _ratios(measurements, "warm load", "read_parquet")
        ),
        _row("`expiry_status`", "", _seconds(measurements, "expiry_status")),
        _row(
            "... / DuckDB's SQL",
            "<= 0.7 up to 1,000,000",
            _ratios(measurements, "expiry_status", "DuckDB"),
        ),
        _row("... / pandas", "< 1", _ratios(measurements, "expiry_status", "pandas")),
        _row(
            "... growth, for ten times the records", "<= 10", _growth(measurements, "expiry_status")
        ),
        _row("... peak of memory", "", _megabytes(measurements, "expiry_status")),
        _row("peak of memory of DuckDB", "more than ours", _megabytes(measurements, "DuckDB")),
        _row("peak of memory of pandas", "more than ours", _megabytes(measurements, "pandas")),
        _row("disk while fetching / the JSON", "<= 0.33", _of_the_json(measurements, "most")),
        _row("disk in the end / the JSON", "<= 0.1", _of_the_json(measurements, "after")),
    ]
    return "\n".join(lines)


def _short(measurements: Measured) -> str:
    """The rows that a reader of the README looks for."""
    rows = {
        "completions": [f"{rows:,}" for rows in measurements],
        "---": ["---:"] * len(measurements),
        "`load_completions()` from the disk": _seconds(measurements, "warm load"),
        "`expiry_status()`": _seconds(measurements, "expiry_status"),
        "... compared with DuckDB's SQL": _ratios(measurements, "expiry_status", "DuckDB"),
        "... compared with pandas": _ratios(measurements, "expiry_status", "pandas"),
    }
    return "\n".join(f"| {what} | {' | '.join(values)} |" for what, values in rows.items())


def _write(page: str, table: str) -> None:
    print("\n" + table)
    path = Path(__file__).parents[2] / page
    begin, end = "<!-- measured: begin -->\n", "<!-- measured: end -->"
    before, _, rest = path.read_text(encoding="utf-8").partition(begin)
    after = rest.partition(end)[2]
    path.write_text(f"{before}{begin}{table}\n{end}{after}", encoding="utf-8")


def test_scale(measured: Measured) -> None:
    _write("docs/verified.md", _table(measured))
    _write("README.md", _short(measured))

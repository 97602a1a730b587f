"""Loading against bare loops. Run: python -m pytest tests/benchmarks/bench_load.py -s"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl
import pytest
import requests

import kpa_analytics as kpa
from kpa_analytics.api.records import decode
from kpa_analytics.data.frames import finish, raw_frame
from kpa_analytics.schema import COMPLETIONS
from tests.benchmarks.yardstick import compare

METHOD = "completedtrainings.v2.list"
ROWS = 100_000

_SERVER = f"""
import kpa_analytics.demo as demo
org = demo.organisation(people=2000, completions={ROWS}, seed=1)
with demo.serve(org) as api:
    print(api.url, api.token, flush=True)
    input()
"""


class Served(NamedTuple):
    url: str
    token: str

    def page(self, number: int, session: Any = requests) -> bytes:
        request = {"token": self.token, "limit": 1000, "page": number}
        return session.post(f"{self.url}/{METHOD}", json=request, timeout=60).content


@pytest.fixture(scope="module")
def api() -> Iterator[Served]:
    """The demo API in a process of its own, so that it costs us only the waiting."""
    command = [sys.executable, "-c", _SERVER]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        yield Served(*server.stdout.readline().split())
        server.communicate("\n")


@pytest.fixture(autouse=True)
def account(api: Served) -> None:
    kpa.configure(token=api.token, api_url=api.url, progress=False, requests_per_minute=1_000_000)


@pytest.fixture(scope="module")
def bodies(api: Served) -> list[bytes]:
    return [api.page(number) for number in range(1, 21)]


def _dated(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(
        pl.from_epoch("created", "ms"),
        *(
            pl.col(f"{day}_number").cast(pl.String).str.to_date("%Y%m%d", strict=False).alias(day)
            for day in ("date", "special_expiration_date")
        ),
    )


def _bare_frame(bodies: list[bytes]) -> pl.DataFrame:
    rows = [row for body in bodies for row in json.loads(body)["completedtrainings"]]
    return _dated(pl.from_dicts(rows, infer_schema_length=None))


def _our_frame(bodies: list[bytes]) -> pl.DataFrame:
    pages = [raw_frame(COMPLETIONS, decode(METHOD, body).completedtrainings) for body in bodies]
    return finish(COMPLETIONS, pl.concat(pages)).frame


def test_pages_to_frame(bodies: list[bytes]) -> None:
    assert _our_frame(bodies)["id"].equals(_bare_frame(bodies)["id"])
    ratio = compare(lambda: _our_frame(bodies), lambda: _bare_frame(bodies))
    print("\n" + ratio.report("pages to typed frame, time", "at most 0.33"))


def _bare_loop(api: Served) -> pl.DataFrame:
    session, rows, number, last = requests.Session(), [], 0, 1
    while number < last:
        number += 1
        answer = json.loads(api.page(number, session))
        rows += answer["completedtrainings"]
        last = answer["paging"]["last_page"]
    return _dated(pl.from_dicts(rows, infer_schema_length=None))


@pytest.mark.filterwarnings("ignore:completions")
def test_cold_load(api: Served) -> None:
    assert kpa.load_completions().height == _bare_loop(api).height
    ratio = compare(lambda: kpa.load_completions(refresh=True), lambda: _bare_loop(api), turns=5)
    print("\n" + ratio.report("cold load, both caches written", "at most 1.0"))


@pytest.mark.filterwarnings("ignore:completions")
def test_warm_load() -> None:
    whole = kpa.load_completions()
    path = kpa.snapshots()["path"][0]
    assert pl.read_parquet(path).equals(whole)
    ratio = compare(kpa.load_completions, lambda: pl.read_parquet(path), turns=25)
    print("\n" + ratio.report("warm load", "at most 1.2"))


def test_import() -> None:
    ratio = compare(
        lambda: _fresh_process("import kpa_analytics"), lambda: _fresh_process("import polars")
    )
    print("\n" + ratio.report("import kpa_analytics against polars", "at most 1.0"))


@pytest.mark.filterwarnings("ignore:completions")
def test_first_warm_frame_of_a_fresh_process(api: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    kpa.load_completions()
    path = Path(kpa.snapshots()["path"][0])
    monkeypatch.setenv("KPA_API_TOKEN", api.token)
    monkeypatch.setenv("KPA_API_URL", api.url)
    ratio = compare(
        lambda: _fresh_process("import kpa_analytics as kpa; kpa.load_completions()"),
        lambda: _fresh_process(f"import polars as pl; pl.read_parquet({str(path)!r})"),
    )
    print("\n" + ratio.report("first warm frame of a fresh process", "at most 1.2"))


def _fresh_process(code: str) -> None:
    subprocess.run([sys.executable, "-c", code], check=True)

"""A control of each explorer changed. Run: python -m pytest tests/benchmarks/bench_widgets.py -s"""

from __future__ import annotations

import statistics
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import kpa_analytics as kpa
from kpa_analytics.widgets import (
    ExpiryExplorer,
    GroupTrainingExplorer,
    InstructorExplorer,
    PlannerExplorer,
    TrendExplorer,
)
from kpa_analytics.widgets.explorer import Explorer
from tests.widgets.conftest import fetched

EXPLORERS: list[Callable[[kpa.TrainingData], Explorer]] = [
    ExpiryExplorer,
    InstructorExplorer,
    GroupTrainingExplorer,
    TrendExplorer,
    PlannerExplorer,
]


@pytest.fixture(scope="module", params=[100_000, 1_000_000])
def data(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    rows: int = request.param
    folder: Path = tmp_path_factory.mktemp("cache")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return fetched(folder, people=rows // 50, completions=rows)


@pytest.mark.parametrize("make", EXPLORERS)
def test_a_change_of_a_control(
    data: kpa.TrainingData, make: Callable[[kpa.TrainingData], Explorer]
) -> None:
    explorer = make(data)
    trainings = data.trainings["id"].to_list()
    office = next(iter(explorer.controls["field_offices"].options))[0]
    turns: dict[str, list[dict[str, Any]]] = {
        "as_of": [{"as_of": f"2026-0{month}-28"} for month in range(1, 6)],
        "trainings": [{"trainings": trainings[:few]} for few in (1, 10, 20, 0)],
        "search": [{"search": text} for text in ("an", "lee", "")],
        "field_offices": [{"field_offices": chosen} for chosen in ([office], [], [""], [])],
    }
    if isinstance(explorer, ExpiryExplorer):
        turns["expiring_days"] = [{"expiring_days": days} for days in (60, 90, 45, 7, 30)]
        turns["statuses"] = [
            {"statuses": chosen}
            for chosen in (["expired"], ["missing", "expiring"], ["current"], [])
        ]
        turns["explained"] = [
            {"explained": row} for row in explorer.rows.sample(9, seed=1).iter_rows(named=True)
        ]
        turns["include_terminated"] = [{"include_terminated": value} for value in (True, False) * 2]
    elif isinstance(explorer, TrendExplorer):
        turns["start"] = [{"start": f"202{year}-06-30"} for year in range(2, 6)]
        turns["every"] = [{"every": every} for every in ("1d", "1w", "1mo")]
        turns["by"] = [{"by": by} for by in ("training", "supervisor", "field_office", None)]
        turns["expiring_days"] = [{"expiring_days": days} for days in (60, 90, 45, 7, 30)]
        turns["include_terminated"] = [{"include_terminated": value} for value in (True, False) * 2]
    elif isinstance(explorer, PlannerExplorer):
        dropped = [{"session": number, "week": None} for number in (1, 2, 3)]
        turns["moves"] = [{"moves": dropped[:count]} for count in (1, 2, 3, 0)]
        turns["weeks"] = [{"weeks": weeks} for weeks in (12, 51, 20, 40, 26)]
        turns["capacity"] = [{"capacity": seats} for seats in (6, 24, 8, 16, 12)]
        turns["by"] = [{"by": by} for by in ("field_office", None)]
    else:
        turns["months"] = [{"months": months} for months in (6, 36, 12, 60, 24)]
    target = "0.3" if data.completions.height == 1_000_000 else "0.1"
    print(f"\n{type(explorer).__name__}, {data.completions.height:,} completions (target {target})")
    for name, changes in turns.items():
        times = [_seconds(explorer, change) for change in changes]
        passed, worked = ([*each] for each in zip(*times, strict=True))
        print(
            f"  {name}: {statistics.median(passed):.3f} s, at most {max(passed):.3f}; "
            f"{statistics.median(worked):.3f} s of processor time"
        )


def _seconds(explorer: Explorer, change: dict[str, Any]) -> tuple[float, float]:
    """The seconds that pass during a change, and those of all processors."""
    began, worked = time.perf_counter(), time.process_time()
    explorer.set(**change)
    return time.perf_counter() - began, time.process_time() - worked

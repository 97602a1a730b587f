"""Composed trainings with many parts fit in memory."""

from __future__ import annotations

import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow

_PEAK = """
import resource, sys
from datetime import date
import polars as pl
from kpa_analytics.analysis.engine import Engine, Rules
from kpa_analytics.schema import COMPLETIONS, TRAININGS

PARTS = PEOPLE = 500
parts = pl.DataFrame({"id": range(1, PARTS + 1), "schedule_type": "rolling", "renewal_months": 12})
composed = pl.DataFrame(
    {"id": range(1001, 1021), "schedule_type": "rolling", "renewal_months": 6,
     "included_trainings_id": [list(range(1, PARTS + 1))] * 20}
)
trainings = pl.concat([TRAININGS.empty(), parts, composed], how="diagonal_relaxed")
done = parts.select(training_id="id").join(
    pl.DataFrame({"m_user_id": [f"{n:024x}" for n in range(PEOPLE)]}), how="cross"
).with_row_index("id").with_columns(pl.col("id").cast(pl.Int64), date=pl.lit(date(2026, 1, 1)))
done = pl.concat([COMPLETIONS.empty(), done], how="diagonal")
engine = Engine(done, Rules(trainings), None, None)
for month in range(1, 13):
    status = engine.status(date(2026, month, 1), 30, False)
    assert status.height == PARTS * PEOPLE + 20 * PEOPLE
if sys.platform == "linux":  # ru_maxrss would count the memory of the process that started this one
    with open("/proc/self/status") as file:
        print(next(1024 * int(line.split()[1]) for line in file if line.startswith("VmHWM")))
else:
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not tell the peak this way")
def test_composed_trainings_of_500_parts_and_500_people_stay_under_a_gigabyte() -> None:
    done = subprocess.run([sys.executable, "-c", _PEAK], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 1_000_000_000, done.stdout

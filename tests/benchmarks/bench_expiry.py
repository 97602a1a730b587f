"""expiry_status against DuckDB's SQL. Run: python -m pytest tests/benchmarks/bench_expiry.py -s"""

from __future__ import annotations

import subprocess
import sys
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

import duckdb
import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from kpa_analytics.analysis.expiry_status import expiry_status
from kpa_analytics.schema import COMPLETIONS, SOURCE, STATUS, TRAININGS, USERS
from tests.benchmarks.yardstick import compare

AS_OF = date(2026, 6, 30)
FIRST = datetime(2022, 7, 1)
COMPLETED, PEOPLE, COURSES = 1_000_000, 20_000, 80

SQL = f"""
WITH counting AS (
    SELECT * FROM completions WHERE date <= DATE '{AS_OF}'
    QUALIFY row_number() OVER (
        PARTITION BY m_user_id, training_id ORDER BY date DESC, created DESC, id DESC
    ) = 1
), expiring AS (
    SELECT
        c.m_user_id,
        coalesce(nullif(concat_ws(', ', u.lastname, u.firstname), ''), c.m_user_id) AS "user",
        c.training_id,
        coalesce(t.title, c.training_id::VARCHAR) AS training,
        c.id AS completion_id,
        c.date,
        coalesce(
            c.special_expiration_date,
            CASE WHEN t.renewal_months > 0 THEN c.date + to_months(t.renewal_months::INT) END
        )::DATE AS expiration_date,
        CASE
            WHEN c.special_expiration_date IS NOT NULL THEN 'special'
            WHEN t.id IS NULL THEN 'unknown'
            WHEN t.renewal_months > 0 THEN 'rolling'
            ELSE 'never'
        END AS expiration_source,
        coalesce(t.expiring_days, 30)::INT AS days
    FROM counting c
    LEFT JOIN trainings t ON t.id = c.training_id
    LEFT JOIN users u ON u.id = c.m_user_id
)
SELECT
    m_user_id, "user", training_id, training, completion_id, date, expiration_date,
    expiration_source,
    date_diff('day', DATE '{AS_OF}', expiration_date) AS days_left,
    expiration_date - days AS starts_expiring,
    CASE
        WHEN expiration_date < DATE '{AS_OF}' THEN 'expired'
        WHEN expiration_date - days <= DATE '{AS_OF}' THEN 'expiring'
        ELSE 'current'
    END AS status
FROM expiring
ORDER BY m_user_id, training_id
"""

_PEAK = """
import sys
import polars as pl
from kpa_analytics.analysis.expiry_status import expiry_status

def kilobytes(name):
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith(name))

frames = [pl.read_parquet(path) for path in sys.argv[1:]]
expiry_status(frames[0].head(1000), *frames[1:], as_of="2026-06-30")
with open("/proc/self/clear_refs", "w") as peak:
    peak.write("5")
before = kilobytes("VmRSS")
status = expiry_status(*frames, as_of="2026-06-30")
print(1024 * (kilobytes("VmHWM") - before) / frames[0].estimated_size())
"""


class Company(NamedTuple):
    completions: pl.DataFrame
    trainings: pl.DataFrame
    users: pl.DataFrame


def table(schema, rows, **columns):
    """A frame of these columns; the others are null."""
    given = [
        pl.Series(name, values, schema[name], strict=False) for name, values in columns.items()
    ]
    absent = [
        pl.lit(None, dtype).alias(name) for name, dtype in schema.items() if name not in columns
    ]
    return pl.DataFrame(given, height=rows).with_columns(absent).select(schema.names())


@pytest.fixture(scope="module")
def company() -> Company:
    """Newest first, as the vendor sends it; every training is rolling or never expires."""
    rng = np.random.default_rng(1)
    person = np.array([f"5e580f0c{n:016x}" for n in range(PEOPLE)])
    day = np.datetime64(FIRST, "D") + np.sort(rng.integers(0, 1461, COMPLETED))[::-1]
    created = day.astype("datetime64[ms]") + rng.integers(0, 86_400_000, COMPLETED)
    special = np.where(rng.random(COMPLETED) < 0.03, day + 400, np.datetime64("NaT"))
    courses = range(1000, 1000 + COURSES)
    return Company(
        table(
            COMPLETIONS.schema,
            COMPLETED,
            id=np.arange(COMPLETED, 0, -1),
            training_id=rng.integers(1000, 1000 + COURSES, COMPLETED),
            m_user_id=person[rng.integers(0, PEOPLE, COMPLETED)],
            created=created,
            date=day,
            special_expiration_date=special,
            m_instructor_id=person[rng.integers(0, 200, COMPLETED)],
            group_training_id=rng.integers(0, 50_000, COMPLETED),
        ),
        table(
            TRAININGS.schema,
            COURSES,
            id=courses,
            title=[f"Training {n}" for n in courses],
            schedule_type=["rolling"] * COURSES,
            renewal_months=[(12, 24, 36, None, 6)[n % 5] for n in courses],
        ),
        table(
            USERS.schema,
            PEOPLE,
            id=person,
            firstname=[f"First {n}" for n in range(PEOPLE)],
            lastname=[f"Last {n}" for n in range(PEOPLE)],
        ),
    )


def by_duckdb(company: Company) -> pl.DataFrame:
    with duckdb.connect() as connection:
        for name, frame in company._asdict().items():
            connection.register(name, frame)
        return connection.sql(SQL).pl()


def test_expiry_status_against_sql(company: Company) -> None:
    ours = expiry_status(*company, as_of=AS_OF)
    theirs = by_duckdb(company).with_columns(
        pl.col("expiration_source").cast(SOURCE), pl.col("status").cast(STATUS)
    )
    assert_frame_equal(ours, theirs)
    ratio = compare(lambda: expiry_status(*company, as_of=AS_OF), lambda: by_duckdb(company))
    print("\n" + ratio.report(f"expiry_status of {COMPLETED:,} / DuckDB's SQL", "<= 0.8"))


@pytest.mark.skipif(sys.platform != "linux", reason="the peak is read from /proc")
def test_peak_memory_beside_the_input(company: Company, tmp_path: Path) -> None:
    paths = [str(tmp_path / f"{name}.parquet") for name in company._fields]
    for path, frame in zip(paths, company, strict=True):
        frame.write_parquet(path)
    command = [sys.executable, "-c", _PEAK, *paths]
    peak = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    print(f"\npeak memory / input: {float(peak):.2f} (target <= 4)")
    assert float(peak) > 0

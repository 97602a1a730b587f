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
COMPLETED, COURSES = 1_000_000, 80
#: People: so many that most pairs have one completion, or so few that each pair has six.
MANY, FEW = 20_000, 2_000

#: DuckDB's fastest way to the latest of each pair is arg_max of a struct; row_number() takes about
#: twice as long. Of window trainings it covers those that were never offered again.
SQL = f"""
WITH counting AS (
    SELECT
        m_user_id,
        training_id,
        unnest(arg_max(
            struct_pack(id := id, date := date, special := special_expiration_date),
            (date, created, id)
        ))
    FROM completions WHERE date <= DATE '{AS_OF}'
    GROUP BY m_user_id, training_id
), dated AS (
    SELECT
        c.*,
        t.title,
        coalesce(t.expiring_days, 30)::INT AS days,
        CASE
            WHEN c.special IS NOT NULL THEN 'special'
            WHEN t.id IS NULL THEN 'unknown'
            WHEN t.schedule_type = 'window' THEN 'window'
            WHEN t.expires_on_month > 0 THEN 'fixed'
            WHEN t.renewal_months > 0 THEN 'rolling'
            ELSE 'never'
        END AS source,
        t.renewal_months,
        make_date(
            year(c.date) + (make_date(year(c.date), t.expires_on_month, t.expires_on_day)
                <= c.date)::INT,
            t.expires_on_month, t.expires_on_day
        ) AS fixed_day,
        greatest(
            year(c.date) + (make_date(year(c.date), t.window_open_month, t.window_open_day)
                <= c.date)::INT,
            {AS_OF.year} + (make_date({AS_OF.year}, t.window_close_month, t.window_close_day)
                < DATE '{AS_OF}')::INT
        ) AS window_year,
        t.window_open_month, t.window_open_day, t.window_close_month, t.window_close_day
    FROM counting c LEFT JOIN trainings t ON t.id = c.training_id
), expiring AS (
    SELECT
        *,
        CASE source
            WHEN 'special' THEN special
            WHEN 'window' THEN make_date(window_year, window_close_month, window_close_day)
            WHEN 'fixed' THEN fixed_day
            WHEN 'rolling' THEN date + to_months(renewal_months::INT)
        END::DATE AS expires
    FROM dated
), starting AS (
    SELECT
        *,
        CASE source
            WHEN 'window' THEN make_date(window_year, window_open_month, window_open_day)
            ELSE expires - days
        END AS starts
    FROM expiring
)
SELECT
    s.m_user_id,
    coalesce(nullif(concat_ws(', ', u.lastname, u.firstname), ''), s.m_user_id) AS "user",
    s.training_id,
    coalesce(s.title, s.training_id::VARCHAR) AS training,
    s.id AS completion_id,
    s.date,
    s.expires AS expiration_date,
    s.source AS expiration_source,
    date_diff('day', DATE '{AS_OF}', s.expires) AS days_left,
    s.starts AS starts_expiring,
    CASE
        WHEN s.expires < DATE '{AS_OF}' THEN 'expired'
        WHEN s.starts <= DATE '{AS_OF}' THEN 'expiring'
        ELSE 'current'
    END AS status
FROM starting s LEFT JOIN users u ON u.id = s.m_user_id
ORDER BY s.m_user_id, s.training_id
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


def invented(people: int, *, mixed: bool, completed: int = COMPLETED) -> Company:
    """Completions newest first, as the vendor sends them.

    Args:
        people: how many people there are.
        mixed: a third of the trainings each are rolling (or never expire), expire on a fixed day,
            and have a window; otherwise all are rolling or never expire.
        completed: how many completions there are.
    """
    rng = np.random.default_rng(1)
    person = np.array([f"5e580f0c{n:016x}" for n in range(people)])
    day = np.datetime64(FIRST, "D") + np.sort(rng.integers(0, 1461, completed))[::-1]
    created = day.astype("datetime64[ms]") + rng.integers(0, 86_400_000, completed)
    special = np.where(rng.random(completed) < 0.03, day + 400, np.datetime64("NaT"))
    courses = range(1000, 1000 + COURSES)
    kinds = [n % 3 if mixed else 0 for n in courses]

    def of_kind(kind: int, value: int) -> list[int | None]:
        return [value if course_kind == kind else None for course_kind in kinds]

    return Company(
        table(
            COMPLETIONS.schema,
            completed,
            id=np.arange(completed, 0, -1),
            training_id=rng.integers(1000, 1000 + COURSES, completed),
            m_user_id=person[rng.integers(0, people, completed)],
            created=created,
            date=day,
            special_expiration_date=special,
            m_instructor_id=person[rng.integers(0, 200, completed)],
            group_training_id=rng.integers(0, 50_000, completed),
        ),
        table(
            TRAININGS.schema,
            COURSES,
            id=courses,
            title=[f"Training {n}" for n in courses],
            schedule_type=["window" if kind == 2 else "rolling" for kind in kinds],
            renewal_months=[
                None if kind else (12, 24, 36, None, 6)[n % 5]
                for n, kind in zip(courses, kinds, strict=True)
            ],
            expires_on_month=of_kind(1, 9),
            expires_on_day=of_kind(1, 15),
            window_open_month=of_kind(2, 6),
            window_open_day=of_kind(2, 1),
            window_close_month=of_kind(2, 6),
            window_close_day=of_kind(2, 29),
        ),
        table(
            USERS.schema,
            people,
            id=person,
            firstname=[f"First {n}" for n in range(people)],
            lastname=[f"Last {n}" for n in range(people)],
        ),
    )


@pytest.fixture(scope="module")
def company() -> Company:
    return invented(MANY, mixed=False)


def by_duckdb(company: Company) -> pl.DataFrame:
    with duckdb.connect() as connection:
        for name, frame in company._asdict().items():
            connection.register(name, frame)
        return connection.sql(SQL).pl()


@pytest.mark.parametrize(
    ("people", "mixed"), [(MANY, False), (FEW, False), (MANY, True), (FEW, True)]
)
def test_expiry_status_against_sql(people: int, mixed: bool) -> None:
    company = invented(people, mixed=mixed)
    ours = expiry_status(*company, as_of=AS_OF)
    theirs = by_duckdb(company).with_columns(
        pl.col("expiration_source").cast(SOURCE), pl.col("status").cast(STATUS)
    )
    assert_frame_equal(ours, theirs)
    ratio = compare(lambda: expiry_status(*company, as_of=AS_OF), lambda: by_duckdb(company))
    kinds = "every schedule kind" if mixed else "rolling"
    what = f"expiry_status of {COMPLETED:,} ({ours.height:,} pairs, {kinds}) / DuckDB's SQL"
    print("\n" + ratio.report(what, "<= 0.7"))


@pytest.mark.skipif(sys.platform != "linux", reason="the peak is read from /proc")
def test_peak_memory_beside_the_input(company: Company, tmp_path: Path) -> None:
    paths = [str(tmp_path / f"{name}.parquet") for name in company._fields]
    for path, frame in zip(paths, company, strict=True):
        frame.write_parquet(path)
    command = [sys.executable, "-c", _PEAK, *paths]
    peak = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    print(f"\npeak memory / input: {float(peak):.2f} (target <= 4)")
    assert float(peak) > 0

"""One engine, prepared once, says of many days what expiry_status says of each."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from kpa_analytics import TrainingData, expiry_status
from kpa_analytics.analysis.engine import Engine, Rules
from kpa_analytics.schema import COMPLETIONS, EMPLOYEE_STATUS, TRAININGS, USERS
from tests.analysis.company import FIRST, LAST, company
from tests.conftest import at_most

PAGES = st.tuples(
    st.dates(min_value=FIRST, max_value=LAST) | st.sampled_from([date.min, date.max]),
    st.integers(min_value=0, max_value=3650),
    st.booleans(),
)


def records(seed: int, people: int = 12, count: int = 160) -> TrainingData:
    """A random company, with undated, required and composed trainings in it."""
    completions, trainings, users, pairs = company(seed, people, count)
    must_have = (
        pl.DataFrame(pairs, schema=["m_user_id", "incomplete_training_ids"], orient="row")
        .group_by("m_user_id")
        .agg("incomplete_training_ids")
    )
    employee_status = pl.concat([EMPLOYEE_STATUS.empty(), must_have], how="diagonal")
    return TrainingData(
        completions=completions, trainings=trainings, users=users, employee_status=employee_status
    )


def engine_of(data: TrainingData) -> Engine:
    required = data.employee_status if data.employee_status.height else None
    return Engine(data.completions, Rules(data.trainings), data.users, required)


def status_on(data: TrainingData, page: tuple[date, int, bool]) -> pl.DataFrame:
    as_of, expiring_days, include_terminated = page
    return expiry_status(
        data.completions,
        data.trainings,
        data.users,
        as_of=as_of,
        expiring_days=expiring_days,
        required=data.employee_status,
        include_terminated=include_terminated,
    )


@pytest.mark.slow
@settings(max_examples=at_most(10))
@given(
    seed=st.integers(min_value=0, max_value=10**6), pages=st.lists(PAGES, min_size=3, max_size=4)
)
def test_every_day_is_what_expiry_status_says(
    seed: int, pages: list[tuple[date, int, bool]]
) -> None:
    data = records(seed, people=24, count=320)
    engine = engine_of(data)
    for page in pages:
        assert_frame_equal(engine.status(*page), status_on(data, page))


@pytest.mark.slow
def test_every_kind_of_row_is_right_day_by_day() -> None:
    data = records(3, people=200, count=4000)
    engine = engine_of(data)
    pages = [(date(year, month, 7), 45, False) for year in (2022, 2024, 2026) for month in (2, 9)]
    seen = [engine.status(*page) for page in pages]
    for page, rows in zip(pages, seen, strict=True):
        assert_frame_equal(rows, status_on(data, page))
    rows = pl.concat(seen)
    assert {"current", "expiring", "expired", "missing", "not_due"} == {*rows["status"]}
    sources = {"rolling", "fixed", "window", "special", "never", "composed", "unknown", None}
    assert {*rows["expiration_source"]} == sources


def test_a_derived_completion_changes_on_the_days_of_its_parts_until_its_own() -> None:
    def on(day: date, training: int) -> dict[str, object]:
        return {"id": day.toordinal(), "training_id": training, "m_user_id": "a", "date": day}

    done = [
        on(date(2024, 1, 10), 1),
        on(date(2024, 3, 10), 2),
        on(date(2024, 5, 10), 1),
        on(date(2024, 8, 10), 20),
    ]
    catalogue = [
        {"id": training, "schedule_type": "rolling", "renewal_months": 12} for training in (1, 2)
    ]
    composed = {"id": 20, "schedule_type": "rolling", "included_trainings_id": [1, 2]}
    data = TrainingData(
        completions=pl.DataFrame(done, schema=COMPLETIONS.schema),
        trainings=pl.DataFrame([*catalogue, composed], schema=TRAININGS.schema),
    )
    engine = engine_of(data)

    def of_composed(day: date) -> list[tuple[object, ...]]:
        rows = engine.status(day, 30, include_terminated=False).filter(pl.col("training_id") == 20)
        return rows.select("date", "expiration_date", "expiration_source", "status").rows()

    assert of_composed(date(2024, 3, 9)) == []
    assert of_composed(date(2024, 3, 10)) == [
        (date(2024, 3, 10), date(2025, 1, 10), "composed", "current")
    ]
    assert of_composed(date(2024, 8, 9)) == [
        (date(2024, 5, 10), date(2025, 3, 10), "composed", "current")
    ]
    assert of_composed(date(2024, 8, 10)) == [(date(2024, 8, 10), None, "never", "current")]


def test_a_person_counts_until_the_day_of_leaving() -> None:
    data = records(5)
    who = data.completions["m_user_id"][0]
    leaving = pl.DataFrame([{"id": who, "terminationDate": date(2025, 3, 10)}])
    users = leaving.cast({"terminationDate": USERS.schema["terminationDate"]})
    alone = TrainingData(
        completions=data.completions.filter(pl.col("m_user_id") == who),
        users=pl.concat([USERS.empty(), users], how="diagonal"),
    )
    engine = engine_of(alone)
    assert engine.status(date(2025, 3, 9), 30, include_terminated=False).height > 0
    assert engine.status(date(2025, 3, 10), 30, include_terminated=False).height == 0
    assert engine.status(date(2025, 3, 10), 30, include_terminated=True).height > 0


def test_no_records_give_no_rows() -> None:
    engine = engine_of(TrainingData(completions=COMPLETIONS.empty()))
    assert engine.status(date(2026, 6, 30), 30, include_terminated=False).height == 0


def test_an_engine_of_one_day_gives_no_other() -> None:
    engine = Engine(COMPLETIONS.empty(), Rules(None), None, None, only=FIRST)
    assert engine.status(FIRST, 30, include_terminated=True).is_empty()
    with pytest.raises(ValueError, match=f"records of {FIRST} only, not of {LAST}"):
        engine.status(LAST, 30, include_terminated=True)

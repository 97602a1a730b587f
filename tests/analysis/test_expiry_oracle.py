"""The package against the oracle, row by row."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpa_analytics.analysis.expiry_status import expiry_status
from tests.analysis.company import company
from tests.analysis.oracle import Oracle
from tests.conftest import at_most

DAYS = [
    date(2010, 1, 1),
    date(2023, 12, 31),
    date(2024, 2, 29),
    date(2025, 6, 15),
    date(2026, 1, 7),
    date(2026, 12, 31),
    date(2033, 6, 15),
]


@pytest.mark.slow
@pytest.mark.parametrize("as_of", DAYS, ids=str)
@pytest.mark.parametrize("seed", range(4))
def test_equal_to_the_oracle_row_by_row(seed, as_of):
    completions, trainings, users, pairs = company(seed)
    leavers_too = bool(seed % 2)
    ours = expiry_status(
        completions,
        trainings,
        users,
        as_of=as_of,
        required=pl.DataFrame(
            pairs, schema={"m_user_id": pl.String, "training_id": pl.Int64}, orient="row"
        ),
        include_terminated=leavers_too,
    )
    oracle = Oracle(
        completions.to_dicts(), trainings.to_dicts(), users.to_dicts(), as_of, required=pairs
    )
    theirs = list(oracle.rows(include_terminated=leavers_too))
    assert len(theirs) > 1000 or as_of == DAYS[0]
    assert ours.to_dicts() == theirs


@pytest.mark.slow
@settings(max_examples=at_most(40))
@given(
    seed=st.integers(0, 10**6),
    as_of=st.dates(date(1990, 1, 1), date(2040, 12, 31)),
    expiring_days=st.integers(0, 400),
    leavers_too=st.booleans(),
)
def test_equal_to_the_oracle_on_any_day(seed, as_of, expiring_days, leavers_too):
    completions, trainings, users, pairs = company(seed, people=12, count=150)
    ours = expiry_status(
        completions,
        trainings,
        users,
        as_of=as_of,
        expiring_days=expiring_days,
        required=pl.DataFrame(
            pairs, schema={"m_user_id": pl.String, "training_id": pl.Int64}, orient="row"
        ),
        include_terminated=leavers_too,
    )
    frames = (completions, trainings, users)
    oracle = Oracle(*(frame.to_dicts() for frame in frames), as_of, expiring_days, pairs)
    assert ours.to_dicts() == list(oracle.rows(include_terminated=leavers_too))


@pytest.mark.slow
def test_the_random_companies_reach_every_status_and_source():
    seen = [expiry_status(*company(seed)[:3], as_of=day) for seed in range(2) for day in DAYS]
    rows = pl.concat(seen)
    assert set(rows["status"]) == {"current", "expiring", "expired", "missing", "not_due"}
    assert set(rows["expiration_source"]) == {
        "special", "window", "fixed", "rolling", "never", "composed", "unknown",
    }  # fmt: skip


def test_without_a_catalogue_only_special_dates_are_known():
    completions, _, users, _ = company(9, count=2000)
    ours = expiry_status(completions, None, users, as_of=DAYS[3])
    theirs = Oracle(completions.to_dicts(), [], users.to_dicts(), DAYS[3]).rows()
    assert ours.to_dicts() == list(theirs)
    assert set(ours["expiration_source"]) == {"special", "unknown"}

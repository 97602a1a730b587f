"""The properties of expiry_status that hold for all records."""

import random
from datetime import timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from kpa_analytics.analysis.expiry_status import expiry_status
from kpa_analytics.employment import employment, has_left
from tests.analysis.company import FIRST, LAST, company, completions
from tests.conftest import at_most

seeds = st.integers(min_value=0, max_value=10**6)
days = st.dates(min_value=FIRST, max_value=LAST)
PAIR = ["m_user_id", "training_id"]


def small(seed):
    """A company of some 15 people, and who must have what as a frame."""
    records, trainings, users, pairs = company(seed, people=12, count=120)
    schema = {"m_user_id": pl.String, "training_id": pl.Int64}
    return records, trainings, users, pl.DataFrame(pairs, schema=schema, orient="row")


def judge(seed, as_of, **options):
    records, trainings, users, pairs = small(seed)
    return expiry_status(records, trainings, users, as_of=as_of, required=pairs, **options)


@pytest.mark.slow
@settings(max_examples=at_most(25))
@given(seed=seeds, as_of=days, later=st.integers(min_value=1, max_value=800))
def test_time_alone_never_makes_the_expired_current(seed, as_of, later):
    records, *known, pairs = small(seed)
    records = records.filter(pl.col("date") <= as_of)
    before, after = (
        expiry_status(records, *known, as_of=day, required=pairs, include_terminated=True)
        for day in (as_of, as_of + timedelta(days=later))
    )
    expired = before.filter(pl.col("status") == "expired")
    then = expired.join(after, on=PAIR, how="left", suffix="_then")
    assert "current" not in then["status_then"]
    assert then["status_then"].null_count() == 0


@pytest.mark.slow
@settings(max_examples=at_most(25))
@given(seed=seeds, as_of=days)
def test_days_left_is_exactly_the_difference(seed, as_of):
    for row in judge(seed, as_of).iter_rows(named=True):
        expires = row["expiration_date"]
        assert row["days_left"] == (None if expires is None else (expires - as_of).days)
        if row["status"] == "current" and expires:
            assert as_of < row["starts_expiring"]
        if row["date"]:
            assert row["date"] <= as_of


@pytest.mark.slow
@settings(max_examples=at_most(20))
@given(seed=seeds, as_of=days, split=st.integers(min_value=0, max_value=15))
def test_two_halves_of_the_people_are_the_whole(seed, as_of, split):
    records, trainings, users, pairs = small(seed)
    first = pl.col("m_user_id") < f"{split:024x}"
    halves = [
        expiry_status(
            records.filter(half), trainings, users, as_of=as_of, required=pairs.filter(half)
        )
        for half in (first, ~first)
    ]
    assert_frame_equal(pl.concat(halves), judge(seed, as_of))


@pytest.mark.slow
@settings(max_examples=at_most(20))
@given(seed=seeds, as_of=days)
def test_the_order_of_rows_does_not_matter(seed, as_of):
    records, trainings, users, pairs = small(seed)
    shuffled = expiry_status(
        records.sample(fraction=1, shuffle=True, seed=seed),
        trainings,
        users,
        as_of=as_of,
        required=pairs.reverse(),
    )
    assert_frame_equal(shuffled, judge(seed, as_of))


@pytest.mark.slow
@settings(max_examples=at_most(20))
@given(seed=seeds, as_of=days)
def test_every_pair_of_who_counts_is_there_exactly_once_and_in_order(seed, as_of):
    records, trainings, users, pairs = small(seed)
    status = judge(seed, as_of)
    people = employment(users).collect()
    happened = records.filter(pl.col("date").is_null() | (pl.col("date") <= as_of))
    held = happened.filter(
        pl.col("date").is_not_null() | pl.col("special_expiration_date").is_not_null()
    )
    not_yet = people.filter(pl.col("exists_since") > as_of)["m_user_id"]
    made = trainings.unique("id", keep="first").filter(pl.col("created").dt.date() > as_of)["id"]
    never = pl.concat([happened.select(PAIR), pairs]).filter(
        ~pl.col("m_user_id").is_in(not_yet.implode()),
        ~pl.col("training_id").is_in(made.implode()),
    )
    left = people.filter(has_left(as_of))["m_user_id"]
    due = (
        pl.concat([held.select(PAIR), never])
        .unique()
        .filter(~pl.col("m_user_id").is_in(left.implode()))
    )
    assert not status.select(PAIR).is_duplicated().any()
    assert due.join(status, on=PAIR, how="anti").is_empty()
    extra = status.join(due, on=PAIR, how="anti")
    assert set(extra["expiration_source"]) <= {"composed"}
    assert_frame_equal(status, status.sort(PAIR))


@pytest.mark.slow
@settings(max_examples=at_most(10))
@given(seed=seeds, as_of=days)
def test_lazy_frames_give_what_frames_give(seed, as_of):
    records, trainings, users, pairs = small(seed)
    lazy = expiry_status(
        records.lazy(), trainings.lazy(), users.lazy(), as_of=as_of, required=pairs.lazy()
    )
    assert_frame_equal(lazy.collect(), judge(seed, as_of))


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["in-memory", pytest.param("streaming", marks=pytest.mark.slow)])
def test_any_columns_of_a_lazy_result_can_be_selected(engine):
    records, trainings, users, pairs = small(1)
    lazy = expiry_status(records.lazy(), trainings, users, as_of=LAST, required=pairs)
    whole = judge(1, LAST)
    for column in whole.columns:
        assert_frame_equal(lazy.select(column).collect(engine=engine), whole.select(column))
    counted = lazy.group_by("status").len().collect(engine=engine)
    assert counted["len"].sum() == whole.height


def test_the_first_rows_of_a_lazy_result_are_those_of_the_whole():
    records, trainings, users, pairs = small(1)
    lazy = expiry_status(records.lazy(), trainings, users, as_of=LAST, required=pairs)
    whole = judge(1, LAST)
    assert_frame_equal(lazy.head(7).collect(), whole.head(7))
    composed = pl.col("expiration_source") == "composed"
    assert_frame_equal(lazy.filter(composed).collect(), whole.filter(composed))
    assert whole.filter(composed).height > 0


def test_completions_of_one_person_are_enough():
    rng = random.Random(5)
    records = completions(rng, people=1, count=40)
    for (person,), own in records.group_by("m_user_id"):
        status = expiry_status(own, as_of=LAST)
        assert set(status["m_user_id"]) == {person}

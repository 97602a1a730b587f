"""The chart of people and trainings."""

from __future__ import annotations

import re

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpa_analytics import charts
from kpa_analytics.charts.render import specification, svg
from tests.charts.frames import STATUS, person_id, status_frame

SCORES = {
    key: {
        name: (
            rows["status"].is_in(["expired", "missing"]).sum(),
            (rows["status"] == "expiring").sum(),
            rows.height,
        )
        for (name,), rows in STATUS.group_by(key)
    }
    for key in ("m_user_id", "training_id")
}


@pytest.mark.slow
@given(people=st.integers(1, 60), trainings=st.integers(1, 40))
def test_the_matrix_holds_the_worst_people_and_trainings(people, trainings):
    table = charts.training_matrix_table(STATUS, people=people, trainings=trainings)
    wanted = STATUS.select("m_user_id", "training_id", "status", "days_left")
    assert table.join(wanted, on=wanted.columns, nulls_equal=True).height == table.height
    for key, bound in (("m_user_id", people), ("training_id", trainings)):
        kept = set(table[key])
        assert len(kept) <= bound
        if len(kept) == min(bound, len(SCORES[key])) < len(SCORES[key]):
            left_out = max(score for name, score in SCORES[key].items() if name not in kept)
            assert min(SCORES[key][name] for name in kept) >= left_out


def test_the_matrix_says_how_many_it_leaves_out():
    table = charts.training_matrix_table(STATUS, people=5, trainings=5)
    rest = STATUS.height - table.height
    assert f"Not drawn: {rest:,} of {STATUS.height:,}" in (
        charts.training_matrix(STATUS, people=5, trainings=5).description
    )


def test_the_title_counts_the_gaps_that_are_drawn_and_the_people_who_have_them():
    every = STATUS.filter(pl.col("status").is_in(["expired", "missing"])).height
    table = charts.training_matrix_table(STATUS, people=5, trainings=5)
    gaps = table.filter(pl.col("status").is_in(["expired", "missing"]))
    people, trainings = (gaps[key].n_unique() for key in ("m_user_id", "training_id"))
    title = charts.training_matrix(STATUS, people=5, trainings=5).to_dict()["title"]["text"]
    assert title == (
        f"{people} people in {trainings} trainings account for {gaps.height:,} of {every:,} gaps"
    )
    few = STATUS.filter(pl.col("m_user_id").is_in([person_id(1), person_id(2)]))
    behind = few.with_columns(
        pl.when(pl.int_range(pl.len()) == 0)
        .then(pl.lit("expired"))
        .otherwise(pl.lit("current"))
        .cast(few.schema["status"])
        .alias("status")
    )
    title = charts.training_matrix(behind, requirements_known=True).to_dict()["title"]["text"]
    assert title == "1 person has 1 gap"


def test_people_with_the_same_name_stay_two_rows_of_the_matrix():
    twins = STATUS.filter(pl.col("m_user_id").is_in([person_id(1), person_id(2)]))
    table = charts.training_matrix_table(twins.with_columns(user=pl.lit("Smith, Jo")))
    assert table["user"].n_unique() == 2


@pytest.mark.slow
def test_people_with_the_same_name_have_different_labels_after_shortening():
    name = "García Hernández de la Torre, Alejandra"
    frame = status_frame(3, 4).with_columns(pl.lit(name).alias("user"))
    ids = frame["m_user_id"].unique().to_list()
    drawn = set(
        re.findall(
            r"<text[^>]*>(\([^<]*)</text>", svg(specification(charts.training_matrix(frame)))
        )
    )
    assert len(drawn) == len(ids) == 3
    assert {text[2:8] for text in drawn} == {person[-6:] for person in ids}


def test_a_whole_matrix_is_not_compared_with_other_people():
    said = charts.training_matrix(STATUS, people=60, trainings=40).description
    assert "Who lacks what: 60 people and 30 trainings, worst first" in said
    one_case = charts.training_matrix(STATUS.head(1)).description
    assert "Who lacks what: 1 person and 1 training, as of" in one_case
    part = charts.training_matrix(STATUS, people=5, trainings=2).description
    assert "the 5 people and 2 trainings with the most expired or missing, worst first" in part


def test_one_day_is_no_days():
    rows = STATUS.filter(pl.col("days_left").is_not_null()).unique("m_user_id").head(3)
    rows = rows.with_columns(days_left=pl.Series([1, -1, 2], dtype=pl.Int64))
    drawing = svg(specification(charts.training_matrix(rows)))
    said = re.findall(r"(?:expired )?-?\d+ days? (?:left|ago)", drawing)
    assert sorted({*said}) == ["1 day left", "2 days left", "expired 1 day ago"]

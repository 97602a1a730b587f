"""The heat map of trainings and instructors."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date

import polars as pl
import pytest

from kpa_analytics import charts
from kpa_analytics.errors import KPADataError
from tests.charts.frames import AS_OF, taught_frames
from tests.charts.marks import drawing

COMPLETIONS, TRAININGS, USERS = taught_frames()
#: Completions by training and instructor in the 24 months up to AS_OF, counted by other code.
PAIRS = Counter(
    (row["training_id"], row["m_instructor_id"])
    for row in COMPLETIONS.iter_rows(named=True)
    if row["m_instructor_id"] and date(2024, 6, 30) < row["date"] <= AS_OF
)
TEACHERS: dict[int, set[str]] = defaultdict(set)
for training, teacher in PAIRS:
    TEACHERS[training].add(teacher)


def table(**options):
    return charts.instructor_training_table(COMPLETIONS, TRAININGS, USERS, as_of=AS_OF, **options)


def test_each_cell_counts_the_completions_of_a_training_and_an_instructor():
    cells = table(instructors=20)
    counted = cells.select("training_id", "m_instructor_id", "completions").iter_rows()
    assert {(training, other): number for training, other, number in counted} == PAIRS
    for training, teachers in cells.select("training_id", "taught_by").iter_rows():
        assert teachers == len(TEACHERS[training])


def test_trainings_with_the_fewest_instructors_come_first():
    order = table().unique("row").sort("row")
    known = [
        (len(TEACHERS[training]), -sum(n for (key, _), n in PAIRS.items() if key == training))
        for training in order["training_id"]
    ]
    assert known == sorted(known)
    assert known[0][0] == 1
    kept = table(top=3)["training_id"].unique().to_list()
    assert set(kept) == set(order["training_id"][:3])


def test_whoever_teaches_a_training_alone_has_a_column_and_the_others_share_one():
    cells = table(instructors=3)
    (alone,) = {*cells.filter(pl.col("taught_by") == 1)["m_instructor_id"]}
    assert cells.filter(pl.col("column") == 0)["m_instructor_id"].unique().to_list() == [alone]
    everyone = {teacher for _, teacher in PAIRS}
    assert f"others ({len(everyone) - 3})" in cells["instructor"].to_list()
    assert cells["completions"].sum() == PAIRS.total()
    assert cells["column"].max() == 3


@pytest.mark.slow
def test_the_title_says_how_many_trainings_one_person_teaches_alone():
    chart = charts.instructor_training(COMPLETIONS, TRAININGS, USERS, as_of=AS_OF, top=5)
    lone = sum(len(teachers) == 1 for teachers in TEACHERS.values())
    verb = "is" if lone == 1 else "are"
    assert chart.description.startswith(f"{lone} of 12 trainings {verb} taught by only one person")
    assert (
        "Not drawn: 7 trainings with at least as many instructors as the last row"
        in chart.description
    )
    assert "only 1" in drawing(chart)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"months": 0}, "months must be a whole number from 1 to 1,200, not 0"),
        ({"instructors": 21}, "instructors must be a whole number from 1 to 20, not 21"),
        ({"top": True}, "top must be a whole number from 1 to 40, not True"),
    ],
)
def test_a_number_out_of_range_is_an_error_that_names_it(options, message):
    with pytest.raises(KPADataError, match=message):
        table(**options)

"""The chart of how many instructors each training has."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from kpa_analytics import charts
from tests.charts.frames import AS_OF, coverage_frame
from tests.charts.marks import drawing


def test_not_taught_lately_differs_from_no_instructor_recorded():
    frame = coverage_frame(3).with_columns(
        pl.Series("instructors", [0, 0, 1]),
        pl.Series("last_taught", [date(2019, 5, 4), None, AS_OF]),
        pl.Series("single_instructor", [False, False, True]),
    )
    chart = charts.instructor_coverage(frame)
    assert "1 not taught in the period, 1 with no instructor recorded" in chart.description
    drawn = drawing(chart)
    assert drawn.count(">not taught in the period, last on 4 May 2019<") == 1
    assert drawn.count(">no instructor recorded<") == 1
    kinds = charts.instructor_coverage_table(frame)["taught_by"].to_list()
    assert kinds == ["one person only", "not taught in the period", "no instructor recorded"]
    hidden = charts.instructor_coverage(frame, top=1).description
    assert "Not drawn: 1 training not taught in the period, 1 training with no" in hidden


def test_coverage_starts_with_trainings_of_one_instructor_and_names_them():
    frame = coverage_frame(40)
    table = charts.instructor_coverage_table(frame, top=60)
    teach = sorted(frame["instructors"], key=lambda number: (number == 0, number))
    assert table["instructors"].to_list() == teach
    assert teach[-1] == 0
    alone = table.filter(pl.col("taught_by") == "one person only")
    names = dict(frame.select("training_id", pl.col("instructor_names").list.first()).iter_rows())
    assert alone.height == frame["single_instructor"].sum() > 0
    assert all(row["names"] == names[row["training_id"]] for row in alone.iter_rows(named=True))


def test_coverage_names_three_and_counts_the_others():
    several = charts.instructor_coverage_table(coverage_frame(40)).filter(pl.col("instructors") > 3)
    for row in several.iter_rows(named=True):
        assert row["names"].count(";") == 3
        assert row["names"].endswith(f"; {row['instructors'] - 3} more")


def test_coverage_says_how_many_trainings_it_leaves_out():
    frame = coverage_frame(40)
    said = charts.instructor_coverage(frame, top=10).description
    assert "Not drawn: 26 trainings with at least as many instructors as the last row" in said
    assert "4 trainings with no instructor recorded" in said


@pytest.mark.parametrize(
    ("leaving", "who"), [(["x"], "This instructor"), (["x", "y"], "These instructors")]
)
def test_instructors_who_taught_none_of_the_trainings_may_teach_others(leaving, who):
    said = charts.instructor_coverage(coverage_frame(3), without=leaving).description
    assert f"{who} taught none of these trainings in the period" in said
    nothing = charts.instructor_coverage(coverage_frame(3).clear(), without=leaving).description
    assert "No trainings with an instructor to show" in nothing


def test_without_the_instructors_of_one_training_it_is_named():
    frame = coverage_frame(9).filter(pl.col("instructors") > 1).head(1)
    title, everyone = frame["training"][0], frame["m_instructor_ids"][0].to_list()
    for leaving, who in ((everyone, "nobody"), (everyone[:1], "somebody else still")):
        said = charts.instructor_coverage(frame, without=leaving).description
        assert f", {who} teaches {title}. " in said


@pytest.mark.parametrize(
    ("instructors", "said"),
    [
        (0, "was not taught by an instructor in the period"),
        (1, "is taught by only one person"),
        (3, "is taught by 3 people"),
    ],
)
def test_the_title_names_the_only_training(instructors, said):
    frame = coverage_frame(1).with_columns(
        instructors=pl.lit(instructors, pl.Int64), single_instructor=pl.lit(instructors == 1)
    )
    title = frame["training"][0]
    assert charts.instructor_coverage(frame).description.startswith(f"{title} {said}. ")

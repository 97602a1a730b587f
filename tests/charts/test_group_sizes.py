"""The chart of how many people group sessions have."""

from __future__ import annotations

import polars as pl
import pytest

from kpa_analytics import charts
from tests.charts.frames import SESSIONS, sessions_frame, size


def sized(*sizes: tuple[int | None, int]) -> pl.DataFrame:
    """Sessions with these numbers of people listed and recorded."""
    return (
        sessions_frame(len(sizes) + 1)
        .tail(len(sizes))
        .with_columns(
            pl.Series("attendees", [listed for listed, _ in sizes], pl.Int64),
            pl.Series("recorded", [recorded for _, recorded in sizes], pl.Int64),
        )
    )


def test_sizes_zero_one_and_unknown_are_three_classes():
    frame = sized((0, 0), (1, 1), (1, 0), (None, 0), (None, 1), (0, 3), (4, 2))
    table = charts.group_sessions_table(frame).group_by("size").agg(pl.sum("sessions"))
    assert {size: number for size, number in table.rows() if number} == {
        "nobody": 1,
        "1 person": 3,
        "size not known": 1,
        "2 to 5": 2,
    }
    sizes = charts.group_sizes_table(frame)
    assert sizes.rows() == [(0, 0, 1), (1, 1, 3), (2, 2, 0), (3, 3, 1), (4, 4, 1), (None, None, 1)]
    said = charts.group_sizes(frame).description
    title = "Half of the group sessions of known size have at most 1 person. "
    assert said.startswith(title)
    assert "7 sessions; median 1 person, largest 4 people; 1 with nobody" in said
    assert "the size of 1 is not known" in said
    over_time = charts.group_sessions(frame).description
    assert "1.7 people per session on average (the size of 1 is not known)" in over_time
    for description in (said, over_time):  # whom the charts count where there is no list
        assert (
            "For 2 sessions, nobody is listed: the people recorded in them are counted"
            in description
        )


def test_the_size_that_half_do_not_exceed_is_a_number_of_people():
    said = charts.group_sizes(sized((7, 7), (8, 8))).description
    assert said.startswith("Half of the group sessions have 7 people or fewer. ")
    assert "median 7.5 people" in said


@pytest.mark.parametrize(
    ("sizes", "title"),
    [
        ((1, 1, 8), "Half of the group sessions have only 1 person. "),
        ((0, 1, 8), "Half of the group sessions have at most 1 person. "),
        ((0, 0, 8), "Half of the group sessions have nobody in them. "),
        ((0, 2, 8), "Half of the group sessions have 2 people or fewer. "),
    ],
)
def test_half_of_the_sessions_have_fewer_than_two_people(sizes, title):
    frame = sized(*((people, people) for people in sizes))
    assert charts.group_sizes(frame).description.startswith(title)


def test_sizes_are_counted_in_steps_without_gaps():
    table = charts.group_sizes_table(SESSIONS)
    assert table["sessions"].sum() == SESSIONS.height
    assert (table["start"].diff().drop_nulls() == table["end"][0] - table["start"][0] + 1).all()
    for row in table.iter_rows(named=True):
        inside = [
            r
            for r in SESSIONS.iter_rows(named=True)
            if row["start"] <= max(size(r), 1) <= row["end"]
        ]
        assert row["sessions"] == len(inside)


def test_one_enormous_session_adds_few_bars():
    huge = SESSIONS.with_columns(
        pl.when(pl.col("group_training_id") == 3)
        .then(40_000)
        .otherwise("attendees")
        .alias("attendees")
    )
    assert charts.group_sizes_table(huge).height <= 30


def test_one_session_is_neither_half_nor_an_average():
    titles = {
        charts.group_sizes: "The only group session has 4 people. ",
        charts.group_sessions: "1 group session, with 4 people. ",
    }
    for chart, title in titles.items():
        assert chart(sized((4, 2))).description.startswith(title)

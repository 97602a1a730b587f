"""The rows of explorers are computed without drawing: those that the choices leave."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import kpa_analytics as kpa
from kpa_analytics.analysis.choices import ExpiryChoices, PeriodChoices
from kpa_analytics.analysis.expiry_view import ExpiryView, case_counts, in_statuses, selected_rows
from kpa_analytics.analysis.instructor_view import InstructorView
from kpa_analytics.analysis.people_filter import PeopleFilter
from kpa_analytics.analysis.session_view import SessionView
from kpa_analytics.schema import COMPLETIONS, GROUP_TRAININGS
from kpa_analytics.statuses import STATUSES
from tests.analysis.company import company

DAY = date(2025, 6, 30)


@pytest.fixture(scope="module")
def data() -> kpa.TrainingData:
    completions, trainings, users, _ = company(1, 40, 800)
    return kpa.TrainingData(completions=completions, trainings=trainings, users=users)


@pytest.mark.slow
def test_the_expiry_view_filters_what_expiry_status_says(data: kpa.TrainingData) -> None:
    view = ExpiryView(data, PeopleFilter(data))
    whole = kpa.expiry_status(data.completions, data.trainings, data.users, as_of=DAY)
    assert_frame_equal(view.rows(ExpiryChoices(as_of=DAY)), whole)
    training, person = whole["training_id"][0], whole["m_user_id"][0]
    narrow = ExpiryChoices(
        as_of=DAY, trainings=(training,), statuses=("expired", "current"), search=person
    )
    assert_frame_equal(
        in_statuses(view.rows(narrow), narrow.statuses),
        whole.filter(
            pl.col("training_id") == training,
            pl.col("status").is_in(["expired", "current"]),
            pl.col("m_user_id").str.contains(person, literal=True),
        ),
    )
    assert not view.requirements_known


@pytest.mark.slow
def test_bars_and_counts_add_up_to_the_rows(data: kpa.TrainingData) -> None:
    rows = ExpiryView(data, PeopleFilter(data)).rows(ExpiryChoices(as_of=DAY))
    bars = rows.select("training_id", "status").unique().to_dicts()
    assert sum(selected_rows(rows, [bar], DAY).height for bar in bars) == rows.height
    assert selected_rows(rows, bars, DAY).height == selected_rows(rows, [], DAY).height
    assert selected_rows(rows, [], DAY).height == rows.height
    counts = case_counts(rows, 30)
    assert sum(counts[status] for status in STATUSES) == counts["total"] == rows.height > 0
    assert counts["people"] == rows["m_user_id"].n_unique()


def taught(number: int, day: date, person: str, instructor: str | None) -> dict[str, object]:
    return {
        "id": number,
        "training_id": 7,
        "m_user_id": person,
        "date": day,
        "m_instructor_id": instructor,
        "group_training_id": 50,
    }


@pytest.fixture
def lessons() -> kpa.TrainingData:
    """One session that lists Ann and Bob; Ann and Cid are recorded, Dan was taught years ago."""
    completions = [
        taught(1, DAY, "ann", "ike"),
        taught(2, DAY, "cid", "ike"),
        {**taught(3, date(2020, 1, 1), "dan", "joy"), "group_training_id": None},
        {**taught(4, DAY, "eve", None), "group_training_id": None},
    ]
    session = {"id": 50, "trainings_id": [7], "m_trainees_id": ["ann", "bob"]}
    return kpa.TrainingData(
        completions=pl.DataFrame(completions, schema=COMPLETIONS.schema),
        group_trainings=pl.DataFrame([session], schema=GROUP_TRAININGS.schema),
    )


def test_the_instructor_view_counts_the_period(lessons: kpa.TrainingData) -> None:
    view = InstructorView(lessons, PeopleFilter(lessons))
    lately = PeriodChoices(as_of=DAY, months=1)
    columns = ("instructor", "completions", "trainees", "group_sessions")
    assert view.people(lately).select(columns).rows() == [("ike", 2, 2, 1)]
    assert view.activity(lately)["completions"].sum() == 2
    assert [*view.instructors] == ["ike", "joy"]
    long_ago = PeriodChoices(as_of=DAY, months=120, instructors=("joy",))
    assert view.people(long_ago).select(columns).rows() == [("joy", 1, 1, 0)]
    assert view.people(PeriodChoices(as_of=DAY, search="ann"))["completions"].to_list() == [1]
    assert view.coverage(PeriodChoices(as_of=DAY, search="ann"))["completions"].to_list() == [2]


def test_completions_taught_to_nobody_known_are_listed() -> None:
    rows = [taught(1, DAY, "ann", "ike"), {**taught(2, DAY, "ann", "ike"), "m_user_id": None}]
    data = kpa.TrainingData(completions=pl.DataFrame(rows, schema=COMPLETIONS.schema))
    view, choices = InstructorView(data, PeopleFilter(data)), PeriodChoices(as_of=DAY)
    assert view.completions(choices).select("m_user_id", "training_id", "instructor").rows() == [
        (None, 7, "ike"),
        ("ann", 7, "ike"),
    ]
    assert view.people(choices)["completions"].sum() == 2


def test_the_session_view_names_whose_attendance_is_in_doubt(lessons: kpa.TrainingData) -> None:
    view = SessionView(lessons, PeopleFilter(lessons))
    assert view.sessions(PeriodChoices(as_of=DAY, months=1))["group_training_id"].to_list() == [50]
    assert view.sessions(PeriodChoices(as_of=DAY, search="dan")).height == 0
    assert view.attendees([50]).select("m_user_id", "standing").rows() == [
        ("bob", "Listed, not recorded"),
        ("cid", "Recorded, not listed"),
        ("ann", "Listed and recorded"),
    ]
    assert view.attendees([]).height == 0


def test_attendees_say_what_was_taught_to_them_and_by_whom(lessons: kpa.TrainingData) -> None:
    people = SessionView(lessons, PeopleFilter(lessons)).attendees([50])
    assert (
        people.select("trainings", "m_instructor_id", "instructor").rows()
        == [(["7"], "ike", "ike")] * 3
    )

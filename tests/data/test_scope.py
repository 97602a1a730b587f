"""A part of the records holds every record of the chosen trainings and people, and no other."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl
import pytest

from kpa_analytics.audit.findings import findings
from kpa_analytics.data.scope import Scope, with_included
from kpa_analytics.data.training_data import TrainingData
from kpa_analytics.endpoints import COLLECTIONS, endpoint_of
from kpa_analytics.schema import (
    COMPLETIONS,
    EMPLOYEE_STATUS,
    GROUP_TRAININGS,
    TRAININGS,
    USERS,
)
from tests.frames import frame_of

FIRST_AID, LADDERS, BASICS = 7, 8, 9  # the basics are composed of first aid
AS_OF = date(2026, 6, 30)
LEFT = {
    "hireDate": datetime(2026, 3, 2, tzinfo=UTC),
    "terminationDate": datetime(2026, 3, 1, tzinfo=UTC),
}


def completion(number: int, training: int, person: str, session: int | None) -> dict[str, object]:
    return {
        "id": number,
        "training_id": training,
        "m_user_id": person,
        "date": date(2026, 5, 4),
        "m_instructor_id": "ike",
        "group_training_id": session,
    }


def session(number: int, training: int, people: list[str] | None) -> dict[str, object]:
    return {
        "id": number,
        "m_trainees_id": people,
        "trainings_id": [training],
        "m_instructor_id": "ike",
    }


def required(person: str) -> dict[str, object]:
    return {
        "m_user_id": person,
        "incomplete_training_ids": [LADDERS],
        "complete_training_ids": [FIRST_AID, LADDERS],
        "last_completed": [{"id": FIRST_AID, "date": None}, {"id": LADDERS, "date": None}],
    }


@pytest.fixture(scope="module")
def data() -> TrainingData:
    """Ann and Ben have completions in sessions 50 and 51; Cy is only listed, in 51 and 52."""
    return TrainingData(
        completions=frame_of(
            COMPLETIONS,
            completion(1, FIRST_AID, "ann", 50),
            completion(2, LADDERS, "ann", None),
            completion(3, LADDERS, "ben", 51),
        ),
        trainings=frame_of(
            TRAININGS,
            {"id": FIRST_AID},
            {"id": LADDERS},
            {"id": BASICS, "included_trainings_id": [FIRST_AID]},
        ),
        users=frame_of(USERS, *({"id": person, **LEFT} for person in ("ann", "ben", "cy", "ike"))),
        group_trainings=frame_of(
            GROUP_TRAININGS,
            session(50, FIRST_AID, None),
            session(51, LADDERS, ["ben", "cy"]),
            session(52, FIRST_AID, ["ann", "cy"]),
        ),
        employee_status=frame_of(EMPLOYEE_STATUS, *map(required, ("ann", "ben", "cy"))),
    )


def of_people(*people: str, trainings: tuple[int, ...] = ()) -> Scope:
    return Scope(description="some", trainings=trainings, people=pl.Series(people, dtype=pl.String))


@pytest.mark.parametrize(
    ("scope", "completions", "sessions"),
    [
        (Scope(), {1, 2, 3}, {50: None, 51: ["ben", "cy"], 52: ["ann", "cy"]}),
        (of_people("ann"), {1, 2}, {50: None, 52: ["ann"]}),
        (of_people("ben"), {3}, {51: ["ben"]}),
        (of_people("cy"), set(), {51: ["cy"], 52: ["cy"]}),
        (of_people("cy", trainings=(LADDERS,)), set(), {51: ["cy"]}),
        (of_people(), set(), {}),
        (Scope(trainings=(LADDERS,)), {2, 3}, {51: ["ben", "cy"]}),
        (Scope(trainings=(BASICS,)), {1}, {50: None, 52: ["ann", "cy"]}),
    ],
)
def test_a_session_belongs_to_all_who_are_listed_or_recorded_in_it(
    data: TrainingData,
    scope: Scope,
    completions: set[int],
    sessions: dict[int, list[str] | None],
) -> None:
    part = data.part(scope)
    assert {*part.completions["id"]} == completions
    listed = part.group_trainings.select("id", "m_trainees_id")
    assert dict(listed.iter_rows()) == sessions


@pytest.mark.slow
@pytest.mark.parametrize(
    ("scope", "sessions"),
    [
        (Scope(), {("50", "ann"), ("51", "cy"), ("52", "ann"), ("52", "cy")}),
        (of_people("cy"), {("51", "cy"), ("52", "cy")}),
        (of_people("ann"), {("50", "ann"), ("52", "ann")}),
        (of_people("ben"), set()),
        (Scope(trainings=(LADDERS,)), {("51", "cy")}),
    ],
)
def test_who_is_listed_and_never_recorded_is_a_finding_of_their_own_part(
    data: TrainingData, scope: Scope, sessions: set[tuple[str, str]]
) -> None:
    odd = findings(data.part(scope), AS_OF).filter(pl.col("finding") == "attendees_differ")
    assert {*odd.select("record_id", "value").iter_rows()} == sessions


@pytest.mark.slow
@pytest.mark.parametrize(
    ("scope", "people"),
    [
        (Scope(), {"ann", "ben", "cy", "ike"}),
        (of_people("ann", "cy"), {"ann", "cy"}),
        (of_people(), set()),
        (Scope(trainings=(LADDERS,)), {"ann", "ben", "cy", "ike"}),
    ],
)
def test_what_is_odd_in_profiles_is_told_of_the_chosen_people(
    data: TrainingData, scope: Scope, people: set[str]
) -> None:
    odd = findings(data.part(scope), AS_OF).filter(pl.col("table") == "users")
    assert {*odd["record_id"]} == people


def test_requirements_are_those_of_the_chosen_people_and_trainings(data: TrainingData) -> None:
    assert data.part(of_people("ann", "cy")).employee_status["m_user_id"].to_list() == ["ann", "cy"]
    (status,) = data.part(of_people("ann", trainings=(BASICS,))).employee_status.to_dicts()
    assert status["incomplete_training_ids"] == []
    assert status["complete_training_ids"] == [FIRST_AID]
    assert [last["id"] for last in status["last_completed"]] == [FIRST_AID]


def test_profiles_stay_and_trainings_are_the_chosen_with_their_parts(data: TrainingData) -> None:
    part = data.part(of_people("ann", trainings=(BASICS,)))
    assert {*part.trainings["id"]} == {BASICS, FIRST_AID}
    assert part.users.height == data.users.height
    assert part.whole is data


def test_the_first_row_of_a_repeated_training_has_its_parts_and_blanks_are_none():
    rows = [
        {"id": BASICS, "included_trainings_id": [FIRST_AID, None]},
        {"id": BASICS, "included_trainings_id": [LADDERS]},
    ]
    assert with_included(frame_of(TRAININGS, *rows), [BASICS]) == sorted([BASICS, FIRST_AID])


@pytest.mark.parametrize("table", COLLECTIONS)
def test_a_finding_about_a_selected_record_stays_whatever_its_table(
    data: TrainingData, table: str
) -> None:
    scope = Scope(description="people: Ann", people=pl.Series(["ann"]))
    frames = data.part(scope).frames
    kept = frames[table][endpoint_of(table).record_key].cast(pl.String)
    of_table = pl.DataFrame(
        {"table": table, "record_id": [*kept, "nobody"], "finding": "id_twice", "value": ""}
    )
    assert of_table.filter(scope.findings(frames))["record_id"].to_list() == (
        ["ann"] if table == "users" else kept.to_list()
    )

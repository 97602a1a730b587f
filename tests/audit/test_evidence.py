"""The figures of a pack, from hand-made records that can be counted on one hand."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from kpa_analytics.audit.evidence import Evidence, composed_ids, gather
from kpa_analytics.data.scope import Scope
from kpa_analytics.data.training_data import TrainingData
from kpa_analytics.schema import COMPLETIONS, EMPLOYEE_STATUS, GROUP_TRAININGS, TRAININGS
from tests.frames import frame_of

FIRST_AID, LADDERS, BASICS = 7, 8, 9  # the basics are composed of first aid


def completion(
    number: int, training: int, person: str, session: int | None = None
) -> dict[str, object]:
    return {
        "id": number,
        "training_id": training,
        "m_user_id": person,
        "date": date(2026, 5, 4),
        "group_training_id": session,
    }


def evidence_of(data: TrainingData) -> Evidence:
    return gather(
        data,
        as_of=date(2026, 6, 30),
        expiring_days=30,
        required=None,
        title="A part",
        names=True,
        earlier=None,
    )


@pytest.mark.slow
@pytest.mark.parametrize(("trainings", "compared"), [((), 2), ((BASICS,), 1), ((LADDERS,), 0)])
def test_compared_are_the_chosen_cases_that_the_vendor_judges(
    trainings: tuple[int, ...], compared: int
) -> None:
    """The vendor judges Ann's first aid and basics, and none of the two completions for ladders."""
    data = TrainingData(
        completions=frame_of(
            COMPLETIONS,
            completion(1, FIRST_AID, "ann"),
            completion(2, LADDERS, "ann"),
            completion(3, LADDERS, "ben"),
        ),
        trainings=frame_of(
            TRAININGS,
            {"id": FIRST_AID},
            {"id": LADDERS},
            {"id": BASICS, "included_trainings_id": [FIRST_AID]},
        ),
        employee_status=frame_of(
            EMPLOYEE_STATUS,
            {
                "m_user_id": "ann",
                "last_updated": datetime(2026, 6, 30, tzinfo=UTC),
                "complete_training_ids": [FIRST_AID, BASICS],
            },
        ),
    )
    evidence = evidence_of(data.part(Scope(description="a part", trainings=trainings)))
    assert evidence.compared == compared


def test_a_repeated_training_is_composed_if_its_first_row_is() -> None:
    simple, composed = {"id": FIRST_AID}, {"id": FIRST_AID, "included_trainings_id": [LADDERS]}
    assert composed_ids(frame_of(TRAININGS, simple, composed)).to_list() == []
    assert composed_ids(frame_of(TRAININGS, composed, simple)).to_list() == [FIRST_AID]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("scope", "sessions"),
    [
        (Scope(trainings=(FIRST_AID,)), {50, 51}),
        (Scope(trainings=(LADDERS,)), {50, 51, 52}),
        (Scope(trainings=(BASICS,)), {50, 51}),
        (Scope(trainings=(FIRST_AID,), people=pl.Series(["ann", "ben", "cy", "dee"])), {50, 51}),
    ],
)
def test_a_session_of_two_trainings_is_the_same_in_a_part(scope: Scope, sessions: set[int]) -> None:
    """Ben completed only ladders in session 50. The list of session 51 does not say first aid."""

    def session(number: int, people: list[str], *trainings: int) -> dict[str, object]:
        return {"id": number, "m_trainees_id": people, "trainings_id": [*trainings]}

    data = TrainingData(
        completions=frame_of(
            COMPLETIONS,
            completion(1, FIRST_AID, "ann", 50),
            completion(2, LADDERS, "ben", 50),
            completion(3, FIRST_AID, "dee", 51),
        ),
        trainings=frame_of(
            TRAININGS,
            {"id": FIRST_AID, "title": "First Aid"},
            {"id": LADDERS, "title": "Ladders"},
            {"id": BASICS, "included_trainings_id": [FIRST_AID]},
        ),
        group_trainings=frame_of(
            GROUP_TRAININGS,
            session(50, ["ann", "ben", "cy"], FIRST_AID, LADDERS),
            session(51, ["dee"], LADDERS),
            session(52, ["ann"], LADDERS),
        ),
    )
    whole, part = evidence_of(data).sessions, evidence_of(data.part(scope)).sessions
    assert {*part["group_training_id"]} == sessions
    assert_frame_equal(part, whole.filter(pl.col("group_training_id").is_in(sessions)))
    assert whole.filter(group_training_id=50)["listed_not_recorded_ids"].to_list() == [["cy"]]


@pytest.mark.slow
def test_everyone_in_a_session_is_counted_in_a_part_but_only_its_people_have_ids() -> None:
    listed = {"id": 50, "m_trainees_id": ["ann", "ben", "cy"], "trainings_id": [LADDERS]}
    data = TrainingData(
        completions=frame_of(
            COMPLETIONS,
            completion(1, LADDERS, "ann", 50),
            completion(2, LADDERS, "dee", 50),
            completion(3, LADDERS, "dee", 51),
        ),
        group_trainings=frame_of(GROUP_TRAININGS, listed),
    )
    numbers = ("group_training_id", "attendees", "recorded")
    ids = ("m_trainees_id", "listed_not_recorded_ids", "recorded_not_listed_ids")

    def sessions_of(*people: str) -> list[tuple[object, ...]]:
        part = data.part(Scope(description="a part", people=pl.Series([*people])))
        return evidence_of(part).sessions.select(*numbers, *ids).rows()

    assert sessions_of("ann") == [(50, 3, 2, ["ann"], [], [])]
    assert sessions_of("ben") == [(50, 3, 2, ["ben"], ["ben"], [])]
    assert sessions_of("dee") == [(50, 3, 2, [], [], ["dee"]), (51, None, 1, None, [], ["dee"])]

"""The sentences of findings."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import polars as pl
import pytest

from kpa_analytics.data.quality import record_findings
from kpa_analytics.report_text import FINDING_NAMES
from kpa_analytics.schema import (
    COMPLETIONS,
    EMPLOYEE_STATUS,
    FAULTS,
    GROUP_TRAININGS,
    TRAININGS,
    USERS,
)
from kpa_analytics.wording import day
from tests.data.quality_cases import AS_OF, GOOD, SESSION, collections_with
from tests.frames import frame_of


def test_each_message_is_a_sentence_that_names_the_record_and_the_value():
    rows = frame_of(
        COMPLETIONS,
        GOOD | {"id": 2, "special_expiration_date": date(2026, 1, 1), "m_instructor_id": "w"},
        GOOD | {"id": 3, "date": date(2027, 1, 1), "m_user_id": "x", "training_id": 9},
        GOOD | {"id": 4, "group_training_id": 60},
        GOOD | {"id": 5, "date": None},
        GOOD | {"id": 5},
        GOOD | {"id": 6, "date": date(1926, 5, 4)},
    )
    trainings = frame_of(
        TRAININGS,
        {"id": 7},
        {"id": 11, "schedule_type": "annual"},
        {"id": 12, "included_trainings_id": [12]},
    )
    people = frame_of(
        USERS,
        {"id": "bob", "hireDate": datetime(1970, 1, 1, tzinfo=UTC), "supervisor_id": "gone"},
        {"id": "eve", "created": datetime(1970, 1, 1, tzinfo=UTC), "supervisor_id": "nobody"},
        {"id": "own", "manager_id": "own", "employeeNumber": "E7"},
        {
            "id": "gone",
            "terminationDate": datetime(2024, 1, 1, 12, tzinfo=UTC),
            "employeeNumber": "E7",
        },
        {"id": "ike", "terminationDate": datetime(1800, 1, 1, tzinfo=UTC)},
        {
            "id": "ann",
            "hireDate": datetime(2024, 5, 1, 5, tzinfo=UTC),
            "terminationDate": datetime(2023, 5, 1, 5, tzinfo=UTC),
        },
    )
    fault = {"table": "users", "record_id": "ann", "field": "day", "value": "20201301"}
    made = collections_with(
        completions=rows, trainings=trainings, users=people, faults=frame_of(FAULTS, fault)
    )
    findings = record_findings(made, as_of=AS_OF)
    about_no_one_record = {"blank_ids"}
    from_statuses = {"offering_not_recorded", "recorded_after_expiry", "taught_while_expired"}
    others = about_no_one_record | from_statuses | {"recorded_late"}
    assert set(findings["finding"]) == set(FINDING_NAMES) - others
    for row in findings.to_dicts():
        assert row["message"].endswith(".")
        assert row["record_id"] in row["message"]
        assert (_as_read(row["value"]) or "no date") in row["message"]
        assert not re.search(r"\d{4}-\d{2}|\bUser\b", row["message"])


def _as_read(value):
    """A value as a message writes it: days as in the rest of a report."""
    is_day = re.fullmatch(r"\d{4}-\d{2}-\d{2}", value or "")
    return day(date.fromisoformat(value)) if is_day else value


MOE = {"id": "ann", "firstname": "Ann", "lastname": "Moe", "employeeNumber": "E7"}
NAMED_PEOPLE = frame_of(USERS, MOE, {"id": "bob", "lastname": " "}, {"id": "ike"})
LADDERS = frame_of(TRAININGS, {"id": 7, "title": "Ladders"})
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TWICE = frame_of(COMPLETIONS, *(GOOD | {"id": number} for number in (12, 3)))


@pytest.mark.parametrize(
    ("frames", "said"),
    [
        (
            {"completions": TWICE},
            "Person ann (Moe, Ann, E7) completed training 7 (Ladders) more than once",
        ),
        (
            {"group_trainings": frame_of(GROUP_TRAININGS, SESSION | {"m_trainees_id": []})},
            "has a completion by person ann (Moe, Ann, E7), who is not on its list.",
        ),
        (
            {"users": frame_of(USERS, {"id": "ike"}, MOE, MOE)},
            "In users, 2 records have the id ann (Moe, Ann, E7).",
        ),
        (
            {"employee_status": frame_of(EMPLOYEE_STATUS, *[{"m_user_id": "ann"}] * 2)},
            "In employee_status, 2 records have the id ann (Moe, Ann, E7).",
        ),
        (
            {"users": frame_of(USERS, {"id": "ike"}, MOE | {"hireDate": EPOCH})},
            "Person ann (Moe, Ann, E7) has the hire date 1 Jan 1970",
        ),
        (
            {"trainings": LADDERS.with_columns(schedule_type=pl.lit("annual"))},
            "Training 7 (Ladders) has the schedule type annual",
        ),
        (
            {"trainings": LADDERS.with_columns(included_trainings_id=pl.lit([8]))},
            "Training 7 (Ladders) refers to training 8, which is not in the catalogue.",
        ),
        (
            {
                "faults": frame_of(
                    FAULTS,
                    {"table": "trainings", "record_id": "7", "field": "x", "value": "0"},
                )
            },
            "Training 7 (Ladders): x is 0, which is not a calendar date.",
        ),
        (
            {"group_trainings": frame_of(GROUP_TRAININGS, SESSION | {"m_trainees_id": ["bob"]})},
            "lists person bob, who has no completion in it.",
        ),
    ],
)  # fmt: skip
def test_people_and_trainings_are_named_beside_their_ids(frames, said):
    made = collections_with(**({"users": NAMED_PEOPLE, "trainings": LADDERS} | frames))
    messages = record_findings(made, as_of=date(2026, 7, 1))["message"]
    assert any(said in message for message in messages), messages.to_list()

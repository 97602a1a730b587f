"""Supervisors who cannot act are findings."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from typing import Any

import pytest

from kpa_analytics.data.hierarchy import circles_of
from kpa_analytics.data.quality import record_findings
from kpa_analytics.data.training_data import TrainingData
from kpa_analytics.schema import COMPLETIONS, USERS
from tests.frames import frame_of

LEFT = datetime(2026, 6, 1, 12, tzinfo=UTC)


def findings(*users: dict[str, Any]) -> list[tuple[str, str, str, str, str]]:
    data = TrainingData(completions=COMPLETIONS.empty(), users=frame_of(USERS, *users))
    rows = record_findings(data, as_of="2026-06-30")
    return rows.select("finding", "record_id", "field", "value", "message").rows()


@pytest.mark.slow
@pytest.mark.parametrize("role", ["supervisor", "manager"])
def test_a_supervisor_who_is_unknown_or_has_left_is_named(role: str) -> None:
    field = f"{role}_id"
    ann = {"id": "ann", "firstname": "Ann", "lastname": "Moe"}
    assert findings({**ann, field: "sue"}, {"id": "sue"}) == []
    assert findings({**ann, field: " "}) == []
    assert findings({**ann, field: "sue"}) == [
        (
            *("supervisor_unknown", "ann", field, "sue"),
            f"Person ann (Moe, Ann) has the {role} sue, who is not in the user list.",
        )
    ]
    gone = {"id": "sue", "lastname": "Low", "terminationDate": LEFT}
    assert findings({**ann, field: "sue"}, gone) == [
        (
            *("supervisor_left", "ann", field, "sue"),
            f"Person ann (Moe, Ann) has the {role} sue (Low), who left on 1 Jun 2026.",
        )
    ]
    assert findings({**ann, field: "sue", "terminationDate": LEFT}) == []


@pytest.mark.slow
def test_a_circle_is_named_to_each_person_in_it() -> None:
    assert findings(
        {"id": "ann", "supervisor_id": "bob"},
        {"id": "bob", "supervisor_id": "cat", "lastname": "Low"},
        {"id": "cat", "supervisor_id": "bob"},
        {"id": "dan", "supervisor_id": "dan"},
    ) == [
        (
            *("supervisor_circle", "bob", "supervisor_id", "cat"),
            "Person bob (Low) is in a circle, in which each person's "
            "supervisor is the next: bob (Low) -> cat -> bob (Low).",
        ),
        (
            *("supervisor_circle", "cat", "supervisor_id", "bob"),
            "Person cat is in a circle, in which each person's "
            "supervisor is the next: bob (Low) -> cat -> bob (Low).",
        ),
        (
            *("supervisor_circle", "dan", "supervisor_id", "dan"),
            "Person dan is listed as their own supervisor.",
        ),
    ]
    leaver = {"id": "cat", "supervisor_id": "bob", "terminationDate": LEFT}
    kinds = {row[0] for row in findings({"id": "bob", "supervisor_id": "cat"}, leaver)}
    assert kinds == {"supervisor_left"}


def test_a_circle_starts_with_the_first_id_wherever_it_is_entered() -> None:
    assert circles_of({"ann": "cat", "bob": "cat", "cat": "bob"}) == [["bob", "cat"]]


def test_circles_are_those_of_plain_walks() -> None:
    for seed in range(200):
        rng = random.Random(seed)
        people = range(8)
        above = {str(a): str(rng.choice(people)) for a in people if rng.random() < 0.8}
        on_a_circle = set()
        for start in above:
            person: str | None = start
            for _ in people:
                person = above.get(person or "")
                if person == start:
                    on_a_circle.add(start)
        circles = circles_of(above)
        assert {person for circle in circles for person in circle} == on_a_circle
        assert sum(map(len, circles)) == len(on_a_circle)
        for circle in circles:
            assert [above[person] for person in circle] == [*circle[1:], circle[0]]

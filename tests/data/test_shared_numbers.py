"""Findings about profiles that have the same employee number."""

from __future__ import annotations

import polars as pl

from kpa_analytics.data.quality import record_findings
from kpa_analytics.data.training_data import FLEET_ACCOUNT
from kpa_analytics.schema import USERS
from tests.data.quality_cases import AS_OF, collections_with
from tests.frames import frame_of

ALIKE = "If they are one person, the completions of one profile do not count for the other."


def shared_numbers(users: pl.DataFrame) -> list[tuple[str, ...]]:
    findings = record_findings(collections_with(users=users), as_of=AS_OF)
    return findings.filter(finding="shared_employee_number").drop("finding", "table").rows()


def test_each_profile_with_a_shared_employee_number_is_named() -> None:
    numbers = {"a": "E7", "b": "E8", "c": " E7 ", "d": None, "e": "", "f": " ", "g": None}
    people = ({"id": key, "employeeNumber": number} for key, number in numbers.items())
    field = "employeeNumber"
    same = "has the same employee number as person"
    assert shared_numbers(frame_of(USERS, *people)) == [
        ("a", field, "E7", f"Person a (E7) {same} c (E7). {ALIKE}"),
        ("c", field, "E7", f"Person c (E7) {same} a (E7). {ALIKE}"),
    ]


def test_more_than_two_profiles_are_counted() -> None:
    for number, more in [(3, " and 1 other person"), (4, " and 2 other people")]:
        people = ({"id": key, "employeeNumber": "E7"} for key in "abcd"[:number])
        last = "abcd"[number - 1]
        assert [message for *_, message in shared_numbers(frame_of(USERS, *people))][-1] == (
            f"Person {last} (E7) has the same employee number as person a (E7){more}. {ALIKE}"
        )


def test_a_repeated_profile_and_the_numbers_of_other_accounts_are_not_shared() -> None:
    repeated = [{"id": "a", "employeeNumber": "E7"}] * 2
    assert shared_numbers(frame_of(USERS, *repeated)) == []
    people = frame_of(USERS, *({"id": key, "employeeNumber": "E7"} for key in "abc"))
    accounts = pl.Series(FLEET_ACCOUNT, ["north", "south", "south"])
    assert [row[0] for row in shared_numbers(people.with_columns(accounts))] == ["b", "c"]

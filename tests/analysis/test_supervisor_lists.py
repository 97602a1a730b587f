"""Every open case is on exactly one list."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import pytest

import kpa_analytics as kpa
from kpa_analytics.schema import EXPIRY_STATUS, GROUPS, USERS
from kpa_analytics.statuses import CURRENT, EXPIRED, EXPIRING, MISSING, NOT_DUE
from tests.frames import frame_of

DAY = date(2026, 6, 30)
NAMES = {"supervisor": "supervisor_id", "manager": "manager_id"}


def case(person: str, status: str = MISSING, training: int = 7, **fields: Any) -> dict[str, Any]:
    return {
        **{"m_user_id": person, "user": person, "training_id": training, "training": "Ladders"},
        **{"status": status, **fields},
    }


def lists(
    users: list[dict[str, Any]], *cases: dict[str, Any], **options: Any
) -> list[tuple[str | None, str]]:
    """The list and the person of each open case."""
    rows = kpa.supervisor_lists(frame_of(EXPIRY_STATUS, *cases), frame_of(USERS, *users), **options)
    by = options.get("by", "supervisor")
    assert rows.columns == [f"{by}_id", by, *EXPIRY_STATUS.schema.names()]
    return rows.select(f"{by}_id", "m_user_id").rows()


def left(day: date) -> dict[str, Any]:
    return {"terminationDate": datetime(day.year, day.month, day.day, 12, tzinfo=UTC)}


@pytest.mark.parametrize("by", NAMES)
def test_a_case_is_on_the_list_of_the_one_who_is_named_and_is_there(by: str) -> None:
    field = NAMES[by]
    users = [
        {"id": "ann", field: "sue"},
        {"id": "bob", field: "gone"},
        {"id": "cat", field: "unknown"},
        {"id": "dan", field: None},
        {"id": "eve", field: " "},
        {"id": "own", field: "own"},
        {"id": "sue", field: "ann"},
        {"id": "gone", **left(DAY)},
    ]
    people = ["ann", "bob", "cat", "dan", "eve", "own", "sue", "no profile"]
    assert lists(users, *(case(person) for person in people), by=by, as_of=DAY) == [
        ("ann", "sue"),
        ("own", "own"),
        ("sue", "ann"),
        *((None, person) for person in ("bob", "cat", "dan", "eve", "no profile")),
    ]


def test_the_lists_of_lists_are_the_same_lists() -> None:
    status = frame_of(EXPIRY_STATUS, case("ann"), case("bob"))
    of_ann = frame_of(USERS, {"id": "ann", "supervisor_id": "sue"}, {"id": "sue"})
    lists_once = kpa.supervisor_lists(status, of_ann, as_of=DAY)
    assert kpa.supervisor_lists(lists_once, of_ann, as_of=DAY).equals(lists_once)
    of_bob = of_ann.with_columns(id=pl.Series(["bob", "sue"]))
    moved = kpa.supervisor_lists(lists_once, of_bob, as_of=DAY)
    assert moved.equals(kpa.supervisor_lists(status, of_bob, as_of=DAY))
    managed = kpa.supervisor_lists(lists_once, of_ann, by="manager", as_of=DAY)
    assert managed.columns == ["manager_id", "manager", *lists_once.columns]


def test_only_open_cases_are_listed() -> None:
    users = [{"id": "ann", "supervisor_id": "sue"}, {"id": "sue"}]
    cases = [
        case("ann", status, number)
        for number, status in enumerate((CURRENT, EXPIRING, EXPIRED, MISSING, NOT_DUE))
    ]
    rows = kpa.supervisor_lists(frame_of(EXPIRY_STATUS, *cases), frame_of(USERS, *users))
    assert rows["status"].to_list() == [EXPIRING, EXPIRED, MISSING]


def test_the_day_is_that_of_the_status() -> None:
    users = [{"id": "ann", "supervisor_id": "sue"}, {"id": "sue", **left(date(2026, 6, 1))}]
    before, on = (
        case("ann", EXPIRING, expiration_date=date(2026, 6, 20), days_left=days)
        for days in (20, 19)
    )
    assert lists(users, before) == [("sue", "ann")]
    assert lists(users, on) == [(None, "ann")]


def test_a_person_in_two_field_offices_is_on_the_list_of_the_first_by_name() -> None:
    offices = [("1", "Williston"), ("2", "Casper"), ("3", None)]
    groups = [{"kind": "field_office", "id": key, "name": name} for key, name in offices]
    users = [{"id": "ann", "fieldOffice_id": ["1", "2"]}, {"id": "bob", "fieldOffice_id": ["3"]}]
    status = frame_of(EXPIRY_STATUS, case("ann"), case("bob"), case("cat"))
    rows = kpa.supervisor_lists(
        status, frame_of(USERS, *users), by="field_office", groups=frame_of(GROUPS, *groups)
    )
    assert rows.select("field_office", "m_user_id").rows() == [
        ("3", "bob"),
        ("Casper", "ann"),
        (None, "cat"),
    ]


@pytest.mark.parametrize("by", ["supervisor", "manager", "field_office", "job_title"])
def test_the_lists_add_up_to_the_company(by: str) -> None:
    rng = random.Random(by)
    ids = [f"p{number}" for number in range(40)]
    users = [
        {
            "id": person,
            "supervisor_id": rng.choice([None, "unknown", *ids]),
            "manager_id": rng.choice([None, person, *ids]),
            "fieldOffice_id": rng.sample("abc", rng.randrange(4)),
            "jobTitle_id": rng.choice([None, "", "driver", "clerk"]),
            **(left(date(2026, 1, 1)) if rng.random() < 0.2 else {}),
        }
        for person in ids
    ]
    statuses = (CURRENT, EXPIRING, EXPIRED, MISSING, NOT_DUE)
    cases = [
        case(person, rng.choice(statuses), training)
        for person in [*ids, "no profile"]
        for training in range(5)
    ]
    status = frame_of(EXPIRY_STATUS, *cases)
    profiles = frame_of(USERS, *users, users[0] | {"supervisor_id": "p1"})
    rows = kpa.supervisor_lists(status, profiles, by=by, as_of=DAY)  # type: ignore[arg-type]
    is_open = pl.col("status").is_in([EXPIRING, EXPIRED, MISSING])
    key = ["m_user_id", "training_id"]
    assert rows.select(status.columns).sort(key).equals(status.filter(is_open).sort(key))
    lazy = kpa.supervisor_lists(status.lazy(), profiles, by=by, as_of=DAY)  # type: ignore[arg-type]
    assert lazy.collect().equals(rows)
    assert rows[by].n_unique() > 1
    assert 0 < rows[by].null_count() < rows.height


def test_an_unknown_by_is_one_clear_line() -> None:
    with pytest.raises(kpa.errors.KPADataError) as error:
        kpa.supervisor_lists(EXPIRY_STATUS.empty(), USERS.empty(), by="boss")  # type: ignore[arg-type]
    expected = "by must be one of supervisor, manager, field_office, job_title, not 'boss'"
    assert str(error.value) == expected

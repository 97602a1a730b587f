"""Who gave the training behind a case, and whether that instructor's certificate was valid."""

from __future__ import annotations

import random
from datetime import date
from typing import Any

import polars as pl
import pytest

import kpa_analytics as kpa
from kpa_analytics.analysis.taught_by import COLUMNS, NONE, NOT_KNOWN, WAS_VALID, TaughtBy
from kpa_analytics.schema import COMPLETIONS, TRAININGS, USERS
from kpa_analytics.statuses import EXPIRED
from tests.analysis.company import company
from tests.frames import frame_of

LADDERS = {"id": 7, "title": "Ladders", "schedule_type": "rolling", "renewal_months": 12}
RESCUE = {"id": 9, "title": "Rescue", "schedule_type": "rolling", "included_trainings_id": [7]}
STRANGE = {"id": 8, "title": "Strange", "schedule_type": "lunar"}
IKE = {"id": "ike", "firstname": "Ike", "lastname": "Abel"}
HELD = {"id": 1, "training_id": 7, "m_user_id": "ike", "date": date(2024, 5, 10)}


def done(number: int, day: date | None, by: str | None = "ike", **more: Any) -> dict[str, Any]:
    record = {"id": number, "training_id": 7, "m_user_id": "ann", "date": day}
    return {**record, "m_instructor_id": by, **more}


def taught_by(*records: dict[str, Any]) -> dict[tuple[str | None, int], tuple[Any, ...]]:
    data = kpa.TrainingData(
        completions=frame_of(COMPLETIONS, *records),
        trainings=frame_of(TRAININGS, LADDERS, RESCUE, STRANGE),
        users=frame_of(USERS, IKE),
    )
    frames = (data.completions, data.trainings, data.users)
    status = kpa.expiry_status(*frames, as_of="2026-06-30")
    rows = TaughtBy(data).of(status)
    assert rows.drop(COLUMNS).equals(status)
    return {row[:2]: row[2:] for row in rows.select("m_user_id", "training_id", *COLUMNS).rows()}


@pytest.mark.parametrize(
    ("day", "certificate"),
    [
        (date(2024, 5, 9), NONE),
        (date(2024, 5, 10), WAS_VALID),
        (date(2025, 5, 10), WAS_VALID),
        (date(2025, 5, 11), EXPIRED),
    ],
)
def test_the_certificate_is_that_of_the_day_of_the_completion(day: date, certificate: str) -> None:
    by_case = taught_by(HELD, done(2, day))
    assert by_case[("ann", 7)] == ("ike", "Abel, Ike", certificate)
    assert by_case[("ike", 7)] == (None, None, None)  # nobody is named as Ike's instructor


def test_the_latest_completion_names_the_instructor() -> None:
    by_case = taught_by(HELD, done(2, date(2024, 6, 1)), done(3, date(2025, 6, 1), by="eve"))
    assert by_case[("ann", 7)] == ("eve", "eve", NONE)


def test_a_case_held_through_included_trainings_has_no_instructor_of_its_own() -> None:
    by_case = taught_by(HELD, done(2, date(2024, 6, 1)))
    assert by_case[("ann", 9)] == (None, None, None)
    assert by_case[("ann", 7)][2] == WAS_VALID


@pytest.mark.slow
@pytest.mark.parametrize("training", [8, 99])  # a schedule of an unknown type, and no schedule
def test_without_a_rule_only_a_special_expiration_date_says_how_long(training: int) -> None:
    taught = done(2, date(2024, 6, 1), training_id=training)
    own = {**HELD, "training_id": training}

    def certificate(*of_ike: dict[str, Any]) -> str:
        named: str = taught_by(*of_ike, taught)[("ann", training)][2]
        return named

    assert certificate() == NONE
    assert certificate(own) == NOT_KNOWN
    assert certificate({**own, "special_expiration_date": date(2024, 6, 1)}) == WAS_VALID
    assert certificate({**own, "special_expiration_date": date(2024, 5, 31)}) == EXPIRED
    only_special = {**own, "date": None, "special_expiration_date": date(2024, 6, 1)}
    assert certificate(only_special) == WAS_VALID
    later = {**own, "id": 4, "date": date(2024, 5, 20)}
    assert certificate({**own, "special_expiration_date": date(2024, 6, 1)}, later) == NOT_KNOWN


def test_a_day_that_is_missing_makes_it_not_known() -> None:
    special = done(2, None, special_expiration_date=date(2027, 1, 1))
    assert taught_by(HELD, special)[("ann", 7)] == ("ike", "Abel, Ike", NOT_KNOWN)
    undated = {**HELD, "date": None}
    assert taught_by(undated, done(2, date(2024, 6, 1)))[("ann", 7)][2] == NOT_KNOWN
    assert taught_by(HELD, done(2, None))[("ann", 7)] == (None, None, None)  # it proves nothing


def test_a_completion_that_names_nobody_has_its_instructor() -> None:
    nobody = {**done(2, date(2024, 6, 1)), "m_user_id": None}
    assert taught_by(HELD, nobody)[(None, 7)] == ("ike", "Abel, Ike", WAS_VALID)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_the_same_instructors_have_expired_as_in_data_quality(seed: int) -> None:
    rng = random.Random(seed)
    completions, trainings, users, _ = company(seed, people=12, count=240)
    people = users["id"].to_list()
    taught = [rng.choice([None, *people[:4]]) for _ in range(completions.height)]
    data = kpa.TrainingData(
        completions=completions.with_columns(pl.Series("m_instructor_id", taught, pl.String)),
        trainings=trainings,
        users=users,
    )
    day = date(2027, 1, 1)
    frames = (data.completions, data.trainings, data.users)
    rows = TaughtBy(data).of(kpa.expiry_status(*frames, as_of=day, include_terminated=True))
    rows = rows.filter(pl.col("completion_id").is_not_null(), pl.col("date") <= day)
    findings = kpa.data_quality(data, as_of=day).filter(
        finding="taught_while_expired", table="completions"
    )
    expired = set(rows.filter(instructor_certificate=EXPIRED)["completion_id"].cast(pl.String))
    assert expired
    assert expired == {*findings["record_id"]} & {*rows["completion_id"].cast(pl.String)}

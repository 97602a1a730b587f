"""Of several rows with one id, the first one that has a name, a number or a title gives it."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

import kpa_analytics as kpa
from kpa_analytics.analysis.find import find_person
from kpa_analytics.audit.people import people_rows
from kpa_analytics.schema import COMPLETIONS, TRAININGS, USERS

DAY = date(2026, 6, 30)


@pytest.fixture
def data() -> kpa.TrainingData:
    """A person and a training with two rows each, of which only the second is filled."""
    done = [
        {"id": number, "training_id": 7, "m_user_id": "ann", "date": date(2026, 6, 1)}
        for number in (1, 2)
    ]
    people = [
        {"id": "ann"},
        {"id": "ann", "lastname": "Moe", "firstname": "Ann", "employeeNumber": "77"},
    ]
    trainings = [{"id": 7}, {"id": 7, "title": "Ladders"}]
    return kpa.TrainingData(
        completions=pl.DataFrame(done, COMPLETIONS.schema),
        users=pl.DataFrame(people, USERS.schema),
        trainings=pl.DataFrame(trainings, TRAININGS.schema),
    )


def test_every_table_has_the_same_name_number_and_title(data: kpa.TrainingData) -> None:
    person = people_rows(data, DAY).row(0, named=True)
    assert (person["user"], person["employeeNumber"]) == ("Moe, Ann", "77")
    status = kpa.expiry_status(data.completions, data.trainings, data.users, as_of=DAY)
    assert status.select("user", "training").row(0) == ("Moe, Ann", "Ladders")
    findings = kpa.data_quality(data, as_of=DAY)
    message = findings.filter(finding="same_day_repeat")["message"][0]
    assert "Moe, Ann, 77" in message
    assert "Ladders" in message


@pytest.mark.parametrize("named", ["77", "Moe, Ann", "Ann Moe", "ann"])
def test_a_person_is_found_by_each_of_them(data: kpa.TrainingData, named: str) -> None:
    assert find_person(data, named) == "ann"

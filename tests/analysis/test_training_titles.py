"""The trainings of the records: those that only the requirements name are among them."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

import kpa_analytics as kpa
from kpa_analytics.analysis.find import find_training
from kpa_analytics.analysis.training_titles import training_titles
from kpa_analytics.names import people_names, with_titles
from kpa_analytics.schema import COMPLETIONS, EMPLOYEE_STATUS, TRAININGS, USERS

AS_OF = date(2026, 6, 30)


@pytest.fixture
def data() -> kpa.TrainingData:
    """Ladders (7) is in the catalogue; the vendor's lists name 8 and 99, and one list is null."""
    completed = [{"id": 1, "training_id": 7, "m_user_id": "ann", "date": date(2026, 1, 1)}]
    catalogue = [{"id": 7, "title": "Ladders", "schedule_type": "rolling", "renewal_months": 12}]
    needed = [
        {"m_user_id": "ann", "incomplete_training_ids": [8], "complete_training_ids": None},
        {"m_user_id": "bob", "incomplete_training_ids": None, "complete_training_ids": [99, 7]},
    ]
    return kpa.TrainingData(
        completions=pl.DataFrame(completed, schema=COMPLETIONS.schema),
        trainings=pl.DataFrame(catalogue, schema=TRAININGS.schema),
        users=pl.DataFrame([{"id": "ann"}, {"id": "bob"}], schema=USERS.schema),
        employee_status=pl.DataFrame(needed, schema=EMPLOYEE_STATUS.schema),
    )


def test_they_are_those_of_the_statuses(data: kpa.TrainingData) -> None:
    assert training_titles(data).rows() == [(7, "Ladders"), (8, "8"), (99, "99")]
    status = kpa.expiry_status(
        data.completions, data.trainings, data.users, as_of=AS_OF, required=data.requirements
    )
    assert {*status["training_id"]} == {*training_titles(data)["training_id"]}


@pytest.mark.slow
@pytest.mark.parametrize("training", [8, 99])
def test_all_functions_know_a_training_that_only_the_requirements_name(
    data: kpa.TrainingData, training: int
) -> None:
    person = {8: "ann", 99: "bob"}[training]
    assert find_training(data, str(training)) == training
    assert kpa.explain(data, person, training, as_of=AS_OF).status == "missing"
    assert kpa.roster(data, training, as_of=AS_OF).rows["m_user_id"].to_list() == [person]
    places = pl.DataFrame({"m_user_id": [person], "training_id": [training], "date": [AS_OF]})
    after = kpa.what_if(data, places, as_of=AS_OF).filter(training_id=training)
    assert after["m_user_id"].to_list() == [person]
    plan = kpa.plan_sessions(data, as_of=AS_OF, capacity={training: 3})
    assert training in plan.unplaced["training_id"]
    with pytest.raises(kpa.errors.KPADataError, match="no training in the records has the id 3"):
        kpa.roster(data, 3, as_of=AS_OF)


@pytest.mark.slow
@pytest.mark.parametrize("training", [8, 99])
def test_all_explorers_know_it(data: kpa.TrainingData, training: int) -> None:
    widgets = kpa.widgets
    explorers: list[Any] = [
        widgets.ExpiryExplorer(data, as_of=AS_OF),
        widgets.InstructorExplorer(data, as_of=AS_OF),
        widgets.GroupTrainingExplorer(data, as_of=AS_OF),
        widgets.TrendExplorer(data, as_of=AS_OF),
        widgets.PlannerExplorer(data, as_of=AS_OF),
    ]
    for explorer in explorers:
        explorer.trainings = [training]
        assert [*explorer.trainings] == [training]
    explorers[0].trainings = []
    explorers[0].selected = [{"training_id": training, "status": "missing"}]
    assert explorers[0].table["training_id"].to_list() == [training]


def test_of_rows_with_one_id_the_first_gives_title_and_schedule() -> None:
    completed = [{"id": 1, "training_id": 7, "m_user_id": "ann", "date": date(2026, 1, 1)}]
    done = pl.DataFrame(completed, schema=COMPLETIONS.schema)
    versions = [("Beta", 12), ("Alpha", 24)]
    for order in (1, -1):
        rows = [
            {"id": 7, "title": title, "schedule_type": "rolling", "renewal_months": months}
            for title, months in versions[::order]
        ]
        catalogue = pl.DataFrame(rows, schema=TRAININGS.schema)
        row = kpa.expiry_status(done, catalogue, as_of=AS_OF).row(0, named=True)
        year = {"Beta": 2027, "Alpha": 2028}[row["training"]]
        assert row["training"] == versions[::order][0][0]
        assert row["expiration_date"] == date(year, 1, 1)


def test_the_first_row_with_a_name_counts() -> None:
    catalogue = pl.DataFrame(
        {"id": [7, 7, 7], "title": [" ", "Beta", "Alpha"]}, schema_overrides=TRAININGS.schema
    )
    ids = pl.LazyFrame({"training_id": [7]}, schema={"training_id": pl.Int64})
    assert with_titles(ids, catalogue).collect()["training"].to_list() == ["Beta"]
    users = pl.DataFrame(
        {"id": ["a", "a", "a"], "lastname": [None, "Moe", "Low"], "firstname": [None, "Ann", "Al"]},
        schema_overrides=USERS.schema,
    )
    assert people_names(users, "id", "name").collect().rows() == [("a", "Moe, Ann")]

"""Choices of trainings, instructors and field offices by title or name, as well as by id."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

import kpa_analytics as kpa
from kpa_analytics.widgets import (
    Dashboard,
    ExpiryExplorer,
    GroupTrainingExplorer,
    InstructorExplorer,
    TrendExplorer,
)
from kpa_analytics.widgets.explorer import Explorer

LONG = (Dashboard, ExpiryExplorer, TrendExplorer)
EVERY = [
    GroupTrainingExplorer,
    InstructorExplorer,
    *(pytest.param(make, marks=pytest.mark.slow) for make in LONG),
]


@pytest.mark.slow
@pytest.mark.parametrize("make", EVERY)
def test_trainings_and_offices_are_taken_by_name(
    company: kpa.TrainingData, make: type[Explorer]
) -> None:
    first_aid = company.trainings.filter(pl.col("title") == "First Aid")["id"].item()
    explorer = make(company, trainings=["First Aid", first_aid, str(first_aid), "FIRST aïd"])
    assert explorer.trainings == (first_aid,)
    office, name = next(iter(explorer._people_filter.offices.items()))
    explorer.set(trainings=[], field_offices=[name, "no field office"])
    assert explorer.field_offices == (office, "")


@pytest.mark.slow
@pytest.mark.parametrize("make", [GroupTrainingExplorer, InstructorExplorer])
def test_instructors_are_taken_by_name_and_employee_number(
    company: kpa.TrainingData, make: type[InstructorExplorer]
) -> None:
    explorer = make(company)
    known = explorer.known["instructors"]
    profiles = company.users.filter(
        pl.col("id").is_in([*known]), pl.struct("lastname", "firstname").is_unique()
    )
    row = profiles.filter(pl.col("employeeNumber") != "").row(0, named=True)
    for named in (f"{row['lastname']}, {row['firstname']}", row["employeeNumber"], row["id"]):
        explorer.instructors = [named]
        assert explorer.instructors == (row["id"],)
    other = company.users.filter(~pl.col("id").is_in([*known])).row(0, named=True)
    with pytest.raises(kpa.errors.KPADataError, match="cannot be chosen: not among instructors"):
        explorer.instructors = [other["employeeNumber"]]


@pytest.mark.slow
@pytest.mark.parametrize("make", EVERY)
def test_a_title_that_names_none_or_several_is_an_error_with_the_ids(
    company: kpa.TrainingData, make: type[Explorer]
) -> None:
    ids = company.trainings["id"][:2].to_list()
    alike = pl.when(pl.col("id").is_in(ids)).then(pl.lit("Ladders, basic")).otherwise("title")
    data = replace(company, trainings=company.trainings.with_columns(title=alike))
    explorer = make(data)
    for named, said in (
        ("Ladders, basic", "'Ladders, basic' names more than one training: "),
        ("ladders", "no training in the records is called 'ladders'; is it "),
        ("Lader, basic", "no training in the records is called 'Lader, basic'; is it "),
    ):
        with pytest.raises(kpa.errors.KPADataError) as error:
            explorer.trainings = [named]
        text = str(error.value)
        assert text.startswith(f"trainings: {said}")
        assert all(f"Ladders, basic ({training})" in text for training in ids)
    assert explorer.trainings == ()
    explorer.trainings = [explorer.known["trainings"][ids[0]], f"ladders, BASIC ({ids[1]})"]
    assert explorer.trainings == tuple(ids)


@pytest.mark.slow
def test_a_bar_is_taken_by_its_title(company: kpa.TrainingData) -> None:
    explorer = ExpiryExplorer(company)
    row = explorer.rows.filter(pl.col("status") == "current").row(0, named=True)
    explorer.selected = {"training_id": row["training"], "status": "current"}
    assert explorer.selected == ({"training_id": row["training_id"], "status": "current"},)

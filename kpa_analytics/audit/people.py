"""Who the people of the records are: employee number, offices, job title, hired, left."""

from __future__ import annotations

from datetime import date

import polars as pl

from kpa_analytics.analysis.case_groups import names_of_groups
from kpa_analytics.analysis.people_filter import PeopleFilter
from kpa_analytics.data.training_data import TrainingData
from kpa_analytics.employment import employment, employment_days, has_left
from kpa_analytics.names import employee_numbers
from kpa_analytics.schema import PEOPLE

_PROFILE = (
    "fieldOffice_id",
    "jobTitle_id",
    "hireDate",
    "terminationDate",
    "created",
)


def people_rows(data: TrainingData, as_of: date) -> pl.DataFrame:
    """List every person of the records, also those without a profile.

    The result is in `schema.PEOPLE`, one row per person, sorted by name and id. A hire or
    termination date that is not plausible is null.
    """
    profiles = data.users.unique("id", keep="first", maintain_order=True)
    numbers = employee_numbers(data.users).collect(engine="in-memory")
    days = employment(data.users).select("m_user_id", "left", "back")
    hired, _ = employment_days()
    hires = data.users.lazy().unique("id", keep="first", maintain_order=True).select("id", hired)
    is_to_come = (pl.col("hired") > as_of) & pl.col("back").is_null()
    absent = (
        days.join(hires, left_on="m_user_id", right_on="id")
        .filter(has_left(as_of) | is_to_come)
        .collect(engine="in-memory")["m_user_id"]
    )
    rows = (
        PeopleFilter(data)
        .people.select("m_user_id", "user")
        .join(profiles.select("id", *_PROFILE), left_on="m_user_id", right_on="id", how="left")
        .join(numbers, left_on="m_user_id", right_on="id", how="left")
        .with_columns(jobTitle_id=pl.concat_list("jobTitle_id"))
    )
    return (
        rows.select(
            "m_user_id",
            "user",
            "employeeNumber",
            _names(data, "fieldOffice_id", "field_office"),
            _names(data, "jobTitle_id", "job_title"),
            *employment_days(),
            ~pl.col("m_user_id").is_in(absent.implode()).alias("employed"),
            "created",
        )
        .select(pl.col(name).cast(dtype) for name, dtype in PEOPLE.schema.items())
        .sort("user", "m_user_id")
    )


def _names(data: TrainingData, column: str, kind: str) -> pl.Expr:
    """The names of a person's groups of a kind; the id of a group without a name."""
    names = names_of_groups(data.groups, kind)
    texts = pl.col(column).list.drop_nulls().list.eval(pl.element().replace(names)).list.join("; ")
    return pl.when(texts != "").then(texts).alias(kind)

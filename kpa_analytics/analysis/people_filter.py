"""Find people by a search text and by field office."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import polars as pl

from kpa_analytics.analysis.case_groups import names_of_groups
from kpa_analytics.analysis.search_text import by_name, folded, folded_text
from kpa_analytics.names import with_names
from kpa_analytics.report_text import NO_OFFICE_CHOICE

if TYPE_CHECKING:
    from kpa_analytics.analysis.choices import Choices
    from kpa_analytics.data.training_data import TrainingData

#: The choice of people without a field office.
NO_OFFICE = ""


class PeopleFilter:
    """Finds people by name, id, employee number or field office.

    People without a profile are found by their id and have no field office.
    """

    def __init__(self, data: TrainingData) -> None:
        self._data = data

    @cached_property
    def people(self) -> pl.DataFrame:
        """One row per person: m_user_id, user (name or id), searched (text), offices."""
        columns = ("firstname", "lastname", "firstname", "employeeNumber", "m_user_id")
        text = pl.concat_str(columns, separator=" ", ignore_nulls=True)
        offices = pl.col("fieldOffice_id").list.drop_nulls()
        return (
            self._everyone()
            .join(self._profiles(), on="m_user_id", how="left")
            .lazy()
            .pipe(with_names, self._data.users, "m_user_id", "user")
            .select(
                "m_user_id",
                "user",
                folded_text(text).alias("searched"),
                offices.list.set_difference([""]).fill_null([]).alias("offices"),
            )
            .collect(engine="in-memory")
        )

    def _profiles(self) -> pl.DataFrame:
        """The first profile of each person."""
        profiles = self._data.users.rename({"id": "m_user_id"})
        return profiles.unique("m_user_id", keep="first", maintain_order=True)

    def _everyone(self) -> pl.DataFrame:
        """The ids of all people: those with a profile, and every trainee of the records."""
        data = self._data
        columns = (
            data.users["id"],
            data.completions["m_user_id"],
            data.employee_status["m_user_id"],
            data.group_trainings["m_trainees_id"].explode(),
        )
        each = [ids.drop_nulls().unique(maintain_order=True).alias("m_user_id") for ids in columns]
        return pl.concat(each).unique(maintain_order=True).to_frame()

    @cached_property
    def offices(self) -> dict[str, str]:
        """Field office id -> name, sorted by name; "No field office" is last."""
        used = self.people["offices"].explode().drop_nulls().unique()
        names = names_of_groups(self._data.groups, "field_office")
        known = {office: names.get(office, office) for office in used}
        return {**by_name(known), NO_OFFICE: NO_OFFICE_CHOICE}

    def matching(self, choices: Choices) -> pl.Series | None:
        """The ids of the people that match the search and the field offices; None for everyone.

        Every word of the search must be in the name, the employee number or the id; accents and
        upper case make no difference. A person must be in at least one of the chosen field offices.
        """
        conditions = [
            pl.col("searched").str.contains(word, literal=True)
            for word in folded(choices.search).replace(",", " ").split()
        ]
        if choices.field_offices:
            conditions.append(self.in_offices(choices.field_offices))
        if not conditions:
            return None
        return self.people.filter(*conditions)["m_user_id"]

    @staticmethod
    def in_offices(chosen: Sequence[str]) -> pl.Expr:
        """Whether a row of `people` is in one of the field offices."""
        offices = [office for office in chosen if office != NO_OFFICE]
        in_office = pl.col("offices").list.set_intersection(offices).list.len() > 0
        no_office = pl.col("offices").list.len() == 0
        return in_office | no_office if NO_OFFICE in chosen else in_office

    def conditions(self, choices: Choices) -> list[pl.Expr]:
        """The chosen trainings and people as filters of training_id and m_user_id."""
        conditions = []
        if choices.trainings:
            conditions.append(pl.col("training_id").is_in(choices.trainings))
        people = self.matching(choices)
        if people is not None:
            conditions.append(pl.col("m_user_id").is_in(people.implode()))
        return conditions

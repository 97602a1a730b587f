"""Which people a search text and a choice of field offices mean."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import polars as pl

from kpa_analytics.analysis.folding import by_name, folded, folded_text
from kpa_analytics.analysis.names import people_names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kpa_analytics.data.training_data import TrainingData

#: The choice of people who are in no field office.
NO_OFFICE = ""


class PeopleFilter:
    """Finds people of the records by name, id, employee number or field office.

    Args:
        data: the records; people without a profile are found by their id, and are in no field
            office.
    """

    def __init__(self, data: TrainingData) -> None:
        self._data = data

    @cached_property
    def people(self) -> pl.DataFrame:
        """One row per person: m_user_id, user (name, or the id), words (to search in), offices."""
        columns = ("firstname", "lastname", "firstname", "employeeNumber", "m_user_id")
        searched = pl.concat_str(columns, separator=" ", ignore_nulls=True)
        offices = pl.col("fieldOffice_id").list.drop_nulls()
        return (
            self._everyone()
            .join(self._profiles(), on="m_user_id", how="left")
            .join(
                people_names(self._data.users, "m_user_id", "user").collect(),
                on="m_user_id",
                how="left",
            )
            .select(
                "m_user_id",
                pl.col("user").fill_null(pl.col("m_user_id")),
                folded_text(searched).alias("words"),
                offices.list.set_difference([""]).fill_null([]).alias("offices"),
            )
        )

    def _profiles(self) -> pl.DataFrame:
        """The first profile of each person."""
        profiles = self._data.users.rename({"id": "m_user_id"})
        return profiles.unique("m_user_id", keep="first", maintain_order=True)

    def _everyone(self) -> pl.DataFrame:
        """The ids of everyone whom any of the records names as a trainee."""
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
        """Field office id -> name, by name; people in none of them come last."""
        used = self.people["offices"].explode().drop_nulls().unique()
        groups = self._data.groups.filter(pl.col("kind") == "field_office")
        names = dict(groups.select("id", "name").iter_rows())
        known = {office: names.get(office) or office for office in used}
        return {**by_name(known), NO_OFFICE: "No field office"}

    def matching(self, search: str, offices: Sequence[str]) -> pl.Series | None:
        """The ids of the people found.

        Args:
            search: words that must all be in the name, the employee number or the id; accents,
                upper and lower case do not count.
            offices: ids of field offices, any of which will do.

        Returns:
            The ids, or None where both are empty and everyone is meant.
        """
        conditions = [
            pl.col("words").str.contains(word, literal=True)
            for word in folded(search).replace(",", " ").split()
        ]
        if offices:
            chosen = [office for office in offices if office != NO_OFFICE]
            inside = pl.col("offices").list.set_intersection(chosen).list.len() > 0
            nowhere = pl.col("offices").list.len() == 0
            conditions.append(inside | nowhere if NO_OFFICE in offices else inside)
        if not conditions:
            return None
        return self.people.filter(*conditions)["m_user_id"]

"""Who is meant by a search text and a choice of field offices."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import polars as pl

from kpa_analytics.analysis.names import people_names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kpa_analytics.data.training_data import TrainingData

#: The choice of people who are in no field office.
NO_OFFICE = ""


class Roster:
    """The people of the records, found by name, id, employee number or field office.

    Args:
        data: the records; people without a profile are found by their id.
    """

    def __init__(self, data: TrainingData) -> None:
        self._users = data.users
        self._groups = data.groups

    @cached_property
    def people(self) -> pl.DataFrame:
        """One row per profile: m_user_id, user (its name), words (to search in), offices."""
        names = people_names(self._users, "m_user_id", "user").collect()
        words = ("firstname", "lastname", "firstname", "employeeNumber", "m_user_id")
        return (
            self._users.rename({"id": "m_user_id"})
            .unique("m_user_id", keep="first", maintain_order=True)
            .join(names, on="m_user_id", how="left")
            .select(
                "m_user_id",
                pl.col("user").fill_null(pl.col("m_user_id")),
                pl.concat_str(words, separator=" ", ignore_nulls=True)
                .str.to_lowercase()
                .alias("words"),
                pl.col("fieldOffice_id").fill_null([]).alias("offices"),
            )
        )

    @cached_property
    def offices(self) -> dict[str, str]:
        """Field office id -> name, by name; people in none of them come last."""
        used = self.people["offices"].explode().drop_nulls().unique()
        names = dict(
            self._groups.filter(pl.col("kind") == "field_office").select("id", "name").iter_rows()
        )
        known = {office: names.get(office) or office for office in used}
        ordered = dict(sorted(known.items(), key=lambda pair: (pair[1].casefold(), pair[0])))
        return {**ordered, NO_OFFICE: "No field office"}

    def named(self, search: str, offices: Sequence[str]) -> pl.Series | None:
        """The ids of the people meant.

        Args:
            search: words that must all stand in the name, the employee number or the id; upper and
                lower case are the same.
            offices: ids of field offices, any of which will do.

        Returns:
            The ids, or None where nothing is asked and everyone is meant.
        """
        wanted = [
            pl.col("words").str.contains(word, literal=True)
            for word in search.lower().replace(",", " ").split()
        ]
        if offices:
            named = [office for office in offices if office != NO_OFFICE]
            inside = pl.col("offices").list.set_intersection(named).list.len() > 0
            nowhere = pl.col("offices").list.len() == 0
            wanted.append(inside | nowhere if NO_OFFICE in offices else inside)
        if not wanted:
            return None
        return self.people.filter(*wanted)["m_user_id"]

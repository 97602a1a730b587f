"""Filters built from people find everyone: without an office, or with accents in the name."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

import kpa_analytics as kpa
from kpa_analytics.analysis.choices import Choices
from kpa_analytics.analysis.people_filter import PeopleFilter
from kpa_analytics.analysis.search_text import by_name, folded, folded_text
from kpa_analytics.schema import COMPLETIONS, GROUPS, USERS
from tests.analysis.search_text_cases import CASES

DAY = date(2026, 6, 30)


def test_profiles_of_no_office_in_any_spelling_are_in_none() -> None:
    offices: list[list[str | None] | None] = [None, [], [""], [None], ["o"]]
    users = pl.DataFrame(
        {"id": [f"p{at}" for at in range(5)], "fieldOffice_id": offices},
        schema_overrides={"fieldOffice_id": pl.List(pl.String)},
    )
    data = kpa.TrainingData(
        completions=COMPLETIONS.empty(),
        users=pl.concat([USERS.empty(), users], how="diagonal"),
        groups=pl.concat(
            [GROUPS.empty(), pl.DataFrame({"kind": ["field_office"], "id": ["o"], "name": ["Ł"]})],
            how="diagonal_relaxed",
        ),
    )
    people_filter = PeopleFilter(data)
    assert people_filter.offices == {"o": "Ł", "": "No field office"}
    assert sorted(people_filter.matching(Choices(as_of=DAY, field_offices=("",)))) == [
        "p0",
        "p1",
        "p2",
        "p3",
    ]


@pytest.mark.parametrize(("text", "compared"), CASES.items())
def test_a_search_sets_accents_and_case_aside(text: str, compared: str) -> None:
    assert folded(text) == compared
    assert folded(compared) == compared


def test_a_column_is_compared_as_its_texts_are() -> None:
    column = pl.DataFrame({"text": [*CASES]}).select(folded_text(pl.col("text")))["text"]
    assert column.to_list() == [*CASES.values()]


@pytest.mark.parametrize("search", ["lodz", "ŁÓDŹ", "łódź, ZOË", "zoe łodz", "straße-7", "STRASSE"])
def test_people_are_found_however_their_name_is_typed(search: str) -> None:
    users = pl.DataFrame(
        {
            "id": ["a", "b"],
            "firstname": ["Zoë", "Bo"],
            "lastname": ["Łódź", "Loy"],
            "employeeNumber": ["STRASSE-7", "8"],
        }
    )
    data = kpa.TrainingData(
        completions=COMPLETIONS.empty(), users=pl.concat([USERS.empty(), users], how="diagonal")
    )
    assert PeopleFilter(data).matching(Choices(as_of=DAY, search=search)).to_list() == ["a"]


def test_names_are_listed_as_readers_look_for_them() -> None:
    assert [*by_name({1: "Zoo", 2: "Łódź", 3: "äpfel", 4: "Mull"})] == [3, 2, 4, 1]

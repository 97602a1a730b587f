"""Filters built from people lose nobody: without a profile, or with accents in the name."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import kpa_analytics as kpa
from kpa_analytics.schema import COMPLETIONS, EMPLOYEE_STATUS, GROUP_TRAININGS, GROUPS, USERS
from kpa_analytics.widgets import ExpiryExplorer, GroupTrainingExplorer, InstructorExplorer
from kpa_analytics.widgets.explorer import Explorer
from kpa_analytics.widgets.folding import by_name, folded, folded_text
from tests.widgets.folding_cases import CASES

GHOST, LISTED, ASKED = "ghost-of-completions", "ghost-of-a-list", "ghost-of-the-vendor"
EXPLORERS = [ExpiryExplorer, InstructorExplorer, GroupTrainingExplorer]


@pytest.fixture(scope="module")
def haunted(company: kpa.TrainingData) -> kpa.TrainingData:
    """The demo company and three people without a profile, each in one collection."""
    done = {"training_id": 1, "m_user_id": GHOST, "date": date(2026, 6, 1), "m_instructor_id": "i"}
    completions = pl.DataFrame(
        [{"id": 10**9, **done, "group_training_id": 10**8}], schema=COMPLETIONS.schema
    )
    listed = {"m_trainees_id": [LISTED], "trainings_id": [7], "created": date(2026, 6, 2)}
    sessions = pl.DataFrame(
        [{"id": 10**8 + 1, **listed}], schema={**GROUP_TRAININGS.schema, "created": pl.Date}
    ).cast(GROUP_TRAININGS.schema)
    asked = {"m_user_id": ASKED, "incomplete_training_ids": [8], "complete_training_ids": []}
    verdict = pl.DataFrame([asked], schema=EMPLOYEE_STATUS.schema)
    return replace(
        company,
        completions=pl.concat([company.completions, completions]),
        group_trainings=pl.concat([company.group_trainings, sessions]),
        employee_status=pl.concat([company.employee_status, verdict]),
    )


def shown(explorer: Explorer) -> pl.DataFrame:
    """What an explorer shows that depends on people."""
    if isinstance(explorer, ExpiryExplorer):
        return explorer.rows
    return explorer.activity if isinstance(explorer, InstructorExplorer) else explorer.sessions


@pytest.mark.parametrize("make", EXPLORERS)
def test_all_field_offices_together_are_everyone(
    haunted: kpa.TrainingData, make: type[Explorer]
) -> None:
    explorer = make(haunted)
    everyone = shown(explorer)
    offices = explorer.controls["field_offices"].options
    assert offices[-1] == ["", "No field office"]
    explorer.field_offices = [office for office, _ in offices]
    assert_frame_equal(shown(explorer), everyone, check_row_order=False)


@pytest.mark.parametrize("asked", [{"search": "GHOST-OF"}, {"field_offices": [""]}])
def test_people_without_a_profile_are_found(
    haunted: kpa.TrainingData, asked: dict[str, object]
) -> None:
    expiry = ExpiryExplorer(haunted, **asked).rows
    assert {GHOST, ASKED} <= {*expiry["m_user_id"]}
    assert {*expiry.filter(pl.col("m_user_id") == GHOST)["user"]} == {GHOST}
    taught = InstructorExplorer(haunted, **asked).activity
    assert "i" in taught["m_instructor_id"]
    sessions = GroupTrainingExplorer(haunted, **asked).sessions
    assert {10**8, 10**8 + 1} <= {*sessions["group_training_id"]}


def test_a_bar_of_a_training_that_only_the_vendor_names_can_be_picked(
    haunted: kpa.TrainingData,
) -> None:
    explorer = ExpiryExplorer(haunted, search=ASKED)
    assert explorer.rows["training_id"].to_list() == [8]
    explorer.set(selected={"training_id": 8, "status": "missing"})
    assert explorer.table["training_id"].to_list() == [8]


@pytest.mark.slow
@pytest.mark.parametrize("asked", [{"search": GHOST}, {"field_offices": [""]}])
def test_a_pack_holds_people_without_a_profile(
    haunted: kpa.TrainingData, tmp_path: Path, asked: dict[str, object]
) -> None:
    explorer = ExpiryExplorer(haunted, as_of="2026-06-30", **asked)
    pack = explorer.export(tmp_path / "pack")
    assert kpa.verify_audit(pack).is_empty()
    records = pl.read_parquet(pack / "records.parquet")
    assert GHOST in records["m_user_id"]
    manifest = json.loads((pack / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["counts"]["cases"] == explorer.rows.height
    assert manifest["counts"]["people"] == explorer.rows["m_user_id"].n_unique()


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
    roster = ExpiryExplorer(data)._roster
    assert roster.offices == {"o": "Ł", "": "No field office"}
    assert sorted(roster.named("", [""])) == ["p0", "p1", "p2", "p3"]


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
    assert ExpiryExplorer(data)._roster.named(search, []).to_list() == ["a"]


def test_pickers_list_names_as_readers_look_for_them() -> None:
    assert [*by_name({1: "Zoo", 2: "Łódź", 3: "äpfel", 4: "Mull"})] == [3, 2, 4, 1]

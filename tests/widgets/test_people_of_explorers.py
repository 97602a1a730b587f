"""Filters by people find everyone, including people without a profile or with accents."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import kpa_analytics as kpa
from kpa_analytics.schema import COMPLETIONS, EMPLOYEE_STATUS, GROUP_TRAININGS
from kpa_analytics.widgets import (
    ExpiryExplorer,
    GroupTrainingExplorer,
    InstructorExplorer,
    PlannerExplorer,
    TrendExplorer,
)
from kpa_analytics.widgets.explorer import Explorer

GHOST, LISTED, ASKED = "ghost-of-completions", "ghost-of-a-list", "ghost-of-the-vendor"
EXPLORERS = [ExpiryExplorer, InstructorExplorer, GroupTrainingExplorer, TrendExplorer]


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
    employee = pl.DataFrame([asked], schema=EMPLOYEE_STATUS.schema)
    return replace(
        company,
        completions=pl.concat([company.completions, completions]),
        group_trainings=pl.concat([company.group_trainings, sessions]),
        employee_status=pl.concat([company.employee_status, employee]),
    )


def shown(explorer: Explorer) -> pl.DataFrame:
    """The parts of an explorer that depend on people."""
    if isinstance(explorer, ExpiryExplorer | TrendExplorer):
        return explorer.rows
    return explorer.activity if isinstance(explorer, InstructorExplorer) else explorer.sessions


@pytest.mark.slow
def test_a_table_whose_rows_are_people_offers_their_profiles(haunted: kpa.TrainingData) -> None:
    profile = ["employeeNumber", "field_office", "job_title"]
    for make in (*EXPLORERS, PlannerExplorer):
        for table in make(haunted)._shown_tables:
            columns = [column["column"] for column in table.all_columns]
            kinds = [column["kind"] for column in table.all_columns]
            assert (columns[-3:] == profile) == (kinds[0] == "person"), table.name
    instructors = InstructorExplorer(haunted)._people
    instructors.picked = ["instructor", *profile]
    users = {row["id"]: row for row in haunted.users.iter_rows(named=True)}
    offices = dict(haunted.groups.select("id", "name").iter_rows())
    frame = instructors.filtered_rows
    assert {"i"} < {*frame["m_instructor_id"]}
    for who, number, office in frame.select("m_instructor_id", *profile[:2]).iter_rows():
        user = users.get(who, {})
        assert number == user.get("employeeNumber")
        places = [offices[place] for place in user.get("fieldOffice_id") or ()]
        assert office == ("; ".join(places) or None)


@pytest.mark.slow
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


@pytest.mark.slow
@pytest.mark.parametrize("make", EXPLORERS)
def test_a_search_that_finds_nobody_says_so_in_the_table(
    company: kpa.TrainingData, make: type[Explorer]
) -> None:
    explorer = make(company, search="no such person")
    said = {table.empty_text for table in explorer._shown_tables if table.empty_text}
    assert said == {"Nobody matches 'no such person' with these choices."}
    explorer.search = ""
    assert not any(table.empty_text for table in explorer._shown_tables)


@pytest.mark.parametrize("make", EXPLORERS)
def test_tables_without_records_say_that_there_are_none(make: type[Explorer]) -> None:
    data = kpa.TrainingData(completions=kpa.schema.COMPLETIONS.empty())
    explorer = make(data)
    kind = "group trainings" if make is GroupTrainingExplorer else "completions"
    said = {table.empty_text for table in explorer._shown_tables if table.empty_text}
    assert said == {f"There are no {kind} in the records."}
    explorer.search = "Moe"
    said = {table.empty_text for table in explorer._shown_tables if table.empty_text}
    assert said == {"Nobody matches 'Moe' with these choices."}


@pytest.mark.slow
@pytest.mark.parametrize("asked", [{"search": "GHOST-OF"}, {"field_offices": [""]}])
def test_people_without_a_profile_are_found(
    haunted: kpa.TrainingData, asked: dict[str, object]
) -> None:
    expiry = ExpiryExplorer(haunted, **asked).rows
    offices = dict(haunted.users.select("id", pl.col("fieldOffice_id").list.len()).rows())
    everyone = {*ExpiryExplorer(haunted).rows["m_user_id"]}
    searched = {GHOST, ASKED} if "search" in asked else everyone
    assert {*expiry["m_user_id"]} == {who for who in searched if not offices.get(who)}
    assert {*expiry.filter(pl.col("m_user_id") == GHOST)["user"]} == {GHOST}
    taught = InstructorExplorer(haunted, **asked).activity
    assert "i" in taught["m_instructor_id"]
    sessions = GroupTrainingExplorer(haunted, **asked).sessions
    invented = sessions.filter(pl.col("group_training_id") >= 10**8)
    assert {*invented["group_training_id"]} == {10**8, 10**8 + 1}


@pytest.mark.slow
def test_a_bar_of_a_training_that_only_the_vendor_names_can_be_picked(
    haunted: kpa.TrainingData,
) -> None:
    explorer = ExpiryExplorer(haunted, search=ASKED)
    assert explorer.rows["training_id"].to_list() == [8]
    explorer.set(selected={"training_id": 8, "status": "missing"})
    assert explorer.table["training_id"].to_list() == [8]


@pytest.mark.usefixtures("only_its_page")
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

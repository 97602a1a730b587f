"""Views of a fleet claim no missing trainings of an account whose requirements are not known."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl
import pytest

import kpa_analytics as kpa
from kpa_analytics.schema import COMPLETIONS, EMPLOYEE_STATUS, TRAININGS, USERS
from kpa_analytics.widgets import ExpiryExplorer, PlannerExplorer, TrendExplorer
from tests.frames import frame_of

DAY = date(2026, 6, 30)
NOTE = "No requirements of west were provided"
pytestmark = pytest.mark.filterwarnings("ignore::kpa_analytics.errors.KPADataWarning")


def account(*, known: bool) -> kpa.TrainingData:
    """Ann completed Ladders; Bob must, and did not."""
    done = {"id": 1, "m_user_id": "ann", "training_id": 7, "date": date(2026, 5, 4)}
    needs = {"m_user_id": "bob", "incomplete_training_ids": [7]}
    return kpa.TrainingData(
        completions=frame_of(COMPLETIONS, done),
        trainings=frame_of(TRAININGS, {"id": 7, "title": "Ladders", "renewal_months": 12}),
        users=frame_of(USERS, {"id": "ann"}, {"id": "bob"}),
        employee_status=frame_of(EMPLOYEE_STATUS, *([needs] if known else [])),
    )


@pytest.fixture
def fleet() -> kpa.Fleet:
    return kpa.Fleet({"north": account(known=True), "west": account(known=False)})


def test_the_expiry_explorer_names_the_account(fleet: kpa.Fleet) -> None:
    figures = ExpiryExplorer(fleet, as_of=DAY)._figures.value
    tile = figures.partition("Missing")[0].rpartition("<li")[2] + figures.partition("Missing")[2]
    assert "not known" in tile
    assert NOTE in tile


def test_the_trend_of_the_account_is_not_known(fleet: kpa.Fleet) -> None:
    explorer = TrendExplorer(fleet, as_of=DAY, start=DAY, by="account")
    assert explorer.rows.select("account", "missing").rows() == [("north", 1), ("west", None)]
    counted = fleet.status_over_time(start=DAY, end=DAY, by="account")
    assert counted["missing"].to_list() == explorer.rows["missing"].to_list()
    assert NOTE in explorer._figures.value
    assert "Known gaps" in explorer._figures.value
    explorer.by = None
    assert "Known gaps" in explorer._figures.value


@pytest.mark.parametrize("known", [True, False])
def test_each_account_is_counted_as_by_itself(known: bool) -> None:
    """A record without a date is a missing case, also where requirements are not known."""
    undated = frame_of(COMPLETIONS, {"id": 2, "m_user_id": "bob", "training_id": 7})
    west = account(known=False)
    west = replace(west, completions=pl.concat([west.completions, undated]))
    fleet = kpa.Fleet({"north": account(known=known), "west": west, "east": account(known=False)})
    explorer = TrendExplorer(fleet, as_of=DAY, start=DAY, by="account")
    counted = fleet.status_over_time(start=DAY, end=DAY, by="account").sort("account")
    assert explorer.rows.equals(counted.select(explorer.rows.columns))
    assert dict(explorer.rows.select("account", "missing").rows())["west"] == 1
    assert explorer.table.filter(account="west")["gaps"].item() == 1


@pytest.mark.slow
def test_a_plan_says_whom_it_leaves_out(fleet: kpa.Fleet) -> None:
    plan = kpa.plan_sessions(fleet.together(), as_of=DAY)
    assert not plan.requirements_known
    assert any(said.startswith(f"{NOTE}, so the plan leaves out people") for said in plan.notes)
    assert NOTE in PlannerExplorer(fleet, as_of=DAY)._figures.value
    pairs = pl.DataFrame({"m_user_id": ["bob@west"], "training_id": [10**12 + 7]})
    assert kpa.plan_sessions(fleet.together(), as_of=DAY, required=pairs).requirements_known


@pytest.mark.parametrize("known", [True, False])
def test_accounts_that_are_alike_have_no_note_of_some(known: bool) -> None:
    fleet = kpa.Fleet({name: account(known=known) for name in ("north", "west")})
    assert fleet.together().without_requirements == ()
    figures = ExpiryExplorer(fleet, as_of=DAY)._figures.value
    assert ("No requirements were provided" in figures) is not known
    assert "No requirements of" not in figures

"""A row of the expiry explorer, clicked: why it has its status."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest
import traitlets

import kpa_analytics as kpa
from kpa_analytics.errors import KPADataError
from kpa_analytics.schema import COMPLETIONS
from kpa_analytics.widgets import ExpiryExplorer
from tests.frames import frame_of
from tests.widgets.conftest import fetched


def click(explorer: ExpiryExplorer, place: int) -> None:
    """Do what the browser does: a click on the chosen row sends -1."""
    explorer._table.chosen_row = -1 if explorer._table.chosen_row == place else place


def panel(explorer: ExpiryExplorer) -> str:
    """The HTML below the table."""
    value: str = explorer._why.value
    return value


@pytest.mark.slow
def test_a_click_explains_the_row_and_a_second_click_closes_it(
    explorer: ExpiryExplorer, company: kpa.TrainingData
) -> None:
    assert "Click a row of the table" in panel(explorer)
    row = explorer.table.row(5, named=True)
    case = {"m_user_id": row["m_user_id"], "training_id": row["training_id"]}
    charts, before = explorer.charts, explorer.rebuilds
    click(explorer, 5)
    assert explorer.explained == case
    assert explorer.explanation == kpa.explain(company, **case, as_of=explorer.as_of)
    assert panel(explorer) == kpa.explain(company, **case, as_of="2026-06-30")._repr_html_()
    assert explorer._table.chosen_row == 5
    assert (explorer.charts, explorer.rebuilds) == (charts, before + 1)
    click(explorer, 5)
    assert explorer.explained is None
    assert explorer.explanation is None
    assert "Click a row of the table" in panel(explorer)


@pytest.mark.slow
@pytest.mark.parametrize("rows", [2, pytest.param(15, marks=pytest.mark.slow)])
def test_rows_of_every_status_have_the_status_and_date_that_their_explanations_reach(
    explorer: ExpiryExplorer, rows: int
) -> None:
    explorer.set(as_of="2026-03-31", expiring_days=60, include_terminated=True)
    seen = set()
    for row in explorer.rows.group_by("status").head(rows).iter_rows(named=True):
        explorer.explained = row
        explanation = explorer.explanation
        assert explanation
        assert explanation.status == row["status"]
        assert explanation.expiration_date == row["expiration_date"]
        seen.add(row["status"])
    assert len(seen) >= 4


@pytest.mark.slow
def test_the_mark_follows_the_case_when_the_table_is_sorted_or_turned(
    explorer: ExpiryExplorer,
) -> None:
    click(explorer, 0)
    case = explorer.explained
    assert case
    explorer._table.sort = ["user", False]
    keys = explorer.table.select("m_user_id", "training_id").rows(named=True)
    place = keys.index({**case})
    assert explorer._table.chosen_row == (place if place < 100 else -1)
    explorer._table.sort = ["days_left", False]
    assert explorer._table.chosen_row == 0
    explorer._table.first_wanted = 100
    assert explorer._table.chosen_row == -1
    assert explorer.explained == case
    click(explorer, 103)
    row = explorer.table.row(103, named=True)
    assert explorer.explained == {name: row[name] for name in ("m_user_id", "training_id")}
    assert explorer._table.first_wanted == 100


@pytest.mark.slow
def test_another_day_explains_the_same_case_anew(explorer: ExpiryExplorer) -> None:
    row = explorer.rows.filter(pl.col("status") == "current").row(0, named=True)
    explorer.explained = row
    explorer.as_of = row["expiration_date"]
    assert explorer.explanation
    assert explorer.explanation.status == "expiring"
    assert explorer.explanation.subtitle in panel(explorer)


@pytest.mark.slow
def test_a_case_that_is_no_longer_listed_is_no_longer_explained(explorer: ExpiryExplorer) -> None:
    row = explorer.rows.filter(pl.col("status") == "expired").row(0, named=True)
    explorer.explained = row
    explorer.statuses = ["expired"]
    assert explorer.explained
    explorer.statuses = ["missing"]
    assert explorer.explained is None
    assert "Click a row of the table" in panel(explorer)


@pytest.fixture(scope="module")
def explaining(company: kpa.TrainingData) -> ExpiryExplorer:
    """An explorer that explains its third row."""
    explorer = ExpiryExplorer(company)
    click(explorer, 2)
    return explorer


@pytest.mark.slow
@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"m_user_id": "nobody", "training_id": 7}, "no person in the records has the id 'nobody'"),
        ({"m_user_id": "nobody"}, "explained must be a case such as"),
        ({"m_user_id": None, "training_id": 7}, "explained: a case without m_user_id has no"),
        ({"m_user_id": "a", "training_id": "7"}, "explained must be a case such as"),
        (7, "explained must be a case such as"),
    ],
)
def test_a_wrong_case_is_named_and_changes_nothing(
    explaining: ExpiryExplorer, wrong: Any, said: str
) -> None:
    before, shown = explaining.explained, panel(explaining)
    assert before
    with pytest.raises(KPADataError, match=said) as error:
        explaining.explained = wrong
    assert isinstance(error.value, traitlets.TraitError)
    assert (explaining.explained, panel(explaining)) == (before, shown)


@pytest.mark.slow
def test_other_records_keep_the_case_if_they_list_it(
    explorer: ExpiryExplorer, company: kpa.TrainingData, tmp_path_factory: pytest.TempPathFactory
) -> None:
    click(explorer, 2)
    case = explorer.explained
    other = kpa.TrainingData(
        completions=company.completions,
        trainings=company.trainings,
        users=company.users,
        employee_status=company.employee_status,
    )
    explorer.load(other)
    assert explorer.explained == case
    explorer.load(fetched(tmp_path_factory.mktemp("other"), seed=7, people=5, completions=60))
    assert explorer.explained is None


def test_a_case_without_a_person_is_not_explained_and_not_marked() -> None:
    done = [
        {"id": 1, "training_id": 7, "m_user_id": "ann", "date": date(2026, 5, 4)},
        {"id": 2, "training_id": 7, "m_user_id": None, "date": date(2026, 5, 4)},
    ]
    explorer = ExpiryExplorer(
        kpa.TrainingData(completions=frame_of(COMPLETIONS, *done)), as_of="2026-06-30"
    )
    places = {person: place for place, person in enumerate(explorer.table["m_user_id"])}
    click(explorer, places["ann"])
    explained = panel(explorer)
    click(explorer, places[None])
    assert "The records of this case name no person" in explorer._notice.value
    assert "{" not in explorer._notice.value
    assert panel(explorer) == explained
    assert explorer._table.chosen_row == places["ann"]

"""A click on a figure, a label or an entry of a legend shows the rows that it is about."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl
import pytest

import kpa_analytics as kpa
from kpa_analytics.analysis.session_view import DIFFERS, NO_LIST, SessionView
from kpa_analytics.widgets import ExpiryExplorer, GroupTrainingExplorer
from kpa_analytics.widgets.chart_explorer import ChartExplorer


def press(explorer: ChartExplorer, tile: str) -> None:
    explorer._figures._handle_custom_msg({"pick": tile}, [])


@pytest.mark.slow
def test_a_tile_filters_the_rows_to_its_status(company: kpa.TrainingData) -> None:
    explorer = ExpiryExplorer(company)
    whole, figures = explorer.rows.height, explorer._figures.value
    press(explorer, "expired")
    assert explorer.statuses == ("expired",)
    assert {*explorer.table["status"]} == {"expired"}
    assert explorer._figures.chosen == ["expired"]
    assert explorer._figures.value == figures
    press(explorer, "expired")
    assert explorer.statuses == ()
    press(explorer, "missing")
    press(explorer, "all")
    assert explorer.rows.height == whole
    assert explorer._figures.chosen == ["all"]


@pytest.mark.slow
def test_the_tiles_in_order_and_due_within_list_the_cases_that_they_count(
    company: kpa.TrainingData,
) -> None:
    explorer = ExpiryExplorer(company, expiring_days=45)
    valid = explorer.rows.filter(pl.col("status").is_in(["current", "expiring"]))
    due = valid.filter(pl.col("days_left") <= 45)
    assert 0 < due.height < valid.height < explorer.rows.height
    for tile, cases in (("in-order", valid), ("due", due)):
        press(explorer, tile)
        assert explorer.table.sort("m_user_id", "training_id").equals(
            cases.sort("m_user_id", "training_id")
        )
        assert explorer._figures.chosen == [tile]
    assert explorer._table.caption == "Selected: Due within 45 days"
    assert explorer.state["selected"] == [{"due_within": 45}]
    assert explorer._charts.picked == [-1, []]
    again = ExpiryExplorer(company, **explorer.state)
    assert again.table.equals(explorer.table)
    press(explorer, "due")
    assert explorer.table.height == explorer.rows.height
    with pytest.raises(kpa.errors.KPADataError, match="selected must be bars"):
        explorer.selected = {"due_within": -1}


@pytest.mark.slow
def test_only_a_tile_that_counts_rows_can_be_clicked(company: kpa.TrainingData) -> None:
    explorer = ExpiryExplorer(company, trainings=[company.completions["training_id"][0]])
    counted = {"all", "in-order", *explorer.rows["status"]}
    assert explorer.rows.filter(pl.col("days_left") <= 30).is_empty()
    assert {*explorer._figures.picks} == counted
    for tile in {"expired", "missing", "current", "statuses"} - counted:
        press(explorer, tile)
    assert explorer.statuses == ()
    explorer.set(search="nobody has this name")
    assert explorer._figures.picks == ["all"]


@pytest.mark.slow
def test_the_share_in_order_is_of_the_cases_due(company: kpa.TrainingData) -> None:
    explorer = ExpiryExplorer(company)
    rows = explorer.rows.filter(pl.col("status") != "not_due")
    valid = rows.filter(pl.col("status").is_in(["current", "expiring"])).height
    tile = explorer._figures.value.split("In order")[1].split("</li>")[0]
    assert f"current or expiring soon: {valid:,} of {rows.height:,} cases due" in tile
    assert f"<strong>{100 * valid / rows.height:.0f}%</strong>" in tile


def test_sessions_whose_list_and_records_differ_are_flagged(company: kpa.TrainingData) -> None:
    explorer = GroupTrainingExplorer(company, months=120)
    flags = dict(explorer._sessions.filtered_rows.select("group_training_id", "check").rows())
    for row in explorer.sessions.rows(named=True):
        flag = flags[row["group_training_id"]]
        missing, more = (
            len(row[name]) for name in ("listed_not_recorded_ids", "recorded_not_listed_ids")
        )
        if not row["m_trainees_id"]:
            assert flag == NO_LIST
        elif missing or more:
            assert flag.startswith(DIFFERS)
            assert (f"{missing} listed, not recorded" in flag) == (missing > 0)
            assert (f"{more} recorded, not listed" in flag) == (more > 0)
        else:
            assert flag is None
    assert any(flag and flag.startswith(DIFFERS) for flag in flags.values())


def test_an_empty_list_and_no_list_of_people_are_both_said_to_be_none() -> None:
    lists = kpa.schema.GROUP_TRAININGS.schema
    rows = [
        {"id": number, "created": datetime(2026, 6, 1, tzinfo=UTC), "m_trainees_id": people}
        for number, people in ((1, []), (2, None), (3, ["ann"]))
    ]
    sessions = kpa.group_sessions(
        kpa.schema.COMPLETIONS.empty(), pl.DataFrame(rows, schema=lists), None, None
    )
    flags = dict(SessionView.with_check(sessions).select("group_training_id", "check").rows())
    assert flags == {1: NO_LIST, 2: NO_LIST, 3: f"{DIFFERS} 1 listed, not recorded"}


def test_the_tile_of_missing_records_lists_their_sessions(company: kpa.TrainingData) -> None:
    explorer = GroupTrainingExplorer(company, months=120)
    differ = explorer.sessions.filter(pl.col("listed_not_recorded") > 0)
    press(explorer, "not-recorded")
    assert {*explorer.sessions["group_training_id"]} == {*differ["group_training_id"]}
    press(explorer, "not-recorded")
    assert explorer.sessions.height > differ.height


def click_label(explorer: ExpiryExplorer, **label: object) -> None:
    explorer._charts._handle_custom_msg(label, [])


@pytest.mark.slow
def test_a_label_of_a_row_shows_its_training(company: kpa.TrainingData) -> None:
    explorer = ExpiryExplorer(company)
    for label, training in explorer.rows.select("training", "training_id").unique().rows():
        if any(row.get("short") == label for row in explorer._charts.rows(1)):
            click_label(explorer, chart=1, axis=label)
            assert explorer.trainings == (training,)
            click_label(explorer, chart=1, axis=label)
            assert explorer.trainings == ()
    click_label(explorer, chart=1, axis="no such label")
    assert explorer.trainings == ()


@pytest.mark.slow
def test_a_dashboard_shares_the_training_whose_label_was_clicked(
    company: kpa.TrainingData,
) -> None:
    dashboard = kpa.widgets.Dashboard(company)
    training = dashboard.expiry.rows["training_id"][0]
    dashboard.expiry.trainings = [training]
    assert dashboard.trainings == (training,)
    assert dashboard.controls["trainings"].value == [training]
    assert dashboard.state["trainings"] == [training]
    assert dashboard.instructors.trainings == (training,)
    dashboard.instructors.trainings = []
    assert dashboard.expiry.trainings == ()
    dashboard.undo()
    assert dashboard.expiry.trainings == (training,)
    dashboard.reset()
    assert dashboard.expiry.trainings == ()


@pytest.mark.slow
def test_other_trainings_shows_all_of_them_and_can_be_undone(company: kpa.TrainingData) -> None:
    explorer = ExpiryExplorer(company)
    labels = {row["short"] for row in explorer._charts.rows(1) if "short" in row}
    (label,) = (label for label in labels if label.startswith("other trainings ("))
    click_label(explorer, chart=1, axis=label)
    drawn = {row["short"] for row in explorer._charts.rows(1) if "short" in row}
    assert drawn == {*explorer.rows["training"]}
    assert "other trainings (" not in str(explorer._charts.rows(1))
    assert explorer.state["top"] == 60
    again = ExpiryExplorer(company, **explorer.state)
    assert again.charts == explorer.charts
    explorer.undo()
    assert label in {row.get("short") for row in explorer._charts.rows(1)}


@pytest.mark.slow
def test_an_entry_of_the_legend_shows_its_status(company: kpa.TrainingData) -> None:
    explorer = ExpiryExplorer(company)
    click_label(explorer, chart=0, legend="expired")
    assert explorer.statuses == ("expired",)
    click_label(explorer, chart=0, legend="expired")
    assert explorer.statuses == ()


def test_a_number_of_trainings_that_cannot_be_drawn_is_an_error(
    company: kpa.TrainingData,
) -> None:
    with pytest.raises(kpa.errors.KPADataError, match="top must be a whole number from 1 to 60"):
        ExpiryExplorer(company, top=61)

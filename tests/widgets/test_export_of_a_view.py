"""Explorers write their tables and charts, of the people and trainings shown, as files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import kpa_analytics as kpa
from kpa_analytics.report_text import DEMO_MARK
from kpa_analytics.spreadsheet import flat
from kpa_analytics.widgets import (
    GroupTrainingExplorer,
    InstructorExplorer,
    PlannerExplorer,
    TrendExplorer,
)

pytestmark = pytest.mark.slow
#: The folder that each explorer writes, its tables and its charts.
WRITTEN: dict[Any, tuple[str, list[str], list[str]]] = {
    InstructorExplorer: (
        "instructors",
        ["instructor_activity", "instructor_coverage", "instructors"],
        ["instructor_activity", "instructor_coverage"],
    ),
    GroupTrainingExplorer: (
        "group-sessions",
        ["attendances", "group_sessions"],
        ["group_sessions", "group_sizes"],
    ),
    TrendExplorer: (
        "trend",
        ["renewal_punctuality", "status_over_time"],
        ["expirations_by_week", "renewal_punctuality", "status_over_time"],
    ),
    PlannerExplorer: (
        "planned-sessions",
        ["planned_people", "planned_sessions", "unplaced"],
        ["session_plan"],
    ),
}


def written(folder: Path, name: str) -> pl.DataFrame:
    rows = pl.read_csv(folder / f"{name}.csv", infer_schema=False)
    return rows.with_columns(pl.all().fill_null(""))


def as_read(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows as a CSV without types gives them again."""
    return flat(rows).select(pl.all().cast(pl.String).fill_null(""))


@pytest.mark.parametrize("kind", WRITTEN)
def test_a_view_is_written_with_its_charts_and_without_formulas(
    kind: Any, company: kpa.TrainingData, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    hostile = company.trainings.with_columns(pl.format("=1+{}", "id").alias("title"))
    explorer = kind(replace(company, trainings=hostile))
    explorer._export._handle_custom_msg("make", [])
    name, tables, charts = WRITTEN[kind]
    folder = tmp_path / f"{name}-2026-06-30"
    assert explorer._export.path == str(folder)
    assert sorted(file.name for file in folder.iterdir()) == sorted(
        [*(f"{table}.csv" for table in tables), *(f"{chart}.svg" for chart in charts)]
    )
    for table in tables:
        rows = written(folder, table)
        assert rows["demo_data"].unique().to_list() == [DEMO_MARK], table
        assert not any(column.str.contains("^=").any() for column in rows.iter_columns()), table
    for chart in charts:
        drawing = (folder / f"{chart}.svg").read_text(encoding="utf-8")
        assert drawing.startswith("<svg")
        assert DEMO_MARK in drawing
    with pytest.raises(kpa.errors.KPADataError, match=folder.name):
        explorer.export(folder)
    assert explorer.export().name == f"{folder.name}-2"


def test_the_counts_of_a_trend(company: kpa.TrainingData, tmp_path: Path) -> None:
    explorer = TrendExplorer(company, every="1y", by="training")
    folder = explorer.export(tmp_path / "trend")
    rows = written(folder, "status_over_time").drop("demo_data")
    assert_frame_equal(rows, as_read(explorer.rows))


def test_all_instructors_are_written_whichever_bar_is_selected(
    company: kpa.TrainingData, tmp_path: Path
) -> None:
    explorer = InstructorExplorer(company)
    everyone, covered = explorer.table, explorer.coverage
    explorer.selected = {"figure": "single-instructor"}
    assert explorer.coverage.height < covered.height
    folder = explorer.export(tmp_path / "instructors")
    people = written(folder, "instructors")
    assert sorted(people["m_instructor_id"]) == sorted(everyone["m_instructor_id"])
    rows = written(folder, "instructor_coverage").drop("demo_data")
    assert_frame_equal(rows, as_read(covered), check_row_order=False)


def test_the_people_of_all_sessions_are_written(company: kpa.TrainingData, tmp_path: Path) -> None:
    explorer = GroupTrainingExplorer(company, months=6)
    listed = int(explorer.sessions["attendees"].sum())
    unlisted = int(explorer.sessions["recorded_not_listed_ids"].list.len().sum())
    sessions = explorer.sessions["group_training_id"].cast(pl.String)
    explorer.bars = {"figure": "not-recorded"}
    folder = explorer.export(tmp_path / "sessions")
    people = written(folder, "attendances")
    assert people.height == listed + unlisted
    assert sorted(written(folder, "group_sessions")["group_training_id"]) == sorted(sessions)
    assert set(people["group_training_id"]) <= set(sessions)


def test_a_plan_is_written_as_it_was_moved(company: kpa.TrainingData, tmp_path: Path) -> None:
    explorer = PlannerExplorer(company, weeks=8)
    dropped, moved = explorer.sessions["session"].to_list()[:2]
    week = explorer.sessions["week"].max()
    explorer.moves = [{"session": dropped, "week": None}, {"session": moved, "week": week}]
    folder = explorer.export(tmp_path / "plan")
    sessions = {row["session"]: row for row in written(folder, "planned_sessions").to_dicts()}
    assert len(sessions) == explorer.sessions.height
    assert sessions[str(moved)]["week"] == str(week)
    assert sessions[str(dropped)]["change"] == "dropped"
    people = written(folder, "planned_people")
    assert str(moved) in people["session"].to_list()
    assert str(dropped) not in people["session"].to_list()
    unplaced = written(folder, "unplaced").drop("demo_data")
    assert_frame_equal(unplaced, as_read(explorer.unplaced))

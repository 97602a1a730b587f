"""Every screen of the explorers writes days in one way; files keep ISO."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

import kpa_analytics as kpa
from kpa_analytics.widgets import (
    ExpiryExplorer,
    GroupTrainingExplorer,
    InstructorExplorer,
    PlannerExplorer,
    TrendExplorer,
)
from kpa_analytics.widgets.chart_explorer import ChartExplorer
from tests.dates import other_formats, tooltips


@pytest.fixture(
    scope="module",
    params=[
        ExpiryExplorer,
        InstructorExplorer,
        GroupTrainingExplorer,
        TrendExplorer,
        PlannerExplorer,
    ],
)
def explorer(company: kpa.TrainingData, request: pytest.FixtureRequest) -> ChartExplorer:
    """An explorer that shows all that it can show."""
    made = request.param(company)
    if isinstance(made, ExpiryExplorer):
        case = made.rows.filter(made.rows["status"] == "expired").row(0, named=True)
        made.explained = case
        made.open_record(case["m_user_id"])
    if isinstance(made, GroupTrainingExplorer):
        made.selected = made.sessions["group_training_id"][0]
    if isinstance(made, TrendExplorer):
        made.selected = {"day": made.as_of, "status": "expired"}
    if isinstance(made, PlannerExplorer):
        dropped = {"session": 1, "week": None}
        made.set(selected=1, moves=dropped, bars={"figure": "gaps-today"})
    if isinstance(made, InstructorExplorer):
        made.selected = {"figure": "completions"}
    return made


def texts(explorer: ChartExplorer) -> Iterator[str]:
    """Everything on the screen that is not a drawing."""
    yield from (part for part in (explorer._mark.value, explorer._figures.value))
    yield from explorer.saved_text.values()
    yield explorer._record.html
    yield explorer._why.value if isinstance(explorer, ExpiryExplorer) else ""
    for table in explorer._shown_tables:
        yield table.caption
        yield json.dumps(table.rows)


@pytest.mark.slow
def test_days_are_written_in_one_way(explorer: ChartExplorer) -> None:
    assert [other for text in texts(explorer) for other in other_formats(text)] == []


@pytest.mark.slow
def test_days_in_charts_and_tooltips_are_written_in_the_same_way(explorer: ChartExplorer) -> None:
    for spec in explorer.charts:
        shown = [json.dumps(spec["title"]), spec["description"], *tooltips(spec)]
        assert [other for text in shown for other in other_formats(text)] == []


def test_a_day_of_a_table_is_that_of_its_frame(explorer: ChartExplorer) -> None:
    for table in explorer._shown_tables:
        for at, heading in enumerate(table.headings):
            if heading.kind == "date":
                first = table.filtered_rows[heading.column][0]
                assert table.rows[0][at] == kpa.wording.day(first)

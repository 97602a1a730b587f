"""A click on a bar of any explorer lists the rows behind it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest

import kpa_analytics as kpa
from kpa_analytics import charts
from kpa_analytics.widgets import (
    ExpiryExplorer,
    GroupTrainingExplorer,
    InstructorExplorer,
    TrendExplorer,
)
from kpa_analytics.widgets.bars import day_to_select
from kpa_analytics.widgets.chart_explorer import ChartExplorer

DAY = date(2026, 6, 30)
EXPLORERS = (ExpiryExplorer, InstructorExplorer, GroupTrainingExplorer, TrendExplorer)


@pytest.fixture(scope="module")
def made(company: kpa.TrainingData) -> dict[type[ChartExplorer], Any]:
    return {make: make(company) for make in EXPLORERS}


@pytest.fixture
def shown(made: dict[type[ChartExplorer], Any]) -> Iterator[dict[type[ChartExplorer], Any]]:
    """One explorer of each kind; what a test chooses is reset."""
    yield made
    for explorer in made.values():
        explorer.reset()


def picks(explorer: ChartExplorer) -> list[list[str]]:
    """The fields of the bars that can be selected, chart by chart."""
    fields = [
        [param["select"]["fields"] for param in spec.get("params", ()) if param["name"] == "pick"]
        for spec in explorer.charts
    ]
    return [field[0] if field else [] for field in fields]


def press(explorer: ChartExplorer, chart: int, **bar: Any) -> None:
    """Click a bar: the browser sends a day as milliseconds since 1970."""
    sent = {
        field: (value - date(1970, 1, 1)).days * 86_400_000 if isinstance(value, date) else value
        for field, value in bar.items()
    }
    explorer._charts.picked = [chart, [sent]]


def some(table: pl.DataFrame, *names: str) -> list[dict[str, Any]]:
    """Up to four rows of a chart's table, from its first to its last."""
    rows = table.select(names).rows(named=True)
    return rows[:: max(1, len(rows) // 4)]


@pytest.mark.slow
@pytest.mark.parametrize("make", EXPLORERS)
def test_every_chart_of_every_explorer_has_bars_that_can_be_selected(shown, make) -> None:
    explorer = shown[make]
    assert all(picks(explorer))
    for chart, fields in enumerate(picks(explorer)):
        bar = dict.fromkeys(fields, 1)
        assert explorer._pick()._chart(bar) == chart


@pytest.mark.slow
def test_a_month_of_an_instructor_lists_what_they_taught_in_it(shown) -> None:
    explorer = shown[InstructorExplorer]
    drawn = charts.instructor_activity_table(explorer.activity, as_of=DAY, top=12)
    drawn = drawn.filter(pl.col("part") == "instructor")
    for row in some(drawn, "m_instructor_id", "period", "completions"):
        number = row.pop("completions")
        press(explorer, 0, **row)
        assert explorer.selected == (row,)
        assert explorer.table["completions"].to_list() == [number]
        name = explorer.table["instructor"][0]
        assert explorer._people.caption == f"Selected: {name}, {row['period']:%b %Y}"
    explorer._charts.picked = [-1, []]
    assert (explorer.selected, explorer._people.caption) == ((), "Instructors")
    assert explorer.table.height > 1


def test_a_training_lists_who_teaches_it(shown) -> None:
    explorer = shown[InstructorExplorer]
    whole = explorer.coverage
    for row in some(charts.instructor_coverage_table(whole, top=20), "training_id", "completions"):
        press(explorer, 1, training_id=row["training_id"])
        assert explorer.coverage["training_id"].to_list() == [row["training_id"]]
        assert explorer.table["completions"].sum() == row["completions"]
        assert explorer.coverage["instructors"][0] == explorer.table.height
        assert explorer._coverage.caption == f"Selected: {explorer.coverage['training'][0]}"
    assert whole.height > 1


def test_a_bar_of_sessions_lists_them(shown) -> None:
    explorer = shown[GroupTrainingExplorer]
    whole = explorer.sessions
    in_time = charts.group_sessions_table(whole, as_of=DAY)
    by_size = charts.group_sizes_table(whole).filter(pl.col("sessions") > 0)
    for row in some(in_time, "period", "size", "sessions"):
        number = row.pop("sessions")
        press(explorer, 0, **row)
        assert explorer.bars == (row,)
        assert explorer.sessions.height == number
        days = explorer.sessions["date"].dt.month_start().unique().to_list()
        assert days == [row["period"]]
        assert explorer._sessions.caption.startswith(f"Selected: {row['period']:%b %Y}, ")
    for row in some(by_size, "start", "end", "sessions"):
        number = row.pop("sessions")
        press(explorer, 1, **row)
        assert explorer.sessions.height == number
    explorer.bars = None
    assert explorer.sessions.height == whole.height
    assert explorer.selected is None


def test_a_bar_of_a_day_lists_the_cases_with_that_status(shown) -> None:
    explorer = shown[TrendExplorer]
    counts = charts.status_over_time_table(explorer.rows).filter(pl.col("expired") > 0)
    for row in some(counts, "day", "expired")[-2:]:
        press(explorer, 0, day=row["day"], status="expired")
        assert explorer.cases.height == row["expired"]
        assert explorer.cases["status"].unique().to_list() == ["expired"]
        assert (explorer.cases["expiration_date"] < row["day"]).all()
        assert explorer.table["day"].to_list() == [row["day"]]


def test_a_bar_of_a_month_lists_the_certificates_with_that_outcome(shown) -> None:
    explorer = shown[TrendExplorer]
    drawn = charts.renewal_punctuality_table(explorer.punctuality, as_of=DAY)
    for outcome in ("on_time", "late", "lapsed", "pending"):
        row = drawn.filter(pl.col(outcome) > 0).row(-1, named=True)
        press(explorer, 1, month=row["month"], outcome=outcome)
        assert explorer.cases.height == row[outcome]
        assert explorer.cases["expiration_date"].dt.month_start().unique().item() == row["month"]
    assert explorer._people.caption == f"Selected: Pending, expires in {row['month']:%b %Y}"


def test_a_bar_of_a_week_lists_the_certificates_that_expire_in_it(shown) -> None:
    explorer = shown[TrendExplorer]
    status = explorer._view.status(explorer._chosen(kpa.analysis.choices.TrendChoices))
    weeks = charts.expirations_by_week_table(status, as_of=DAY)
    weeks = weeks.filter(pl.col("part") == "week", pl.col("total") > 0)
    for row in some(weeks, "week", "total"):
        press(explorer, 2, week=row["week"])
        assert explorer.cases.height == row["total"]
        assert explorer.table.height == explorer.rows.height
    explorer.selected = None
    explorer.selected = {"week": row["week"] + timedelta(days=6)}
    assert explorer.selected == ({"week": row["week"]},)
    assert explorer._charts.picked == [2, [{"week": day_to_select(row["week"])}]]


#: A click on a bar of each explorer, and the choice that it makes.
CLICKS = (
    (InstructorExplorer, "selected", lambda explorer: explorer.coverage.select("training_id")),
    (
        GroupTrainingExplorer,
        "bars",
        lambda explorer: charts.group_sizes_table(explorer.sessions).select("start", "end"),
    ),
    (TrendExplorer, "selected", lambda _: pl.DataFrame({"day": [DAY], "status": ["expired"]})),
)


@pytest.mark.slow
@pytest.mark.parametrize(("make", "name", "bars"), CLICKS)
def test_a_selection_is_in_the_state_and_can_be_undone(shown, company, make, name, bars) -> None:
    explorer = shown[make]
    bar = bars(explorer).row(-1, named=True)
    chart = explorer._pick()._chart(bar)
    press(explorer, chart, **bar)
    assert getattr(explorer, name) == (bar,)
    state = json.loads(json.dumps(explorer.state))
    again = make(company, **state)
    assert getattr(again, name) == (bar,)
    assert again._charts.picked[0] == chart
    explorer.undo()
    assert getattr(explorer, name) == ()
    assert explorer._charts.picked == [-1, []]
    explorer.state = state
    assert getattr(explorer, name) == (bar,)
    explorer.reset()
    assert getattr(explorer, name) == ()


@pytest.mark.slow
def test_bars_that_are_no_longer_drawn_are_deselected(shown) -> None:
    explorer = shown[GroupTrainingExplorer]
    first = explorer.sessions["date"].min().replace(day=1)
    size = charts.group_sessions_table(explorer.sessions, as_of=DAY)["size"][0]
    explorer.bars = {"period": first, "size": size}
    explorer.months = 3
    assert explorer.bars == ()
    assert explorer.sessions.height > 0
    trend = shown[TrendExplorer]
    trend.selected = {"day": "1990-01-01", "status": "expired"}
    assert (len(trend.selected), trend.cases.height) == (1, 0)
    trend.expiring_days = 31
    assert trend.selected == ()
    trend.selected = {"day": DAY, "status": "expired"}
    assert trend.cases.height > 0
    trend.by = "training"
    assert (trend.selected, trend.cases.height) == ((), 0)


@pytest.mark.parametrize(
    ("make", "name", "bar", "said"),
    [
        (InstructorExplorer, "selected", {"period": "2026-06-01"}, "selected must be bars such as"),
        (InstructorExplorer, "selected", {"training_id": -1}, "there is no -1"),
        (
            GroupTrainingExplorer,
            "bars",
            {"period": "2026-06-01", "size": "big"},
            "'big' is not",
        ),
        (GroupTrainingExplorer, "bars", {"start": "1", "end": 5}, "bars must be bars such as"),
        (TrendExplorer, "selected", {"day": "soon", "status": "expired"}, "day"),
        (
            TrendExplorer,
            "selected",
            {"month": "2026-06-01", "outcome": "gone"},
            "'gone' is not",
        ),
    ],
)
def test_a_bar_that_does_not_exist_is_an_error(shown, make, name, bar, said) -> None:
    explorer = shown[make]
    with pytest.raises(kpa.errors.KPADataError, match=said):
        setattr(explorer, name, bar)
    assert getattr(explorer, name) == ()


def labels(explorer: ChartExplorer, chart: int, **message: str) -> None:
    """Click a label: what the browser sends."""
    explorer._charts._handle_custom_msg({"chart": chart, **message}, [])


@pytest.mark.slow
def test_names_of_instructors_and_trainings_can_be_clicked(shown) -> None:
    explorer = shown[InstructorExplorer]
    for chart, name in ((0, "instructors"), (1, "trainings")):
        rows = [row for row in explorer._charts.rows(chart) if "short" in row]
        labels(explorer, chart, axis=rows[0]["short"])
        (only,) = getattr(explorer, name)
        key = {0: "m_instructor_id", 1: "training_id"}[chart]
        shown_rows = (row for row in explorer._charts.rows(chart) if key in row)
        assert chart == 0 or {row[key] for row in shown_rows} == {only}
        explorer.undo()
        assert getattr(explorer, name) == ()
        labels(explorer, chart, axis="no such label")
        assert getattr(explorer, name) == ()


def test_entries_of_legends_can_be_clicked(shown) -> None:
    groups, trend = shown[GroupTrainingExplorer], shown[TrendExplorer]
    sizes = charts.group_sessions_table(groups.sessions, as_of=DAY)
    size = sizes["size"][0]
    number = sizes.filter(pl.col("size") == size)["sessions"].sum()
    labels(groups, 0, legend=size)
    assert groups.sessions.height == number
    labels(groups, 0, legend=size)
    assert groups.bars == ()
    lapsed = trend.punctuality["lapsed"].sum()
    labels(trend, 1, legend="lapsed")
    assert trend.cases.height == lapsed > 0
    labels(trend, 1, legend="lapsed")
    assert (trend.selected, trend.cases.height) == ((), 0)

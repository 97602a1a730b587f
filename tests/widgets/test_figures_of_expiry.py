"""The figures above the expiry explorer, and the rule behind each row."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any

import polars as pl
import pytest

import kpa_analytics as kpa
from kpa_analytics.widgets import ExpiryExplorer
from tests.widgets.expiry_cases import drawn


def tiles(explorer: ExpiryExplorer) -> dict[str, tuple[str, str]]:
    """Label -> figure and detail."""
    matches = re.findall(
        r'kpa-words">([^<]*)</span><strong>([^<]*)</strong><span class="kpa-detail">([^<]*)<',
        unescape(explorer._figures.value),
    )
    return {label: (figure, detail) for label, figure, detail in matches}


def titles(explorer: ExpiryExplorer) -> list[Any]:
    """The title of each chart, and its subtitle without what is about the bars alone."""
    said = [(spec["title"]["text"], spec["title"]["subtitle"]) for spec in explorer.charts]
    return [
        (
            text,
            [
                line.replace(" (bar cut short)", "")
                for line in lines
                if not line.startswith(("Bars: ", "Bars and title: ", "No bars: "))
            ],
        )
        for text, lines in said
    ]


@pytest.mark.slow
@pytest.mark.parametrize("statuses", [["expired"], ["expired", "missing"], ["current"]])
def test_a_choice_of_statuses_filters_rows_and_bars_but_no_figure(
    company: kpa.TrainingData, unchanged: ExpiryExplorer, statuses: list[str]
) -> None:
    explorer = ExpiryExplorer(company, statuses=statuses)
    assert tiles(explorer) == tiles(unchanged)
    timelines, rankings = zip(titles(explorer), titles(unchanged), strict=True)
    assert rankings[0] == rankings[1]
    (finding, lines), (of_all, lines_of_all) = timelines
    assert lines == lines_of_all
    assert finding != of_all
    assert ("expired" in finding) == ("expired" in statuses)
    chosen = unchanged.rows.filter(pl.col("status").is_in(statuses))
    assert explorer.rows.equals(chosen)
    assert explorer.table.height == chosen.height
    dated = chosen.filter(pl.col("expiration_date").is_not_null())
    assert drawn(explorer, 0, "value") == dated.height
    bars = "Bars: only " if {"expired", "missing"} & {*statuses} else "No bars: "
    for spec, said in zip(explorer.charts, ("Bars and title: only ", bars), strict=True):
        data = [row for rows in spec["datasets"].values() for row in rows]
        assert {row["status"] for row in data if "status" in row} <= {*statuses}
        assert said in " ".join(spec["title"]["subtitle"])
    shares = [
        {row["training"]: row["percent"] for row in spec_rows(each, 1) if "percent" in row}
        for each in (explorer, unchanged)
    ]
    assert shares[0] == shares[1]
    of_all = f": {chosen.height:,} of {unchanged.rows.height:,} cases"
    assert explorer._table.caption.endswith(of_all)


def spec_rows(explorer: ExpiryExplorer, chart: int) -> list[dict[str, Any]]:
    rows = [row for rows in explorer.charts[chart]["datasets"].values() for row in rows]
    return [{**row, "training": row.get("training") or row.get("short")} for row in rows]


@pytest.mark.slow
def test_statuses_without_a_date_leave_no_bar_and_the_chart_says_so(
    company: kpa.TrainingData,
) -> None:
    explorer = ExpiryExplorer(company, statuses=["missing"])
    assert "No expirations to show" in explorer.charts[0]["description"]
    assert "Bars and title: only ○ Missing" in json.dumps(explorer.charts[0], ensure_ascii=False)


@pytest.mark.slow
@pytest.mark.parametrize("days", [30, 0, 90])
def test_due_within_counts_valid_cases_by_the_days_of_the_control(
    company: kpa.TrainingData, days: int
) -> None:
    explorer = ExpiryExplorer(company, expiring_days=days)
    valid = pl.col("status").is_in(["current", "expiring"])
    due = explorer.rows.filter(valid, pl.col("days_left").is_between(0, days))
    figure, detail = tiles(explorer)[f"Due within {days} days"]
    assert figure == f"{due.height:,}"
    assert detail == (
        f"at most {days} days left to renew. 'Expiring soon' uses each training's own days or "
        "window"
    )
    if days == 30:
        assert "current" in due["status"], "it counts what expiring soon leaves out"


def test_each_row_and_its_explanation_say_the_rule_of_expiring_soon(
    unchanged: ExpiryExplorer, company: kpa.TrainingData
) -> None:
    shown = unchanged._table._frame
    assert unchanged._table.shown_columns[-1]["label"] == "Counts as expiring soon"
    own = company.trainings.select(training_id="id", own="expiring_days")
    rules = shown.join(own, on="training_id", how="left")
    counted = pl.col("expiration_source").is_in(["rolling", "fixed", "special"])
    for has_own, ending in ((True, "(own)"), (False, "(default)")):
        some = rules.filter(counted, pl.col("own").is_not_null() == has_own)
        row = some.row(0, named=True)
        assert row["expiring_rule"] == f"last {row['own'] or 30} days {ending}"
        assert some["expiring_rule"].cast(pl.String).str.ends_with(ending).all()
        days = (some["expiration_date"] - some["starts_expiring"]).dt.total_days()
        assert (days == some["own"].fill_null(30)).all()
    windows = rules.filter(pl.col("expiration_source") == "window")
    assert windows["expiring_rule"].unique().to_list() == ["renewal window"]
    parts = rules.filter(
        pl.col("expiration_source") == "composed", pl.col("days_left").is_not_null()
    )
    assert parts["expiring_rule"].unique().to_list() == ["included trainings"]
    assert rules.filter(pl.col("status") == "missing")["expiring_rule"].null_count() > 0
    case = windows.filter(pl.col("status").is_in(["current", "expiring"])).row(0, named=True)
    why = kpa.explain(company, case["m_user_id"], case["training_id"], as_of=unchanged.as_of)
    assert "not a number of days. On 30 Jun 2026 that window" in str(why)


@pytest.mark.slow
def test_a_selected_due_within_follows_the_days_of_the_control(company: kpa.TrainingData) -> None:
    explorer = ExpiryExplorer(company, expiring_days=30)
    explorer._figures._handle_custom_msg({"pick": "due"}, [])
    few = explorer.table.height
    explorer.controls["expiring_days"].value = 60
    assert explorer.selected == ({"due_within": 60},)
    assert explorer._figures.chosen == ["due"]
    assert explorer._table.caption == "Selected: Due within 60 days"
    figure, _ = tiles(explorer)["Due within 60 days"]
    assert figure == f"{explorer.table.height:,}"
    assert explorer.table.height > few
    explorer.undo()
    assert explorer.selected == ({"due_within": 30},)
    explorer.set(selected={"due_within": 10}, expiring_days=90)
    assert explorer.selected == ({"due_within": 10},)

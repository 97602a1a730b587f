"""The marimo notebook runs from top to bottom, and follows its controls."""

from __future__ import annotations

import runpy
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import marimo as mo
import pytest

import kpa_analytics as kpa
from kpa_analytics.analysis.due_within import due_within

HOME = Path(__file__).parents[2] / "notebooks" / "marimo"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::kpa_analytics.errors.KPADataWarning"),
]


@pytest.mark.parametrize("path", sorted(HOME.glob("*.py")), ids=lambda path: path.stem)
def test_it_runs_and_shows_what_the_package_computes(path: Path) -> None:
    app: Any = runpy.run_path(str(path))["app"]
    outputs, names = app.run()
    data = names["data"]
    expected = kpa.expiry_status(
        data.completions,
        data.trainings,
        data.users,
        as_of=kpa.demo.AS_OF,
        required=data.employee_status,
    )
    assert names["status"].equals(expected)
    shown = [type(output).__name__ for output in outputs]
    assert shown.count("altair_chart") == 2
    assert shown.count("table") == 1
    page = " ".join(output.text for output in outputs if output is not None)
    assert "Demo data" in page
    for status, count in expected["status"].value_counts().iter_rows():
        assert f"{count:,}" in page or str(count) in page, status
    due = expected.filter(due_within(30)).height
    stat = f"data-value='&quot;{due:,}&quot;' data-label='&quot;Due within 30 days&quot;'"
    assert stat in page


@pytest.mark.parametrize(
    ("emptied", "says"), [("as_of", "Choose a day."), ("expiring_days", "Type a number of days.")]
)
def test_a_field_that_is_emptied_gives_no_figure(emptied: str, says: str) -> None:
    app: Any = runpy.run_path(str(HOME / "expiry.py"))["app"]
    controls = {
        "as_of": mo.ui.date(value=kpa.demo.AS_OF),
        "expiring_days": mo.ui.number(value=30),
        "trainings": mo.ui.multiselect({}),
    }
    outputs, names = app.run(defs=controls | {emptied: SimpleNamespace(value=None)})
    assert "status" not in names
    assert says in " ".join(output.text for output in outputs if output is not None)


def test_a_training_that_is_chosen_filters_the_rows() -> None:
    app: Any = runpy.run_path(str(HOME / "expiry.py"))["app"]
    controls = {
        "as_of": mo.ui.date(value=kpa.demo.AS_OF),
        "expiring_days": mo.ui.number(value=30),
        "trainings": mo.ui.multiselect({"H2S Awareness": 1001}, value=["H2S Awareness"]),
    }
    _, names = app.run(defs=controls)
    assert names["status"]["training_id"].unique().to_list() == [1001]

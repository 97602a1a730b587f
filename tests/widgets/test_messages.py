"""Messages of explorers stay only as long as they are true, and so does what a tab shows."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

import kpa_analytics as kpa
from kpa_analytics.errors import KPADataError
from kpa_analytics.widgets import Dashboard, PlannerExplorer, TrendExplorer
from kpa_analytics.widgets.traits import ChoiceError
from tests.widgets.test_planner import account, press

AS_OF, TOO_LATE = date(2026, 6, 30), date(9999, 12, 31)
TRENDS, PLANNER = 3, 4
REPLANNED = "The plan has changed"


@pytest.fixture(scope="module")
def data() -> kpa.TrainingData:
    return account()


@pytest.fixture
def dashboard(data: kpa.TrainingData) -> Dashboard:
    """A dashboard whose planner was opened, and closed again."""
    made = Dashboard(data, as_of=AS_OF)
    made.planner.set(weeks=6)
    made._tabs.selected_index = PLANNER
    made._tabs.selected_index = 0
    return made


def message(explorer: Any) -> str:
    """The text beside the controls of an explorer."""
    return str(explorer._notice.value).partition(">")[2].removesuffix("</div>")


def is_shown(explorer: Any) -> bool:
    """Whether everything below the controls is shown."""
    (shown,) = {part.layout.display != "none" for part in explorer._content}
    return shown


def too_late_to_plan(dashboard: Dashboard) -> PlannerExplorer:
    """Open the planner on a day that has no weeks after it."""
    dashboard.controls["as_of"].value = TOO_LATE
    dashboard._tabs.selected_index = PLANNER
    planner: PlannerExplorer = dashboard._inner[PLANNER]
    return planner


@pytest.mark.slow
def test_a_tab_that_cannot_be_computed_shows_no_old_figures(dashboard: Dashboard) -> None:
    planner = too_late_to_plan(dashboard)
    assert dashboard.as_of == TOO_LATE
    assert not is_shown(planner)
    assert message(planner) == (
        "As of must be a day with 6 weeks after it, not 31 Dec 9999: choose an earlier day or "
        "fewer weeks."
    )
    assert not message(dashboard)
    still = dashboard.saved_text["text/plain"]
    assert "31 Dec 9999" in still
    assert "Places taken" not in still
    dashboard.controls["as_of"].value = date(2026, 7, 31)
    assert is_shown(planner)
    assert planner.as_of == date(2026, 7, 31)
    assert not message(planner)


@pytest.mark.slow
def test_a_tab_that_waits_counts_the_day_of_the_page_after_a_choice_of_its_own(
    dashboard: Dashboard,
) -> None:
    planner = too_late_to_plan(dashboard)
    planner.controls["weeks"].value = 4
    assert (planner.as_of, planner.weeks, is_shown(planner)) == (AS_OF, 6, False)
    assert "4 weeks" in message(planner)
    dashboard._tabs.selected_index = 0
    dashboard.controls["as_of"].value = date(9999, 11, 20)
    dashboard._tabs.selected_index = PLANNER
    assert not is_shown(planner)
    planner.controls["weeks"].value = 5
    assert (planner.as_of, planner.weeks, is_shown(planner)) == (date(9999, 11, 20), 5, True)
    assert dashboard.as_of == date(9999, 11, 20)


@pytest.mark.slow
def test_undo_works_while_a_tab_cannot_be_computed(dashboard: Dashboard) -> None:
    planner = too_late_to_plan(dashboard)
    for _ in range(2):
        dashboard.undo()
    assert dashboard.as_of == AS_OF
    assert not message(dashboard)
    dashboard._tabs.selected_index = PLANNER
    assert is_shown(planner)
    assert planner.weeks == 6


@pytest.mark.slow
def test_records_that_cannot_be_shown_leave_the_explorer_as_it_was(
    data: kpa.TrainingData,
) -> None:
    planner = PlannerExplorer(data, as_of=AS_OF, weeks=6)
    others = kpa.TrainingData(completions=data.completions.head(1))
    with pytest.raises(KPADataError, match="as_of must be a day with 6 weeks"):
        planner.load(others, as_of=TOO_LATE)
    assert planner.data is data
    assert planner.as_of == AS_OF


@pytest.mark.slow
@pytest.mark.parametrize("inside", [False, True], ids=["alone", "in a dashboard"])
def test_a_message_about_the_plan_goes_when_the_plan_is_back(
    data: kpa.TrainingData, inside: bool
) -> None:
    dashboard = Dashboard(data, as_of=AS_OF)
    planner = dashboard.planner if inside else PlannerExplorer(data, as_of=AS_OF)
    dashboard._tabs.selected_index = PLANNER
    planner.selected = 2
    press(planner, "Drop")
    planner.controls["weeks"].value = 10
    assert REPLANNED in message(planner)
    (dashboard if inside else planner).undo()
    assert [move["week"] for move in planner.moves] == [None]
    assert not message(planner)


@pytest.mark.parametrize(
    "change",
    [
        lambda dashboard: setattr(dashboard.controls["search"], "value", "bob"),
        lambda dashboard: setattr(dashboard._inner[TRENDS].controls["every"], "value", "1q"),
        lambda dashboard: setattr(dashboard, "state", {"tabs": {"trend": {"every": "1q"}}}),
        lambda dashboard: dashboard.trend.set(by="training"),
        lambda dashboard: dashboard.reset(),
        lambda dashboard: (
            setattr(dashboard._tabs, "selected_index", 0),
            setattr(dashboard._tabs, "selected_index", TRENDS),
        ),
    ],
    ids=["shared choice", "own choice", "state", "in Python", "reset", "another tab and back"],
)
def test_a_refusal_goes_with_the_next_change(data: kpa.TrainingData, change: Any) -> None:
    dashboard = Dashboard(data, as_of=AS_OF)
    trend = dashboard.trend
    dashboard._tabs.selected_index = TRENDS
    trend.controls["start"].value = date(2010, 1, 1)
    assert "before the first completion" in message(trend)
    assert trend.controls["start"].value == date(2025, 6, 30)
    change(dashboard)
    assert not message(trend)


def test_a_change_in_a_tab_removes_the_message_of_the_dashboard(data: kpa.TrainingData) -> None:
    dashboard = Dashboard(data, as_of=AS_OF)
    dashboard.controls["as_of"].value = None
    assert "As of needs a day" in message(dashboard)
    dashboard.expiry.controls["expiring_days"].value = 60
    assert not message(dashboard)


def test_a_change_that_fails_in_python_keeps_the_message(data: kpa.TrainingData) -> None:
    trend = TrendExplorer(data, as_of=AS_OF)
    trend.say("The records are old.")
    with pytest.raises(ChoiceError):
        trend.start = "2027-01-01"
    assert message(trend) == "The records are old."

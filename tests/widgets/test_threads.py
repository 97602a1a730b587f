"""Choices in a cell while a click is handled: JupyterLab gives clicks a second thread."""

from __future__ import annotations

from datetime import date, timedelta
from importlib import import_module
from threading import Event, Thread
from typing import Any

import pytest

import kpa_analytics as kpa
from kpa_analytics.schema import COMPLETIONS, TRAININGS, USERS
from kpa_analytics.widgets.explorer import Explorer
from kpa_analytics.widgets.table_links import _answer
from tests.frames import frame_of

pytestmark = pytest.mark.slow
AS_OF = "2026-06-30"
EXPLORERS = {
    "ExpiryExplorer": ("expiring_days", 90),
    "InstructorExplorer": ("months", 6),
    "GroupTrainingExplorer": ("months", 6),
    "TrendExplorer": ("every", "1w"),
    "PlannerExplorer": ("weeks", 8),
}


@pytest.fixture(scope="module")
def data() -> kpa.TrainingData:
    """Forty people with three trainings each; two of them teach."""
    people = [f"p{number:02}" for number in range(40)]
    done = [
        {
            "id": number * 3 + training,
            "training_id": training,
            "m_user_id": person,
            "date": date(2025, 7, 1) + timedelta(days=(number * 37 + training * 11) % 360),
            "m_instructor_id": people[training % 2],
        }
        for number, person in enumerate(people)
        for training in (1, 2, 3)
    ]
    catalogue = [
        {"id": n, "title": f"T{n}", "schedule_type": "rolling", "renewal_months": 12}
        for n in (1, 2, 3)
    ]
    return kpa.TrainingData(
        completions=frame_of(COMPLETIONS, *done),
        trainings=frame_of(TRAININGS, *catalogue),
        users=frame_of(USERS, *({"id": person} for person in people)),
    )


def during(monkeypatch: pytest.MonkeyPatch, click: Any, cell: Any) -> None:
    """Let a cell run while the rebuild of a click has begun."""
    begun = Event()
    real = Explorer._show

    def shown(self: Explorer, changed: Any) -> None:
        begun.set()
        real(self, changed)

    monkeypatch.setattr(Explorer, "_show", shown)
    clicking = Thread(target=click)
    clicking.start()
    assert begun.wait(60)
    cell()
    clicking.join()


@pytest.mark.parametrize("kind", EXPLORERS)
def test_both_choices_are_shown(
    kind: str, data: kpa.TrainingData, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, value = EXPLORERS[kind]
    explorer = getattr(kpa.widgets, kind)(data, as_of=AS_OF)
    control = explorer.controls[name]
    during(
        monkeypatch,
        lambda: setattr(control, "value", value),
        lambda: setattr(explorer, "search", "p07"),
    )
    assert (getattr(explorer, name), explorer.search) == (value, "p07")
    fresh = getattr(kpa.widgets, kind)(data, **explorer.state)
    assert explorer.charts == fresh.charts
    assert explorer.saved_text == fresh.saved_text
    assert explorer.controls["search"].value == "p07"


def test_a_state_is_that_of_one_moment(
    data: kpa.TrainingData, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Moves end with their plan: a state never has those of another one."""
    planner = kpa.widgets.PlannerExplorer(data, as_of=AS_OF, weeks=26)
    planner.moves = {"session": planner.plan.sessions["session"].max(), "week": None}
    states: list[dict[str, Any]] = []
    during(
        monkeypatch,
        lambda: setattr(planner.controls["weeks"], "value", 4),
        lambda: states.append(planner.state),
    )
    assert (states[0]["weeks"], states[0]["moves"]) == (4, [])


def test_a_tab_is_made_once(data: kpa.TrainingData, monkeypatch: pytest.MonkeyPatch) -> None:
    dashboard = kpa.widgets.Dashboard(data, as_of=AS_OF)
    during(
        monkeypatch,
        lambda: setattr(dashboard._tabs, "selected_index", 4),
        lambda: setattr(dashboard.planner, "weeks", 8),
    )
    assert dashboard.planner.weeks == 8
    assert dashboard._tabs.children[4].children == (dashboard.planner.view,)


def test_a_click_during_a_cell_is_a_click(
    data: kpa.TrainingData, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The controls are being set by the cell's choice, in another thread than the click's."""
    explorer = kpa.widgets.ExpiryExplorer(data, as_of=AS_OF)
    during(
        monkeypatch,
        lambda: setattr(explorer, "search", "p07"),
        lambda: setattr(explorer.controls["expiring_days"], "value", 90),
    )
    assert (explorer.search, explorer.expiring_days) == ("p07", 90)


def meanwhile(monkeypatch: pytest.MonkeyPatch, module: str, name: str, change: Any) -> None:
    """Let another thread change an explorer while this function is called."""
    real = getattr(import_module(module), name)

    def interrupted(*args: Any, **kwargs: Any) -> Any:
        monkeypatch.setattr(f"{module}.{name}", real)
        changing = Thread(target=change)
        changing.start()
        changing.join(1)  # it waits for the lock until the caller has read everything
        return real(*args, **kwargs)

    monkeypatch.setattr(f"{module}.{name}", interrupted)


def test_a_pack_is_of_the_choices_of_one_moment(
    data: kpa.TrainingData, monkeypatch: pytest.MonkeyPatch
) -> None:
    explorer = kpa.widgets.ExpiryExplorer(data, as_of=AS_OF, search="p07")
    written: list[Any] = []
    monkeypatch.setattr(
        "kpa_analytics.widgets.expiry.write_pack", lambda *all_: written.extend(all_)
    )
    module = "kpa_analytics.widgets.expiry"
    meanwhile(
        monkeypatch, module, "Scope", lambda: explorer.set(as_of="2026-01-31", expiring_days=90)
    )
    explorer.export()
    assert [str(day) for day in written[1:2]] == [AS_OF]
    assert written[2] == 30
    assert written[0].scope.people.to_list() == ["p07"]


def test_a_file_of_rows_says_how_these_were_chosen(
    data: kpa.TrainingData, monkeypatch: pytest.MonkeyPatch
) -> None:
    explorer = kpa.widgets.ExpiryExplorer(data, as_of=AS_OF)
    module = "kpa_analytics.widgets.table_links"
    meanwhile(monkeypatch, module, "about_rows", lambda: setattr(explorer, "search", "p07"))
    files: list[tuple[int, str]] = []
    monkeypatch.setattr(
        f"{module}.rows_as",
        lambda _, rows, facts, **__: files.append((rows.height, facts["Rows"])) or b"",
    )
    _answer(explorer, explorer._table, {"out": "csv"}, [])
    assert files == [(120, "120")]


def test_files_of_the_trend_are_of_one_day(
    data: kpa.TrainingData, monkeypatch: pytest.MonkeyPatch
) -> None:
    trend = kpa.widgets.TrendExplorer(data, as_of=AS_OF)
    days: list[tuple[str, str]] = []
    module = "kpa_analytics.widgets.chart_explorer"
    monkeypatch.setattr(f"{module}.free_folder", lambda _, day: day.isoformat())
    monkeypatch.setattr(
        f"{module}.write_view",
        lambda folder, tables, *_, **__: days.append(
            (folder, str(tables["status_over_time"]["day"][-1]))
        ),
    )
    during(
        monkeypatch,
        lambda: setattr(trend.controls["as_of"], "value", date(2026, 1, 31)),
        trend.export,
    )
    assert days == [("2026-01-31", "2026-01-31")]

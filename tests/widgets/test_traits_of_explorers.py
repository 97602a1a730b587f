"""Every choice of an explorer is a trait: observed, linked and validated."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import ipywidgets as ipw
import polars as pl
import pytest
import traitlets

import kpa_analytics as kpa
from kpa_analytics.widgets import (
    Dashboard,
    ExpiryExplorer,
    GroupTrainingExplorer,
    InstructorExplorer,
    PlannerExplorer,
    TrendExplorer,
)
from kpa_analytics.widgets.bars import FIGURE
from kpa_analytics.widgets.chart_explorer import ALL, ChartExplorer
from kpa_analytics.widgets.explorer import Explorer

SHARED = {"as_of", "trainings", "search", "field_offices"}
PERIOD = SHARED | {"months", "instructors"}
CHOICES = {
    ExpiryExplorer: SHARED
    | {"expiring_days", "statuses", "include_terminated", "selected", "explained"},
    InstructorExplorer: PERIOD | {"selected"},
    GroupTrainingExplorer: PERIOD | {"selected", "bars"},
    TrendExplorer: SHARED
    | {"start", "every", "by", "expiring_days", "include_terminated", "selected"},
    Dashboard: SHARED,
}

KINDS = (
    *(ExpiryExplorer, InstructorExplorer, GroupTrainingExplorer, TrendExplorer, PlannerExplorer),
)


@pytest.fixture
def explorer(company: kpa.TrainingData) -> ExpiryExplorer:
    return ExpiryExplorer(company)


def heard(explorer: Explorer, *names: str) -> list[tuple[Any, ...]]:
    """The changes that an observer receives: choice, values, and number of rebuilds."""
    changes: list[tuple[Any, ...]] = []
    explorer.observe(
        lambda change: changes.append((change.name, change.old, change.new, explorer.rebuilds)),
        [*names],
    )
    return changes


@pytest.mark.slow
@pytest.mark.parametrize("make", CHOICES)
def test_every_choice_is_a_trait(company: kpa.TrainingData, make: type[Explorer]) -> None:
    explorer = make(company)
    assert {*explorer.choices} == CHOICES[make]
    for name in CHOICES[make]:
        assert explorer.has_trait(name)
        assert explorer.traits()[name].help


@pytest.mark.slow
def test_an_observer_is_called_after_everything_is_shown(explorer: ExpiryExplorer) -> None:
    changes, before = heard(explorer, "as_of"), explorer.rebuilds
    rows: list[int] = []
    explorer.observe(lambda _: rows.append(explorer.rows.height), "as_of")
    explorer.as_of = "2026-01-31"
    explorer.as_of = date(2026, 1, 31)
    assert changes == [("as_of", date(2026, 6, 30), date(2026, 1, 31), before + 1)]
    assert rows == [explorer.rows.height]
    explorer.controls["as_of"].value = date(2026, 2, 28)
    assert changes[1:] == [("as_of", date(2026, 1, 31), date(2026, 2, 28), before + 2)]


@pytest.mark.slow
def test_rebuilds_can_be_observed_and_not_set(explorer: ExpiryExplorer) -> None:
    changes = heard(explorer, "rebuilds")
    explorer.expiring_days = 60
    assert [new for _, _, new, _ in changes] == [explorer.rebuilds]
    with pytest.raises(traitlets.TraitError, match="read-only"):
        explorer.rebuilds = 7


@pytest.mark.slow
def test_days_of_two_explorers_can_be_linked(company: kpa.TrainingData) -> None:
    expiry, groups = ExpiryExplorer(company), GroupTrainingExplorer(company)
    link = ipw.link((expiry, "as_of"), (groups, "as_of"))
    groups.as_of = "2026-01-31"
    assert expiry.as_of == expiry.controls["as_of"].value == date(2026, 1, 31)
    expiry.controls["as_of"].value = date(2026, 3, 31)
    assert groups.as_of == date(2026, 3, 31)
    link.unlink()
    expiry.as_of = "2026-04-30"
    assert groups.as_of == date(2026, 3, 31)


@pytest.mark.slow
def test_a_choice_can_be_linked_to_a_widget(
    explorer: ExpiryExplorer, company: kpa.TrainingData
) -> None:
    slider = ipw.IntSlider(value=45, max=365)
    traitlets.dlink((slider, "value"), (explorer, "expiring_days"))
    slider.value = 90
    assert explorer.expiring_days == 90
    ids = company.trainings["id"][:2].to_list()
    several = ipw.SelectMultiple(options=ids)
    ipw.link((several, "value"), (explorer, "trainings"))
    several.value = (ids[1],)
    assert explorer.trainings == (ids[1],)
    explorer.trainings = ids
    assert several.value == tuple(ids)


@pytest.mark.slow
@pytest.mark.parametrize("held", [False, True])
def test_several_choices_at_once_cause_one_rebuild_and_one_notice_each(
    explorer: ExpiryExplorer, held: bool
) -> None:
    changes, before = heard(explorer, "as_of", "expiring_days", "statuses"), explorer.rebuilds
    if held:
        with explorer.hold_trait_notifications():
            explorer.as_of = "2026-01-31"
            explorer.expiring_days = 60
            explorer.statuses = ["expired"]
    else:
        explorer.set(as_of="2026-01-31", expiring_days=60, statuses=["expired"])
    assert {name: new for name, _, new, _ in changes} == {
        "as_of": date(2026, 1, 31),
        "expiring_days": 60,
        "statuses": ("expired",),
    }
    assert [rebuilds for *_, rebuilds in changes] == [before + 1] * 3
    assert explorer.rebuilds == before + 1


def test_one_invalid_value_among_several_changes_no_choice(explorer: ExpiryExplorer) -> None:
    changes = heard(explorer, *explorer.choices, "rebuilds")
    before = dict(explorer.choices)
    for wrong in ({"statuses": ["late"]}, {"expiring_days": 36_501}, {"horizon": 3}):
        with pytest.raises(kpa.errors.KPADataError, match=next(iter(wrong))):
            explorer.set(as_of="2026-01-31", **wrong)
        assert explorer.choices == before
    assert changes == []
    assert explorer.controls["as_of"].value == before["as_of"]


def test_an_invalid_value_is_also_a_traitlets_error(explorer: ExpiryExplorer) -> None:
    with pytest.raises(traitlets.TraitError, match="trainings: there is no -5"):
        explorer.trainings = [-5]
    with pytest.raises(traitlets.TraitError, match="expiring_days must be a whole number"):
        explorer.set_trait("expiring_days", "30")


@pytest.mark.slow
def test_a_misspelt_choice_is_an_error_that_lists_the_choices(company: kpa.TrainingData) -> None:
    with pytest.raises(kpa.errors.KPADataError, match="no choice horizon; its choices are as_of"):
        ExpiryExplorer(company, horizon=3)
    with pytest.raises(kpa.errors.KPADataError, match="InstructorExplorer has no choice month;"):
        InstructorExplorer(company).month = 3


@pytest.mark.parametrize("make", [*CHOICES, PlannerExplorer, Dashboard])
def test_a_look_that_is_neither_dark_nor_light_is_refused(
    company: kpa.TrainingData, make: Callable[..., object]
) -> None:
    with pytest.raises(kpa.errors.KPADataError, match="dark must be True or False, not 'no'"):
        make(company, dark="no")


def test_ids_may_come_as_a_series(explorer: ExpiryExplorer, company: kpa.TrainingData) -> None:
    explorer.trainings = company.trainings["id"][:2]
    assert explorer.trainings == tuple(company.trainings["id"][:2])


def test_selecting_and_deselecting_notify_observers(explorer: ExpiryExplorer) -> None:
    changes = heard(explorer, "selected")
    row = explorer.rows.filter(pl.col("status") == "expired").row(0, named=True)
    bar = {"training_id": row["training_id"], "status": "expired"}
    explorer._charts.picked = [1, [bar]]
    assert changes[-1][1:3] == ((), (bar,))
    explorer.statuses = ["current"]
    assert changes[-1][1:] == ((bar,), (), explorer.rebuilds)
    assert len(changes) == 2


def a_bar(explorer: ChartExplorer) -> dict[str, Any]:
    """A bar that the first explorer of its kind shows."""
    match explorer:
        case ExpiryExplorer():
            expired = explorer.rows.filter(pl.col("status") == "expired")
            return {"training_id": expired["training_id"][0], "status": "expired"}
        case InstructorExplorer():
            return {"training_id": explorer.coverage["training_id"][0]}
        case TrendExplorer():
            return {"day": explorer.as_of, "status": "expired"}
        case _:
            return {FIGURE: next(name for name in explorer._figures.picks if name != ALL)}


@pytest.mark.slow
@pytest.mark.parametrize("make", KINDS)
def test_selected_bars_can_be_linked(company: kpa.TrainingData, make: type[ChartExplorer]) -> None:
    """A bar that one of the two does not show stays selected until other rows are chosen."""
    period = {"months": 120} if "months" in CHOICES.get(make, ()) else {}
    here, there = make(company, **period), make(company, search="nobody at all", **period)
    name, bar = make.picks, a_bar(here)
    ipw.link((here, name), (there, name))
    for chosen_in in (here, there):
        setattr(chosen_in, name, [bar])
        assert getattr(here, name) == getattr(there, name) == (bar,)
        assert (
            here._shown_tables[0].filtered_rows.height or here._shown_tables[1].filtered_rows.height
        )
        assert there._shown_tables[0].filtered_rows.is_empty()
        there.search = "nobody at all there"
        assert getattr(here, name) == getattr(there, name) == ()
        there.search = "nobody at all"


@pytest.mark.slow
def test_a_bar_of_the_other_trend_can_be_linked(company: kpa.TrainingData) -> None:
    together, by_job = TrendExplorer(company), TrendExplorer(company, by="job_title")
    ipw.link((together, "selected"), (by_job, "selected"))
    together.selected = bar = {"day": together.as_of, "status": "expired"}
    assert together.selected == by_job.selected == (bar,)
    assert not together._people.filtered_rows.is_empty()
    assert by_job._people.filtered_rows.is_empty()


@pytest.mark.slow
def test_a_failed_rebuild_restores_the_choice(
    explorer: ExpiryExplorer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: object) -> None:
        raise MemoryError

    before, changes = explorer.choices, heard(explorer, "as_of")
    monkeypatch.setattr(explorer._view, "rows", fail)
    with pytest.raises(MemoryError):
        explorer.as_of = "2026-01-31"
    assert explorer.choices == before
    assert explorer.controls["as_of"].value == before["as_of"]
    assert not changes or changes[-1][2] == before["as_of"]
    monkeypatch.undo()
    explorer.as_of = "2026-01-31"
    assert explorer.as_of == explorer.controls["as_of"].value == date(2026, 1, 31)


@pytest.mark.slow
def test_a_dashboard_can_be_observed_and_linked(company: kpa.TrainingData) -> None:
    dashboard, explorer = Dashboard(company), InstructorExplorer(company)
    ipw.link((dashboard, "as_of"), (explorer, "as_of"))
    changes, before = heard(dashboard, "as_of", "search"), dashboard.rebuilds
    dashboard.set(as_of="2026-01-31", search="a")
    assert [(name, rebuilds) for name, _, _, rebuilds in changes] == [
        ("as_of", before + 1),
        ("search", before + 1),
    ]
    assert explorer.as_of == dashboard.expiry.as_of == date(2026, 1, 31)
    explorer.as_of = "2026-02-28"
    assert dashboard.instructors.as_of == date(2026, 2, 28)


@pytest.mark.parametrize("make", [*CHOICES, PlannerExplorer])
def test_the_docstring_lists_whatever_an_explorer_gives(make: type[Explorer]) -> None:
    """The choices, the rows, the charts and the files; `help()` shows the rest."""
    own = vars(make)
    given = {name for name, value in own.items() if isinstance(value, property)} - {"saved_text"}
    given = {name for name in given if not name.startswith("_")}
    given |= {"state"} | ({"export"} & {*own})
    given |= set() if make is Dashboard else {"charts", *make.class_own_traits()}
    documented = str(make.__doc__)
    missing = {
        name for name in given if f"`{name}" not in documented and f" {name}: " not in documented
    }
    assert missing == set()

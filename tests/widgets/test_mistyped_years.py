"""Mistyped days do not break explorers, or their tables, charts, controls and packs."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import kpa_analytics as kpa
from kpa_analytics.schema import COMPLETIONS, GROUP_TRAININGS, TRAININGS
from kpa_analytics.widgets import (
    Dashboard,
    ExpiryExplorer,
    GroupTrainingExplorer,
    InstructorExplorer,
    PlannerExplorer,
    TrendExplorer,
)
from kpa_analytics.widgets.explorer import Explorer
from kpa_analytics.widgets.number_field import NumberField
from kpa_analytics.widgets.traits import WholeNumber

ALONE = [ExpiryExplorer, InstructorExplorer, GroupTrainingExplorer, TrendExplorer]
DAYS = [
    date.min,
    date(1926, 5, 1),
    date(2025, 5, 1),
    date(2026, 5, 1),
    date(2206, 1, 1),
    date.max,
    None,
]


@pytest.fixture
def mistyped() -> kpa.TrainingData:
    """One completion in each of the days, of trainings that last for one year or for two."""
    rows = [
        {
            "id": number,
            "training_id": 1 + number % 2,
            "m_user_id": f"person-{number}",
            "date": day,
            "special_expiration_date": date.max if number == 1 else None,
            "m_instructor_id": "instructor",
            "group_training_id": number,
        }
        for number, day in enumerate(DAYS)
    ]
    lasting = [
        {"id": 1, "schedule_type": "rolling", "renewal_months": 12},
        {"id": 2, "schedule_type": "rolling", "renewal_months": 24},
    ]
    sessions = [{"id": number, "m_trainees_id": ["x"]} for number in range(len(DAYS))]
    return kpa.TrainingData(
        completions=pl.DataFrame(rows, schema=COMPLETIONS.schema),
        trainings=pl.DataFrame(lasting, schema=TRAININGS.schema),
        group_trainings=pl.DataFrame(sessions, schema=GROUP_TRAININGS.schema),
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    "day",
    [
        date.min,
        date.max,
        *(pytest.param(day, marks=pytest.mark.slow) for day in DAYS[1:5]),
        pytest.param(date(2026, 6, 30), marks=pytest.mark.slow),
    ],
)
@pytest.mark.parametrize(
    "make",
    [
        *(pytest.param(alone, marks=pytest.mark.slow) for alone in ALONE),
        Dashboard,
    ],
)
def test_an_explorer_works_on_any_day(
    mistyped: kpa.TrainingData, make: type[Explorer], day: date
) -> None:
    explorer = make(mistyped, as_of="2026-06-30")
    explorer.controls["as_of"].value = day
    assert explorer._notice.value == ""
    assert explorer.as_of == explorer.controls["as_of"].value == day
    if isinstance(explorer, Dashboard):
        for inner in (explorer.expiry, explorer.instructors, explorer.groups, explorer.trend):
            assert inner.as_of == day
    if isinstance(explorer, InstructorExplorer | GroupTrainingExplorer):
        for months in (120, 1):
            explorer.months = months
            json.dumps(explorer.charts)
    if isinstance(explorer, TrendExplorer):
        explorer.set(start=date.min, every="1y", by="training")
        json.dumps(explorer.charts)


@pytest.mark.slow
def test_bars_and_a_pack_of_mistyped_days(mistyped: kpa.TrainingData, tmp_path: Path) -> None:
    done = mistyped.completions.filter(pl.col("date") > date.min)
    explorer = ExpiryExplorer(
        replace(mistyped, completions=done), as_of="2026-06-30", expiring_days=3650
    )
    dated = explorer.rows.filter(pl.col("expiration_date") <= date.max)
    for row in dated.select("m_user_id", "status", "expiration_date").iter_rows(named=True):
        explorer.selected = {"month": row["expiration_date"], "status": row["status"]}
        assert row["m_user_id"] in explorer.table["m_user_id"]
    explorer.selected = {"month": date.max, "status": "current"}
    assert explorer.table.height > 0
    assert kpa.verify_audit(explorer.export(tmp_path / "pack")).is_empty()


@pytest.mark.parametrize("sent", ["20266-06-30", "2026-02-30", "soon", 7])
def test_a_date_field_keeps_its_day_if_python_has_no_such_day(
    mistyped: kpa.TrainingData, sent: object
) -> None:
    explorer = ExpiryExplorer(mistyped, as_of="2026-06-30")
    control, before = explorer.controls["as_of"], explorer.rebuilds
    control.set_state({"value": sent})
    assert (control.value, explorer.rebuilds) == (date(2026, 6, 30), before)
    control.set_state({"value": "9999-12-31"})
    assert explorer.as_of == date.max


@pytest.mark.slow
@pytest.mark.parametrize("make", [*ALONE, Dashboard])
def test_a_cleared_date_keeps_the_day_and_says_so(
    mistyped: kpa.TrainingData, make: type[Explorer]
) -> None:
    explorer = make(mistyped, as_of="2026-06-30")
    control, before = explorer.controls["as_of"], explorer.rebuilds
    control.set_state({"value": None})
    assert (explorer.as_of, explorer.rebuilds) == (date(2026, 6, 30), before)
    assert control.value == date(2026, 6, 30)
    assert "As of needs a day: 30 Jun 2026 is still shown." in explorer._notice.value
    control.set_state({"value": "2026-05-31"})
    assert (explorer.as_of, explorer._notice.value) == (date(2026, 5, 31), "")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("06/07/2026", "such as 30 Jun 2026 or 2026-06-30"),
        ("31 Feb 2026", "that exists"),
        ("Feb 31, 2026", "that exists"),
        ("31-Feb-2026", "that exists"),
        ("30 Jun 20260", "such as 30 Jun 2026 or 2026-06-30"),
        ("0001-06-30", "in the years 1000 to 9999"),
        ("30 Jun 0020", "in the years 1000 to 9999"),
    ],
)
def test_a_date_that_the_browser_refuses_is_reported_once(
    mistyped: kpa.TrainingData, text: str, wanted: str
) -> None:
    explorer = ExpiryExplorer(mistyped, as_of="2026-06-30")
    control, before = explorer.controls["as_of"], explorer.rebuilds
    control._handle_custom_msg({"refused": text}, [])
    why = f"As of must be a date {wanted}, not &#x27;{text}&#x27;: 30 Jun 2026 is still shown."
    assert f">{why}<" in explorer._notice.value
    assert (control.value, explorer.rebuilds) == (date(2026, 6, 30), before)


@pytest.mark.parametrize(
    ("name", "mistype"),
    [
        ("as_of", lambda day: day._handle_custom_msg({"refused": "3/4/2026"}, [])),
        ("as_of", lambda day: day.set_state({"value": None})),
        ("expiring_days", lambda number: number._handle_custom_msg({"refused": "abc"}, [])),
    ],
)
def test_the_shown_value_typed_again_removes_the_message_of_its_field_alone(
    mistyped: kpa.TrainingData, name: str, mistype: Callable[[Any], None]
) -> None:
    explorer = ExpiryExplorer(mistyped, as_of="2026-06-30")
    control, before = explorer.controls[name], explorer.rebuilds
    mistype(control)
    said = explorer._notice.value
    assert "is still shown" in said
    (other,) = {"as_of", "expiring_days"} - {name}
    explorer.controls[other]._handle_custom_msg({"unchanged": True}, [])
    assert explorer._notice.value == said
    control._handle_custom_msg({"unchanged": True}, [])
    assert (explorer._notice.value, explorer.rebuilds) == ("", before)

    mistype(control)
    explorer.say("The export failed.")
    control._handle_custom_msg({"unchanged": True}, [])
    assert "The export failed." in explorer._notice.value


@pytest.mark.parametrize("make", [*ALONE, PlannerExplorer])
def test_every_field_for_a_number_says_what_it_refuses(
    mistyped: kpa.TrainingData, make: type[Explorer]
) -> None:
    explorer = make(mistyped, as_of="2026-06-30")
    numbers = [name for name, trait in explorer.traits().items() if isinstance(trait, WholeNumber)]
    assert numbers
    for name in numbers:
        control, before = explorer.controls[name], explorer.choices
        assert isinstance(control, NumberField)
        for text in ("-5", "1e3", "abc"):
            control._handle_custom_msg({"refused": text}, [])
            said = f"{control.label} must be a whole number from {control.least} to "
            assert said in explorer._notice.value
            quoted = f", not &#x27;{text}&#x27;: {before[name]} is still shown."
            assert quoted in explorer._notice.value
        control.set_state({"value": control.most + 1})
        assert explorer.choices == before
        assert control.value == before[name]
        control.set_state({"value": control.most})
        assert getattr(explorer, name) == control.most
        assert explorer._notice.value == ""

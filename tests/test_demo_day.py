"""For demo data, `as_of=None` means the demo's day, so the demo never ages."""

from __future__ import annotations

import inspect
import re
import tempfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import kpa_analytics as kpa
from kpa_analytics.demo_mark import DEMO_ID_PREFIX
from kpa_analytics.schema import COMPLETIONS, STATUS, TRAININGS, USERS
from kpa_analytics.statuses import MISSING
from tests.widgets.specs_once import remembered

REAL, INVENTED = "5e580f0cb780600088bd2c11", DEMO_ID_PREFIX + "00000001"
#: The day on which somebody opens the demo, long after its own.
TODAY = date(2027, 5, 20)
#: When somebody leaves, between the two days.
LEAVES = datetime(2026, 12, 1, 12, tzinfo=UTC)


def records(person: str) -> kpa.TrainingData:
    """One person who took a yearly training twice and taught it too."""
    done = [
        {"id": 1, "training_id": 7, "m_user_id": person, "date": date(2025, 5, 4)},
        {"id": 2, "training_id": 7, "m_user_id": person, "date": date(2026, 6, 4)},
    ]
    taught = [{**record, "m_instructor_id": person} for record in done]
    yearly = {"id": 7, "title": "Ladders", "schedule_type": "rolling", "renewal_months": 12}
    return kpa.TrainingData(
        completions=pl.DataFrame(taught, schema=COMPLETIONS.schema),
        trainings=pl.DataFrame([yearly], schema=TRAININGS.schema),
        users=pl.DataFrame([{"id": person, "firstname": "Ann"}], schema=USERS.schema),
    )


def of_records(function: Callable[..., Any]) -> Callable[..., object]:
    """Call a function of the three frames."""

    def call(data: kpa.TrainingData, person: str, **day: Any) -> object:
        return function(data.completions, data.trainings, data.users, **day).to_dicts()

    return call


def of_renewals(function: Callable[..., Any]) -> Callable[..., object]:
    """Call a function of the renewals."""

    def call(data: kpa.TrainingData, person: str, **day: Any) -> object:
        due = kpa.renewals(data.completions, data.trainings, data.users, **day)
        return function(due, **day).to_dicts()

    return call


def status_changes(data: kpa.TrainingData, person: str, **day: Any) -> object:
    before = kpa.TrainingData(
        completions=data.completions.head(1), trainings=data.trainings, users=data.users
    )
    return kpa.status_changes(before, data, **day).to_dicts()


def published(data: kpa.TrainingData, person: str, **day: Any) -> object:
    with tempfile.TemporaryDirectory() as folder:
        kpa.publish(data, folder, **day)
        return pl.read_parquet(f"{folder}/status/**/*.parquet").to_dicts()


def listed(data: kpa.TrainingData, person: str, **day: Any) -> object:
    status = kpa.expiry_status(data.completions, data.trainings, data.users, **day)
    never = status.with_columns(
        status=pl.lit(MISSING, STATUS), expiration_date=None, days_left=None
    )
    leaves = pl.lit(LEAVES, USERS.schema["terminationDate"])
    above = data.users.with_columns(supervisor_id="id", terminationDate=leaves)
    return kpa.supervisor_lists(never, above, **day).to_dicts()


def required(data: kpa.TrainingData, person: str, **day: Any) -> object:
    leaves = pl.lit(LEAVES, USERS.schema["terminationDate"])
    rows = kpa.required_trainings(
        data.trainings.with_columns(assigned_to_type=pl.lit("all")),
        data.users.with_columns(terminationDate=leaves),
        **day,
    )
    return rows.to_dicts()


#: No session at all.
NO_SESSIONS = pl.DataFrame(
    schema={"m_user_id": pl.String, "training_id": pl.Int64, "date": pl.Date}
)
#: How to call each function that has a default as-of date.
CALLS: dict[str, Callable[..., object]] = {
    "eligible_instructors": of_records(kpa.eligible_instructors),
    "data_quality": lambda data, person, **day: kpa.data_quality(data, **day).to_dicts(),
    "expiry_status": of_records(kpa.expiry_status),
    "explain": lambda data, person, **day: str(kpa.explain(data, person, 7, **day)),
    "instructor_coverage": of_records(kpa.instructor_coverage),
    "plan_sessions": lambda data, person, **day: kpa.plan_sessions(data, **day).as_of,
    "publish": published,
    "renewal_curve": of_renewals(kpa.renewal_curve),
    "renewal_punctuality": of_renewals(kpa.renewal_punctuality),
    "renewals": of_records(kpa.renewals),
    "required_for": lambda data, person, **day: kpa.required_for(data, person, **day).to_dicts(),
    "required_trainings": required,
    "roster": lambda data, person, **day: kpa.roster(data, 7, **day).rows.to_dicts(),
    "status_changes": status_changes,
    "supervisor_lists": listed,
    "what_if": lambda data, person, **day: kpa.what_if(data, NO_SESSIONS, **day).to_dicts(),
    "transcript": lambda data, person, **day: kpa.transcript(data, person, **day).rows.to_dicts(),
}


def test_every_function_with_a_default_day_is_tested_here() -> None:
    public = {name: getattr(kpa, name) for name in kpa.__all__}
    functions = {name: value for name, value in public.items() if inspect.isfunction(value)}
    parameters = {name: inspect.signature(value).parameters for name, value in functions.items()}
    with_default = {name for name, given in parameters.items() if "as_of" in given}
    exports = {"export_audit", "export_supervisor_packs"}
    assert with_default - exports == set(CALLS)
    for name in exports:
        assert parameters[name]["as_of"].default is inspect.Parameter.empty


@pytest.mark.slow
@pytest.mark.parametrize("name", CALLS)
def test_no_day_means_the_demos_day_for_demo_data_and_today_for_others(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kpa_analytics.as_of._today", lambda: TODAY)
    for person, day in ((INVENTED, kpa.demo.AS_OF), (REAL, TODAY)):
        data = records(person)
        assert CALLS[name](data, person) == CALLS[name](data, person, as_of=day), person


@pytest.mark.parametrize(
    "name",
    [
        "InstructorExplorer",
        *(
            pytest.param(name, marks=pytest.mark.slow)
            for name in kpa.widgets.__all__
            if name != "InstructorExplorer"
        ),
    ],
)
def test_no_day_means_the_same_in_every_explorer(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kpa_analytics.as_of._today", lambda: TODAY)
    for person, day in ((INVENTED, kpa.demo.AS_OF), (REAL, TODAY)):
        with remembered():
            explorer = getattr(kpa.widgets, name)(records(person))
            assert explorer.as_of == day
            explorer.as_of = "2026-01-01"
            explorer.as_of = None
            assert explorer.as_of == day


@pytest.mark.slow
def test_no_day_means_the_same_in_the_chart_of_one_person(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kpa_analytics.as_of._today", lambda: TODAY)
    for person, day in ((INVENTED, kpa.demo.AS_OF), (REAL, TODAY)):
        data = records(person)
        chart = kpa.charts.person_timeline(data.completions, data.trainings, data.users)
        assert f"as of {day.day} {day:%b %Y}" in chart.description


@pytest.mark.slow
def test_the_day_makes_a_difference_in_these_records() -> None:
    data = records(REAL)
    for name in CALLS.keys() - {"data_quality", "renewals", "renewal_curve"}:
        days = (kpa.demo.AS_OF, TODAY)
        first, second = (CALLS[name](data, REAL, as_of=day) for day in days)
        assert first != second, name


def test_a_lazy_query_uses_the_demos_day_too() -> None:
    data = records(INVENTED)
    lazy = kpa.expiry_status(data.completions.lazy(), data.trainings, data.users).collect()
    assert lazy["days_left"].to_list() == [(date(2027, 6, 4) - kpa.demo.AS_OF).days]


def test_a_chart_without_dates_is_of_the_demos_day() -> None:
    status = records(INVENTED).completions.clear()
    empty = kpa.expiry_status(status, as_of=kpa.demo.AS_OF)
    named = pl.DataFrame([{"m_user_id": INVENTED}], schema=empty.schema)
    weeks = kpa.charts.expirations_by_week_table(named, weeks=1)
    assert weeks["week"].drop_nulls().min() == date(2026, 6, 29)


def test_the_demo_says_its_day_when_it_starts(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("kpa_analytics.demo.server._started", None)
        kpa.demo.start(kpa.demo.Records()).close()
    assert "the day is 30 Jun 2026" in capsys.readouterr().out


def test_a_docstring_that_names_today_as_the_default_names_the_demos_day_too() -> None:
    package = Path(kpa.__file__).parent
    says_today = re.compile(
        r"(?:default(?: is|:|,)?|up to) today\b(?!,? or| on the driver, or)", re.IGNORECASE
    )
    wrong = [
        f"{file.name}: {says_today.search(text)}"
        for file in sorted(package.rglob("*.py"))
        if says_today.search(text := " ".join(file.read_text(encoding="utf-8").split()))
    ]
    assert wrong == []

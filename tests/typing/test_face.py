"""The public names as a type checker sees them: a misspelt name or keyword is an error."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

#: Lines that must pass `mypy --strict`, then lines that must not, each with the name at fault.
RIGHT = """\
import polars as pl
from datetime import date, timedelta
import kpa_analytics as kpa

completions: pl.DataFrame = kpa.load_completions(training_id=7)
version: str = kpa.__version__
kpa.configure(timeout=3, max_age=timedelta(hours=1), token="secret")
host: str = kpa.settings().host
status: pl.DataFrame = kpa.expiry_status(completions, as_of="2026-06-30", expiring_days=60)
lazy: pl.LazyFrame = kpa.expiry_status(completions.lazy())
trend: pl.DataFrame = kpa.status_over_time(
    completions, start="2025-01-01", end=date(2026, 6, 30), every="1q", by="field_office"
)
known: pl.DataFrame = kpa.expiry_status(completions, as_of="2026-06-30", as_known="2026-06-30")
came_due: pl.DataFrame = kpa.renewals(completions, as_of="2026-06-30")
punctual: pl.DataFrame = kpa.renewal_punctuality(came_due, by="month", as_of="2026-06-30")
curve: pl.LazyFrame = kpa.renewal_curve(came_due.lazy())
with kpa.Client(kpa.Settings(timeout=5)) as client:
    kpa.load_users(client=client)
kpa.demo.start()
data = kpa.load_all()
record: kpa.Document = kpa.transcript(data, "5e58", as_of=date(2026, 6, 30))
pdf: bytes = record.pdf
people: pl.DataFrame = kpa.roster(data, 7).rows
explanation: kpa.Explanation = kpa.explain(data, "5e58", 7, as_of="2026-06-30", expiring_days=60)
links: list[str] = [step.rule for step in explanation.steps]
until: date | None = kpa.Explainer(data, as_of="2026-06-30").of("5e58", 7).expiration_date
kpa.export_audit(data, "p", as_of="2026-06-30", people="Moe, Ann", trainings=[7, "First Aid"])
kpa.export_audit(data, "p", as_of="2026-06-30", sample=25, seed=7, since="old")
explorer = kpa.widgets.ExpiryExplorer(data, as_of="2026-06-30", expiring_days=60, trainings=[7])
explorer.as_of = "2026-01-31"
day: date = explorer.as_of
ids: tuple[int, ...] = explorer.trainings
explorer.set(statuses=["expired"], selected={"training_id": 7, "status": "expired"})
explorer.observe(lambda change: None, "as_of")
teaching = kpa.widgets.InstructorExplorer(data, months=12, instructors=["ann"])
sessions = kpa.widgets.GroupTrainingExplorer(data, months=12, selected=None)
through_time = kpa.widgets.TrendExplorer(data, start="2025-01-01", every="1w", by="supervisor")
first: date | None = through_time.start
dashboard = kpa.widgets.Dashboard(data, search="moe", dark=True)
dashboard.expiry.expiring_days = 60
dashboard.trend.set(by=None, start=None)
plan: kpa.SessionPlan = kpa.plan_sessions(data, weeks=8, capacity={7: 8}, by="field_office")
after: pl.DataFrame = kpa.what_if(data, plan, until=plan.last_day)
kpa.export_plan(plan, "plan", previous="old-plan")
planner = kpa.widgets.PlannerExplorer(data, weeks=8, capacity=10, selected=None)
planner.moves = {"session": 1, "week": "2026-07-13"}
open_cases: pl.DataFrame = kpa.supervisor_lists(status, data.users, by="manager")
kpa.export_supervisor_packs(data, "packs", as_of="2026-06-30", only=["5e58"])
fleet: kpa.Fleet = kpa.load_fleet(["north", "south"])
published: pl.DataFrame = kpa.publish(fleet, "s3://bucket/training", personal=True)
edited: pl.DataFrame = kpa.changes(data, data)
causes: pl.DataFrame = kpa.status_changes("old", "new", as_of=("2026-05-31", "2026-06-30"))
"""
WRONG = {
    "kpa.load_completion()": "load_completion",
    "kpa.configure(timeot=3)": "timeot",
    "kpa.configure(timeout='soon')": "timeout",
    "kpa.Settings(retires=3)": "retires",
    "kpa.load_completions(trainingid=7)": "trainingid",
    "kpa.expiry_status(completions, expiring_day=3)": "expiring_day",
    "kpa.expiry_status(completions, as_of=20260630)": "as_of",
    "kpa.status_over_time(completions, start='2025-01-01')": "end",
    "kpa.status_over_time(completions, start='2025-01-01', end='2026-01-01', by='office')": "by",
    "kpa.renewals(completions, asof='2026-06-30')": "asof",
    "kpa.renewal_punctuality(came_due, by='week')": "by",
    "kpa.transcript(data, 7)": "str",
    "kpa.roster(data, 'First Aid')": "int",
    "kpa.explain(data, 'ann', 'First Aid')": "int",
    "kpa.explain(data, 'ann', 7, asof='2026-06-30')": "asof",
    "explanation.stats": "stats",
    "kpa.roster(data, 7, asof='2026-06-30')": "asof",
    "kpa.export_audit(data, 'p', as_of='2026-06-30', people=7)": "people",
    "kpa.export_audit(data, 'p', as_of='2026-06-30', person='Moe')": "person",
    "kpa.export_audit(data, 'p', as_of='2026-06-30', sample='all')": "sample",
    "kpa.export_audit(data, 'p', as_of='2026-06-30', since=7)": "since",
    "record.sav('one.pdf')": "sav",
    "kpa.demo.strat()": "strat",
    "kpa.charts.expiry_timelin(status)": "expiry_timelin",
    "kpa.widgets.ExpiryExplorer(data, horizn=3)": "horizn",
    "kpa.widgets.ExpiryExplorer(data, expiring_days='soon')": "expiring_days",
    "kpa.widgets.InstructorExplorer(data, month=3)": "month",
    "kpa.widgets.GroupTrainingExplorer(data, selectd=3)": "selectd",
    "kpa.widgets.TrendExplorer(data, horizn=3)": "horizn",
    "kpa.widgets.TrendExplorer(data, by='office')": "by",
    "through_time.every = 7": "int",
    "kpa.widgets.Dashboard(data, expiring_days=3)": "expiring_days",
    "explorer.set(status=['expired'])": "status",
    "teaching.set(months='all')": "months",
    "sessions.set(selected='first')": "selected",
    "dashboard.set(asof='2026-06-30')": "asof",
    "explorer.expiring_day = 60": "expiring_day",
    "explorer.expiring_days = '60'": "str",
    "explorer.as_of = 20260630": "int",
    "kpa.widgets.ExpiryExploer(data)": "ExpiryExploer",
    "kpa.plan_session(data)": "plan_session",
    "kpa.plan_sessions(data, week=8)": "week",
    "kpa.plan_sessions(data, by='training')": "by",
    "kpa.what_if(data, plan, untill='2026-12-31')": "untill",
    "kpa.export_plan(plan, 'plan', before='old-plan')": "before",
    "plan.cots": "cots",
    "kpa.widgets.PlannerExplorer(data, seats=8)": "seats",
    "planner.weeks = '8'": "str",
    "planner.set(move=None)": "move",
    "kpa.supervisor_lists(status, data.users, by='office')": "by",
    "kpa.export_supervisor_packs(data, 'packs', only='5e58', day='2026-06-30')": "day",
    "kpa.load_fleet(acounts=['north'])": "acounts",
    "kpa.publish(data, 'out', personel=True)": "personel",
    "fleet.statuses()": "statuses",
    "kpa.status_changes('old', 'new', on='2026-06-30')": "on",
}

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def complaints(tmp_path_factory: pytest.TempPathFactory) -> dict[int, str]:
    """The errors of `mypy --strict` in a user's file, by line."""
    pytest.importorskip("mypy", reason="mypy comes with the extra dev")
    folder = tmp_path_factory.mktemp("user")
    file = folder / "analysis_of_a_user.py"
    file.write_text(RIGHT + "\n".join(WRONG) + "\n", encoding="utf-8")
    # With the package's settings, mypy takes from its cache what it has checked of the package.
    command = [sys.executable, "-m", "mypy", "--strict", str(file)]
    answer = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    errors = re.findall(r"analysis_of_a_user\.py:(\d+): error: (.*)", answer.stdout)
    assert errors, answer.stdout + answer.stderr
    return {int(line): message for line, message in errors}


def test_what_is_right_passes(complaints: dict[int, str]) -> None:
    assert [line for line in complaints if line <= RIGHT.count("\n")] == []


@pytest.mark.parametrize("line", range(len(WRONG)), ids=list(WRONG))
def test_what_is_misspelt_fails(complaints: dict[int, str], line: int) -> None:
    assert list(WRONG.values())[line] in complaints[RIGHT.count("\n") + 1 + line]

"""`kpa-analytics demo`, and what else of the demo the command line writes."""

from __future__ import annotations

import json
import re
from datetime import date
from importlib import import_module
from pathlib import Path

import polars as pl
import pytest

import kpa_analytics as kpa
from kpa_analytics.demo.sources import TRAININGS
from kpa_analytics.report_text import DEMO_MARK
from tests.audit.packs import training
from tests.cli.command import days_printed
from tests.conftest import completion


@pytest.mark.slow
def test_the_demo_writes_its_chart_and_the_rows_behind_it(kpa_analytics, tmp_path: Path):
    code, out, err = kpa_analytics("demo", "--out", tmp_path / "first")
    assert code == 0
    assert {file.name for file in (tmp_path / "first").iterdir()} == {
        "expiry_timeline.html",
        "expiry_timeline.png",
        "expiry_timeline.svg",
        "expiry_status.csv",
        "expiry_status.parquet",
        "manifest.json",
    }
    rows = pl.read_parquet(tmp_path / "first" / "expiry_status.parquet")
    manifest = json.loads((tmp_path / "first" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["demo"] is True
    assert manifest["fetched_at"].endswith("Z")
    assert manifest["hosts"][0].startswith("127.0.0.1:")
    for status in ("expired", "missing", "current", "expiring"):
        counted = rows.filter(pl.col("status") == status).height
        assert manifest["counts"][status] == counted > 0
        assert f"{counted:,}" in out
    soon = rows.filter(
        pl.col("status").is_in(["current", "expiring"]), pl.col("days_left").is_between(0, 30)
    )
    expiring = rows.filter(pl.col("status") == "expiring").height
    assert expiring != soon.height
    assert f"expiring soon {expiring:>17,}\n" in out
    assert f"due within 30 days {soon.height:>12,}  at most 30 days left to renew" in out
    expired = manifest["counts"]["expired"]
    assert (expired, expiring, soon.height) == (477, 493, 650)  # as in the dashboard's page
    assert f"{manifest['counts']['people']:,}" in out
    assert "20,000" in out
    assert DEMO_MARK in out
    assert "expiry_timeline.html" in out
    assert "completions" in err, "the progress bar"
    assert "note: completions: 2 impossible dates" in err
    assert "; an evidence pack lists them all: kpa-analytics audit FOLDER" in err


@pytest.mark.usefixtures("small_demo")
@pytest.mark.slow
def test_the_demo_replaces_its_own_output_and_nothing_else(kpa_analytics, tmp_path: Path):
    out = tmp_path / "first"
    assert kpa_analytics("demo", "--out", out)[0] == 0
    (out / "expiry_timeline.svg").unlink()
    assert kpa_analytics("demo", "--out", out)[0] == 0
    assert (out / "expiry_timeline.svg").exists()
    (out / "my notes.txt").write_text("dear")
    code, _, err = kpa_analytics("demo", "--out", out)
    assert (code, len(err.splitlines())) == (2, 1)
    assert str(out) in err
    assert (out / "my notes.txt").read_text(encoding="utf-8") == "dear"
    assert [path.name for path in tmp_path.iterdir()] == ["first"]


def test_the_demo_prints_its_figures_before_it_draws(monkeypatch, tmp_path: Path, capsys):
    def draws(*_: object, **__: object) -> None:
        assert "  expired                       0" in capsys.readouterr().out
        raise kpa.errors.KPAError("drawn")

    nobody = kpa.TrainingData(completions=kpa.schema.COMPLETIONS.empty())
    monkeypatch.setattr("kpa_analytics.cli.demo.load_demo", lambda: nobody)
    monkeypatch.setattr("kpa_analytics.audit.first_chart.write_first_chart", draws)
    with pytest.raises(kpa.errors.KPAError, match="drawn"):
        import_module("kpa_analytics.cli.demo").demo(tmp_path / "first")


def test_the_help_names_the_day_of_the_demo(kpa_analytics):
    assert f"the day is {kpa.demo.AS_OF}" in " ".join(kpa_analytics("audit", "--help")[1].split())


@pytest.mark.usefixtures("blank_charts")
@pytest.mark.slow
def test_the_pack_of_the_demo_needs_no_token(kpa_analytics, tmp_path: Path):
    code, out, _ = kpa_analytics("audit", tmp_path / "pack", "--demo")
    assert code == 0
    assert DEMO_MARK in out
    assert "as of 30 Jun 2026" in out
    manifest = json.loads((tmp_path / "pack" / "manifest.json").read_text(encoding="utf-8"))
    assert (manifest["demo"], manifest["counts"]["completions"]) == (True, 20_000)
    assert (manifest["counts"]["expiring"], manifest["counts"]["in_30_days"]) == (493, 650)
    assert f"expiring soon {493:>17,}" in out
    assert f"due within 30 days {650:>12,}  at most 30 days left to renew" in out
    page = (tmp_path / "pack" / "report.html").read_text(encoding="utf-8")
    assert re.search(r">Due within 30 days(<[^>]*>|\s)*650<", page)
    assert kpa_analytics("verify", tmp_path / "pack")[0] == 0


@pytest.mark.usefixtures("small_demo")
@pytest.mark.slow
@pytest.mark.parametrize(
    ("command", "file"), [(("supervisors",), "lists"), (("roster", "1003"), "roster.pdf")]
)
def test_what_is_written_of_the_demo_is_said_to_be_invented(kpa_analytics, tmp_path, command, file):
    code, out, _ = kpa_analytics(*command, tmp_path / file, "--demo")
    assert code == 0
    assert DEMO_MARK in out


@pytest.mark.slow
def test_without_a_day_invented_records_have_the_day_of_the_demo(kpa_analytics, account):
    account.records[TRAININGS] = [training(1046, "Ladders", renewal_months=12)]
    day = kpa.demo.AS_OF
    code, out, _ = kpa_analytics("explain", completion(1)["m_user_id"], "Ladders")
    assert code == 0
    assert f"as of {day.day} {day:%b %Y}" in out
    code, out, _ = kpa_analytics("trend")
    assert code == 0
    assert days_printed(out)[-1] == day


@pytest.mark.usefixtures("small_demo")
@pytest.mark.slow
def test_the_trend_of_the_demo_ends_on_its_own_day_and_is_marked(kpa_analytics, tmp_path):
    file = tmp_path / "trend.csv"
    code, out, _ = kpa_analytics("trend", "--demo", "--every", "1q", "--out", file)
    assert code == 0
    assert out.startswith(DEMO_MARK)
    days = days_printed(out)
    assert (days[0], days[-1]) == (date(2025, 6, 30), kpa.demo.AS_OF)
    assert pl.read_csv(file)["demo_data"].unique().to_list() == [DEMO_MARK]

"""Commands that explain a status, show a trend and make a plan."""

from __future__ import annotations

import re
from datetime import date

import polars as pl
import pytest

import kpa_analytics as kpa
from kpa_analytics.demo.sources import COMPLETIONS, TRAININGS, USERS
from kpa_analytics.report_text import DEMO_MARK, NO_REQUIREMENTS
from kpa_analytics.wording import day as in_words
from tests.audit.packs import training, user
from tests.cli.command import days_printed
from tests.conftest import completion


@pytest.mark.slow
def test_an_explanation_is_printed_line_by_line(kpa_analytics, account):
    account.records[TRAININGS] = [training(1046, "Ladders \x1b[31m", renewal_months=12)]
    who = completion(1)["m_user_id"]
    code, out, _ = kpa_analytics("explain", who, "1046", "--as-of", "2021-06-30")
    data = kpa.load_all()
    assert code == 0
    assert out.splitlines() == str(kpa.explain(data, who, 1046, as_of="2021-06-30")).splitlines()
    steps, _, what_next = out.partition("What to do next:\n")
    assert steps.endswith("past its last valid day: expired. [ours]\n")
    assert [line[:2] for line in what_next.splitlines()] == ["- ", "- "]
    assert "\x1b" not in out
    code, out, err = kpa_analytics("explain", who, "Scaffolds", "--as-of", "2021-06-30")
    assert (code, out) == (2, "")
    assert err.splitlines()[-1].endswith(
        "no training in the records is called 'Scaffolds'; give an id or a whole name"
    )


@pytest.mark.slow
def test_a_pair_without_a_case_is_one_line(kpa_analytics, account):
    account.records[TRAININGS] = [training(1046, "Ladders"), training(7, "Scaffolds")]
    who = completion(1)["m_user_id"]
    code, out, err = kpa_analytics("explain", who, "Scaffolds", "--as-of", "2021-06-30")
    assert (code, out) == (2, "")
    assert err.splitlines()[-1].endswith(
        "has not completed Scaffolds (training 7) and is not known to need it, so there is nothing "
        "to explain"
    )


@pytest.mark.slow
def test_a_trend_is_printed_and_its_counts_are_written(kpa_analytics, account, tmp_path):
    account.records[TRAININGS] = [training(1046, "=Ladders \x1b[31m", renewal_months=12)]
    days = ["--start", "2020-06-30", "--end", "2022-06-30", "--every", "1y"]
    file = tmp_path / "trend.csv"
    code, out, _ = kpa_analytics("trend", *days, "--by", "training", "--out", file)
    data = kpa.load_all()
    counts = kpa.status_over_time(
        data.completions,
        data.trainings,
        data.users,
        start="2020-06-30",
        end="2022-06-30",
        every="1y",
        by="training",
        required=data.requirements,
    )
    assert code == 0
    assert "\x1b" not in out
    mark, _, head, *lines = out.splitlines()
    assert mark == DEMO_MARK
    assert head.split() == [
        *("day", "training", "current", "expiring", "soon", "expired", "missing", "not", "due"),
        "total",
    ]
    assert len(lines) == counts.height + 2
    for line, row in zip(lines, counts.iter_rows(named=True), strict=False):
        assert line.startswith(f"{in_words(row['day']):<12}=Ladders")
        figures = [row[name] for name in ("current", "expiring", "expired", "missing", "not_due")]
        shown = ["not known" if figure is None else str(figure) for figure in figures]
        assert re.split(r"  +", line)[-6:] == [*shown, str(row["total"])]
    assert f"written to {file}" in out
    written = pl.read_csv(file)
    assert written["expired"].to_list() == counts["expired"].to_list()
    assert written["training"][0].startswith("'=Ladders")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["trend.csv", "trend.svg"])
def test_a_trend_that_cannot_be_written_is_an_error_that_names_the_file(
    kpa_analytics, account, tmp_path, name
):
    (tmp_path / name).mkdir()
    code, _, err = kpa_analytics("trend", "--end", "2021-03-05", "--out", tmp_path / name)
    assert code == 2
    assert f"{tmp_path / name} can't be written: " in err
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.slow
def test_a_long_trend_ends_with_the_last_day(kpa_analytics, account):
    code, out, _ = kpa_analytics(
        "trend", "--start", "2021-01-01", "--end", "2021-03-05", "--every", "1d"
    )
    days = days_printed(out)
    assert code == 0
    assert (days[0], days[-1], len(days)) == (date(2021, 1, 5), date(2021, 3, 5), 60)
    assert "\n4 earlier lines are not shown; --out FILE.csv has every line\n" in out


@pytest.mark.slow
def test_a_trend_from_before_the_first_completion_is_one_line(kpa_analytics, account):
    code, out, err = kpa_analytics("trend", "--start", "1990-01-01")
    assert (code, out) == (2, "")
    assert (
        "--start must not be before the first completion: --start is 1 Jan 1990"
        in err.splitlines()[-1]
    )


@pytest.mark.slow
def test_a_trend_of_a_year_is_the_default_and_missing_may_not_be_known(
    kpa_analytics, account, tmp_path
):
    chart = tmp_path / "trend.svg"
    code, out, _ = kpa_analytics("trend", "--end", "2021-12-31", "--out", chart)
    days = days_printed(out)
    assert code == 0
    assert (days[0], days[-1], len(days)) == (date(2020, 12, 31), date(2021, 12, 31), 13)
    assert "not known" in out
    assert "Missing: not known" in chart.read_text(encoding="utf-8")


@pytest.mark.slow
def test_moments_are_written_as_days_are(kpa_analytics, account):
    """By every command that prints when records were fetched: 30 Jun 2026, 14:05 UTC."""
    for command in (["fetch"], ["cache", "show"]):
        code, out, _ = kpa_analytics(*command)
        assert code == 0
        assert re.search(r"\b\d{1,2} [A-Z][a-z]{2} \d{4}, \d\d:\d\d UTC", out), command
        assert not re.search(r"\b\d{4}-\d\d-\d\d\b", re.sub(r"\S*[/\\\\]\S*", "", out)), command


@pytest.mark.slow
def test_a_plan_is_written(kpa_analytics, account, tmp_path):
    folder = tmp_path / "plan"
    account.records[TRAININGS] = [training(1046, "Ladders", renewal_months=6)]
    account.records[USERS] = [user(1, "Ike", "Moe", id="ike")]
    account.records[COMPLETIONS] += [
        completion(20, m_user_id="ike"),
        completion(4, m_instructor_id="ike"),
    ]
    code, out, _ = kpa_analytics("plan", folder, "--as-of", "2020-06-30", "--weeks", "4")
    assert code == 0
    assert out.startswith("Sessions to hold in the 4 weeks from 6 Jul 2020")
    assert f"written to {folder}" in out
    assert (
        "Ladders: nobody is eligible to teach it after 21 Jul 2020, unless a certificate is "
        "renewed (last eligible: Moe, Ike)"
    ) in out.splitlines()
    assert f"\n{NO_REQUIREMENTS}, so the plan leaves out people who" in out
    assert sorted(file.name for file in folder.iterdir()) == ["plan.ics", "plan.svg", "plan.xlsx"]
    code, _, err = kpa_analytics("plan", folder)
    assert (code, len(err.splitlines())) == (2, 1)
    assert f"{folder} is not empty" in err

"""The command line through its entry point: what it prints, writes and exits with."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from datetime import date, datetime
from importlib import import_module
from pathlib import Path

import polars as pl
import pytest

import kpa_analytics as kpa
from kpa_analytics import cli
from kpa_analytics.audit import extra
from kpa_analytics.audit.supervisor_text import NOT_KNOWN
from kpa_analytics.demo.sources import COMPLETIONS, TRAININGS, USERS, Records
from kpa_analytics.report_text import DEMO_MARK, NO_REQUIREMENTS
from kpa_analytics.wording import day as in_words
from tests.audit.packs import small_company, training, user
from tests.conftest import completion


def run(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *arguments: object
) -> tuple[int, str, str]:
    monkeypatch.setattr(sys, "argv", ["kpa-analytics", *map(str, arguments)])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    said = capsys.readouterr()
    return int(ended.value.code or 0), said.out, said.err


@pytest.fixture
def kpa_analytics(capsys, monkeypatch):
    """The command in this process: its exit code, stdout and stderr."""
    return lambda *arguments: run(capsys, monkeypatch, *arguments)


@pytest.fixture
def small_demo(monkeypatch):
    """A demo that is loaded quickly."""
    company = small_company()
    monkeypatch.setattr("kpa_analytics.demo.company.organisation", lambda: company)


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


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["demo", "--oot", "here"], ("--oot", "(see kpa-analytics demo --help)")),
        (["audit"], ("Missing argument 'OUT'", "(see kpa-analytics audit --help)")),
        (["audits"], ("'audits'", "(see kpa-analytics --help)")),
    ],
)
def test_a_usage_error_is_one_line_that_says_where_to_read_on(kpa_analytics, arguments, said):
    code, out, err = kpa_analytics(*arguments)
    assert (code, out, len(err.splitlines())) == (2, "", 1)
    assert err.startswith("kpa-analytics: ")
    assert all(phrase.lower() in err.lower() for phrase in said)


@pytest.mark.parametrize("group", [[], ["cache"]])
def test_no_command_at_all_gets_the_help(kpa_analytics, group):
    code, _, err = kpa_analytics(*group)
    assert code == 2
    assert err.startswith("Usage: ")
    assert "Commands:" in err


def test_the_list_of_commands_shortens_no_sentence(kpa_analytics):
    commands = kpa_analytics("--help")[1].split("Commands:")[1]
    assert "verify" in commands
    assert "..." not in commands


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


@pytest.mark.parametrize(
    "arguments", [("audit", "pack", "--expiring-days", "-3"), ("dashboard", "--port", "99999")]
)
def test_a_number_that_cannot_be_is_refused_before_any_work(kpa_analytics, arguments):
    code, _, err = kpa_analytics(*arguments)
    assert code == 2
    assert f"Invalid value for '{arguments[-2]}'" in err


def test_help_is_fast_because_nothing_heavy_is_imported():
    asked = (
        "import sys, kpa_analytics.cli\n"
        "print({'polars', 'altair', 'requests', 'vl_convert', 'werkzeug'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", asked], capture_output=True, text=True, check=True, timeout=600
    )
    assert done.stdout.strip() == "set()"


def test_the_version_is_said(kpa_analytics):
    from importlib.metadata import version

    assert kpa_analytics("--version")[1] == f"kpa-analytics {version('kpa-analytics')}\n"


@pytest.fixture
def account(monkeypatch, tmp_path):
    """Two completions of one account, served; the environment points there as a user's would."""
    source = Records({COMPLETIONS: [completion(1), completion(2)]})
    with kpa.demo.serve(source) as api:
        monkeypatch.setenv("KPA_API_TOKEN", api.token)
        monkeypatch.setenv("KPA_API_URL", api.url)
        monkeypatch.setenv("KPA_REQUESTS_PER_MINUTE", "100000")
        yield source


@pytest.mark.usefixtures("blank_charts")
@pytest.mark.slow
def test_a_pack_of_some_people_and_trainings(kpa_analytics, account, tmp_path):
    who = completion(1)["m_user_id"]
    chosen = ["--people", who, "--trainings", "1046", "--as-of", "2020-06-30"]
    code, _, err = kpa_analytics("audit", tmp_path / "part", *chosen, "--field-office", "Oslo")
    assert code == 2
    assert "'Oslo'" in err.splitlines()[-1]
    assert not (tmp_path / "part").exists()
    assert kpa_analytics("audit", tmp_path / "part", *chosen)[0] == 0
    assert [path.name for path in (tmp_path / "part" / "transcripts").iterdir()] == [f"{who}.pdf"]
    assert [path.name for path in (tmp_path / "part" / "rosters").iterdir()] == ["1046.pdf"]


@pytest.mark.usefixtures("only_its_page")
@pytest.mark.slow
def test_a_pack_with_a_sample_says_what_changed_since_an_earlier_pack(
    kpa_analytics, account, tmp_path
):
    old, new = tmp_path / "old", tmp_path / "new"
    assert kpa_analytics("audit", old, "--as-of", "2020-06-30")[0] == 0
    account.add_completions(completion(3))
    arguments = ["--as-of", "2020-07-31", "--refresh", "--since", old]
    assert kpa_analytics("audit", new, *arguments, "--sample", 5, "--seed", 7)[0] == 0
    settings = json.loads((new / "manifest.json").read_text(encoding="utf-8"))["settings"]
    assert settings["since"]["changes"]["record_added"] == 1
    assert settings["sample"]["seed"] == 7
    (old / "records.csv").write_text("id")
    code, out, err = kpa_analytics("audit", tmp_path / "newer", *arguments)
    assert (code, out) == (2, "")
    assert "records.csv" in err
    assert not (tmp_path / "newer").exists()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("command", "named"), [("transcript", "user-1"), ("roster", "1046"), ("roster", 1046)]
)
def test_a_transcript_and_a_roster_are_written(kpa_analytics, account, tmp_path, command, named):
    if command == "transcript":
        named = completion(1)["m_user_id"]
    code, out, _ = kpa_analytics(command, named, tmp_path / "one.pdf", "--as-of", "2020-06-30")
    assert code == 0
    assert str(tmp_path / "one.pdf") in out
    assert (tmp_path / "one.pdf").read_bytes().startswith(b"%PDF-")
    code, out, err = kpa_analytics(command, "No body", tmp_path / "two.pdf")
    assert (code, out) == (2, "")
    assert "'No body'" in err.splitlines()[-1]
    assert kpa_analytics(command, named, tmp_path / "two.txt")[0] == 2
    assert not list(tmp_path.glob("two*"))


@pytest.mark.slow
def test_lists_for_supervisors_are_written_and_nothing_is_sent(kpa_analytics, account, tmp_path):
    arguments = ["supervisors", tmp_path / "lists", "--as-of", "2020-06-30"]
    code, out, err = kpa_analytics(*arguments, "--by", "boss")
    assert (code, out) == (2, "")
    known = "--by must be one of supervisor, manager, field_office, job_title, not 'boss'"
    assert err == f"kpa-analytics: {known}\n"
    account.records[TRAININGS] = [training(1046, "Ladders", renewal_months=1)]
    code, out, _ = kpa_analytics(*arguments, "--by", "manager")
    assert code == 0
    assert out.startswith("1 list, as of 30 Jun 2020; written to ")
    assert out.endswith("nothing was sent\n")
    assert {path.name for path in (tmp_path / "lists").iterdir()} == {"index.html", "nobody-named"}
    assert NOT_KNOWN in (tmp_path / "lists" / "index.html").read_text(encoding="utf-8")
    code, out, err = kpa_analytics(*arguments)
    assert (code, out) == (2, "")
    assert "is not empty" in err.splitlines()[-1]


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


def days_printed(out: str) -> list[date]:
    """The days at the start of the lines of a trend."""
    texts = re.findall(r"^\d+ [A-Z][a-z]{2} \d{4}", out, re.MULTILINE)
    return [datetime.strptime(text, "%d %b %Y").date() for text in texts]


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
def test_without_a_day_invented_records_have_the_day_of_the_demo(kpa_analytics, account):
    account.records[TRAININGS] = [training(1046, "Ladders", renewal_months=12)]
    day = kpa.demo.AS_OF
    code, out, _ = kpa_analytics("explain", completion(1)["m_user_id"], "Ladders")
    assert code == 0
    assert f"as of {day.day} {day:%b %Y}" in out
    code, out, _ = kpa_analytics("trend")
    assert code == 0
    assert days_printed(out)[-1] == day


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


@pytest.mark.slow
def test_a_transcript_without_a_font_for_a_letter_is_noted(kpa_analytics, account, tmp_path):
    account.records[TRAININGS] = [training(1046, "Ladders \U0010fffd")]
    who = completion(1)["m_user_id"]
    code, _, err = kpa_analytics("transcript", who, tmp_path / "one.pdf", "--as-of", "2020-06-30")
    assert code == 0
    assert "note: Training transcript" in err
    assert "U+10FFFD" in err
    assert "plain PDF, without the standards PDF/A-2a and PDF/UA-1" in err


@pytest.mark.slow
def test_fetch_says_what_was_loaded(kpa_analytics, account):
    code, out, _ = kpa_analytics("fetch")
    assert code == 0
    first = out.splitlines()[0].split()
    assert first[:3] == ["completions", "2", "fetched"]
    account.add_completions(completion(3))
    assert kpa_analytics("fetch")[1].split()[1] == "2", "it is fresh"
    assert kpa_analytics("fetch", "--refresh")[1].split()[1] == "3"


@pytest.mark.usefixtures("blank_charts")
@pytest.mark.slow
def test_a_pack_is_made_verified_and_compared(kpa_analytics, account, tmp_path):
    old, new = tmp_path / "old", tmp_path / "new"
    code, out, _ = kpa_analytics("audit", old, "--as-of", "2020-06-30", "--title", "Spring audit")
    assert code == 0
    assert out.split()[len(DEMO_MARK.split()) :][:2] == ["people", "1"]
    manifest = json.loads((old / "manifest.json").read_text(encoding="utf-8"))
    assert (manifest["title"], manifest["as_of"]) == ("Spring audit", "2020-06-30")
    assert f"seal {manifest['seal']}" in out

    assert kpa_analytics("changes", old, old) == (0, "no changes\n", "")
    account.edit_completion(1, notes="in\x1b[31mperson")
    assert kpa_analytics("audit", new, "--as-of", "2020-06-30", "--refresh", "--no-names")[0] == 0
    assert (
        json.loads((new / "manifest.json").read_text(encoding="utf-8"))["settings"]["names"]
        is False
    )
    newer = tmp_path / "newer"
    assert kpa_analytics("audit", newer, "--as-of", "2020-06-30", "--expiring-days", 9)[0] == 0
    assert (
        json.loads((newer / "manifest.json").read_text(encoding="utf-8"))["settings"][
            "expiring_days"
        ]
        == 9
    )
    code, out, _ = kpa_analytics("changes", old, newer)
    assert code == 1
    assert out.startswith("edited record 1 ")
    assert "notes (empty) -> 'in\\x1b[31mperson'" in out

    (old / "charts" / "Thumbs.db").write_text("x")
    code, out, _ = kpa_analytics("verify", old)
    assert code == 0
    assert out.startswith("litter: charts/Thumbs.db")
    assert manifest["seal"] in out
    (old / "charts" / "Thumbs.db").unlink()
    (old / "records.csv").write_text("id\n")
    (old / "more.txt").write_text("x")
    code, out, _ = kpa_analytics("verify", old)
    assert code == 1
    assert [line.split(" (")[0] for line in out.splitlines()] == [
        "added: more.txt",
        "changed: records.csv",
    ]
    code, out, err = kpa_analytics("changes", old, newer)
    assert (code, out) == (2, "")
    assert "records.csv was damaged" in err
    (old / "manifest.json").unlink()
    assert kpa_analytics("verify", old)[0] == 1


@pytest.fixture
def keys(tmp_path) -> Path:
    for name in ("mine", "other"):
        private, public = tmp_path / f"{name}.pem", tmp_path / f"{name}.pub.pem"
        subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", private], check=True)
        subprocess.run(["openssl", "pkey", "-in", private, "-pubout", "-out", public], check=True)
    return tmp_path


@pytest.mark.usefixtures("blank_charts")
@pytest.mark.slow
def test_a_signed_bag_is_made_verified_and_compared(kpa_analytics, account, keys):
    bag, mine, other = keys / "bag", keys / "mine.pub.pem", keys / "other.pub.pem"
    made = ("audit", bag, "--as-of", "2020-06-30", "--bagit", "--sign", keys / "mine.pem")
    code, out, _ = kpa_analytics(*made)
    assert code == 0
    assert str(bag / "data" / "report.html") in out
    assert "signed (Ed25519)" in out
    seal = json.loads((bag / "data" / "manifest.json").read_text(encoding="utf-8"))["seal"]

    code, out, _ = kpa_analytics("verify", bag)
    assert (code, seal in out, "signature was not checked" in out) == (0, True, True)
    code, out, _ = kpa_analytics("verify", bag, "--key", mine)
    assert (code, seal in out, "signed by the holder of" in out) == (0, True, True)
    assert kpa_analytics("changes", bag, bag) == (0, "no changes\n", "")

    code, out, _ = kpa_analytics("verify", bag, "--key", other)
    assert (code, len(out.splitlines())) == (1, 1)
    assert out.startswith("unverified: data/manifest.json.sig (other.pub.pem does not accept it")
    code, _, err = kpa_analytics("verify", bag, "--key", keys / "nowhere.pem")
    assert (code, len(err.splitlines())) == (2, 1)
    assert "nowhere.pem can't be read" in err
    code, _, err = kpa_analytics("audit", keys / "more", "--sign", mine)
    assert (code, len(err.splitlines())) == (2, 1)
    assert "mine.pub.pem is not a private key" in err

    (bag / "data" / "manifest.json.sig").unlink()
    code, out, _ = kpa_analytics("verify", bag, "--key", mine)
    assert (code, out.split(" (")[0]) == (1, "missing: data/manifest.json.sig")
    assert len(out.splitlines()) == 1


@pytest.mark.usefixtures("only_its_page")
@pytest.mark.slow
def test_an_audit_downloads_all_pages_after_an_incremental_refresh(
    kpa_analytics, account, tmp_path
):
    def read_as(folder: Path) -> str:
        sources = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["sources"]
        return next(source["walk"] for source in sources if source["table"] == "completions")

    kpa.load_completions()
    kpa.load_completions(refresh="recent")
    assert kpa_analytics("audit", tmp_path / "accepted", "--incremental")[0] == 0
    assert kpa_analytics("audit", tmp_path / "downloaded")[0] == 0
    assert (read_as(tmp_path / "accepted"), read_as(tmp_path / "downloaded")) == (
        "incremental",
        "full",
    )
    kpa.load_completions(refresh="recent")
    person = kpa.load_completions()["m_user_id"][0]
    assert kpa_analytics("transcript", person, tmp_path / "one.pdf")[0] == 0
    assert kpa.load_all().snapshots["completions"].walk == "full"
    pages = [
        (tmp_path / pack / "report.html").read_text(encoding="utf-8")
        for pack in ("accepted", "downloaded")
    ]
    assert ["only the newest pages" in page for page in pages] == [True, False]


@pytest.mark.slow
def test_the_cache_is_shown_and_cleared(kpa_analytics, account, monkeypatch):
    kpa_analytics("fetch")
    code, out, _ = kpa_analytics("cache", "show")
    assert code == 0
    assert "completions" in out
    assert os.environ["KPA_CACHE_DIR"] in out
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    code, _, err = kpa_analytics("cache", "clear")
    assert (code, err) == (2, "kpa-analytics: stopped; nothing more was done\n")
    assert "completions" in kpa_analytics("cache", "show")[1]
    assert kpa_analytics("cache", "clear", "--yes")[:2] == (0, "cleared\n")
    assert "completions" not in kpa_analytics("cache", "show")[1]


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["fetch"], "KPA_API_TOKEN"),
        (["audit", "pack", "--as-of", "30/06/2026"], ": --as-of must be a day"),
        (
            ["trend", "--start", "2026-06-30", "--end", "2025-06-30"],
            ": --start must not be after --end: --start is 30 Jun 2026, --end is 30 Jun 2025\n",
        ),
        (["trend", "--start", "30/06/2026"], ": --start must be a day"),
        (["trend", "--end", "soon"], ": --end must be a day"),
        (["trend", "--end", "end is"], ": --end must be a day such as 2026-06-30, not 'end is'\n"),
        (["trend", "--every", "monthly"], ": --every must be a number from 1 to 999"),
        (["trend", "--by", "shoe_size"], ": --by must be one of field_office"),
        (["trend", "--out", "trend.gif"], "trend.gif: a trend can be written as"),
        (["trend", "--out", "no/trend.csv"], "no is not a folder"),
        (["plan", "here", "--by", "shoe_size"], ": --by must be field_office, or left out,"),
        (["plan", "here", "--previous", "nowhere"], "nowhere has no plan: it has no plan.ics"),
        (["supervisors", "here", "--previous", "nowhere"], "nowhere has no lists of an earlier"),
        (
            ["plan", "here", "--weeks", "0"],
            "'--weeks': it must be a whole number from 1 to 104 (see",
        ),
        (
            ["audit", "here", "--sample", "0"],
            "'--sample': it must be a whole number of at least 1 (see",
        ),
        (["audit", "here", "--seed", "x"], "'--seed': it must be a whole number (see"),
        (["audit", "here", "--seed", "4"], ": --seed must be given with a sample"),
        (["plan", "here", "--capacity", "x"], "it must be a whole number from 1 to 10,000 (see"),
        (["trend", "--start"], "'--start' requires an argument. (see kpa-analytics trend --help)"),
        (["plan", "--previous", "nowhere", "here"], ": --previous: "),
        (["supervisors", "--previous", "nowhere", "here"], ": --previous: "),
        (["verify", "nowhere"], "nowhere is not a folder"),
        (["verify", "."], "is not a pack of this package: it has no manifest.json"),
        (["changes", "nowhere", "nowhere"], "nowhere can't be read"),
        (["transcript", "ann", "ann.docx"], "ann.docx: a transcript or roster is saved as .pdf"),
        (["transcript", "ann", "."], ".: a transcript or roster is saved as .pdf"),
        (["roster", "7", "ladders"], "ladders: a transcript or roster is saved as .pdf"),
        (["audit", "here", "--title", "Zo\udceb"], r": --title must be UTF-8 text, not 'Zo\udceb'"),
        (["audit", "here", "--standard", "Zo\udceb"], ": --standard must be UTF-8 text, not "),
        (["audit", "Zo\udceb"], r"Zo\udceb is not UTF-8: choose another path"),
        (["plan", "Zo\udceb"], r"Zo\udceb is not UTF-8"),
        (["supervisors", "Zo\udceb"], r"Zo\udceb is not UTF-8"),
        (["publish", "Zo\udceb"], r"Zo\udceb is not UTF-8"),
        (["publish", "memory://Zo\udceb"], "the address memory://... is not UTF-8"),
        (["trend", "--out", "Zo\udceb.csv"], r"Zo\udceb.csv is not UTF-8"),
        (["transcript", "ann", "Zo\udceb.pdf"], r"Zo\udceb.pdf is not UTF-8"),
        (["notebooks", "Zo\udceb"], r"Zo\udceb is not UTF-8"),
        (["verify", "Zo\udceb"], r"Zo\udceb is not a folder"),  # it only reads, so it may
        (["changes", "Zo\udceb", "nowhere"], r"Zo\udceb is not UTF-8"),
    ],
)
def test_an_error_is_one_clear_line(kpa_analytics, tmp_path, monkeypatch, arguments, named):
    monkeypatch.chdir(tmp_path)
    code, out, err = kpa_analytics(*arguments)
    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 1
    assert err.startswith("kpa-analytics: ")
    assert named in err


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["audit", "pack"], "evidence packs need typst"),
        (["plan", "pack"], "plans need icalendar"),
        (["supervisors", "pack"], "lists for supervisors need icalendar"),
        (["transcript", "ann", "ann.pdf"], "transcripts and rosters need typst"),
        (["roster", "7", "ladders.pdf"], "transcripts and rosters need typst"),
    ],
)
def test_a_missing_package_is_said_before_any_download(
    kpa_analytics, tmp_path, monkeypatch, arguments, named
):
    """A download would fail, because there is no token."""
    monkeypatch.chdir(tmp_path)
    missing = ("typst", "icalendar")
    monkeypatch.setattr(extra, "find_spec", lambda name: None if name in missing else name)
    code, out, err = kpa_analytics(*arguments)
    assert (code, out) == (2, "")
    assert err.startswith(f"kpa-analytics: {named}: python -m pip install")


def test_a_wrong_setting_is_said_before_the_dashboard_starts(kpa_analytics, monkeypatch):
    monkeypatch.setenv("KPA_PROGRESS", "0")
    code, out, err = kpa_analytics("dashboard", "--no-browser")
    assert (code, out) == (2, "")
    assert "KPA_PROGRESS is not a setting" in err


def test_a_refused_token_is_not_printed(kpa_analytics, account, monkeypatch):
    monkeypatch.setenv("KPA_API_TOKEN", "secret-of-another-account")
    code, out, err = kpa_analytics("fetch")
    assert code == 2
    assert "token_invalid" in err
    assert "secret-of-another-account" not in out + err
    assert "Traceback" not in err


def test_the_notebooks_are_copied_and_none_is_replaced(kpa_analytics, tmp_path: Path):
    code, out, _ = kpa_analytics("notebooks", tmp_path / "mine")
    assert code == 0
    ours = Path(kpa.__file__).parents[1] / "notebooks"
    copied = {path.relative_to(tmp_path / "mine") for path in (tmp_path / "mine").rglob("*.*")}
    assert {path.relative_to(ours) for path in ours.rglob("*.ipynb")} <= copied
    assert Path("marimo/expiry.py") in copied
    rules = Path("docs/rules.md")  # explanations and reports name this path
    assert (tmp_path / "mine" / rules).read_bytes() == (ours.parent / rules).read_bytes()
    assert "Copied 7 notebooks" in out
    (tmp_path / "mine" / "01_expiry.ipynb").write_text("my own work", encoding="utf-8")
    for path in (tmp_path / "mine").glob("0[2-9]*"):
        path.unlink()
    code, _, err = kpa_analytics("notebooks", tmp_path / "mine")
    assert code == 2
    assert "already has 00_start_here.ipynb, 01_expiry.ipynb" in err
    assert (tmp_path / "mine" / "01_expiry.ipynb").read_text(encoding="utf-8") == "my own work"
    assert not list((tmp_path / "mine").glob("02*"))


def test_a_folder_of_notebooks_that_cannot_be_made_is_named(kpa_analytics, tmp_path: Path):
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    code, out, err = kpa_analytics("notebooks", tmp_path / "file")
    assert (code, out) == (2, "")
    assert f"{tmp_path / 'file'} is not a folder" in err
    code, out, err = kpa_analytics("notebooks", tmp_path / "file" / "inside")
    assert (code, out) == (2, "")
    assert str(tmp_path / "file") in err
    assert "Errno" not in err


def test_who_has_no_jupyterlab_is_told_how_to_install_it(kpa_analytics, monkeypatch, tmp_path):
    assert "pip install" not in kpa_analytics("notebooks", tmp_path / "with")[1]
    monkeypatch.setattr("kpa_analytics.cli.notebooks.find_spec", lambda name: None)
    assert "[notebook]" in kpa_analytics("notebooks", tmp_path / "without")[1]


def test_all_changes_are_listed_on_request(kpa_analytics, monkeypatch, tmp_path: Path):
    rows = pl.DataFrame(
        [{"table": "completions", "record": str(number)} for number in range(70)],
        schema_overrides=kpa.schema.CHANGES.schema,
    )
    differences = pl.concat([kpa.schema.CHANGES.empty(), rows], how="diagonal")
    monkeypatch.setattr("kpa_analytics.audit.compare.changes", lambda old, new: differences)
    code, out, _ = kpa_analytics("changes", tmp_path, tmp_path)
    assert (code, len(out.splitlines())) == (1, 51)
    assert out.splitlines()[-1] == "... and 20 more; --all lists them all"
    code, out, _ = kpa_analytics("changes", tmp_path, tmp_path, "--all")
    assert (code, len(out.splitlines())) == (1, 70)

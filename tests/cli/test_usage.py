"""The command line's help, and its one-line errors."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import get_type_hints

import pytest
from typer.models import OptionInfo

from kpa_analytics.audit import needed_packages
from kpa_analytics.cli.commands import app
from kpa_analytics.cli.options import named_path


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


def test_the_help_of_a_path_names_no_function_of_ours():
    """Some versions of typer show the name of an option's parser if it has no metavar."""
    options = [
        (command.callback.__name__, name, about.metavar)
        for command in app.registered_commands
        for name, hint in get_type_hints(command.callback, include_extras=True).items()
        for about in getattr(hint, "__metadata__", ())
        if isinstance(about, OptionInfo) and about.parser is named_path
    ]
    assert len(options) > 5
    assert [option for option in options if not option[2]] == []


@pytest.mark.parametrize(
    "arguments", [("audit", "pack", "--expiring-days", "-3"), ("dashboard", "--port", "99999")]
)
def test_a_number_that_cannot_be_is_refused_before_any_work(kpa_analytics, arguments):
    code, _, err = kpa_analytics(*arguments)
    assert code == 2
    assert f"Invalid value for '{arguments[-2]}'" in err


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("audit", ""), "out"),
        (("audit", " "), "out"),
        (("audit", "pack", "--since", ""), "--since"),
        (("audit", "pack", "--sign", ""), "--sign"),
        (("demo", "--out", ""), "--out"),
        (("notebooks", ""), "folder"),
        (("plan", ""), "out"),
        (("plan", "plan", "--previous", ""), "--previous"),
        (("supervisors", ""), "out"),
        (("supervisors", "lists", "--previous", ""), "--previous"),
        (("transcript", "Ann", ""), "out"),
        (("roster", "Ladders", ""), "out"),
        (("trend", "--out", ""), "--out"),
        (("verify", ""), "folder"),
        (("verify", "pack", "--key", ""), "--key"),
        (("verify", "pack", "--tsa-ca", ""), "--tsa-ca"),
        (("changes", "", "pack"), "old"),
        (("changes", "pack", ""), "new"),
    ],
)
def test_an_empty_path_is_not_the_current_folder(
    kpa_analytics, tmp_path, monkeypatch, arguments, named
):
    monkeypatch.chdir(tmp_path)
    code, out, err = kpa_analytics(*arguments)
    assert (code, out) == (2, "")
    assert f"invalid value for '{named}': it is empty" in err.lower()
    assert not [*tmp_path.iterdir()]


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
        (
            ["audit", "here", "--seed", "4"],
            ": --seed must not be given alone: --sample must be given, too",
        ),
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
    monkeypatch.setattr(
        needed_packages, "find_spec", lambda name: None if name in missing else name
    )
    code, out, err = kpa_analytics(*arguments)
    assert (code, out) == (2, "")
    assert err.startswith(f"kpa-analytics: {named}: python -m pip install")


def test_a_wrong_setting_is_said_before_the_dashboard_starts(kpa_analytics, monkeypatch):
    monkeypatch.setenv("KPA_PROGRESS", "0")
    code, out, err = kpa_analytics("dashboard", "--no-browser")
    assert (code, out) == (2, "")
    assert "KPA_PROGRESS is not a setting" in err


def test_the_dashboard_shows_the_demo_to_somebody_with_a_token(kpa_analytics, account, monkeypatch):
    shown = []
    monkeypatch.setattr(
        "kpa_analytics.widgets.serve.serve_dashboard",
        lambda **_: shown.append((os.environ.get("KPA_API_TOKEN"), os.environ.get("KPA_API_URL"))),
    )
    monkeypatch.setenv("KPA_API_TOKEN", "of-a-real-account")
    monkeypatch.setenv("KPA_API_URL", "https://api.novaraflex.com/v1")
    assert kpa_analytics("dashboard", "--demo")[0] == 0
    assert shown == [(None, None)]


def test_a_refused_token_is_not_printed(kpa_analytics, account, monkeypatch):
    monkeypatch.setenv("KPA_API_TOKEN", "secret-of-another-account")
    code, out, err = kpa_analytics("fetch")
    assert code == 2
    assert "token_invalid" in err
    assert "secret-of-another-account" not in out + err
    assert "Traceback" not in err

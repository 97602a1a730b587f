"""The command line through its entry point: what it prints, writes and exits with."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from kpa_analytics import cli
from kpa_analytics.demo_mark import DEMO_MARK


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
    manifest = json.loads((tmp_path / "first" / "manifest.json").read_text())
    assert manifest["demo"] is True
    assert manifest["fetched_at"].endswith("Z")
    assert manifest["hosts"][0].startswith("127.0.0.1:")
    for status in ("expired", "missing", "current", "expiring"):
        counted = rows.filter(pl.col("status") == status).height
        assert manifest["counts"][status] == counted > 0
        assert f"{counted:,}" in out
    assert f"{manifest['counts']['people']:,}" in out
    assert "20,000" in out
    assert DEMO_MARK in out
    assert "expiry_timeline.html" in out
    assert "completions" in err, "the progress bar"
    assert "note: completions: 2 impossible days" in err


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
    assert (out / "my notes.txt").read_text() == "dear"
    assert [path.name for path in tmp_path.iterdir() if path.name != "cache"] == ["first"]


def test_an_unknown_option_is_a_usage_error(kpa_analytics):
    code, _, err = kpa_analytics("demo", "--oot", "here")
    assert code == 2
    assert "--oot" in err


def test_help_is_fast_because_nothing_heavy_is_imported():
    asked = (
        "import sys, kpa_analytics.cli\n"
        "print({'polars', 'altair', 'requests', 'vl_convert', 'werkzeug'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", asked], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "set()"


def test_the_version_is_said(kpa_analytics):
    from importlib.metadata import version

    assert kpa_analytics("--version")[1] == f"kpa-analytics {version('kpa-analytics')}\n"

"""The command line with several accounts: what it prints and writes, and its exit code."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

import kpa_analytics as kpa
from kpa_analytics.demo.server import DemoAPI
from kpa_analytics.demo.sources import Records
from kpa_analytics.report_text import DEMO_MARK
from tests.conftest import completions
from tests.data.accounts_toml import serve_accounts


@pytest.fixture
def api(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[DemoAPI]:
    """A server with the accounts north and south; the token of south is inactive."""
    monkeypatch.setenv("KPA_RATE_LIMIT_WAIT", "0.01")
    with kpa.demo.serve(Records()) as served:
        tokens = serve_accounts(
            served, monkeypatch, tmp_path, north=completions(2), south=completions(3)
        )
        served.refuse("token_inactive", tokens["south"])
        yield served


@pytest.mark.slow
def test_fetch_names_the_account_that_failed(kpa_analytics, api: DemoAPI, monkeypatch):
    code, out, err = kpa_analytics("fetch", "--all-accounts")
    assert code == 2
    assert "north (demo data)\n  completions                   2" in out
    assert err.splitlines()[-1].startswith("kpa-analytics: 1 account could not be loaded: south: ")
    api.refuse(None)
    code, out, _ = kpa_analytics("fetch", "--account", "north")
    assert (code, out.splitlines()[-1]) == (0, DEMO_MARK)
    code, _, err = kpa_analytics("fetch", "--account", "east")
    assert (code, len(err.splitlines())) == (2, 1)
    assert "there is no account 'east' in accounts.toml; it has north, south" in err


def test_audit_loads_the_account_that_is_named(kpa_analytics, api: DemoAPI, tmp_path: Path):
    """The token of south is inactive, so its pack can't be made."""
    code, out, err = kpa_analytics("audit", tmp_path / "pack", "--account", "south")
    assert (code, out) == (2, "")
    assert "token_inactive" in err.splitlines()[-1]
    assert not (tmp_path / "pack").exists()


@pytest.mark.slow
def test_publish_writes_every_account_and_keeps_those_that_fail(
    kpa_analytics, api: DemoAPI, tmp_path: Path
):
    folder = tmp_path / "published"
    code, out, err = kpa_analytics("publish", folder, "--all-accounts")
    assert code == 2
    assert DEMO_MARK in out
    assert "north                    9 of 9 files written" in out
    assert f"published in {folder}" in out
    assert "south could not be loaded" in err
    accounts = pl.read_parquet(folder / "accounts.parquet")
    assert accounts.select("account", "complete", "demo").rows() == [
        ("north", True, True),
        ("south", False, None),
    ]
    code, out, _ = kpa_analytics("publish", folder, "--account", "north")
    assert code == 0
    assert "north                    0 of 9 files written" in out
    api.refuse("token_inactive", os.environ["KPA_NORTH_TOKEN"])
    shutil.copytree(folder, tmp_path / "copy")
    for place, choice in (
        (folder, ["--all-accounts"]),
        (tmp_path / "copy", ["--account", "north"]),
    ):
        assert kpa_analytics("publish", place, "--refresh", *choice)[0] == 2
        north = pl.read_parquet(place / "accounts.parquet").row(0, named=True)
        assert north["complete"] is False
        assert "token_inactive" in north["failure"]
    assert kpa_analytics("publish", tmp_path / "new", "--account", "north", "--refresh")[0] == 2
    assert not (tmp_path / "new").exists()


@pytest.mark.slow
def test_one_account_at_a_time(kpa_analytics, tmp_path: Path):
    for command in (
        ["fetch", "--account", "north", "--all-accounts"],
        ["audit", tmp_path / "pack", "--account", "north", "--demo"],
        ["publish", tmp_path / "folder", "--all-accounts", "--demo"],
        ["trend", "--account", "north", "--demo"],
        ["explain", "Ann", "Ladders", "--account", "north", "--demo"],
    ):
        code, out, err = kpa_analytics(*command)
        assert (code, out, len(err.splitlines())) == (2, "", 1)
        assert "can't be given together" in err


def test_what_is_kept_of_an_account_and_of_its_earlier_token_is_shown(
    kpa_analytics, api: DemoAPI, monkeypatch
):
    """A new token has a folder of its own, so its list begins empty; the old one is named."""
    assert kpa_analytics("fetch", "--account", "north")[0] == 0
    code, out, _ = kpa_analytics("cache", "show", "--account", "north")
    kept = kpa.snapshots(account="north")["path"].to_list()
    assert code == 0
    assert all(path in out for path in kept)
    assert "also kept" not in out
    monkeypatch.setenv("KPA_NORTH_TOKEN", api.add_account(completions(2)))
    code, out, _ = kpa_analytics("cache", "show", "--account", "north")
    earlier = Path(kept[0]).parents[2]
    assert code == 0
    assert out.splitlines()[1:] == [f"also kept, of another account or an earlier token: {earlier}"]


def test_no_output_shows_the_token_of_an_account(
    kpa_analytics, api: DemoAPI, monkeypatch, tmp_path: Path
):
    monkeypatch.setenv("KPA_NORTH_TOKEN", "northern-secret-1")
    code, out, err = kpa_analytics("fetch", "--account", "northern-secret-1")
    assert code == 2
    assert "northern-secret-1" not in out + err


@pytest.mark.usefixtures("only_its_page")
@pytest.mark.slow
def test_audit_writes_a_pack_of_each_account(kpa_analytics, api: DemoAPI, tmp_path: Path):
    pack = tmp_path / "pack"
    code, out, err = kpa_analytics("audit", pack, "--all-accounts", "--as-of", "2020-03-31")
    assert code == 2
    assert f"open {pack / 'index.html'}" in out
    assert "completions                   2" in out
    assert "south could not be loaded" in err
    manifest = json.loads((pack / "manifest.json").read_bytes())
    assert manifest["kind"] == "fleet audit pack"
    assert [*manifest["not_loaded"]] == ["south"]
    assert (pack / "north" / "report.html").is_file()
    assert kpa.verify_audit(pack).height == 0
    token = os.environ["KPA_NORTH_TOKEN"].encode()
    assert not any(token in path.read_bytes() for path in pack.rglob("*") if path.is_file())

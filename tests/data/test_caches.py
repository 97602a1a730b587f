"""The two caches: separate per account, private, without the token, and safe after damage."""

from __future__ import annotations

import base64
import hashlib
import os
import re
import stat
import time
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import polars as pl
import pytest

import kpa_analytics as kpa
from kpa_analytics.demo.server import DemoAPI
from kpa_analytics.demo.sources import COMPLETIONS, TRAININGS, Records
from kpa_analytics.errors import KPACacheWarning, KPAError
from tests.conftest import completion, completions, sent, use


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.slow
def test_a_listed_snapshot_has_the_hash_of_its_file(vendor: DemoAPI) -> None:
    data = kpa.load_all()
    listed = kpa.snapshots()
    for name, sha256, path in listed.select("table", "sha256", "path").rows():
        assert sha256 == hashlib.sha256(Path(path).read_bytes()).hexdigest()
        assert sha256 == data.snapshots[name].sha256


def test_accounts_do_not_share_a_cache() -> None:
    with kpa.demo.serve(completions(5)) as api:
        other = api.add_account(Records({COMPLETIONS: [completion(77)]}))
        use(api)
        assert kpa.load_completions().height == 5
        kpa.configure(token=other)
        assert kpa.load_completions()["id"].to_list() == [77]
        kpa.configure(token=api.token)
        assert kpa.load_completions().height == 5


@pytest.mark.slow
def test_the_token_is_in_no_file() -> None:
    folder = kpa.configure().cache_dir
    with kpa.demo.serve(completions(2500)) as api:
        use(api, retries=0)
        api.faults.add(kpa.demo.Fault.drop(), times=None, page=3)
        with pytest.raises(KPAError):
            kpa.load_completions()
        api.faults.clear()
        kept = _files(folder)
        assert any(file.name == "pages.sqlite" and file.stat().st_size > 10_000 for file in kept)
        kpa.load_all()
        token = api.token
    secrets = [token.encode(), base64.b64encode(token.encode()), token.encode("utf-16-le")]
    for file in {*kept, *_files(folder)}:
        if file.exists():
            content = file.read_bytes() + str(file).encode()
            assert not any(secret in content for secret in secrets), file


@pytest.mark.slow
@pytest.mark.parametrize("umask", [0o000, 0o077])
def test_only_the_owner_can_read_the_files(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        with kpa.demo.serve(completions(3)) as api:
            use(api, cache_dir=tmp_path / "new" / "cache")
            kpa.load_all()
    finally:
        os.umask(before)
    for path in (tmp_path / "new").rglob("*"):
        wanted = 0o700 if path.is_dir() else 0o600
        assert stat.S_IMODE(path.stat().st_mode) == wanted, path


@pytest.mark.slow
def test_clear_cache_deletes_only_our_files(tmp_path: Path) -> None:
    with kpa.demo.serve(completions(3)) as api:
        use(api)
        kpa.load_all()
        cache = kpa.configure().cache_dir
        kpa.clear_cache()
        assert not cache.exists()
        kpa.load_completions()
        (cache / "mine.txt").write_text("keep me")
        kpa.clear_cache()
        assert [path.name for path in cache.iterdir()] == ["mine.txt"]


def test_a_snapshot_has_its_provenance(vendor: DemoAPI) -> None:
    kpa.load_completions()
    listed = kpa.snapshots()
    assert listed.height == 1
    row = listed.row(0, named=True)
    assert (row["table"], row["rows"], row["pages"], row["walk"]) == ("completions", 3, 1, "full")
    assert row["host"] in vendor.url
    assert pl.read_parquet(row["path"]).height == 3


def test_only_the_last_few_snapshots_are_kept(vendor: DemoAPI) -> None:
    kpa.configure(keep_snapshots=2)
    for _ in range(4):
        kpa.load_completions(refresh=True)
    assert kpa.snapshots().height == 2


@pytest.mark.slow
def test_every_version_of_the_small_collections_is_kept() -> None:
    """Of consecutive snapshots with the same rows, the first and the last are kept."""
    training = {"id": 7, "title": "Ladders", "renewal_months": 12}
    with kpa.demo.serve(Records({TRAININGS: [training]})) as api:
        use(api, keep_snapshots=1)
        for months in (12, 12, 12, 12, 36, 12, 12, 12):
            training["renewal_months"] = months
            kpa.load_trainings(refresh=True)
        kept = [pl.read_parquet(path) for path in reversed(kpa.snapshots()["path"].to_list())]
    assert [frame["renewal_months"].item() for frame in kept] == [12, 12, 36, 12, 12]


def test_a_snapshot_from_the_future_is_stale_and_leaves_the_newest_one() -> None:
    """A computer whose clock was wrong wrote the same rows with a later day in the name."""
    with kpa.demo.serve(Records({TRAININGS: [{"id": 7, "title": "Ladders"}]})) as api:
        use(api)
        kpa.load_trainings()
        first = Path(kpa.snapshots()["path"][0])
        first.rename(first.with_name("2999" + first.name[4:]))
        kpa.load_trainings()
        assert kpa.snapshots().height == 2, "the one from the future counts as stale"
        kpa.load_trainings(refresh=True)
        assert kpa.snapshots().height == 3


@pytest.mark.parametrize(("seconds", "kept"), [(30, 1), (90, 2)])
def test_a_clock_that_goes_back_by_less_than_a_minute_makes_no_snapshot_stale(
    seconds: int, kept: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with kpa.demo.serve(Records({TRAININGS: [{"id": 7, "title": "Ladders"}]})) as api:
        use(api)
        kpa.load_trainings()
        clock = SimpleNamespace(time=lambda: time.time() - seconds)
        monkeypatch.setattr("kpa_analytics.data.snapshots.time", clock)
        kpa.load_trainings()
        assert len(sent(api, TRAININGS)) == kept


def test_a_stale_snapshot_is_fetched_again(vendor: DemoAPI) -> None:
    kpa.load_completions()
    kpa.configure(max_age=0)
    kpa.load_completions()
    assert len(sent(vendor)) == 2
    kpa.configure(max_age=timedelta(days=1))
    kpa.load_completions()
    assert len(sent(vendor)) == 2


def _damage(content: bytes, how: str) -> bytes:
    middle = len(content) // 2
    return {
        "truncated": content[:middle],
        "empty": b"",
        "random": os.urandom(len(content)),
        "flipped": content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :],
        "foreign": b"PK\x03\x04 this is another kind of file",
    }[how]


@pytest.mark.parametrize("how", ["truncated", "empty", "random", "flipped", "foreign"])
def test_a_damaged_snapshot_is_set_aside_and_fetched_again(vendor: DemoAPI, how: str) -> None:
    whole = kpa.load_completions()
    path = Path(kpa.snapshots()["path"][0])
    path.write_bytes(_damage(path.read_bytes(), how))
    with pytest.warns(KPACacheWarning, match="damaged"):
        assert kpa.load_completions().equals(whole)
    assert len(sent(vendor)) == 2
    assert path.with_name(path.name + ".damaged").exists()


@pytest.mark.parametrize("name", ["pages.sqlite", "budget.sqlite"])
@pytest.mark.parametrize("how", ["truncated", "random", "foreign"])
def test_a_damaged_database_is_set_aside(vendor: DemoAPI, name: str, how: str) -> None:
    whole = kpa.load_completions()
    path = next(kpa.configure().cache_dir.rglob(name))
    path.write_bytes(_damage(path.read_bytes(), how))
    with pytest.warns(KPACacheWarning):
        assert kpa.load_completions(refresh=True).equals(whole)


def test_a_snapshot_of_another_format_is_fetched_again(
    vendor: DemoAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as older:
        older.setattr("kpa_analytics.data.snapshots.FORMAT", 0)
        kpa.load_completions()
    with pytest.warns(KPACacheWarning, match="another version"):
        assert kpa.load_completions().height == 3


def test_a_snapshot_that_cannot_be_read_is_named_and_fetched_again(vendor: DemoAPI) -> None:
    first = kpa.load_completions()
    path = kpa.snapshots()["path"].item()
    Path(path).unlink()
    Path(path).mkdir()
    with pytest.warns(KPACacheWarning, match=re.escape(Path(path).name)):
        assert kpa.load_completions().equals(first)
    assert sent(vendor) == [1, 1]

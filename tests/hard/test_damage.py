"""Damage on disk causes a warning, but the data is right and the load ends."""

from __future__ import annotations

import json
import os
import random
import shutil
import sqlite3
import subprocess
import warnings
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import polars as pl
import pytest

import kpa_analytics as kpa
from kpa_analytics.demo import Fault
from kpa_analytics.demo.server import DemoAPI
from kpa_analytics.errors import KPACacheWarning, KPAError
from tests.conftest import completions, sent, use
from tests.hard.loading import account

COUNT = 320


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[DemoAPI]:
    """An account of four small pages."""
    monkeypatch.setattr("kpa_analytics.api.client.PAGE_SIZE", 100)
    with kpa.demo.serve(completions(COUNT)) as opened:
        yield use(opened, retries=0)


def _interrupted(api: DemoAPI) -> None:
    """Leave three of four pages in the page cache, and no snapshot."""
    api.faults.add(Fault.drop(), page=4)
    with pytest.raises(KPAError):
        kpa.load_completions()
    api.requests.clear()


def _loads(refresh: bool = False) -> list[str]:
    """Load, check that the data is right, and return the warnings, all of which must be ours."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        frame = kpa.load_completions(refresh=refresh)
    assert sorted(frame["id"]) == list(range(1, COUNT + 1))
    assert {warning.category for warning in caught} <= {KPACacheWarning}
    return [str(warning.message) for warning in caught]


def _rng(name: str) -> random.Random:
    return random.Random(name)


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda content: b"",
    "one byte": lambda content: content[:1],
    "half": lambda content: content[: len(content) // 2],
    "page short": lambda content: content[:-4096],
    "random": lambda content: _rng("random").randbytes(len(content)),
    "random tail": lambda content: content[:100] + _rng("tail").randbytes(len(content)),
    "zeros": lambda content: bytes(len(content)),
    "zeros inside": lambda content: content[:4096] + bytes(max(len(content) - 4096, 0)),
    "text": lambda content: b"<html>Please sign in</html>" * 99,
    "parquet": lambda content: _foreign_parquet(),
    "sqlite": lambda content: _foreign_database(),
}


def _foreign_parquet() -> bytes:
    content = BytesIO()
    pl.DataFrame({"id": [1]}).write_parquet(content)
    return content.getvalue()


def _foreign_database() -> bytes:
    with closing(sqlite3.connect(":memory:")) as database:
        for table in ("pages", "rate_bucket"):
            database.execute(f"CREATE TABLE {table} (something TEXT)")
            database.execute(f"INSERT INTO {table} VALUES ('else')")
        database.commit()
        return database.serialize()


@pytest.mark.slow
@pytest.mark.parametrize("how", DAMAGES)
@pytest.mark.parametrize("name", ["pages.sqlite", "pages.sqlite-wal", "budget.sqlite"])
def test_a_damaged_file_causes_at_most_a_warning(api: DemoAPI, name: str, how: str) -> None:
    _interrupted(api)
    path = account() / name
    with closing(sqlite3.connect(account() / "pages.sqlite")) as pages:
        pages.execute("PRAGMA wal_checkpoint(PASSIVE)")
        content = path.read_bytes() if path.exists() else bytes(9_000)
        pages.execute("UPDATE pages SET value = value")
    path.write_bytes(DAMAGES[how](content))
    messages = _loads()
    assert messages or name.endswith("-wal") or how in ("empty", "one byte") or sent(api) == [4]
    assert _loads() == []
    assert _loads(refresh=True) == []


@pytest.mark.parametrize("how", DAMAGES)
def test_a_damaged_snapshot_is_fetched_again(api: DemoAPI, how: str) -> None:
    kpa.load_completions()
    path = Path(kpa.snapshots()["path"][0])
    path.write_bytes(DAMAGES[how](path.read_bytes()))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", KPACacheWarning)
        kpa.snapshots()
    assert any("damaged" in said for said in _loads())
    assert _loads() == []


@pytest.mark.parametrize("seed", range(6))
def test_flipped_bytes_in_cached_pages_are_detected(api: DemoAPI, seed: int) -> None:
    _interrupted(api)
    path = account() / "pages.sqlite"
    chance = random.Random(seed)
    with closing(sqlite3.connect(path)) as pages:
        for key, value in pages.execute("SELECT key, value FROM pages").fetchall():
            place = chance.randrange(len(value))
            flipped = (
                value[:place]
                + bytes([value[place] ^ chance.randrange(1, 256)])
                + value[place + 1 :]
            )
            pages.execute("UPDATE pages SET value = ? WHERE key = ?", (flipped, key))
        pages.commit()
    assert any("can't be read" in said for said in _loads())
    assert sorted(sent(api)) == [1, 2, 3, 4]


@pytest.mark.parametrize("value", ["text", 7, None, b"", b"\x28\xb5\x2f\xfd\xe4" + b"\xff" * 60])
def test_foreign_values_in_the_page_table_count_as_missing(api: DemoAPI, value: object) -> None:
    _interrupted(api)
    with closing(sqlite3.connect(account() / "pages.sqlite")) as pages:
        pages.execute("UPDATE pages SET value = ?", (value,))
        pages.commit()
    _loads()
    assert sorted(sent(api)) == [1, 2, 3, 4]


@pytest.mark.parametrize(
    "name", ["completions.lock", "budget.sqlite.lock", "pages.sqlite", "budget.sqlite", "snapshots"]
)
def test_a_load_works_with_a_folder_or_file_in_the_wrong_place(api: DemoAPI, name: str) -> None:
    kpa.load_trainings()
    path = account() / name
    shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    for suffix in ("-wal", "-shm"):
        path.with_name(name + suffix).unlink(missing_ok=True)
    path.write_text("a file") if name == "snapshots" else path.mkdir()
    assert _loads() or name == "completions.lock"


@pytest.mark.slow
def test_a_session_whose_budget_file_is_damaged_uses_its_own_budget(api: DemoAPI) -> None:
    kpa.load_trainings()

    def damage(_: object) -> None:
        for file in account().glob("budget.sqlite*"):
            if file.suffix != ".lock":
                file.write_bytes(b"<html>" * 9_999)

    api.faults.add(Fault.change(damage), page=2)
    assert all("budget" in said for said in _loads())


def test_pages_of_a_cache_damaged_during_a_download_count_as_missing(api: DemoAPI) -> None:
    def damage(_: object) -> None:
        for file in account().glob("pages.sqlite*"):
            file.write_bytes(b"<html>" * 9_999)

    api.faults.add(Fault.change(damage), page=3)
    _loads()
    assert sent(api) == [1, 2, 3, 4]
    assert _loads(refresh=True) is not None


@pytest.mark.parametrize("cache", ["a file", "below a file", "a broken link"])
def test_a_load_works_without_a_usable_cache_folder(
    api: DemoAPI, tmp_path: Path, cache: str
) -> None:
    path = tmp_path / "occupied"
    path.symlink_to("/nowhere/at/all") if cache == "a broken link" else path.write_text("mine")
    kpa.configure(cache_dir=path / "below" if cache == "below a file" else path)
    assert any("can't be used" in said for said in _loads())
    assert kpa.snapshots().is_empty()
    kpa.clear_cache()


def _rewritten(change: Callable[[dict[str, object]], object]) -> Path:
    """Replace the snapshot by one with a changed provenance and a matching name."""
    from hashlib import sha256

    path = Path(kpa.snapshots()["path"][0])
    facts = json.loads(pl.read_parquet_metadata(path)["kpa_analytics"])
    change(facts)
    content = BytesIO()
    pl.read_parquet(path).write_parquet(content, metadata={"kpa_analytics": json.dumps(facts)})
    name = f"{path.name.partition('-')[0]}-{sha256(content.getvalue()).hexdigest()[:32]}.parquet"
    path.unlink()
    path.with_name(name).write_bytes(content.getvalue())
    return path.with_name(name)


@pytest.mark.parametrize(
    "change",
    [
        lambda facts: facts.update(format=0),
        lambda facts: facts.update(format=99, walk=None),
        lambda facts: facts.update(colour="new in a later version"),
        lambda facts: facts.pop("rows"),
        lambda facts: facts.pop("format"),
        lambda facts: facts.update(fetched_at="yesterday"),
        lambda facts: facts.update(faults=7),
        lambda facts: facts.clear(),
    ],
)
def test_a_snapshot_of_another_version_is_fetched_again(
    api: DemoAPI, change: Callable[[dict[str, object]], object]
) -> None:
    kpa.load_completions()
    _rewritten(change)
    assert len(set(_loads())) == 1
    assert len(sent(api)) == 8


def _redated(by: timedelta) -> Path:
    path = Path(kpa.snapshots()["path"][0])
    stamp = (datetime.now(UTC) + by).strftime("%Y%m%dT%H%M%S%fZ")
    return path.rename(path.with_name(f"{stamp}-{path.name.partition('-')[2]}"))


@pytest.mark.parametrize("keep", [1, 10])
def test_a_snapshot_from_the_future_is_not_fresh_and_older_ones_are_used(
    api: DemoAPI, keep: int
) -> None:
    kpa.configure(keep_snapshots=keep)
    kpa.load_completions()
    _redated(timedelta(days=4_000))
    api.requests.clear()
    assert _loads() == []
    assert _loads() == []
    assert len(sent(api)) == 4


def test_file_times_do_not_matter(api: DemoAPI) -> None:
    kpa.load_completions()
    for file in account().rglob("*"):
        os.utime(file, (2**40, 2**40) if file.is_dir() else (0, 0))
    assert _loads() == []
    assert len(sent(api)) == 4


def test_cached_pages_that_are_too_old_or_from_the_future_are_fetched_again(
    api: DemoAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    _interrupted(api)
    kpa.configure(max_age=0.000_001)
    assert _loads() == []
    assert sent(api) == [1, 2, 3, 4]


def test_an_enormous_max_age_is_accepted(api: DemoAPI) -> None:
    kpa.configure(max_age=1e300)
    assert _loads() == []
    assert _loads() == []
    assert len(sent(api)) == 4


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A separate disk of one megabyte."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = shutil.which("mount") and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk], capture_output=True, check=False
    )
    if not mounted or mounted.returncode:
        pytest.skip("only root may mount a small disk")
    try:
        yield disk
    finally:
        subprocess.run(["umount", "-l", disk], check=True)


def _fill(disk: Path, leave: int) -> None:
    ballast = os.open(disk / "ballast", os.O_CREAT | os.O_WRONLY)
    try:
        while os.write(ballast, bytes(4096)):
            pass
    except OSError:
        os.truncate(ballast, max(os.fstat(ballast).st_size - leave, 0))
    finally:
        os.close(ballast)


@pytest.mark.slow
@pytest.mark.parametrize("leave", [0, 8_192, 40_960, 81_920])
@pytest.mark.parametrize("number", [None, 1, 3])
def test_on_a_full_disk_only_the_cache_is_lost(
    api: DemoAPI, small_disk: Path, leave: int, number: int | None
) -> None:
    """The disk is full from the start, or fills up during the download."""
    kpa.configure(cache_dir=small_disk / "cache")
    if number is None:
        _fill(small_disk, leave)
    else:
        api.faults.add(Fault.change(lambda _: _fill(small_disk, leave)), page=number)
    assert _loads() or leave > 8_192
    _loads(refresh=True)
    (small_disk / "ballast").unlink()
    _loads()
    assert _loads() == []


@pytest.mark.parametrize("full_of_pages", [True, False])
def test_on_a_read_only_disk_only_the_cache_is_lost(
    api: DemoAPI, small_disk: Path, full_of_pages: bool
) -> None:
    kpa.configure(cache_dir=small_disk / "cache")

    if full_of_pages:
        _interrupted(api)
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    assert any("can't be used" in said for said in _loads())
    assert sent(api) == [1, 2, 3, 4]


def test_a_snapshot_on_a_read_only_disk_is_used(api: DemoAPI, small_disk: Path) -> None:
    kpa.configure(cache_dir=small_disk / "cache")
    kpa.load_completions()
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    assert _loads() == []
    assert len(sent(api)) == 4


@pytest.mark.slow
def test_a_load_does_not_wait_forever_for_a_locked_page_cache(
    api: DemoAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kpa_analytics.api.page_cache._BUSY", 0.05)
    kpa.load_trainings()
    with closing(sqlite3.connect(account() / "pages.sqlite")) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert any("can't be" in said for said in _loads())

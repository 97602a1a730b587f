"""Simulated Windows: it lacks the same functions, refuses the same calls, and uses cp1252."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

import kpa_analytics as kpa
from kpa_analytics.demo.server import DemoAPI
from kpa_analytics.errors import KPACacheWarning, KPASettingsError
from tests.hard.commands import ROOT, environment_of, started, written
from tests.hard.loading import account, ended
from tests.hard.windows import refused_name


@pytest.mark.slow
def test_the_main_jobs_work_on_an_account(api: DemoAPI, tmp_path: Path) -> None:
    code, out, err = ended(
        started(
            "tests.hard.windows_jobs", "records", tmp_path, **environment_of(api, tmp_path / "kept")
        )
    )
    assert (code, "Traceback" in err) == (0, False), out + err
    assert "AttributeError" not in err
    assert "kpa-analytics:" not in err, err
    for line in ("warn", "note"):
        assert f"{line}: " not in err.lower(), err
    assert out.splitlines()[0] == r"warm True '\u017b\xf3\u0142\u0107'"
    codes = re.findall(r"^(\w+) ?.* -> (\w+)$", out, re.MULTILINE)
    assert codes == [
        *(("fetch", "0"), ("audit", "0"), ("audit", "0"), ("verify", "0"), ("supervisors", "0")),
        ("changes", "0"),
        *(("verify", "1"), ("cache", "0"), ("cache", "0")),
    ]
    assert "kept 2\ncleared True" in out
    assert r"\u0141ód\u017a 2025" in out, "as cp1252 can say it"
    assert r"added: \u0141.txt" in out
    assert not [path for path in written(tmp_path) if refused_name(f"/{path.name}")]


@pytest.mark.slow
def test_the_demo_pack_is_written_and_replaced(tmp_path: Path) -> None:
    code, out, err = ended(started("tests.hard.windows_jobs", "demo", tmp_path))
    assert (code, "Traceback" in err, "kpa-analytics:" in err) == (0, False, False), err
    assert re.findall(r"-> (\w+)$", out, re.MULTILINE) == ["0", "0", "0"]
    assert len(written(tmp_path / "first")) == 6
    assert not [path for path in written(tmp_path) if refused_name(f"/{path.name}")]


def test_the_simulation_refuses_what_windows_refuses(tmp_path: Path) -> None:
    """Otherwise the two tests above would prove nothing."""
    (tmp_path / "held").mkdir()
    (tmp_path / "held" / "open.txt").write_text("x")
    code = f"""
import os
from pathlib import Path
from tests.hard.windows import become_windows
become_windows()
exec(compile('''
import os
print(hasattr(os, "fchmod"), hasattr(os, "fork"))
''', "<ours>", "exec"), {{"__name__": "kpa_analytics.probe"}})
place = Path({str(tmp_path)!r})
def tried(action):
    try:
        action()
    except OSError as error:
        print(type(error).__name__)
file = (place / "held" / "open.txt").open("rb")
tried((place / "held" / "open.txt").unlink)
tried(lambda: (place / "held").rename(place / "other"))
tried(lambda: (place / "a:b").write_bytes(b""))
tried(lambda: (place / "nul.txt").write_bytes(b""))
file.close()
(place / "held" / "open.txt").unlink()
tried(lambda: (place / "new.txt").write_text("Ł"))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=600
    )
    assert done.stdout.split() == [
        *("False", "False", "PermissionError", "PermissionError", "OSError", "OSError"),
    ]
    assert "UnicodeEncodeError" in done.stderr


def _refusing(
    monkeypatch: pytest.MonkeyPatch, name: str, times: float, when: Callable[[str], bool]
) -> list[str]:
    """Let os.NAME refuse some paths a number of times, as Windows does for an open file."""
    real, refused = getattr(os, name), []

    def act(path: os.PathLike[str], *args: object, **kwargs: object) -> None:
        if when(str(path)) and len(refused) < times:
            refused.append(str(path))
            raise PermissionError(13, "The process cannot access the file", str(path))
        real(path, *args, **kwargs)

    monkeypatch.setattr(os, name, act)
    return refused


def test_a_new_snapshot_is_kept_although_old_ones_are_open(
    vendor: DemoAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    kpa.configure(keep_snapshots=1)
    kpa.load_completions()
    with monkeypatch.context() as held:
        _refusing(held, "unlink", float("inf"), lambda path: path.endswith(".parquet"))
        with pytest.warns(KPACacheWarning, match="an old snapshot can't be deleted"):
            kpa.load_completions(refresh=True)
        assert kpa.snapshots().height == 2
    vendor.requests.clear()
    kpa.load_completions()
    assert vendor.requests == [], "the new one is kept and fresh"
    kpa.load_completions(refresh=True)
    assert kpa.snapshots().height == 1, "deleted once nobody holds them"


def test_a_snapshot_is_kept_although_another_program_opens_it_during_the_rename(
    vendor: DemoAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = _refusing(monkeypatch, "replace", 3, lambda path: ".parquet." in path)
    kpa.load_completions()
    assert len(refused) == 3
    assert kpa.snapshots().height == 1


def test_clear_cache_renames_before_it_deletes(
    vendor: DemoAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    kpa.load_completions()
    folder = account()
    held = _refusing(monkeypatch, "unlink", 1, lambda path: path.endswith(".parquet"))
    with pytest.raises(OSError, match="not deleted") as refused:
        kpa.clear_cache()
    assert not folder.exists()
    assert Path(held[0]).name in str(refused.value)
    assert written(folder.parent) == [Path(held[0])]
    kpa.clear_cache()
    assert not folder.parent.exists(), "what remained is deleted next time"


@pytest.mark.slow
def test_clear_cache_of_a_folder_in_use_deletes_the_rest_and_names_it(
    vendor: DemoAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    kpa.load_completions()
    monkeypatch.setattr("kpa_analytics.busy_files.PATIENCE", 0.05)
    _refusing(monkeypatch, "replace", float("inf"), lambda path: "account-" in path)
    _refusing(monkeypatch, "unlink", float("inf"), lambda path: path.endswith(".sqlite"))
    with pytest.raises(OSError, match=r"pages\.sqlite"):
        kpa.clear_cache()
    assert {path.suffix for path in written(account())} == {".sqlite"}


@pytest.mark.parametrize("content", [b"x" * 9_000, None])
@pytest.mark.parametrize("name", ["pages.sqlite", "budget.sqlite"])
def test_a_damaged_database_is_closed_before_it_is_set_aside(
    vendor: DemoAPI, monkeypatch: pytest.MonkeyPatch, name: str, content: bytes | None
) -> None:
    kpa.load_completions()
    path = account() / name
    if content is None:
        path.unlink()
        with closing(sqlite3.connect(path)) as foreign:
            for table in ("pages", "rate_bucket"):
                foreign.execute(f"CREATE TABLE {table} (something TEXT)")
            foreign.commit()
    else:
        path.write_bytes(content)
    moves, real = [], os.replace

    def move(source: Path, target: Path) -> None:
        if str(target).endswith(".damaged"):
            links = [link for link in Path("/proc/self/fd").iterdir() if link.is_symlink()]
            moves.append(
                [real_path for real_path in map(os.path.realpath, links) if name in real_path]
            )
        real(source, target)

    monkeypatch.setattr(os, "replace", move)
    with pytest.warns(KPACacheWarning, match=f"{name} was damaged"):
        kpa.load_completions(refresh=True)
    assert moves == [[]]


def test_a_cache_folder_whose_name_is_not_utf_8_is_listed(vendor: DemoAPI, tmp_path: Path) -> None:
    kpa.configure(cache_dir=tmp_path / os.fsdecode(b"caf\xe9"))
    kpa.load_completions()
    assert r"caf\udce9" in kpa.snapshots()["path"][0]


@pytest.mark.parametrize("zone", ["", " -0000", " GMT"])
def test_a_retry_after_before_1970_is_read_in_every_form(zone: str) -> None:
    from kpa_analytics.api.refusals import _moment

    assert _moment(f"Thu, 01 Jan 1959 00:00:00{zone}") == -347_155_200


@pytest.mark.slow
def test_spawned_processes_can_load_and_return_errors(api: DemoAPI) -> None:
    """Windows and macOS spawn processes, so arguments and results are pickled."""
    variables = environment_of(api, kpa.configure().cache_dir)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in variables.items():
            patch.setenv(name, value)
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
            data = pool.submit(kpa.load_all).result(timeout=600)
            again = pool.submit(
                kpa.expiry_status, data.completions, data.trainings, as_of="2026-06-30"
            )
            assert again.result(timeout=600).height == data.completions["m_user_id"].n_unique()
            with pytest.raises(KPASettingsError, match="cache_dir"):
                pool.submit(kpa.configure, cache_dir=7).result(timeout=600)
            assert (
                pool.submit(kpa.verify_audit, ROOT / "nowhere").exception(timeout=600) is not None
            )


@pytest.mark.parametrize("name", [name for name in kpa.__all__ if callable(getattr(kpa, name))])
def test_every_public_function_can_go_to_another_process(name: str) -> None:
    function = getattr(kpa, name)
    assert pickle.loads(pickle.dumps(function)) is function

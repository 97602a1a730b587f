from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from kpa_analytics import busy_files
from kpa_analytics.audit.atomic_folder import new_folder
from kpa_analytics.errors import KPADataError


def test_an_empty_folder_and_missing_parents_are_fine(tmp_path):
    (tmp_path / "empty").mkdir()
    for place in ("empty", "deep/er/pack"):
        with new_folder(tmp_path / place) as folder:
            (folder / "file").write_text("x")
        assert (tmp_path / place / "file").read_text(encoding="utf-8") == "x"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["deep", "empty"]


def test_a_path_that_is_not_utf_8_is_named(tmp_path):
    place = tmp_path / os.fsdecode(b"caf\xe9")
    with pytest.raises(KPADataError, match=r"caf\\udce9 is not UTF-8"), new_folder(place):
        pass
    assert list(tmp_path.iterdir()) == []


def test_what_is_replaced_stays_until_the_new_one_is_whole(tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "old").write_text("old")

    def crash() -> None:
        with new_folder(tmp_path / "out", replaces=lambda _: True) as folder:
            (folder / "new").write_text("half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        crash()
    assert [path.name for path in tmp_path.rglob("*")] == ["out", "old"]
    with new_folder(tmp_path / "out", replaces=lambda _: True) as folder:
        (folder / "new").write_text("whole")
    assert [path.name for path in tmp_path.rglob("*")] == ["out", "new"]


def test_somebody_elses_folder_made_meanwhile_is_not_overwritten(tmp_path):
    def race() -> None:
        with new_folder(tmp_path / "out") as folder:
            (folder / "ours").write_text("x")
            (tmp_path / "out").mkdir()
            (tmp_path / "out" / "theirs").write_text("y")

    with pytest.raises(KPADataError, match="out is not empty"):
        race()
    assert [path.name for path in tmp_path.rglob("*")] == ["out", "theirs"]


_FULL = Path("/dev/full")


@pytest.mark.skipif(not _FULL.exists(), reason="this system has no device that is always full")
@pytest.mark.parametrize(
    "write",
    [
        pytest.param(lambda: _FULL.write_text("x"), id="Python"),
        pytest.param(lambda: pl.DataFrame({"id": [7]}).write_csv(_FULL), id="CSV"),
        pytest.param(lambda: pl.DataFrame({"id": [7]}).write_parquet(_FULL), id="Parquet"),
    ],
)
def test_a_full_disk_is_an_error_that_names_the_folder(tmp_path, write):
    with (
        pytest.raises(KPADataError, match=r"out can't be written: No space left on device$"),
        new_folder(tmp_path / "out"),
    ):
        write()
    assert list(tmp_path.iterdir()) == []


def test_a_workbook_that_cannot_be_written_is_an_error_that_names_the_folder(tmp_path):
    with (
        pytest.raises(KPADataError, match=r"out can't be written: No such file or directory$"),
        new_folder(tmp_path / "out") as folder,
    ):
        xlsxwriter.Workbook(folder / "missing" / "audit.xlsx").close()


def test_a_file_elsewhere_that_cannot_be_read_keeps_its_error(tmp_path):
    with pytest.raises(FileNotFoundError, match="font"), new_folder(tmp_path / "out"):
        (tmp_path / "font").read_bytes()


def test_a_place_that_cannot_be_is_named(tmp_path):
    (tmp_path / "file").write_text("x")
    with (
        pytest.raises(KPADataError, match=r"file/out can't be written"),
        new_folder(tmp_path / "file" / "out"),
    ):
        raise AssertionError("never entered")


def test_a_place_where_nobody_may_write_is_not_called_held(tmp_path, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", refuse)  # the user root may write everywhere
    with (
        pytest.raises(KPADataError, match=r"out can't be written: Permission denied$"),
        new_folder(tmp_path / "out"),
    ):
        raise AssertionError("never entered")


@pytest.mark.parametrize("current", ["out", "out/inner"])
def test_the_current_folder_is_refused_because_a_new_one_would_take_its_place(
    tmp_path, monkeypatch, current
):
    (tmp_path / current).mkdir(parents=True)
    monkeypatch.chdir(tmp_path / current)
    for out in (".", tmp_path / "out"):
        with (
            pytest.raises(
                KPADataError, match=r"is the current folder or contains it: choose a new"
            ),
            new_folder(out, replaces=lambda _: True),
        ):
            raise AssertionError("never entered")
    with new_folder("pack") as folder:
        (folder / "file").touch()
    assert [path.name for path in (tmp_path / current).iterdir()] == ["pack"]


RACE = """
import sys
from pathlib import Path
from kpa_analytics import busy_files
from kpa_analytics import busy_files
from kpa_analytics.audit.atomic_folder import new_folder
from kpa_analytics.errors import KPADataError
who, place, rounds = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
won = []
for at in range(rounds):
    while not (place / f"go-{at}").exists():
        pass
    try:
        with new_folder(place / f"pack-{at}") as folder:
            (folder / "one").write_text(who)
            (folder / "two").write_text(who)
        won.append(at)
    except KPADataError:
        pass
    (place / f"done-{who}-{at}").touch()
print(*won)
"""
ROUNDS = 150


@pytest.mark.slow
def test_of_two_writers_at_once_one_gets_the_name(tmp_path):
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", RACE, who, str(tmp_path), str(ROUNDS)],
            stdout=subprocess.PIPE,
            text=True,
        )
        for who in "ab"
    ]
    seen = []
    for at in range(ROUNDS):
        if at % 2:
            (tmp_path / f"pack-{at}").mkdir()  # an empty folder may be filled, by one of them
        (tmp_path / f"go-{at}").touch()
        pack = tmp_path / f"pack-{at}"
        while not all((tmp_path / f"done-{who}-{at}").exists() for who in "ab"):
            assert all(writer.poll() in (None, 0) for writer in writers)
            seen.append(sorted(path.name for path in pack.iterdir()) if pack.exists() else [])
    won = [{int(at) for at in writer.communicate()[0].split()} for writer in writers]
    assert not won[0] & won[1]
    assert won[0] | won[1] == set(range(ROUNDS))
    for who, rounds in zip("ab", won, strict=True):
        for at in rounds:
            pack = tmp_path / f"pack-{at}"
            assert {
                path.name: path.read_text(encoding="utf-8") for path in pack.iterdir()
            } == dict.fromkeys(("one", "two"), who)
    assert all(names in ([], ["one", "two"]) for names in seen), "nobody sees half a pack"
    assert not list(tmp_path.glob(".*")), "nothing is left beside"


def test_what_turned_out_not_to_be_replaceable_is_put_back(tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "letter").write_text("dear")

    def only_at_first(folder):  # somebody wrote into it while the new one was made
        return folder.name == "out"

    with (
        pytest.raises(KPADataError, match="out is not empty"),
        new_folder(tmp_path / "out", replaces=only_at_first) as folder,
    ):
        (folder / "new").touch()
    assert [path.name for path in tmp_path.rglob("*")] == ["out", "letter"]


def held(monkeypatch, refusals: float, *names: str) -> None:
    """A file that another program holds open: Windows refuses to rename and to delete it."""
    left = [refusals]

    def refuse(change):
        def refused(*args, **kwargs):
            if left[0] > 0:
                left[0] -= 1
                raise PermissionError(13, "held by another program")
            return change(*args, **kwargs)

        return refused

    for name in names:
        monkeypatch.setattr(os, name, refuse(getattr(os, name)))


def test_a_pack_that_a_scanner_holds_is_tried_again(tmp_path, monkeypatch):
    held(monkeypatch, 3, "rename")
    with new_folder(tmp_path / "out") as folder:
        (folder / "file").touch()
    assert [path.name for path in tmp_path.rglob("*")] == ["out", "file"]


@pytest.mark.slow
def test_a_pack_that_stays_held_is_one_clear_error(tmp_path, monkeypatch):
    monkeypatch.setattr(busy_files, "PATIENCE", 0.1)
    held(monkeypatch, float("inf"), "rename")
    with (
        pytest.raises(KPADataError, match=r"out can't be written: .*another program may hold"),
        new_folder(tmp_path / "out") as folder,
    ):
        (folder / "file").touch()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_an_old_folder_that_cannot_be_deleted_is_named(tmp_path, monkeypatch):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "old").touch()
    monkeypatch.setattr(busy_files, "PATIENCE", 0.1)
    held(monkeypatch, float("inf"), "unlink", "rmdir")
    with (
        pytest.raises(KPADataError, match=r"out is written, but .* delete .*\.old yourself"),
        new_folder(tmp_path / "out", replaces=lambda _: True) as folder,
    ):
        (folder / "new").touch()
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["new"]

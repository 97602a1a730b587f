from __future__ import annotations

import pytest

from kpa_analytics.audit.bundle import new_folder
from kpa_analytics.errors import KPADataError


def test_an_empty_folder_and_missing_parents_are_fine(tmp_path):
    (tmp_path / "empty").mkdir()
    for place in ("empty", "deep/er/pack"):
        with new_folder(tmp_path / place) as folder:
            (folder / "file").write_text("x")
        assert (tmp_path / place / "file").read_text() == "x"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["deep", "empty"]


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


def test_a_place_that_cannot_be_is_named(tmp_path):
    (tmp_path / "file").write_text("x")
    with (
        pytest.raises(KPADataError, match=r"file/out can't be written"),
        new_folder(tmp_path / "file" / "out"),
    ):
        raise AssertionError("never entered")

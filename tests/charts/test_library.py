"""The scripts that draw charts: bundled once on this machine, and never another text."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

import kpa_analytics as kpa
from kpa_analytics.charts.library import library


@pytest.fixture
def kept() -> Path:
    """The file that keeps them, as another process finds it."""
    library.cache_clear()
    library()
    library.cache_clear()
    [path] = (kpa.configure().cache_dir / "scripts").iterdir()
    return path


def test_what_was_bundled_is_read_again(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("vl_convert.javascript_bundle")
    assert library().encode() == kept.read_bytes()
    assert "window.kpaEmbed" in library()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stat.S_IMODE(kept.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("content", [b"", b"alert(1)", b"\xff\xfe"])
def test_another_text_is_no_script_of_ours(kept: Path, content: bytes) -> None:
    good = kept.read_bytes()
    kept.write_bytes(content)
    assert library().encode() == good
    assert kept.read_bytes() == good


def test_scripts_of_another_version_make_room(kept: Path) -> None:
    old = kept.with_name("vega-5.0-1.0-" + "0" * 32 + ".js")
    kept.rename(old)
    library()
    assert [path.name for path in kept.parent.iterdir()] == [kept.name]


def test_a_folder_that_can_not_be_written_to_costs_only_the_time(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    kpa.configure(cache_dir=tmp_path / "file")
    library.cache_clear()
    assert "window.kpaEmbed" in library()


def test_clearing_the_cache_takes_them_too(kept: Path) -> None:
    kpa.clear_cache()
    assert not kept.parent.parent.exists()

"""`kpa-analytics notebooks`."""

from __future__ import annotations

from pathlib import Path

import kpa_analytics as kpa


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


def test_a_full_disk_is_an_error_that_names_the_folder(kpa_analytics, monkeypatch, tmp_path: Path):
    def full(source: Path, target: Path) -> None:
        raise OSError(28, "No space left on device", str(source))

    monkeypatch.setattr("shutil.copyfile", full)
    code, out, err = kpa_analytics("notebooks", tmp_path / "mine")
    assert (code, out) == (2, "")
    assert f"{tmp_path / 'mine'} can't be written: No space left on device" in err


def test_who_has_no_jupyterlab_is_told_how_to_install_it(kpa_analytics, monkeypatch, tmp_path):
    assert "pip install" not in kpa_analytics("notebooks", tmp_path / "with")[1]
    monkeypatch.setattr("kpa_analytics.cli.notebooks.find_spec", lambda name: None)
    assert "[notebook]" in kpa_analytics("notebooks", tmp_path / "without")[1]

"""One changed byte anywhere in a pack is found, and so is a file that went or came."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import kpa_analytics as kpa
from kpa_analytics.audit import manifest
from kpa_analytics.audit.manifest import MANIFEST, write_manifest
from kpa_analytics.errors import KPADataError
from tests.audit.packs import files
from tests.conftest import at_most


@pytest.fixture(scope="module")
def small(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("small")
    (folder / "charts").mkdir()
    (folder / "records.csv").write_text("id\n1238\n")
    (folder / "charts" / "été.svg").write_text("<svg/>")
    write_manifest(folder, {"title": "Été", "as_of": "2026-06-30", "counts": {"people": 3}})
    return folder


def findings_of(folder: Path) -> list[tuple[str, str]]:
    return kpa.verify_audit(folder).select("path", "finding").rows()


def flip(path: Path, place: int, bit: int) -> bytes:
    before = path.read_bytes()
    after = bytearray(before)
    after[place] ^= 1 << bit
    path.write_bytes(after)
    return before


def test_what_was_not_touched_is_fine(small):
    assert findings_of(small) == []


@pytest.mark.slow
def test_a_flipped_bit_anywhere_in_the_manifest_is_found(small):
    manifest = small / MANIFEST
    for place in range(manifest.stat().st_size):
        before = flip(manifest, place, place % 8)
        assert (MANIFEST, "changed") in findings_of(small), (place, manifest.read_bytes()[place])
        manifest.write_bytes(before)


@settings(
    max_examples=at_most(60),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_a_flipped_bit_anywhere_in_a_pack_is_found(pack, data):
    name = data.draw(st.sampled_from(sorted(files(pack))))
    place = data.draw(st.integers(0, (pack / name).stat().st_size - 1))
    before = flip(pack / name, place, data.draw(st.integers(0, 7)))
    try:
        assert (name, "changed") in findings_of(pack)
    finally:
        (pack / name).write_bytes(before)


def test_missing_and_added_files_are_named(small):
    (small / "records.csv").rename(small / "charts" / "records.csv")
    (small / "link").symlink_to(small / "charts" / "records.csv")
    try:
        assert findings_of(small) == [
            ("charts/records.csv", "added"),
            ("link", "added"),
            ("records.csv", "missing"),
        ]
    finally:
        (small / "link").unlink()
        (small / "charts" / "records.csv").rename(small / "records.csv")


def test_a_file_replaced_by_a_link_to_the_same_bytes_is_found(small, tmp_path):
    (small / "records.csv").rename(tmp_path / "elsewhere")
    (small / "records.csv").symlink_to(tmp_path / "elsewhere")
    try:
        assert findings_of(small) == [("records.csv", "changed")]
    finally:
        (small / "records.csv").unlink()
        (tmp_path / "elsewhere").rename(small / "records.csv")


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "null",
        "not json",
        '{"files": 1, "seal": ""}',
        '{"files": [7], "seal": "x"}',
        '{"files": [{"path": "a"}], "seal": "x"}',
        '{"files": [{"path": ["a"], "sha256": ""}], "seal": "x"}',
        '{"files": [{"path": "a", "sha256": null}], "seal": "x"}',
        '{"files": [{"path": "a", "sha256": ""}, {"path": "a", "sha256": "b"}], "seal": "x"}',
        "[" * 9999,
    ],
)
def test_what_is_no_manifest_is_found(tmp_path, content):
    (tmp_path / MANIFEST).write_text(content)
    assert findings_of(tmp_path) == [(MANIFEST, "changed")]


def test_a_manifest_that_names_files_outside_reads_none_of_them(tmp_path):
    outside = tmp_path / "outside.txt"
    outside.write_text("secret")
    (tmp_path / "pack").mkdir()
    entry = {"path": "../outside.txt", "sha256": "", "bytes": 6}
    (tmp_path / "pack" / MANIFEST).write_text(json.dumps({"files": [entry], "seal": "x"}))
    assert ("../outside.txt", "missing") in findings_of(tmp_path / "pack")


def test_no_manifest_at_all_is_a_finding_and_no_folder_an_error(tmp_path):
    assert findings_of(tmp_path) == [(MANIFEST, "missing")]
    with pytest.raises(KPADataError, match=r"nowhere is not a folder: .*unpacked"):
        kpa.verify_audit(tmp_path / "nowhere")


def test_the_seal_differs_where_a_fact_differs(tmp_path):
    seal = write_manifest(tmp_path, {"as_of": "2026-06-30"})
    assert write_manifest(tmp_path, {"as_of": "2026-07-01"}) != seal


LITTER = [
    *("desktop.ini", "Thumbs.db", "ehthumbs.db", ".DS_Store", "._audit.xlsx", ".directory"),
    *("~$audit.xlsx", ".~lock.audit.xlsx#", ".localized"),
]


@pytest.mark.parametrize("name", [*LITTER, "DESKTOP.INI", "thumbs.db"])
@pytest.mark.parametrize("folder", [".", "charts"])
def test_what_a_file_manager_leaves_is_litter(small, folder, name):
    (small / folder / name).write_text("x")
    try:
        path = name if folder == "." else f"{folder}/{name}"
        assert findings_of(small) == [(path, "litter")]
    finally:
        (small / folder / name).unlink()


def test_a_link_with_the_name_of_litter_was_added(small):
    link = small / "Thumbs.db"
    try:
        link.symlink_to(small / "records.csv")
    except OSError:
        pytest.skip("this machine cannot make symbolic links")
    try:
        assert findings_of(small) == [("Thumbs.db", "added")]
    finally:
        link.unlink()


@pytest.mark.parametrize("name", ["desktop.ini.exe", "my Thumbs.db", "audit~$.xlsx", "lock.xlsx#"])
def test_what_only_looks_like_litter_was_added(small, name):
    (small / name).write_text("x")
    try:
        assert findings_of(small) == [(name, "added")]
    finally:
        (small / name).unlink()


def test_added_folders_are_named_though_they_are_empty_or_hold_litter(small):
    (small / "empty" / "deeper").mkdir(parents=True)
    (small / "charts" / ".DS_Store").mkdir()
    (small / "untidy").mkdir()
    (small / "untidy" / "Thumbs.db").touch()
    try:
        assert findings_of(small) == [
            ("charts/.DS_Store", "added"),
            ("empty", "added"),
            ("empty/deeper", "added"),
            ("untidy", "added"),
            ("untidy/Thumbs.db", "litter"),
        ]
    finally:
        for name in ("empty", "untidy", "charts/.DS_Store"):
            shutil.rmtree(small / name)


def test_litter_that_was_there_before_the_manifest_is_not_listed(tmp_path):
    (tmp_path / "records.csv").touch()
    (tmp_path / ".DS_Store").touch()
    write_manifest(tmp_path, {})
    (tmp_path / ".DS_Store").unlink()
    assert findings_of(tmp_path) == []


def test_a_manifest_of_another_format_is_an_error(small, monkeypatch):
    monkeypatch.setattr(manifest, "FORMAT", manifest.FORMAT + 1)
    with pytest.raises(KPADataError, match=r"manifest\.json is not a manifest of this version"):
        kpa.verify_audit(small)


def test_a_folder_that_cannot_be_opened_is_an_error_and_its_files_are_not_missing(
    small, monkeypatch
):
    opened = os.scandir

    def scandir(path="."):
        if Path(os.fsdecode(path)).name == "charts":
            raise PermissionError(13, "Permission denied", os.fspath(path))
        return opened(path)

    monkeypatch.setattr(os, "scandir", scandir)
    with pytest.raises(KPADataError, match=r"charts can't be read: Permission denied"):
        kpa.verify_audit(small)


def test_a_file_that_cannot_be_read_is_an_error_that_names_it(small, monkeypatch):
    def refused(folder: Path) -> None:
        raise PermissionError(13, "Permission denied", str(folder / "records.csv"))

    monkeypatch.setattr("kpa_analytics.audit.verify.check_manifest", refused)
    with pytest.raises(KPADataError, match=r"records\.csv.*Permission denied"):
        kpa.verify_audit(small)

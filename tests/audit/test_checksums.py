"""manifest-sha256.txt is checked by the real `sha256sum -c`."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

import kpa_analytics as kpa
from kpa_analytics.audit.checksums import CHECKSUMS
from kpa_analytics.audit.manifest import MANIFEST, read_manifest, write_checksums, write_manifest
from tests.audit.packs import files

NAMES = [
    "records.csv",
    "two words.csv",
    "charts/été.svg",
    "cafe\u0301.txt",
    "日本 語/ثلاثة.txt",
    "*star.txt",
    " leading and trailing ",
    "percent%0A.txt",
    "back\\slash.txt",
    "line\nfeed.txt",
    "carriage\rreturn.txt",
]


def sha256sum(folder: Path) -> tuple[int, list[bytes]]:
    """The exit code of `sha256sum -c` in a folder, and a line for each file that failed."""
    done = subprocess.run(
        ["sha256sum", "--strict", "--quiet", "-c", CHECKSUMS], cwd=folder, capture_output=True
    )
    return done.returncode, done.stdout.split(b"\n")[:-1]


@pytest.fixture
def odd(tmp_path) -> Path:
    """A pack whose names have spaces, letters of other scripts, and signs that need escaping."""
    for number, name in enumerate(NAMES):
        path = tmp_path / "odd" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(str(number))
    write_checksums(tmp_path / "odd")
    write_manifest(tmp_path / "odd", {})
    return tmp_path / "odd"


def test_sha256sum_accepts_a_pack_with_any_names(odd):
    assert sha256sum(odd) == (0, [])
    assert len((odd / CHECKSUMS).read_bytes().splitlines()) == len(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_sha256sum_finds_a_change_in_a_file_of_any_name(odd, name):
    (odd / name).write_text("changed")
    code, lines = sha256sum(odd)
    assert (code, len(lines)) == (1, 1)


def test_sha256sum_accepts_an_evidence_pack_and_checks_every_file_but_the_manifests(pack):
    assert sha256sum(pack) == (0, [])
    listed = [line.split(b"  ", 1)[1].decode() for line in _lines(pack)]
    assert sorted(listed) == sorted(files(pack).keys() - {MANIFEST, CHECKSUMS})


def _lines(pack: Path) -> list[bytes]:
    content = (pack / CHECKSUMS).read_bytes()
    assert b"\r" not in content
    assert content.endswith(b"\n")
    return content.split(b"\n")[:-1]


def test_manifest_json_lists_the_checksums_so_that_verify_finds_a_change_in_them(odd):
    listed = {file["path"] for file in read_manifest(odd)["files"]}
    assert listed == {*NAMES, CHECKSUMS}
    (odd / CHECKSUMS).write_bytes((odd / CHECKSUMS).read_bytes()[:-1])
    assert kpa.verify_audit(odd).select("path", "finding").rows() == [(CHECKSUMS, "changed")]


def test_what_sha256sum_cannot_see_verify_does(odd):
    """docs/how-to/audit-pack.md and verify.html say so."""
    (odd / "added.txt").touch()
    (odd / "empty").mkdir()
    assert sha256sum(odd) == (0, [])
    assert kpa.verify_audit(odd)["path"].to_list() == ["added.txt", "empty"]

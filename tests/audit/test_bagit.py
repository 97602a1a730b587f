"""A bag is judged by the Library of Congress's own package, and its verdicts are ours."""

from __future__ import annotations

import hashlib
import logging
import shutil
import subprocess
import unicodedata
from pathlib import Path

import bagit
import pytest

import kpa_analytics as kpa
from kpa_analytics.audit.bagit import TAG_CHECKSUMS, write_bag
from kpa_analytics.audit.verify import what_was_shown
from kpa_analytics.errors import KPADataError
from tests.audit.packs import AS_OF, files
from tests.audit.tampering import expected, read, small_bag, tamperings, write


@pytest.fixture(autouse=True)
def quiet_bagit():
    logging.getLogger("bagit").setLevel(logging.CRITICAL)


@pytest.fixture(scope="module")
def evidence_bag(data, tmp_path_factory) -> Path:
    return kpa.export_audit(data, tmp_path_factory.mktemp("bags") / "bag", as_of=AS_OF, bagit=True)


@pytest.fixture
def bag(tmp_path) -> Path:
    return small_bag(tmp_path / "bag")


def is_valid(folder: Path) -> bool:
    """The verdict of the package bagit, which fails in several ways on a damaged bag."""
    try:
        bagit.Bag(str(folder)).validate()
    except (bagit.BagError, ValueError, LookupError):
        return False
    return True


def findings_of(folder: Path) -> list[tuple[str, str]]:
    return kpa.verify_audit(folder).select("path", "finding").rows()


@pytest.mark.slow
def test_a_pack_in_a_bag_is_valid_for_bagit_for_sha256sum_and_for_us(evidence_bag):
    opened = bagit.Bag(str(evidence_bag))
    opened.validate()
    assert opened.version_info == (1, 0)
    assert opened.algorithms == ["sha256"]
    assert "as of 30 Jun 2026" in opened.info["External-Description"]
    assert findings_of(evidence_bag) == []
    for folder in (evidence_bag, evidence_bag / "data"):
        subprocess.run(
            ["sha256sum", "--strict", "-c", "manifest-sha256.txt"], cwd=folder, check=True
        )
    subprocess.run(["sha256sum", "--strict", "-c", TAG_CHECKSUMS], cwd=evidence_bag, check=True)


@pytest.mark.slow
def test_the_bag_holds_the_same_pack(evidence_bag, pack):
    payload = files(evidence_bag / "data")
    assert payload == files(pack)
    names = {"bagit.txt", "bag-info.txt", "manifest-sha256.txt", TAG_CHECKSUMS}
    assert files(evidence_bag).keys() - {f"data/{name}" for name in payload} == names
    assert findings_of(evidence_bag / "data") == []
    assert kpa.changes(pack, evidence_bag).is_empty()


@pytest.mark.slow
def test_bagits_verdict_and_ours_agree_on_a_thousand_tamperings(bag):
    whole = read(bag)
    alarms = 0
    for number, changed in enumerate(tamperings(whole, 1_000, seed=14)):
        write(bag, changed)
        ours = set(findings_of(bag))
        assert is_valid(bag) == (not ours) == (changed == whole), number
        assert _fits(ours, expected(whole, changed)), (number, ours)
        alarms += bool(ours)
    assert 800 < alarms < 901


def _fits(findings: set[tuple[str, str]], must: set[tuple[str, str]]) -> bool:
    """Every file is named as it should be, and no other, unless the lists themselves changed."""
    lists = {"data/manifest.json", "manifest-sha256.txt", TAG_CHECKSUMS}
    if lists & {path for path, _ in must}:
        return {path for path, _ in must} - {TAG_CHECKSUMS} <= {path for path, _ in findings}
    return findings == must


def test_verify_names_what_bagit_cannot_see(bag):
    """docs/how-to/audit-pack.md says so."""
    (bag / "beside.txt").touch()
    (bag / "data" / "empty").mkdir()
    assert is_valid(bag)
    assert findings_of(bag) == [("beside.txt", "added"), ("data/empty", "added")]


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: content.upper(),
        lambda content: content.replace(b"  ", b"\t"),
        lambda content: content + b"\n",
        lambda content: content.replace(b"\n", b"\r\n"),
    ],
)
def test_verify_finds_a_tag_manifest_that_only_reads_the_same(bag, damage):
    path = bag / TAG_CHECKSUMS
    path.write_bytes(damage(path.read_bytes()))
    assert findings_of(bag)


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        ("bagit.txt", lambda content: content.replace(b"1.0", b"0.97")),
        ("manifest-sha256.txt", lambda content: content + b"not a line\n"),
        ("manifest-sha256.txt", lambda content: content + content.split(b"\n")[0] + b"\n"),
        ("manifest-sha256.txt", lambda content: content + b"0" * 64 + b"  ../beside.txt\n"),
    ],
)
def test_verify_finds_a_file_of_the_bag_that_was_rewritten_with_its_hash(bag, name, damage):
    before = (bag / name).read_bytes()
    (bag / name).write_bytes(damage(before))
    hashes = [hashlib.sha256(content).hexdigest().encode() for content in (before, damage(before))]
    tags = (bag / TAG_CHECKSUMS).read_bytes()
    (bag / TAG_CHECKSUMS).write_bytes(tags.replace(*hashes))
    assert kpa.verify_audit(bag).rows() == [(name, "changed", "it is not as it was written")]


def test_a_verified_bag_says_that_its_own_information_was_not_compared(bag):
    (said,) = [line for line in what_was_shown(bag, key=None, tsa_ca=None) if "bag-info" in line]
    assert (
        said == "bag-info.txt was not compared with the pack: neither seal nor signature covers it"
    )


@pytest.mark.parametrize(
    "name", ["bagit.txt", "bag-info.txt", "manifest-sha256.txt", TAG_CHECKSUMS]
)
def test_a_bag_that_lost_one_of_its_own_files_is_still_a_bag(bag, name):
    (bag / name).unlink()
    assert (name, "missing") in findings_of(bag)
    assert all(path.startswith("data/") or path == name for path, _ in findings_of(bag))


def test_a_bag_without_its_pack_is_a_finding(bag):
    shutil.rmtree(bag / "data")
    assert ("data/manifest.json", "missing") in findings_of(bag)


def test_litter_in_a_bag_is_litter(bag):
    for place in (bag, bag / "data"):
        (place / "Thumbs.db").touch()
    assert findings_of(bag) == [("Thumbs.db", "litter"), ("data/Thumbs.db", "litter")]


def test_names_are_encoded_as_the_rfc_says(tmp_path):
    names = ["line\nfeed", "carriage\rreturn", "100%25", "%0A"]
    write(tmp_path / "bag", {f"data/{name}": name.encode() for name in names})
    write_bag(tmp_path / "bag", "names")
    listed = (tmp_path / "bag" / "manifest-sha256.txt").read_text(encoding="utf-8").splitlines()
    assert [line.split("  ")[1] for line in listed] == [
        *("data/%250A", "data/100%2525", "data/carriage%0Dreturn", "data/line%0Afeed")
    ]
    assert [path for path, _ in findings_of(tmp_path / "bag")] == ["data/manifest.json"]


@pytest.mark.slow
def test_bagit_is_true_or_false(data, tmp_path):
    with pytest.raises(KPADataError, match="bagit must be True or False, not 1"):
        kpa.export_audit(data, tmp_path / "bag", as_of=AS_OF, bagit=1)


# What is added beside a listed file, under a name that looks the same.


@pytest.mark.parametrize(
    ("name", "detail"),
    [
        ("data/RECORDS.csv", "data/records.csv only in upper and lower case"),
        ("data/Charts/été.svg", "data/charts/été.svg only in upper and lower case"),
        (
            unicodedata.normalize("NFD", "data/charts/été.svg"),
            "data/charts/été.svg only in its Unicode form (composed or decomposed letters)",
        ),
        *(
            (name, "data/records.csv only in spaces, invisible characters or letter forms")
            for name in (
                "data/records.csv\u00a0",
                "data/rec\u200bords.csv",
                "data/\uff32ecords.csv",
                "data/ records.csv",
            )
        ),
    ],
)
def test_a_name_that_looks_like_a_listed_one_is_named_with_it(bag, name, detail):
    (bag / name).parent.mkdir(exist_ok=True)
    (bag / name).touch()
    (row,) = kpa.verify_audit(bag).rows()
    assert row[:2] == (name, "added")
    assert f"differs from {detail.removeprefix('data/')}" in row[2]


@pytest.mark.parametrize("name", ["bagit.txt", TAG_CHECKSUMS, "data/manifest.json"])
def test_a_link_in_place_of_a_file_is_found(bag, tmp_path, name):
    (bag / name).rename(tmp_path / "elsewhere")
    (bag / name).symlink_to(tmp_path / "elsewhere")
    assert (name, "changed", "a symbolic link has taken its place") in kpa.verify_audit(bag).rows()


def test_a_link_is_called_a_link(bag, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (bag / "data" / "folder link").symlink_to(tmp_path / "elsewhere")
    (bag / "data" / "file link").symlink_to(bag / "data" / "records.csv")
    rows = kpa.verify_audit(bag).rows()
    link = "a symbolic link that is not in the manifest"
    assert rows == [
        ("data/file link", "added", link),
        ("data/folder link", "added", link),
    ]

"""kpa.changes between loads, kept snapshots and packs."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

import kpa_analytics as kpa
from kpa_analytics.demo import Records
from kpa_analytics.errors import KPADataError
from tests.audit.packs import AS_OF, completion, load, person


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    """Two loads of an account, with an edit, a removal and an addition between them."""
    folder = tmp_path_factory.mktemp("account")
    source = Records(
        {
            "completedtrainings.v2.list": [
                completion(1, 7, person(1), 20260105),
                completion(2, 7, person(2), 20260105),
            ]
        }
    )
    with kpa.demo.serve(source) as api:
        old = load(folder, api)
        source.edit_completion(1, date_number=20260501)
        source.remove_completions(2)
        source.add_completions(completion(3, 8, person(2), 20260106))
        return old, load(folder, api, refresh=True)


@pytest.fixture(scope="module")
def packs(two, tmp_path_factory):
    folder = tmp_path_factory.mktemp("packs")
    return [
        kpa.export_audit(data, folder / name, as_of=AS_OF)
        for data, name in zip(two, ("old", "new"), strict=True)
    ]


EXPECTED = [
    ("added", 3, person(2), 8, None, None, None),
    ("removed", 2, person(2), 7, None, None, None),
    ("edited", 1, person(1), 7, "date", "2026-01-05", "2026-05-01"),
]


@pytest.mark.slow
def test_every_kind_of_side_gives_the_same_changes(two, packs):
    snapshots = [data.snapshots["completions"] for data in two]
    ways = {
        "data": two,
        "frames": [data.completions for data in two],
        "snapshots": snapshots,
        "paths": [str(one.path) for one in snapshots],
        "packs": packs,
        "mixed": [packs[0], two[1]],
    }
    for way, (old, new) in ways.items():
        assert kpa.changes(old, new).rows() == EXPECTED, way
    assert kpa.changes(packs[1], two[1]).is_empty()


@pytest.mark.parametrize("name", ["records.csv", "audit.xlsx", "charts/group_share.svg"])
@pytest.mark.parametrize("side", [0, 1])
def test_a_pack_with_an_altered_file_is_refused(packs, name, side):
    path = packs[side] / name
    content = path.read_bytes()
    for altered in (content + b"\n", None):
        path.unlink() if altered is None else path.write_bytes(altered)
        try:
            with pytest.raises(KPADataError, match=rf"{name} was damaged"):
                kpa.changes(*packs)
        finally:
            path.write_bytes(content)


@pytest.mark.slow
def test_a_damaged_side_is_refused(two, packs, tmp_path):
    snapshot = two[0].snapshots["completions"].path
    bent = tmp_path / snapshot.name
    bent.write_bytes(snapshot.read_bytes()[:-1] + b"?")
    with pytest.raises(KPADataError, match="was damaged"):
        kpa.changes(bent, two[1])
    assert bent.exists(), "nothing is moved away"
    records = packs[0] / "records.parquet"
    content = records.read_bytes()
    pl.read_parquet(records).head(0).write_parquet(records)
    try:
        with pytest.raises(KPADataError, match=r"records\.parquet was damaged"):
            kpa.changes(packs[0], packs[1])
    finally:
        records.write_bytes(content)


def test_what_is_neither_is_named(tmp_path, two):
    (tmp_path / "empty").mkdir()
    (tmp_path / "letter.parquet").write_text("dear")
    for wrong, words in (
        (tmp_path / "empty", "empty is not a pack of this package: it has no manifest.json"),
        (tmp_path / "letter.parquet", "letter.parquet is not a snapshot"),
        (tmp_path / "nowhere.parquet", "nowhere.parquet can't be read"),
        (7, "expected a polars frame"),
    ):
        with pytest.raises(KPADataError, match=words):
            kpa.changes(wrong, two[1])


@pytest.mark.slow
def test_pseudonyms_are_not_compared_with_names(two, tmp_path, packs):
    hidden = kpa.export_audit(two[0], tmp_path / "hidden", as_of=AS_OF, names=False)
    with pytest.raises(KPADataError, match="pseudonyms"):
        kpa.changes(hidden, packs[1])
    assert kpa.changes(hidden, hidden).is_empty()


def test_a_snapshot_that_was_not_kept_is_named(two):
    nowhere = replace(two[0].snapshots["completions"], path=None)
    with pytest.raises(KPADataError, match="completions"):
        kpa.changes(nowhere, two[1])

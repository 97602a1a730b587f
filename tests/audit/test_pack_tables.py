"""A pack that was rewritten with its manifest: the file that can't be compared is named."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import kpa_analytics as kpa
from kpa_analytics.audit.manifest import MANIFEST, write_manifest
from kpa_analytics.audit.since_earlier_pack import earlier_pack
from kpa_analytics.errors import KPADataError
from tests.audit.packs import AS_OF
from tests.drawn_once import page_alone
from tests.publishing.small import small


@pytest.fixture(scope="module")
def written(tmp_path_factory) -> Path:
    with page_alone():
        return kpa.export_audit(small(), tmp_path_factory.mktemp("packs") / "pack", as_of=AS_OF)


@pytest.fixture
def pack(written, tmp_path) -> Path:
    return Path(shutil.copytree(written, tmp_path / "pack"))


def rewritten(
    pack: Path,
    table: str | None = None,
    change: Callable[[pl.DataFrame], pl.DataFrame] = pl.DataFrame.clone,
    **facts: Any,
) -> Path:
    """A copy of a pack with a changed table or other facts, and a manifest that agrees with it."""
    copy = shutil.copytree(pack, pack.with_name("rewritten"))
    if table:
        path = copy / f"{table}.parquet"
        change(pl.read_parquet(path)).write_parquet(path)
    stated = json.loads((copy / MANIFEST).read_bytes()) | facts
    (copy / MANIFEST).unlink()
    write_manifest(copy, {name: stated[name] for name in stated if name not in ("files", "seal")})
    assert kpa.verify_audit(copy).is_empty()
    return copy


@pytest.mark.parametrize(
    ("table", "column"),
    [("cases", "status"), ("people", "employed"), ("records", "id"), ("records", "created")],
)
def test_a_table_without_a_needed_column_is_named(pack, table, column):
    copy = rewritten(pack, table, lambda frame: frame.drop(column))
    said = rf"{table}\.parquet is not a table of a pack: it has no {column}"
    with pytest.raises(KPADataError, match=said):
        earlier_pack(copy)
    with pytest.raises(KPADataError, match=said):
        kpa.changes(copy, pack)


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("records", "date", "1 May"),
        ("trainings", "included_trainings_id", "1; two"),
        ("required", "training_id", "seven"),
    ],
)
def test_a_table_with_other_values_is_named(pack, table, column, value):
    copy = rewritten(pack, table, lambda frame: frame.with_columns(pl.lit(value).alias(column)))
    for compare in (kpa.changes, kpa.status_changes):
        with pytest.raises(KPADataError, match=rf"{table}\.parquet is not a table of a pack: "):
            compare(copy, pack)


def test_a_file_that_is_no_table_is_named(pack):
    (pack / "records.parquet").write_bytes(b"PAR1 and nothing more")
    copy = rewritten(pack)
    with pytest.raises(KPADataError, match=r"records\.parquet is not a table of a pack: "):
        earlier_pack(copy)


@pytest.mark.parametrize(
    "facts",
    [
        {"as_of": "yesterday"},
        {"as_of": 20260630},
        {"hosts": None},
        {"settings": {}},
        {"settings": ["required"]},
        {"settings": {"required": "vendor", "expiring_days": "30"}},
        {"settings": {"required": "vendor", "expiring_days": 30, "scope": []}},
    ],
)
def test_a_manifest_without_its_facts_is_named(pack, facts):
    copy = rewritten(pack, **facts)
    for read in (earlier_pack, lambda folder: kpa.changes(folder, pack)):
        with pytest.raises(KPADataError, match=r"manifest\.json is not the manifest of an"):
            read(copy)


def test_columns_that_earlier_versions_did_not_write_are_not_needed(pack):
    copy = rewritten(pack, "people", lambda frame: frame.drop("created", "employeeNumber"))
    assert earlier_pack(copy).people.height > 0


def test_a_manifest_that_nobody_can_read_is_named(pack):
    (pack / MANIFEST).write_text("[" * 99_999)
    with pytest.raises(KPADataError, match=r"manifest\.json can't be read: "):
        kpa.changes(pack, pack)

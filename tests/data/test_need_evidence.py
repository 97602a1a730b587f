"""Evidence refuses incomplete records, and says if they are not as they were downloaded."""

from __future__ import annotations

import json
import pickle
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import kpa_analytics as kpa
from kpa_analytics.data.scope import Scope
from kpa_analytics.data.training_data import LOADED
from kpa_analytics.demo.server import DemoAPI
from kpa_analytics.errors import KPADataError
from tests.publishing.small import AS_OF, downloaded, small

_EVIDENCE: dict[str, Any] = {
    "audit": lambda data, out: kpa.export_audit(data, out, as_of=AS_OF),
    "publish": lambda data, out: kpa.publish(data, out),
    "transcript": lambda data, _: kpa.transcript(data, "ann", as_of=AS_OF),
    "roster": lambda data, _: kpa.roster(data, 7, as_of=AS_OF),
}


@pytest.mark.parametrize("evidence", _EVIDENCE.values(), ids=_EVIDENCE)
def test_records_without_a_column_are_refused_before_anything_is_written(
    evidence: Any, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    for column in ("notes", "signed", "files"):
        of_2020 = small(completions=small().completions.drop(column))
        with pytest.raises(KPADataError, match=f"^completions: no column '{column}'; load"):
            evidence(of_2020, out)
    assert not out.exists()


@pytest.mark.slow
@pytest.mark.usefixtures("only_its_page")
@pytest.mark.parametrize(
    ("change", "said", "rows"),
    [
        (None, "the SHA-256 of the download does not match them", None),
        (
            lambda done: done.filter(m_user_id="ann"),
            "Of the completions, 1 row is used, but 2 rows were downloaded.",
            {"completions": 1},
        ),
        (
            lambda done: done.with_columns(pl.col("date").dt.offset_by("1y")),
            "The rows of the completions are not as they were downloaded: since then, a value was",
            {"completions": 2},
        ),
    ],
)
def test_changed_records_do_not_pass_as_those_that_were_downloaded(
    tmp_path: Path, change: Any, said: str, rows: dict[str, int] | None
) -> None:
    data = downloaded()
    if change:
        data = replace(data, completions=change(data.completions))
    pages = [
        kpa.transcript(data, "ann", as_of=AS_OF).html,
        kpa.roster(data, 7, as_of=AS_OF).html,
    ]
    for names in (True, False):
        pack = kpa.export_audit(data, tmp_path / str(names), as_of=AS_OF, names=names)
        pages.append((pack / "report.html").read_text(encoding="utf-8"))
        manifest = json.loads((pack / "manifest.json").read_text(encoding="utf-8"))
        assert manifest.get("altered") == rows
        assert kpa.verify_audit(pack).is_empty()
    assert [said in page for page in pages] == [bool(change)] * 4


@pytest.mark.parametrize("name", LOADED)
def test_rows_added_to_any_collection_are_noticed(name: str) -> None:
    data = downloaded()
    more = pl.concat([data.frames[name]] * 2)
    assert data.altered == {}
    assert replace(data, **{name: more}).altered == {  # type: ignore[arg-type]
        name: (more.height, more.height // 2)
    }


@pytest.mark.parametrize("name", LOADED)
def test_a_changed_value_of_any_collection_is_noticed(name: str) -> None:
    data = downloaded()
    frame = data.frames[name]
    for column in (column.name for column in frame if column.count()):
        emptied = frame.with_columns(pl.lit(None, frame.schema[column]).alias(column))
        changed = replace(data, **{name: emptied})  # type: ignore[arg-type]
        assert changed.altered == {name: (frame.height, frame.height)}, column


def test_rows_in_another_order_are_noticed_and_columns_are_put_in_theirs() -> None:
    data = downloaded()
    done = data.completions
    assert replace(data, completions=done.reverse()).altered == {"completions": (2, 2)}
    assert replace(data, completions=done.select(reversed(done.columns))).altered == {}


def test_marks_of_rows_are_no_change() -> None:
    data = downloaded()
    marked = data.completions.with_columns(account=pl.lit("north"), demo=pl.lit(False))
    assert replace(data, completions=marked).altered == {}


def test_a_value_that_was_changed_in_its_place_is_noticed() -> None:
    data = downloaded()
    part = data.part(Scope(description="Ladders", trainings=(7,)))
    assert data.altered == part.altered == {}
    data.completions[0, "notes"] = "he was there"
    assert data.altered == {"completions": (2, 2)}
    assert pickle.loads(pickle.dumps(data)).altered == data.altered
    assert list(part.altered) == ["completions"]


def test_a_collection_that_was_not_downloaded_with_the_others_is_noticed() -> None:
    data = downloaded()
    others = {name: kept for name, kept in data.snapshots.items() if name != "users"}
    supplied = replace(data, snapshots=others)
    assert supplied.altered == {"users": (2, 0)}
    said = "The rows of the users were supplied as a data frame. Their origin is not known."
    assert said in kpa.transcript(supplied, "ann", as_of=AS_OF).html
    assert replace(supplied, users=data.users.clear()).altered == {}


def test_a_fleet_joined_as_one_says_if_an_account_was_changed() -> None:
    data = downloaded()
    fewer = replace(data, completions=data.completions.head(1))
    assert kpa.Fleet({"north": data, "south": data}).together().altered == {}
    joined = kpa.Fleet({"north": data, "south": fewer}).together()
    assert joined.altered == {"completions": (1, 2)}


def test_what_is_loaded_is_as_it_was_downloaded(api: DemoAPI) -> None:
    for refresh in (True, False, "recent"):
        data = kpa.load_all(refresh=refresh)
        assert data.snapshots.keys() == set(LOADED)
        assert data.altered == {}


def test_if_the_text_of_the_rows_is_written_in_another_way_the_kept_file_decides(
    api: DemoAPI,
) -> None:
    data = kpa.load_all()
    snapshots = {
        name: replace(snapshot, rows_sha256="0" * 64) for name, snapshot in data.snapshots.items()
    }
    assert replace(data, snapshots=snapshots).altered == {}
    other = data.completions.with_columns(notes=pl.lit("he was there"))
    edited = replace(data, snapshots=snapshots, completions=other)
    assert list(edited.altered) == ["completions"]
    for snapshot in snapshots.values():
        assert snapshot.path
        snapshot.path.unlink()
    assert replace(data, snapshots=snapshots).altered.keys() == set(LOADED)


def test_a_chosen_part_is_not_altered_but_rows_can_be_taken_out_of_it_and_of_the_whole() -> None:
    data = downloaded()
    part = data.part(Scope(description="Ladders", trainings=(7,)))
    assert part.altered == {}
    assert replace(part, completions=part.completions.clear()).altered == {"completions": (0, 1)}
    changed = part.completions.with_columns(notes=pl.lit("he was there"))
    assert replace(part, completions=changed).altered == {"completions": (1, 1)}
    gone = replace(data, users=data.users.head(1)).part(part.scope)
    assert gone.altered == {"users": (1, 2)}
    assert replace(data, completions=data.completions.head(1), snapshots={}).altered == {}

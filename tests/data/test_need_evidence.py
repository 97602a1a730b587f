"""Evidence refuses records that are incomplete, and says if rows were added or removed."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import kpa_analytics as kpa
from kpa_analytics.data.scope import Scope
from kpa_analytics.data.training_data import LOADED
from kpa_analytics.errors import KPADataError
from tests.publishing.small import AS_OF, small, updated_from_newest_pages

_EVIDENCE: dict[str, Any] = {
    "audit": lambda data, out: kpa.export_audit(data, out, as_of=AS_OF),
    "publish": lambda data, out: kpa.publish(data, out),
    "transcript": lambda data, _: kpa.transcript(data, "ann", as_of=AS_OF),
    "roster": lambda data, _: kpa.roster(data, 7, as_of=AS_OF),
}


def downloaded() -> kpa.TrainingData:
    """A small account with a snapshot of each collection."""
    data = small()
    kept = replace(updated_from_newest_pages().snapshots["completions"], walk="full")
    snapshots = {
        name: replace(kept, table=name, rows=frame.height) for name, frame in data.frames.items()
    }
    return replace(data, snapshots=snapshots)


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
def test_filtered_records_do_not_pass_as_those_that_were_downloaded(tmp_path: Path) -> None:
    data = downloaded()
    of_ann = replace(data, completions=data.completions.filter(m_user_id="ann"))
    said = "Of the completions, 1 row is used, but 2 rows were downloaded."
    for number, (records, expected) in enumerate([(of_ann, True), (data, False)]):
        pack = kpa.export_audit(records, tmp_path / str(number), as_of=AS_OF)
        pages = [
            (pack / "report.html").read_text(encoding="utf-8"),
            kpa.transcript(records, "ann", as_of=AS_OF).html,
            kpa.roster(records, 7, as_of=AS_OF).html,
        ]
        assert [said in page for page in pages] == [expected] * 3
        manifest = json.loads((pack / "manifest.json").read_text(encoding="utf-8"))
        assert manifest.get("altered") == ({"completions": 1} if expected else None)
        assert kpa.verify_audit(pack).is_empty()


@pytest.mark.parametrize("name", LOADED)
def test_rows_added_to_any_collection_are_noticed(name: str) -> None:
    data = downloaded()
    more = pl.concat([data.frames[name]] * 2)
    assert data.altered == {}
    assert replace(data, **{name: more}).altered == {  # type: ignore[arg-type]
        name: (more.height, more.height // 2)
    }


def test_a_chosen_part_is_not_altered_but_rows_can_be_taken_out_of_it_and_of_the_whole() -> None:
    data = downloaded()
    part = data.part(Scope(description="Ladders", trainings=(7,)))
    assert part.altered == {}
    assert replace(part, completions=part.completions.clear()).altered == {"completions": (0, 1)}
    gone = replace(data, users=data.users.head(1)).part(part.scope)
    assert gone.altered == {"users": (1, 2)}
    assert replace(data, completions=data.completions.head(1), snapshots={}).altered == {}

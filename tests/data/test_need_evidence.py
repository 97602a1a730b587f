"""Which records evidence cannot rest on: packs, documents and published folders refuse them."""

from __future__ import annotations

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


@pytest.mark.parametrize("evidence", _EVIDENCE.values(), ids=_EVIDENCE)
def test_filtered_records_do_not_pass_as_those_that_were_downloaded(
    evidence: Any, tmp_path: Path
) -> None:
    data, out = downloaded(), tmp_path / "out"
    of_ann = replace(data, completions=data.completions.filter(m_user_id="ann"))
    said = "completions: 1 row instead of 2: rows were added or removed after the download"
    with pytest.raises(KPADataError, match=f"{said}.*without snapshots"):
        evidence(of_ann, out)
    assert not out.exists()


@pytest.mark.parametrize("name", LOADED)
def test_rows_added_to_any_collection_are_refused(name: str) -> None:
    data = downloaded()
    more = pl.concat([data.frames[name]] * 2)
    with pytest.raises(
        KPADataError, match=f"^{name}: {more.height} rows instead of {more.height // 2}: "
    ):
        kpa.transcript(replace(data, **{name: more}), "ann", as_of=AS_OF)  # type: ignore[arg-type]


def test_records_as_they_were_downloaded_are_evidence_and_so_is_a_chosen_part_of_them() -> None:
    data = downloaded()
    part = data.part(Scope(description="Ladders", trainings=(7,)))
    for records in (data, part, replace(data, completions=data.completions.head(1), snapshots={})):
        assert kpa.transcript(records, "ann", as_of=AS_OF).rows.height >= 1
    fewer = replace(part, completions=part.completions.clear())
    with pytest.raises(KPADataError, match="completions: 0 rows instead of 1: "):
        kpa.transcript(fewer, "ann", as_of=AS_OF)
    gone = replace(data, users=data.users.head(1)).part(part.scope)
    with pytest.raises(KPADataError, match="users: 1 row instead of 2: "):
        kpa.transcript(gone, "ann", as_of=AS_OF)

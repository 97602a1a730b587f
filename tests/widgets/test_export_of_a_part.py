"""The pack of a part of the records lists the changes of that part only."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import openpyxl
import polars as pl
import pytest

import kpa_analytics as kpa
from kpa_analytics.audit.compare import earlier_completions
from kpa_analytics.audit.evidence import gather
from kpa_analytics.data.scope import Scope
from kpa_analytics.demo import Records
from kpa_analytics.widgets import ExpiryExplorer
from tests.audit.packs import completion, load, person, training, user

ANN, BEN = person(1), person(2)
FIRST_AID, LADDERS, BASICS = 7, 8, 9  # the basics are composed of first aid


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> kpa.TrainingData:
    """Records 1 to 4 changed since the load before this one; record 5 did not."""
    source = Records(
        {
            "completedtrainings.v2.list": [
                completion(1, FIRST_AID, ANN, 20260105),
                completion(2, LADDERS, ANN, 20260105),
                completion(3, FIRST_AID, BEN, 20260105),
                completion(5, LADDERS, BEN, 20260105),
            ],
            "trainings.v2.list": [
                training(FIRST_AID, "First aid"),
                training(LADDERS, "Ladders"),
                training(BASICS, "Basics", included_trainings_id=[FIRST_AID]),
            ],
            "users.list": [user(1, "Ann", "Moe"), user(2, "Ben", "Poe")],
        }
    )
    folder = tmp_path_factory.mktemp("cache")
    with kpa.demo.serve(source) as api:
        load(folder, api)
        source.edit_completion(1, notes="on paper")
        source.edit_completion(2, notes="on paper")
        source.remove_completions(3)
        source.add_completions(completion(4, LADDERS, BEN, 20260106))
        return load(folder, api, refresh=True)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("trainings", "people", "ids"),
    [
        ([], None, {1, 2, 3, 4}),
        ([FIRST_AID], None, {1, 3}),
        ([BASICS], None, {1, 3}),
        ([], [ANN], {1, 2}),
        ([FIRST_AID], [BEN], {3}),
        ([], [], set()),
    ],
)
def test_only_changes_of_the_part_are_listed(
    changed: kpa.TrainingData, trainings: list[int], people: list[str] | None, ids: set[int]
) -> None:
    who = None if people is None else pl.Series(people, dtype=pl.String)
    part = changed.part(Scope(description="a part", trainings=tuple(trainings), people=who))
    evidence = gather(
        part,
        as_of=date(2026, 6, 30),
        expiring_days=30,
        required=None,
        title="A part",
        names=True,
        earlier=earlier_completions(part),
    )
    assert {*evidence.changed["id"]} == ids


@pytest.mark.usefixtures("blank_charts")
@pytest.mark.slow
def test_a_pack_of_a_part_lists_the_changes_of_the_part(
    changed: kpa.TrainingData, tmp_path: Path
) -> None:
    explorer = ExpiryExplorer(changed, as_of="2026-06-30", trainings=[FIRST_AID], search="moe")
    pack = explorer.export(tmp_path / "pack")
    assert (
        json.loads((pack / "manifest.json").read_text(encoding="utf-8"))["counts"]["changes"] == 1
    )
    head, *rows = openpyxl.load_workbook(pack / "audit.xlsx")["changes"].values
    assert [dict(zip(head, row, strict=True))["id"] for row in rows] == [1]

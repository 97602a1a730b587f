"""The demo company and two random companies, which use the same ids, as the accounts of a fleet."""

from __future__ import annotations

import random
from pathlib import Path

import polars as pl
import pytest

import kpa_analytics as kpa
from kpa_analytics.data.training_data import TrainingData
from kpa_analytics.schema import EMPLOYEE_STATUS, GROUP_TRAININGS, GROUPS
from tests.analysis.company import company, frame, instant, some_day
from tests.audit.packs import load

#: The completions of both random companies together, before their copies.
COMPLETIONS = 16_000
_PEOPLE, _SESSIONS = 600, 400


def fleet(folder: Path) -> kpa.Fleet:
    """The accounts; the requirements of `south` are not known.

    Args:
        folder: for the downloads of the demo company.
    """
    with (
        pytest.warns(kpa.errors.KPADataWarning, match="impossible date"),
        kpa.demo.serve(kpa.demo.organisation(people=150, completions=5_000)) as api,
    ):
        demo = load(folder, api)
    return kpa.Fleet({"demo": demo, "north": _invented(1), "south": _invented(2, known=False)})


def _invented(seed: int, *, known: bool = True) -> TrainingData:
    """A random company with every kind of schedule, in which a third of completions are taught."""
    rng = random.Random(seed)
    completions, trainings, users, pairs = company(seed, _PEOPLE, COMPLETIONS // 2)
    taught = [rng.randrange(3) == 0 for _ in range(completions.height)]
    sessions = [rng.randrange(_SESSIONS) if each else None for each in taught]
    person = users["id"]
    people = person.to_list()
    return TrainingData(
        completions=completions.with_columns(
            pl.Series("group_training_id", sessions, pl.Int64),
            pl.Series(
                "m_instructor_id", [rng.choice(people[:40]) if each else None for each in taught]
            ),
        ),
        trainings=trainings,
        users=users.with_columns(
            pl.Series("supervisor_id", rng.choices([*people[:20], None], k=len(people))),
            pl.Series("fieldOffice_id", [rng.sample("abcde", 2) for _ in people]),
        ),
        group_trainings=frame(
            GROUP_TRAININGS,
            [_session(rng, number, people) for number in range(0, _SESSIONS * 5 // 4, 2)],
        ),
        employee_status=_requirements(pairs) if known else EMPLOYEE_STATUS.empty(),
        groups=frame(GROUPS, [{"kind": "field_office", "id": "a", "name": "Akron"}]),
    )


def _session(rng: random.Random, number: int, people: list[str]) -> dict[str, object]:
    return {
        "id": number,
        "created": instant(some_day(rng), rng),
        "m_trainees_id": rng.choice([None, rng.sample(people, 4)]),
        "trainings_id": rng.sample(range(100, 136), 2),
        "m_instructor_id": rng.choice([None, *people[:5]]),
    }


def _requirements(pairs: list[tuple[str, int]]) -> pl.DataFrame:
    schema = {"m_user_id": pl.String, "incomplete_training_ids": pl.Int64}
    lists = pl.DataFrame(pairs, schema, orient="row").group_by("m_user_id", maintain_order=True)
    empty = EMPLOYEE_STATUS.empty()
    return pl.concat([empty, lists.agg("incomplete_training_ids")], how="diagonal")

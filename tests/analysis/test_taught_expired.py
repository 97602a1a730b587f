"""Findings about trainings that were taught on an expired certificate."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

import polars as pl
import pytest

import kpa_analytics as kpa
from kpa_analytics.analysis.engine import Engine, Rules
from kpa_analytics.audit.findings import findings as audit_findings
from kpa_analytics.data.scope import Scope
from kpa_analytics.schema import COMPLETIONS, GROUP_TRAININGS, TRAININGS, USERS
from kpa_analytics.statuses import EXPIRED
from tests.analysis.company import company
from tests.frames import frame_of

LADDERS = {"id": 7, "title": "Ladders", "schedule_type": "rolling", "renewal_months": 12}
RESCUE = {"id": 9, "title": "Rescue", "schedule_type": "rolling", "included_trainings_id": [7]}
IKE = {"id": "ike", "firstname": "Ike", "lastname": "Abel"}
HELD = {"id": 1, "training_id": 7, "m_user_id": "ike", "date": date(2024, 5, 10)}


def taught(number: int, day: date, training: int = 7, session: int | None = 50) -> dict[str, Any]:
    return {
        **{"id": number, "training_id": training, "m_user_id": f"pupil {number}", "date": day},
        **{"m_instructor_id": "ike", "group_training_id": session},
    }


def findings(*records: dict[str, Any], trainings: tuple[Any, ...] = (LADDERS,)) -> list[Any]:
    data = kpa.TrainingData(
        completions=frame_of(COMPLETIONS, *records),
        trainings=frame_of(TRAININGS, *trainings),
        users=frame_of(USERS, IKE),
        group_trainings=frame_of(GROUP_TRAININGS, {"id": 50}),
    )
    rows = kpa.data_quality(data, as_of="2026-06-30").filter(finding="taught_while_expired")
    return rows.select("table", "record_id", "field", "value", "message").rows()


@pytest.mark.slow
def test_a_session_on_an_expired_certificate_is_one_finding_per_training() -> None:
    day = date(2025, 5, 11)
    assert findings(HELD, taught(2, day), taught(3, day)) == [
        (
            *("group_trainings", "50", "trainings_id", "7"),
            "Person ike (Abel, Ike) taught training 7 (Ladders) in group session 50 on "
            "11 May 2025, but that person's own certificate had expired on 10 May 2025.",
        )
    ]
    assert findings(HELD, taught(2, date(2025, 5, 10))) == []


@pytest.mark.slow
@pytest.mark.parametrize("session", [None, 51])
def test_outside_listed_sessions_each_completion_is_a_finding(session: int | None) -> None:
    day = date(2025, 5, 11)
    rows = findings(HELD, taught(2, day, session=session), taught(3, day, session=session))
    assert [row[:4] for row in rows] == [
        ("completions", number, "training_id", "7") for number in ("2", "3")
    ]
    assert rows[0][4] == (
        "Person ike (Abel, Ike) taught training 7 (Ladders) on 11 May 2025 (completion 2), but "
        "that person's own certificate had expired on 10 May 2025."
    )


@pytest.mark.slow
def test_the_certificate_is_judged_on_the_day_of_teaching() -> None:
    renewed = {**HELD, "id": 4, "date": date(2025, 6, 1)}
    assert findings(HELD, renewed, taught(2, date(2025, 6, 1))) == []
    assert findings(HELD, renewed, taught(2, date(2025, 5, 31)))
    assert findings(renewed, taught(2, date(2025, 5, 11))) == []
    assert findings(taught(2, date(2025, 5, 11))) == []
    assert findings(HELD, taught(2, date(2026, 7, 1))) == []
    early = {**HELD, "special_expiration_date": date(2024, 5, 1)}
    assert findings(early, taught(2, HELD["date"]))[0][4].endswith("own certificate had expired.")


@pytest.mark.slow
def test_composed_trainings_are_judged_by_their_parts_unless_they_include_each_other() -> None:
    rows = findings(HELD, taught(2, date(2025, 5, 11), 9), trainings=(LADDERS, RESCUE))
    assert [row[3] for row in rows] == ["9"]
    circle = {**LADDERS, "included_trainings_id": [9]}
    assert findings(HELD, taught(2, date(2025, 5, 11)), trainings=(circle, RESCUE))


def test_a_circle_does_not_hide_the_parts_of_other_trainings() -> None:
    circle = [{**RESCUE, "id": 10, "included_trainings_id": [11]},
              {**RESCUE, "id": 11, "included_trainings_id": [7, 10]},
              {**RESCUE, "id": 12, "included_trainings_id": [7, 10]}]  # fmt: skip
    day = date(2025, 5, 11)
    lessons = [taught(training, day, training) for training in (9, 10, 11, 12)]
    rows = findings(HELD, *lessons, trainings=(LADDERS, RESCUE, *circle))
    assert [row[3] for row in rows] == ["9"]


@pytest.mark.slow
def test_a_pack_of_some_trainings_has_only_their_findings() -> None:
    other = {**LADDERS, "id": 8, "title": "Ropes"}
    day = date(2025, 5, 11)
    data = kpa.TrainingData(
        completions=frame_of(
            *(COMPLETIONS, HELD, {**HELD, "id": 5, "training_id": 8}),
            *(taught(2, day), taught(3, day, 8)),
        ),
        trainings=frame_of(TRAININGS, LADDERS, other),
        group_trainings=frame_of(GROUP_TRAININGS, {"id": 50, "trainings_id": [7, 8]}),
    )
    for chosen, expected in (((), ["7", "8"]), ((8,), ["8"])):
        rows = audit_findings(data.part(Scope(trainings=chosen)), date(2026, 6, 30))
        ours = rows.filter(finding="taught_while_expired")
        assert sorted(ours["value"]) == expected


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
def test_equal_to_expiry_status_on_each_day_of_teaching(seed: int) -> None:
    completions, trainings, users, _ = company(seed, people=6, count=400)
    completions = completions.with_columns(
        date=pl.col("date").dt.truncate("1mo"),  # few days, with many completions each
        m_instructor_id=pl.col("m_user_id").shuffle(seed=seed),
        group_training_id=pl.lit(None, pl.Int64),
    )
    data = kpa.TrainingData(completions=completions, trainings=trainings, users=users)
    rows = kpa.data_quality(data, as_of="2026-06-30").filter(finding="taught_while_expired")
    engine = Engine(completions, Rules(trainings), None, None)
    status_on = cache(lambda day: engine.status(day, 30, include_terminated=True))
    expected = []
    for row in completions.filter(pl.col("date") <= date(2026, 6, 30)).to_dicts():
        case = {"m_user_id": row["m_instructor_id"], "training_id": row["training_id"]}
        expected += [
            str(row["id"])
            for case in status_on(row["date"]).filter(**case, status=EXPIRED).to_dicts()
            if case["completion_id"] or case["expiration_source"] == "composed"
        ]
    assert expected
    assert sorted(rows["record_id"]) == sorted(expected)

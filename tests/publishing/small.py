"""A small account, made by hand: two people, two trainings, one session."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

import polars as pl

from kpa_analytics.data.snapshots import Snapshot, rows_sha256
from kpa_analytics.data.training_data import TrainingData
from kpa_analytics.schema import (
    COMPLETIONS,
    EMPLOYEE_STATUS,
    GROUP_TRAININGS,
    GROUPS,
    TRAININGS,
    USERS,
)
from tests.frames import frame_of

AS_OF = date(2026, 6, 30)
#: Texts that name or describe a person; none of them is published unless it is wanted.
PERSONAL = ("Zebedee", "Quibble", "E-0451", "zq@example.com", "zquibble", "left his badge")


_CONDITION = {"fieldId": "supervisor", "settings": {"labels": ["Zebedee Quibble"]}}


def small(**changes: Any) -> TrainingData:
    """The account; the changes replace frames. The other frames are the same in every call."""
    return TrainingData(**{**_frames(), **changes})


def circular() -> TrainingData:
    """The account, whose two trainings include each other, so that nobody has a status."""
    included = pl.when(pl.col("id") == 7).then([8]).otherwise([7])
    trainings = small().trainings.with_columns(
        schedule_type=pl.lit("composed"), included_trainings_id=included
    )
    return small(trainings=trainings)


def updated_from_newest_pages() -> TrainingData:
    """The account after a refresh that read only the newest pages of the completions."""
    newest = Snapshot(
        table="completions",
        method="completedtraining.list",
        params={},
        host="api.example.com",
        fetched_at=datetime(2026, 6, 30, tzinfo=UTC),
        rows=2,
        pages=1,
        walk="incremental",
        demo=False,
        package_version="0",
        rows_sha256="",
    )
    return small(snapshots={"completions": newest})


def downloaded() -> TrainingData:
    """A small account with a snapshot of each collection."""
    data = small()
    kept = replace(updated_from_newest_pages().snapshots["completions"], walk="full")
    snapshots = {
        name: replace(kept, table=name, rows=frame.height, rows_sha256=rows_sha256(frame))
        for name, frame in data.frames.items()
    }
    return replace(data, snapshots=snapshots)


@cache
def _frames() -> dict[str, pl.DataFrame]:
    return {
        "completions": frame_of(
            COMPLETIONS,
            {
                "id": 1,
                "training_id": 7,
                "m_user_id": "ann",
                "created": datetime(2026, 5, 4, tzinfo=UTC),
                "date": date(2026, 5, 4),
                "m_instructor_id": "zeb",
                "group_training_id": 50,
                "notes": "left his badge",
            },
            {"id": 2, "training_id": 8, "m_user_id": "zeb", "date": date(2025, 1, 31)},
        ),
        "trainings": frame_of(
            TRAININGS,
            {"id": 7, "title": "Ladders", "schedule_type": "rolling", "renewal_months": 12},
            {
                **{"id": 8, "title": "First Aid", "schedule_type": "rolling"},
                **{"renewal_months": 12, "assigned_to_type": "limited"},
                "assigned_to_condition": json.dumps({"data": _CONDITION}),
            },
        ),
        "users": frame_of(
            USERS,
            {"id": "ann", "supervisor_id": "zeb"},
            {
                "id": "zeb",
                "firstname": "Zebedee",
                "lastname": "Quibble",
                "employeeNumber": "E-0451",
                "email": "zq@example.com",
                "username": "zquibble",
                "fieldOffice_id": ["o1"],
            },
        ),
        "group_trainings": frame_of(
            GROUP_TRAININGS,
            {
                "id": 50,
                "m_trainees_id": ["ann", "zeb"],
                "trainings_id": [7],
                "m_instructor_id": "zeb",
                "notes": "left his badge",
            },
        ),
        "employee_status": frame_of(
            EMPLOYEE_STATUS, {"m_user_id": "ann", "incomplete_training_ids": [8]}
        ),
        "groups": frame_of(GROUPS, {"kind": "field_office", "id": "o1", "name": "Odessa"}),
    }

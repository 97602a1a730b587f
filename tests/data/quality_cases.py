"""Records with faults, and what record_findings finds in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import polars as pl

from kpa_analytics.data.quality import record_findings
from kpa_analytics.schema import (
    COMPLETIONS,
    EMPLOYEE_STATUS,
    FAULTS,
    GROUP_TRAININGS,
    TRAININGS,
    USERS,
)
from tests.frames import frame_of

AS_OF = date(2026, 6, 30)
GOOD = {
    "id": 1,
    "training_id": 7,
    "m_user_id": "ann",
    "date": date(2026, 5, 4),
    "m_instructor_id": "ike",
    "group_training_id": 50,
}
SESSION = {"id": 50, "m_trainees_id": ["ann"], "trainings_id": [7], "m_instructor_id": "ike"}


@dataclass(frozen=True)
class Load:
    """All collections, without findings unless a test replaces one."""

    completions: pl.DataFrame = field(default_factory=lambda: frame_of(COMPLETIONS, GOOD))
    trainings: pl.DataFrame = field(default_factory=lambda: frame_of(TRAININGS, {"id": 7}))
    users: pl.DataFrame = field(
        default_factory=lambda: frame_of(USERS, {"id": "ann"}, {"id": "bob"}, {"id": "ike"})
    )
    group_trainings: pl.DataFrame = field(
        default_factory=lambda: frame_of(GROUP_TRAININGS, SESSION)
    )
    employee_status: pl.DataFrame = field(
        default_factory=lambda: frame_of(EMPLOYEE_STATUS, {"m_user_id": "ann"})
    )
    faults: pl.DataFrame = field(default_factory=FAULTS.empty)
    snapshots: dict[str, object] = field(default_factory=dict)


def completed(**fields):
    return {"completions": frame_of(COMPLETIONS, GOOD | fields)}


def findings_of(**frames):
    return record_findings(Load(**frames), as_of=AS_OF).drop("message").rows()


JUNE = {
    "id": 7,
    "schedule_type": "window",
    "window_open_month": 6,
    "window_open_day": 1,
    "window_close_month": 6,
    "window_close_day": 30,
}

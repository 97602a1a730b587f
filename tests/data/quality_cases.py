"""Records with faults, and what record_findings finds in them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import polars as pl

from kpa_analytics.data.quality import record_findings
from kpa_analytics.data.snapshots import Snapshot
from kpa_analytics.data.training_data import TrainingData
from kpa_analytics.schema import (
    COMPLETIONS,
    EMPLOYEE_STATUS,
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


def collections_with(
    *, faults: pl.DataFrame | None = None, loaded: Sequence[str] = (), **frames: pl.DataFrame
) -> TrainingData:
    """All collections, without findings unless a test replaces one.

    Args:
        faults: the impossible dates.
        loaded: collections that were loaded, even if they are empty.
        **frames: collections in place of the usual ones.
    """
    usual = {
        "completions": frame_of(COMPLETIONS, GOOD),
        "trainings": frame_of(TRAININGS, {"id": 7}),
        "users": frame_of(USERS, {"id": "ann"}, {"id": "bob"}, {"id": "ike"}),
        "group_trainings": frame_of(GROUP_TRAININGS, SESSION),
        "employee_status": frame_of(EMPLOYEE_STATUS, {"m_user_id": "ann"}),
    }
    impossible = () if faults is None else faults.rows()
    snapshots = {name: _snapshot(name, ()) for name in loaded}
    snapshots["completions"] = _snapshot("completions", tuple(impossible))
    return TrainingData(**{**usual, **frames}, snapshots=snapshots)


def _snapshot(table: str, faults: tuple[tuple[str, ...], ...]) -> Snapshot:
    text = dict.fromkeys(("method", "host", "package_version", "rows_sha256"), "")
    numbers = {"rows": 1, "pages": 1, "demo": False}
    now = datetime(2026, 6, 30, tzinfo=UTC)
    given: Any = {"params": {}, "fetched_at": now, "walk": "full", **text, **numbers}
    return Snapshot(table=table, faults=faults, **given)


def completed(**fields):
    return {"completions": frame_of(COMPLETIONS, GOOD | fields)}


def findings_of(**frames):
    return record_findings(collections_with(**frames), as_of=AS_OF).drop("message").rows()


JUNE = {
    "id": 7,
    "schedule_type": "window",
    "window_open_month": 6,
    "window_open_day": 1,
    "window_close_month": 6,
    "window_close_day": 30,
}

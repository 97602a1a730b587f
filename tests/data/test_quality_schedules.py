"""Findings about schedules of trainings."""

from __future__ import annotations

import pytest

from kpa_analytics.analysis.expiry_status import expiry_status
from kpa_analytics.schema import COMPLETIONS, TRAININGS
from tests.data.quality_cases import AS_OF, GOOD, JUNE, findings_of
from tests.frames import frame_of


@pytest.mark.parametrize("kind", ["Window", "annual", "fixed"])
def test_an_unknown_schedule_type_is_reported(kind):
    assert findings_of(trainings=frame_of(TRAININGS, {"id": 7, "schedule_type": kind})) == [
        ("unknown_schedule", "trainings", "7", "schedule_type", kind)
    ]


@pytest.mark.parametrize("kind", ["rolling", "window", None, "", " "])
def test_a_known_or_empty_schedule_type_is_not_reported(kind):
    assert findings_of(trainings=frame_of(TRAININGS, JUNE | {"schedule_type": kind})) == []


@pytest.mark.parametrize(
    ("schedule", "field", "value"),
    [
        ({"schedule_type": "window"}, "window_open_month", "?-? to ?-?"),
        (JUNE | {"window_close_day": None}, "window_open_month", "6-1 to 6-?"),
        (JUNE | {"window_open_month": 13}, "window_open_month", "13-1 to 6-30"),
        ({"expires_on_month": 13, "expires_on_day": 1}, "expires_on_month", "13-1"),
        ({"expires_on_month": 2, "expires_on_day": 32}, "expires_on_month", "2-32"),
    ],
)
def test_a_schedule_with_impossible_days_is_reported(schedule, field, value):
    trainings = frame_of(TRAININGS, {"id": 7, "renewal_months": 12} | schedule)
    assert findings_of(trainings=trainings) == [
        ("unknown_schedule", "trainings", "7", field, value)
    ]
    status = expiry_status(frame_of(COMPLETIONS, GOOD), trainings, as_of=AS_OF)
    assert status["expiration_source"].to_list() == ["unknown"]

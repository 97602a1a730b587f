"""Calendar days as callers give them, and the default day."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

import kpa_analytics as kpa
from kpa_analytics.as_of import as_day
from kpa_analytics.errors import KPADataError


@pytest.mark.parametrize(
    "value", [date(2026, 6, 30), "2026-06-30", datetime(2026, 6, 30), datetime(2026, 6, 30, 0, 0)]
)
def test_a_plain_day_is_taken(value: object) -> None:
    assert as_day(value) == date(2026, 6, 30)


@pytest.mark.parametrize(
    "value",
    [
        "30/06/2026",
        "2026-6-30",
        "2026-02-30",
        "20260630",
        "2026-W27-2",
        "2026-06-30T00:00",
        "today",
        "",
        20260630,
        datetime(2026, 6, 30, 12),
        datetime(2026, 6, 30, tzinfo=UTC),
        True,
    ],
)
def test_anything_else_is_refused(value: object) -> None:
    with pytest.raises(KPADataError, match="as_of must be a day such as 2026-06-30"):
        as_day(value)


def test_no_day_is_today() -> None:
    assert as_day(None) == date.today()


def test_no_day_is_the_day_of_demo_data() -> None:
    assert as_day(None, demo=True) == kpa.demo.AS_OF
    assert as_day("2027-05-20", demo=True) == date(2027, 5, 20)

"""The findings that a pack takes over from the data quality of all the records."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from kpa_analytics import TrainingData, data_quality
from kpa_analytics.audit.findings import findings
from kpa_analytics.data.scope import Scope
from kpa_analytics.schema import COMPLETIONS, TRAININGS
from tests.frames import frame_of

JUNE = {
    "id": 7,
    "schedule_type": "window",
    "window_open_month": 6,
    "window_open_day": 1,
    "window_close_month": 6,
    "window_close_day": 30,
}


@pytest.mark.slow
@pytest.mark.parametrize(("as_of", "people"), [(date(2026, 6, 30), 0), (date(2026, 7, 1), 1)])
def test_offerings_are_judged_on_the_day_of_the_pack(as_of: date, people: int) -> None:
    made = datetime(2026, 12, 1, tzinfo=UTC)
    done = {"id": 1, "training_id": 7, "m_user_id": "a", "date": date(2025, 6, 10), "created": made}
    data = TrainingData(
        completions=frame_of(COMPLETIONS, done), trainings=frame_of(TRAININGS, JUNE)
    )
    kinds = findings(data, as_of)["finding"].to_list()
    assert kinds == ["recorded_late", *["offering_not_recorded"] * people]


@pytest.mark.slow
def test_only_offerings_are_judged_on_an_earlier_day(data: TrainingData) -> None:
    """All else that is odd stays what it is on the day of the newest record."""
    past = date(2025, 1, 31)
    newest = data.completions.select(pl.col("created").dt.date().max()).item()
    by_the_day = pl.col("finding") == "offering_not_recorded"
    now, then = (data_quality(data, as_of=day) for day in (newest, past))
    assert then.height > now.height, "judged on that day, records made since are in the future"
    expected = pl.concat([now.filter(~by_the_day), then.filter(by_the_day)])
    assert_frame_equal(findings(data, past), expected)


@pytest.mark.slow
def test_a_part_is_judged_on_the_day_of_the_newest_of_all_records() -> None:
    """Ann's completion is dated after her record was made, but before Ben's record was made."""
    july, december = datetime(2026, 7, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)
    done = [
        {"id": 1, "m_user_id": "ann", "date": date(2026, 9, 1), "created": july},
        {"id": 2, "m_user_id": "ben", "date": date(2026, 6, 1), "created": december},
    ]
    records = frame_of(COMPLETIONS, *({"training_id": 7, **row} for row in done))
    part = TrainingData(completions=records).part(
        Scope(description="Ann", people=pl.Series(["ann"]))
    )
    assert "completion_in_future" not in findings(part, date(2026, 6, 30))["finding"]
    alone = TrainingData(completions=part.completions)
    assert "completion_in_future" in findings(alone, date(2026, 6, 30))["finding"]

"""Every completion of a pack: until when it is valid by itself, and by which rule."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from kpa_analytics import TrainingData, expiry_status
from kpa_analytics.audit.record_rows import audit_records
from kpa_analytics.schema import COMPLETIONS, STATUS, TRAININGS
from tests.audit.packs import AS_OF
from tests.frames import frame_of

_DATES = ("id", "expiration_date", "expiration_source")


def _records(data: TrainingData, as_of: date) -> pl.DataFrame:
    status = expiry_status(data.completions, data.trainings, data.users, as_of=as_of)
    return audit_records(data, status, as_of=as_of, expiring_days=30)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("as_of", "others"),
    [
        (AS_OF, {"future", "undated"}),
        (date(2024, 2, 29), {"future", "undated"}),
        (date(2031, 7, 1), {"undated"}),
    ],
)
def test_each_completion_expires_as_if_it_were_the_only_one(
    data: TrainingData, as_of: date, others: set[str]
) -> None:
    made = _records(data, as_of)
    assert {*made["standing"]} == {"counts", "superseded", "left", *others}
    alone = data.completions.with_columns(pl.col("id").cast(pl.String).alias("m_user_id"))
    expected = expiry_status(alone, data.trainings, as_of=as_of).filter(
        pl.col("completion_id").is_not_null()
    )
    assert_frame_equal(
        made.filter(pl.col("standing") != "future").select(_DATES),
        expected.rename({"completion_id": "id"}).select(_DATES),
        check_row_order=False,
    )


@pytest.mark.parametrize("day", [date(2026, 6, 5), date(2026, 8, 5)])
def test_a_record_without_a_date_never_counts(day: date) -> None:
    """Not even for a person who may wait for the window, whose case is expiring or not due."""
    june = {
        **{"id": 7, "title": "Ladders", "schedule_type": "window"},
        **{"window_open_month": 6, "window_open_day": 1},
        **{"window_close_month": 6, "window_close_day": 30},
    }
    undated = frame_of(COMPLETIONS, {"id": 1, "training_id": 7, "m_user_id": "a"})
    data = TrainingData(completions=undated, trainings=frame_of(TRAININGS, june))
    assert _records(data, day).select("standing", "status").rows() == [("undated", None)]


def test_a_status_that_was_joined_to_the_completions_is_not_taken_for_that_of_the_record() -> None:
    done = {"id": 1, "training_id": 7, "m_user_id": "a", "date": date(2024, 1, 1)}
    records = frame_of(COMPLETIONS, done, done | {"id": 2, "date": date(2025, 1, 1)})
    never = frame_of(TRAININGS, {"id": 7, "renewal_months": 0})
    joined = records.with_columns(
        status=pl.lit("expired", STATUS), days_left=pl.lit(-9), user=pl.lit("Moe, Ann")
    )
    made = [
        _records(TrainingData(completions=given, trainings=never), AS_OF)
        for given in (records, joined)
    ]
    assert_frame_equal(*made)
    assert made[1]["status"].to_list() == [None, "current"]


def test_records_that_share_an_id_are_all_there_and_the_future_has_no_date() -> None:
    done = {"id": 1, "training_id": 7, "m_user_id": "a"}
    first, second = date(2025, 1, 1), date(2026, 1, 1)
    data = TrainingData(
        completions=frame_of(
            COMPLETIONS,
            {**done, "special_expiration_date": first},
            {**done, "date": date(2024, 1, 1), "special_expiration_date": second},
            {**done, "date": date(2030, 1, 1), "special_expiration_date": second},
            {**done, "id": 2, "m_user_id": "b"},
        )
    )
    made = _records(data, AS_OF).select("id", "date", "expiration_date", "expiration_source")
    assert {*made.rows()} == {
        (1, None, first, "special"),
        (1, date(2024, 1, 1), second, "special"),
        (1, date(2030, 1, 1), None, None),
        (2, None, None, "unknown"),
    }


def test_a_completion_of_the_day_itself_has_happened() -> None:
    done = {"id": 1, "training_id": 7, "m_user_id": "a", "date": AS_OF}
    end = date(2027, 1, 1)
    data = TrainingData(completions=frame_of(COMPLETIONS, {**done, "special_expiration_date": end}))
    assert _records(data, AS_OF).select("standing", "expiration_date").rows() == [("counts", end)]


def test_records_of_a_person_and_training_are_in_the_order_of_their_days() -> None:
    done = {"training_id": 7, "m_user_id": "a"}
    first, second = {"id": 2, "date": date(2024, 1, 1)}, {"id": 1, "date": date(2025, 1, 1)}
    data = TrainingData(completions=frame_of(COMPLETIONS, done | second, done | first))
    assert _records(data, AS_OF)["id"].to_list() == [2, 1]

"""as_known uses only the records that had been created by an instant."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

import kpa_analytics as kpa
from kpa_analytics.schema import COMPLETIONS
from tests.analysis.company import FIRST, LAST, company
from tests.conftest import at_most
from tests.frames import frame_of

CASE = {"training_id": 7, "m_user_id": "a", "date": date(2026, 3, 1)}


def recorded(*moments: datetime | None) -> pl.DataFrame:
    return frame_of(
        COMPLETIONS, *({**CASE, "id": n, "created": moment} for n, moment in enumerate(moments))
    )


def known(as_known: Any, *moments: datetime | None) -> list[int]:
    status = kpa.expiry_status(recorded(*moments), as_of="2026-12-31", as_known=as_known)
    return status["completion_id"].to_list()


@pytest.mark.slow
@settings(max_examples=at_most(25))
@given(
    seed=st.integers(0, 10**6),
    as_of=st.dates(FIRST, LAST),
    instant=st.datetimes(datetime(2022, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),
)
def test_equal_to_the_status_from_a_snapshot_of_that_instant(
    seed: int, as_of: date, instant: datetime
) -> None:
    completions, trainings, users, pairs = company(seed, people=8, count=120)
    schema = {"m_user_id": pl.String, "training_id": pl.Int64}
    options = {"required": pl.DataFrame(pairs, schema=schema, orient="row")}
    by_then = [row for row in completions.to_dicts() if row["created"] <= instant]
    snapshot = pl.DataFrame(by_then, schema=COMPLETIONS.schema)
    rest = (trainings, users)
    ours = kpa.expiry_status(completions, *rest, as_of=as_of, as_known=instant, **options)
    assert_frame_equal(ours, kpa.expiry_status(snapshot, *rest, as_of=as_of, **options))
    if snapshot.height:
        start = snapshot["date"].min() or FIRST
        period = {"start": start, "end": LAST, **options}
        trend = kpa.status_over_time(completions, *rest, as_known=instant, **period)
        assert_frame_equal(trend, kpa.status_over_time(snapshot, *rest, **period))


@pytest.mark.slow
def test_a_record_of_the_instant_is_known_and_a_later_one_is_not() -> None:
    moment = datetime(2026, 6, 30, 17, tzinfo=UTC)
    assert known(moment, moment) == [0]
    assert known(moment - timedelta(milliseconds=1), moment) == []
    assert known("2026-06-30T17:00:00Z", moment) == [0]
    assert known("2026-06-30T19:00:00+02:00", moment) == [0]
    assert known("2026-06-30T18:59:59+02:00", moment) == []
    assert known(datetime(2026, 6, 30, 12, tzinfo=timezone(timedelta(hours=-5))), moment) == [0]


@pytest.mark.slow
def test_a_day_means_its_end_in_utc() -> None:
    last = datetime(2026, 6, 30, 23, 59, 59, 999000, tzinfo=UTC)
    for day in ("2026-06-30", date(2026, 6, 30), datetime(2026, 6, 30)):
        assert known(day, last) == [0]
        assert known(day, last + timedelta(milliseconds=1)) == []
    assert known(date.max, last) == [0]


def test_lazy_frames_give_what_frames_give() -> None:
    done = recorded(datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC))
    options = {"as_of": "2026-12-31", "as_known": "2026-03-15"}
    lazy = kpa.expiry_status(done.lazy(), **options).collect()
    assert_frame_equal(lazy, kpa.expiry_status(done, **options))
    assert lazy["completion_id"].to_list() == [0]


@pytest.mark.parametrize(
    "wrong",
    [
        "yesterday",
        "9999-12-31T23:00:00-05:00",
        "2026-06-30T17:00",
        datetime(2026, 6, 30, 17),
        20260630,
        "2026-02-30",
    ],
)
def test_what_is_no_day_and_no_instant_is_named(wrong: Any) -> None:
    for function, period in (
        (kpa.expiry_status, {}),
        (kpa.status_over_time, {"start": "2026-03-01", "end": "2026-04-01"}),
    ):
        with pytest.raises(
            kpa.errors.KPADataError, match=r"^as_known must be a day .* not [^\n]+$"
        ):
            function(recorded(), as_known=wrong, **period)


def test_a_record_without_a_time_of_creation_is_an_error_that_names_it() -> None:
    with pytest.raises(kpa.errors.KPADataError, match=r"null in 1 of them, .* completion 1$"):
        known("2026-06-30", datetime(2026, 3, 1, tzinfo=UTC), None)
    assert known(None, None) == [0]

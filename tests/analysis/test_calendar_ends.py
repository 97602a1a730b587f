"""Mistyped years at both ends of the calendar: every answer holds days that Python has."""

from datetime import date, timedelta

import polars as pl
import pytest

import kpa_analytics as kpa
from kpa_analytics.schema import COMPLETIONS, TRAININGS
from tests.frames import frame_of

ONE = timedelta(days=1)
ENDS = [date.min, date.min + ONE, date(1, 12, 31), date(9999, 1, 1), date.max - ONE, date.max]
NEW_YEAR = {
    "schedule_type": "window",
    "window_open_month": 12,
    "window_open_day": 31,
    "window_close_month": 1,
    "window_close_day": 1,
}
SCHEDULES = [
    {"renewal_months": 1},
    {"renewal_months": 12_000, "expiring_days": 36_500},
    {"expires_on_month": 1, "expires_on_day": 1},
    {"expires_on_month": 12, "expires_on_day": 31, "renewal_months": 1},
    NEW_YEAR,
    {**NEW_YEAR, "window_last_offered_date": date.min},
    {**NEW_YEAR, "window_last_offered_date": date.max},
    {"included_trainings_id": [1, 5], "renewal_months": 1},
    {"included_trainings_id": [3, 6], **NEW_YEAR},
]
CATALOGUE = frame_of(
    TRAININGS, *({"id": number, **schedule} for number, schedule in enumerate(SCHEDULES, 1))
)
DONE = frame_of(
    COMPLETIONS,
    *(
        {
            "id": number * 100 + training,
            "training_id": training,
            "m_user_id": f"{number}",
            "m_instructor_id": "instructor",
            "group_training_id": number,
            "date": day,
            "special_expiration_date": special,
        }
        for number, (day, special) in enumerate(
            [*((day, None) for day in ENDS), *((date(2026, 1, 1), day) for day in ENDS)]
        )
        for training in range(1, 8)
    ),
)


@pytest.mark.parametrize("expiring_days", [0, 30, 36_500])
@pytest.mark.parametrize("as_of", [*ENDS, date(2026, 6, 30)])
def test_every_day_of_a_status_is_a_day_of_the_calendar(as_of, expiring_days):
    status = kpa.expiry_status(DONE, CATALOGUE, as_of=as_of, expiring_days=expiring_days)
    rows = status.to_dicts()
    assert {row["training_id"] for row in rows} == {*range(1, 10)}
    for row in rows:
        expires, starts = row["expiration_date"], row["starts_expiring"]
        if expires:
            assert starts <= expires
            assert row["days_left"] == (expires - as_of).days
            assert (row["status"] == "expired") == (as_of > expires)


def test_what_starts_to_expire_before_the_first_day_starts_on_it():
    status = kpa.expiry_status(DONE.filter(pl.col("date") == date.min), CATALOGUE, as_of=date.min)
    rolling = status.filter(pl.col("training_id") == 2)
    assert rolling["starts_expiring"].to_list() == [date(1001, 1, 1) - 36_500 * ONE]
    fixed = status.filter(pl.col("training_id") == 4)
    assert fixed["starts_expiring"].to_list() == [date(1, 12, 1)]
    soon = kpa.expiry_status(
        DONE.filter(pl.col("date") == date.min), CATALOGUE, as_of=date.min, expiring_days=60
    ).filter(pl.col("training_id") == 1)
    assert soon["starts_expiring"].to_list() == [date.min]
    assert soon["status"].to_list() == ["expiring"]


def test_a_window_that_closes_after_the_last_day_closes_on_it():
    done = DONE.filter(pl.col("date") == date(9999, 1, 1))
    (row,) = (
        kpa.expiry_status(done, CATALOGUE, as_of=date.max)
        .filter(pl.col("training_id") == 5)
        .to_dicts()
    )
    assert (row["expiration_date"], row["starts_expiring"]) == (date.max, date.max)
    assert (row["status"], row["days_left"]) == ("expiring", 0)


def test_a_renewed_window_that_closes_after_the_last_day_closes_on_it():
    """The training was not offered, so the first certificate is valid through the next window."""
    done = [
        {"id": number, "training_id": 5, "m_user_id": "ann", "date": day}
        for number, day in enumerate((date(9998, 6, 1), date(9999, 6, 1)))
    ]
    renewed = kpa.renewals(frame_of(COMPLETIONS, *done), CATALOGUE, as_of=date.max)
    assert renewed["expiration_date"].to_list() == [date.max] * 2


@pytest.mark.parametrize("as_of", ENDS)
def test_every_case_of_every_day_is_explained(as_of):
    data = kpa.TrainingData(completions=DONE, trainings=CATALOGUE)
    status = kpa.expiry_status(DONE, CATALOGUE, as_of=as_of)
    explained = {
        (each.m_user_id, each.training_id): (each.status, each.expiration_date)
        for each in kpa.Explainer(data, as_of=as_of).every()
    }
    for person, training, *result in status.select(
        "m_user_id", "training_id", "status", "expiration_date"
    ).rows():
        assert explained[person, training] == tuple(result)


@pytest.mark.parametrize("every", ["7w", "5mo", "7y", "999y"])
@pytest.mark.parametrize("analysis", [kpa.instructor_activity, kpa.group_share])
def test_every_period_begins_on_a_day_of_the_calendar(analysis, every):
    table = analysis(DONE, every=every)
    periods = [row["period"] for row in table.to_dicts()]
    assert all(date.min <= period <= date.max for period in periods)
    chart = getattr(kpa.charts, analysis.__name__)
    assert all(chart(table, as_of=day).to_dict() for day in (date.min, date.max))


@pytest.mark.slow
def test_a_pack_holds_them_all(tmp_path):
    data = kpa.TrainingData(completions=DONE, trainings=CATALOGUE)
    pack = kpa.export_audit(data, tmp_path / "pack", as_of="2026-06-30")
    assert pl.read_csv(pack / "records.csv").height == DONE.height


@pytest.mark.slow
def test_the_latest_record_counts_for_ids_and_days_at_both_ends():
    """Person, training and day are sorted as one number, which must hold every one of them."""
    trainings = [-(2**63), -1, 0, 1, 2**63 - 1]
    days = [date.min, date(1969, 12, 31), date(1970, 1, 1), date.max]
    completions = frame_of(
        COMPLETIONS,
        *(
            {"id": number, "training_id": training, "m_user_id": person, "date": day}
            for person in ("b", "a")
            for training in trainings
            for number, day in enumerate(days)
        ),
    )
    for records in (completions, completions.reverse()):
        for number, day in enumerate(days):
            status = kpa.expiry_status(records, as_of=day)
            assert status.select("m_user_id", "training_id", "completion_id").rows() == [
                (person, training, number) for person in ("a", "b") for training in trainings
            ]


@pytest.mark.parametrize("first", [date.min, date.min + ONE, None])
@pytest.mark.parametrize("second", [date.min, None])
def test_a_composed_training_held_since_the_first_day_has_the_same_status_in_a_trend(first, second):
    """A record without a date counts from that day, too, and has no window to be renewed in."""
    window = {
        "window_open_month": 6,
        "window_open_day": 15,
        "window_close_month": 7,
        "window_close_day": 31,
        "window_last_offered_date": date(2023, 1, 7),
    }
    trainings = frame_of(
        TRAININGS,
        {"id": 1, "schedule_type": "rolling"},
        {"id": 2, "schedule_type": "rolling"},
        {"id": 3, "schedule_type": "window", "included_trainings_id": [1, 2], **window},
    )
    special = {"special_expiration_date": date(2030, 1, 1)}
    done = frame_of(
        COMPLETIONS,
        {"id": 1, "training_id": 1, "m_user_id": "a", "date": first, **special},
        {"id": 2, "training_id": 2, "m_user_id": "a", "date": second, **special},
    )
    day = "2023-04-07"
    status = kpa.expiry_status(done, trainings, as_of=day).filter(pl.col("training_id") == 3)
    is_dated = (first or second) is not None
    assert status["status"].to_list() == ["expired" if is_dated else "current"]
    trend = kpa.status_over_time(done, trainings, start=day, end=day, by="training")
    counts = trend.filter(pl.col("training_id") == 3).select("current", "expired")
    assert counts.rows() == [(0, 1) if is_dated else (1, 0)]

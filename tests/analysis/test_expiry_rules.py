"""The rules one by one: schedules, statuses, who counts, and the data's odd cases."""

from datetime import UTC, date, datetime
from itertools import pairwise

import polars as pl
import pytest

from kpa_analytics.analysis.expiry_status import expiry_status
from kpa_analytics.errors import KPADataError
from kpa_analytics.schema import COMPLETIONS, EMPLOYEE_STATUS, EXPIRY_STATUS, TRAININGS, USERS
from tests.analysis.company import frame

TODAY = date(2026, 6, 15)
PERSON = "5e580f0cb780600088bd2c11"
JUNE = {
    "schedule_type": "window",
    "window_open_month": 6,
    "window_open_day": 1,
    "window_close_month": 6,
    "window_close_day": 30,
}
FEBRUARY = {**JUNE, "window_open_month": 2, "window_close_month": 2, "window_close_day": 29}
NEW_YEAR = {
    "schedule_type": "window",
    "window_open_month": 12,
    "window_open_day": 15,
    "window_close_month": 1,
    "window_close_day": 15,
}


def done(*rows):
    return frame(
        COMPLETIONS,
        [{"id": n, "training_id": 7, "m_user_id": PERSON, **row} for n, row in enumerate(rows, 1)],
    )


def catalogue(*rows):
    plain = {"id": 7, "title": "Ladders", "schedule_type": "rolling"}
    return frame(TRAININGS, [{**plain, **row} for row in rows])


def fixed(month, day, months=None):
    return {"expires_on_month": month, "expires_on_day": day, "renewal_months": months}


def at(year, month, day, hour=12):
    return datetime(year, month, day, hour, tzinfo=UTC)


def judge(completed, training, as_of=TODAY, **options):
    """The one row there is."""
    status = expiry_status(done(completed), catalogue(training), as_of=as_of, **options)
    return status.row(0, named=True)


@pytest.mark.parametrize(
    ("completed", "training", "expires", "source"),
    [
        # rolling: the same day months later, cut to the month's last day
        (date(2024, 1, 31), {"renewal_months": 1}, date(2024, 2, 29), "rolling"),
        (date(2023, 1, 31), {"renewal_months": 1}, date(2023, 2, 28), "rolling"),
        (date(2024, 2, 29), {"renewal_months": 12}, date(2025, 2, 28), "rolling"),
        (date(2023, 12, 31), {"renewal_months": 2}, date(2024, 2, 29), "rolling"),
        (date(2024, 5, 1), {"renewal_months": 120_000}, date(3024, 5, 1), "rolling"),
        # never
        (date(2024, 1, 31), {"renewal_months": None}, None, "never"),
        (date(2024, 1, 31), {"renewal_months": 0}, None, "never"),
        (date(2024, 1, 31), {"renewal_months": -3}, None, "never"),
        # fixed day: the vendor's example, and what the renewal period allows
        (date(2022, 5, 6), fixed(7, 15), date(2022, 7, 15), "fixed"),
        (date(2022, 7, 15), fixed(7, 15), date(2023, 7, 15), "fixed"),
        (
            date(2022, 5, 6),
            fixed(7, 15, 26),
            date(2023, 7, 15),
            "fixed",
        ),
        (
            date(2022, 5, 15),
            fixed(7, 15, 26),
            date(2024, 7, 15),
            "fixed",
        ),
        (
            date(2022, 5, 6),
            fixed(7, 15, 1),
            date(2022, 7, 15),
            "fixed",
        ),
        (date(2022, 5, 6), fixed(2, 29), date(2023, 2, 28), "fixed"),
        (date(2023, 5, 6), fixed(2, 29), date(2024, 2, 29), "fixed"),
        (date(2023, 6, 30), fixed(6, 31), date(2024, 6, 30), "fixed"),
        # only one of the two is set, or zero: no fixed day
        (date(2024, 1, 31), fixed(7, None, 1), date(2024, 2, 29), "rolling"),
        (date(2024, 1, 31), fixed(0, 0), None, "never"),
        # the first window that opens strictly after the completion
        (date(2024, 5, 31), JUNE, date(2024, 6, 30), "window"),
        (date(2024, 6, 1), JUNE, date(2025, 6, 30), "window"),
        (date(2024, 6, 30), {**JUNE, "renewal_months": 1}, date(2025, 6, 30), "window"),
        (date(2024, 12, 14), NEW_YEAR, date(2025, 1, 15), "window"),
        (date(2024, 12, 15), NEW_YEAR, date(2026, 1, 15), "window"),
        (date(2025, 1, 10), NEW_YEAR, date(2026, 1, 15), "window"),
        (date(2023, 7, 1), FEBRUARY, date(2024, 2, 29), "window"),
        (date(2024, 7, 1), FEBRUARY, date(2025, 2, 28), "window"),
        # schedules that can't be are no ground for a guess
        (date(2024, 6, 1), {**JUNE, "window_close_day": None}, None, "unknown"),
        (
            date(2024, 6, 1),
            {**JUNE, "window_open_month": 13, "renewal_months": 12},
            None,
            "unknown",
        ),
        (date(2024, 6, 1), fixed(13, 1, 12), None, "unknown"),
    ],
)
def test_expiration_by_the_first_rule_that_applies(completed, training, expires, source):
    row = judge({"date": completed}, training, as_of=completed)
    assert (row["expiration_date"], row["expiration_source"]) == (expires, source)


@pytest.mark.parametrize("training", [JUNE, {"renewal_months": 12}, {}])
@pytest.mark.parametrize("special", [date(2024, 1, 2), date(2030, 1, 1)])
def test_a_special_date_overrides_every_rule(training, special):
    row = judge({"date": date(2024, 1, 1), "special_expiration_date": special}, training)
    assert (row["expiration_date"], row["expiration_source"]) == (special, "special")


def test_a_special_date_overrides_the_last_offering_too():
    training = {**JUNE, "window_last_offered_date": date(2025, 6, 1)}
    record = {"date": date(2024, 1, 1), "special_expiration_date": date(2030, 1, 1)}
    assert judge(record, training)["status"] == "current"


@pytest.mark.parametrize(
    ("as_of", "days_left", "status"),
    [
        (date(2025, 4, 30), 31, "current"),
        (date(2025, 5, 1), 30, "expiring"),
        (date(2025, 5, 31), 0, "expiring"),
        (date(2025, 6, 1), -1, "expired"),
    ],
)
def test_good_through_the_expiration_day(as_of, days_left, status):
    row = judge({"date": date(2024, 5, 31)}, {"renewal_months": 12}, as_of)
    assert (row["days_left"], row["status"]) == (days_left, status)
    assert row["starts_expiring"] == date(2025, 5, 1)


@pytest.mark.parametrize(
    ("own", "callers", "starts"),
    [
        (None, 30, date(2025, 5, 1)),
        (None, 0, date(2025, 5, 31)),
        (10, 90, date(2025, 5, 21)),
        (0, 90, date(2025, 5, 31)),
        (-5, 30, date(2025, 5, 1)),
        (10**9, 30, date(2025, 5, 1)),
    ],
)
def test_the_trainings_own_expiring_days_come_before_the_callers(own, callers, starts):
    training = {"renewal_months": 12, "expiring_days": own}
    row = judge({"date": date(2024, 5, 31)}, training, expiring_days=callers)
    assert row["starts_expiring"] == starts


WINDOW_CASES = [
    # the vendor's sentences: no last offered date, then all completions are valid ...
    ("2019-06-10", None, "2026-03-01", "current", "2026-06-01", "2026-06-30"),
    # ... and are to be renewed in the first window after them that has not closed yet
    ("2025-06-10", None, "2026-05-31", "current", "2026-06-01", "2026-06-30"),
    ("2025-06-10", None, "2026-06-01", "expiring", "2026-06-01", "2026-06-30"),
    ("2025-06-10", None, "2026-06-30", "expiring", "2026-06-01", "2026-06-30"),
    ("2025-06-10", None, "2026-07-01", "current", "2027-06-01", "2027-06-30"),
    ("2026-06-10", None, "2026-06-20", "current", "2027-06-01", "2027-06-30"),
    # the passing of a window does not end a completion
    ("2025-06-10", "2025-06-01", "2026-09-01", "current", "2027-06-01", "2027-06-30"),
    # completed in the window of the offering, before the day it was last offered: valid
    ("2025-06-10", "2025-06-30", "2026-03-01", "current", "2026-06-01", "2026-06-30"),
    ("2026-06-01", "2026-06-05", "2026-07-01", "current", "2027-06-01", "2027-06-30"),
    ("2026-06-03", "2026-06-05", "2026-06-30", "current", "2027-06-01", "2027-06-30"),
    # completed on the day of the offering or after it: valid
    ("2026-06-05", "2026-06-05", "2026-06-15", "current", "2027-06-01", "2027-06-30"),
    ("2026-07-06", "2026-06-05", "2026-07-15", "current", "2027-06-01", "2027-06-30"),
    # superseded, the offering's window still open, since the window a year before: time left
    ("2025-06-10", "2026-06-05", "2026-06-15", "expiring", "2026-06-01", "2026-06-30"),
    ("2025-06-01", "2026-06-05", "2026-06-30", "expiring", "2026-06-01", "2026-06-30"),
    ("2026-05-31", "2026-06-05", "2026-06-30", "expiring", "2026-06-01", "2026-06-30"),
    # the same, older: expired since the window it missed
    ("2025-05-31", "2026-06-05", "2026-06-15", "expired", "2025-06-01", "2025-06-30"),
    ("2023-06-10", "2026-06-05", "2026-06-15", "expired", "2024-06-01", "2024-06-30"),
    # the offering's window has closed: expired
    ("2025-06-10", "2026-06-05", "2026-07-01", "expired", "2026-06-01", "2026-06-30"),
    ("2026-05-31", "2026-06-05", "2026-07-01", "expired", "2026-06-01", "2026-06-30"),
    # offered outside every window: the day alone is the offering, and no window of it is open
    ("2026-03-01", "2026-03-01", "2026-04-01", "current", "2026-06-01", "2026-06-30"),
    ("2025-07-10", "2026-03-01", "2026-03-01", "expired", "2026-02-28", "2026-02-28"),
    ("2025-07-10", "2026-03-01", "2026-06-15", "expired", "2026-02-28", "2026-02-28"),
    ("2025-07-10", "2026-03-01", "2026-07-01", "expired", "2026-06-01", "2026-06-30"),
    ("2024-07-10", "2026-03-01", "2026-04-01", "expired", "2025-06-01", "2025-06-30"),
    # an offering after the day is ignored
    ("2025-06-10", "2026-06-05", "2026-06-04", "expiring", "2026-06-01", "2026-06-30"),
    ("2023-06-10", "2026-06-05", "2026-06-04", "expiring", "2026-06-01", "2026-06-30"),
    ("2023-06-10", "2026-06-05", "2026-01-01", "current", "2026-06-01", "2026-06-30"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("completed", "offered", "as_of", "status", "starts", "expires"), WINDOW_CASES
)
def test_window_trainings(completed, offered, as_of, status, starts, expires):
    as_of, starts, expires = (date.fromisoformat(day) for day in (as_of, starts, expires))
    training = {**JUNE, "window_last_offered_date": offered and date.fromisoformat(offered)}
    row = judge({"date": date.fromisoformat(completed)}, training, as_of)
    assert (row["status"], row["starts_expiring"], row["expiration_date"]) == (
        status,
        starts,
        expires,
    )
    assert row["days_left"] == (expires - as_of).days
    assert (row["days_left"] < 0) is (status == "expired")
    assert row["expiration_source"] == "window"


def test_a_window_takes_no_expiring_days():
    row = judge({"date": date(2025, 6, 10)}, {**JUNE, "expiring_days": 90}, date(2026, 5, 1))
    assert (row["status"], row["starts_expiring"]) == ("current", date(2026, 6, 1))


@pytest.mark.parametrize(
    ("completed", "offered", "as_of", "status", "expires"),
    [
        # the window of the offering is the one that opened the year before
        (date(2024, 12, 15), date(2025, 1, 10), date(2025, 1, 12), "current", date(2026, 1, 15)),
        (date(2024, 12, 14), date(2025, 1, 10), date(2025, 1, 12), "expiring", date(2025, 1, 15)),
        (date(2023, 12, 15), date(2025, 1, 10), date(2025, 1, 15), "expiring", date(2025, 1, 15)),
        (date(2023, 12, 14), date(2025, 1, 10), date(2025, 1, 15), "expired", date(2024, 1, 15)),
        (date(2024, 12, 14), date(2025, 1, 10), date(2025, 1, 16), "expired", date(2025, 1, 15)),
        # no offering: the window that is open, or the next one
        (date(2020, 1, 10), None, date(2025, 12, 14), "current", date(2026, 1, 15)),
        (date(2020, 1, 10), None, date(2025, 12, 15), "expiring", date(2026, 1, 15)),
        (date(2020, 1, 10), None, date(2026, 1, 15), "expiring", date(2026, 1, 15)),
        (date(2020, 1, 10), None, date(2026, 1, 16), "current", date(2027, 1, 15)),
    ],
)
def test_a_window_over_the_new_year(completed, offered, as_of, status, expires):
    row = judge({"date": completed}, {**NEW_YEAR, "window_last_offered_date": offered}, as_of)
    assert (row["status"], row["expiration_date"]) == (status, expires)


@pytest.mark.parametrize(
    ("as_of", "expires"),
    [(date(2026, 3, 1), date(2027, 2, 28)), (date(2027, 3, 1), date(2028, 2, 29))],
)
def test_the_last_day_of_february_moves_on_too(as_of, expires):
    assert judge({"date": date(2020, 5, 1)}, FEBRUARY, as_of)["expiration_date"] == expires


@pytest.mark.slow
@pytest.mark.parametrize("years", range(0, 30, 3))
@pytest.mark.parametrize("training", [JUNE, NEW_YEAR, FEBRUARY])
def test_what_is_valid_never_has_less_than_no_days_left(training, years):
    for month in range(1, 13):
        row = judge({"date": date(2020, 1, 20)}, training, date(2020 + years, month, 20))
        assert row["days_left"] >= 0
        assert row["status"] in ("current", "expiring")


@pytest.mark.parametrize("kind", ["Window", "annual", "windows", "fixed", "ROLLING", "0"])
@pytest.mark.parametrize(
    "more", [{}, {"renewal_months": 12}, {**JUNE, "renewal_months": 12}, fixed(7, 15)]
)
def test_a_schedule_type_that_is_not_known_is_unknown(kind, more):
    row = judge({"date": date(2026, 6, 1)}, {**more, "schedule_type": kind})
    assert (row["expiration_source"], row["expiration_date"]) == ("unknown", None)
    special = {"date": date(2026, 6, 1), "special_expiration_date": date(2026, 7, 1)}
    assert judge(special, {**more, "schedule_type": kind})["expiration_source"] == "special"


@pytest.mark.parametrize("kind", [None, "", " "])
def test_where_no_schedule_type_is_given_the_other_fields_tell(kind):
    months = judge({"date": TODAY}, {"schedule_type": kind, "renewal_months": 12})
    assert (months["expiration_source"], months["expiration_date"]) == (
        "rolling",
        date(2027, 6, 15),
    )
    assert judge({"date": TODAY}, {"schedule_type": kind})["expiration_source"] == "never"
    leftover = judge({"date": TODAY}, {**JUNE, "schedule_type": kind, "renewal_months": 12})
    assert leftover["expiration_source"] == "rolling"


OPEN, SHUT = date(2026, 6, 15), date(2026, 8, 1)


@pytest.mark.parametrize(
    ("hired", "offered", "newcomers_need_it", "as_of", "status"),
    [
        # a new employee: hired after the last offering
        (date(2026, 1, 1), date(2025, 6, 10), True, OPEN, "missing"),
        (date(2026, 1, 1), date(2025, 6, 10), True, SHUT, "missing"),
        (date(2026, 1, 1), date(2025, 6, 10), False, OPEN, "expiring"),
        (date(2026, 1, 1), date(2025, 6, 10), False, SHUT, "not_due"),
        (date(2026, 1, 1), date(2025, 6, 10), None, SHUT, "not_due"),
        # an old employee: hired on the day of the last offering or before it
        (date(2025, 6, 10), date(2025, 6, 10), False, SHUT, "missing"),
        (date(2020, 1, 1), date(2025, 6, 10), False, OPEN, "missing"),
        (date(2020, 1, 1), date(2025, 6, 10), True, SHUT, "missing"),
        # never offered
        (date(2020, 1, 1), None, True, SHUT, "missing"),
        (date(2020, 1, 1), None, False, OPEN, "expiring"),
        (date(2020, 1, 1), None, False, SHUT, "not_due"),
    ],
)
def test_never_completed_window_trainings(hired, offered, newcomers_need_it, as_of, status):
    training = {
        **JUNE,
        "window_last_offered_date": offered,
        "window_required_for_new_employees": newcomers_need_it,
    }
    person = {"id": PERSON, "created": at(2019, 1, 1), "hireDate": at(*hired.timetuple()[:3])}
    row = expiry_status(
        COMPLETIONS.empty(),
        catalogue(training),
        frame(USERS, [person]),
        as_of=as_of,
        required=pairs((PERSON, 7)),
    ).row(0, named=True)
    assert row["status"] == status
    assert row["completion_id"] is row["expiration_source"] is row["expiration_date"] is None


def pairs(*rows):
    return pl.DataFrame(
        rows, schema={"m_user_id": pl.String, "training_id": pl.Int64}, orient="row"
    )


def never_done(training, person, as_of, **options):
    """What is said of one person who must have one training and never completed it."""
    status = expiry_status(
        COMPLETIONS.empty(),
        catalogue(training),
        frame(USERS, [{"id": PERSON, **person}]),
        as_of=as_of,
        required=pairs((PERSON, 7)),
        **options,
    )
    return status["status"].to_list()


@pytest.mark.parametrize(
    ("training", "person", "day"),
    [
        ({}, {"created": at(2015, 1, 1), "hireDate": at(2024, 3, 5, 5)}, date(2024, 3, 5)),
        ({}, {"created": at(2015, 1, 1), "hireDate": at(2024, 3, 4, 15)}, date(2024, 3, 5)),
        ({}, {"created": at(2024, 3, 5, 23)}, date(2024, 3, 5)),
        ({"created": at(2024, 3, 5)}, {"created": at(2015, 1, 1)}, date(2024, 3, 5)),
        ({"created": at(2024, 3, 5)}, {"hireDate": at(2024, 3, 1)}, date(2024, 3, 5)),
        (JUNE, {"hireDate": at(2024, 3, 5)}, date(2024, 3, 5)),
        # hired again: the profile was there before
        (
            {},
            {
                "created": at(2024, 3, 5),
                "terminationDate": at(2025, 1, 1),
                "hireDate": at(2026, 1, 1),
            },
            date(2024, 3, 5),
        ),
    ],
)
def test_nobody_misses_a_training_before_it_or_they_existed(training, person, day):
    before = date(day.year, day.month, day.day - 1)
    assert never_done(training, person, before) == []
    assert len(never_done(training, person, day)) == 1


def test_looking_back_leaves_what_is_completed_in_place():
    users = frame(USERS, [{"id": PERSON, "hireDate": at(2025, 1, 1)}])
    training = catalogue({"renewal_months": 12, "created": at(2025, 1, 1)})
    status = expiry_status(
        done({"date": date(2024, 1, 1)}),
        training,
        users,
        as_of=date(2024, 6, 1),
        required=pairs((PERSON, 7)),
    )
    assert status["status"].to_list() == ["current"]


def test_who_and_what_has_no_day_of_making_existed_always():
    assert never_done({}, {}, date(1950, 1, 1)) == ["missing"]


@pytest.mark.parametrize("moment", [at(1970, 1, 1, 0), at(1970, 1, 1, 5), at(1800, 1, 1)])
def test_a_leaving_that_cannot_be_is_not_believed(moment):
    person = {"created": at(2020, 1, 1), "terminationDate": moment, "hireDate": moment}
    assert never_done({}, person, TODAY) == ["missing"]
    assert never_done({}, person, date(2019, 12, 31)) == []


@pytest.mark.parametrize(
    ("day", "there"),
    [
        (date(2023, 12, 31), True),
        (date(2024, 1, 1), False),
        (date(2024, 12, 31), False),
        (date(2025, 1, 1), True),
    ],
)
def test_who_was_hired_again_counts_except_while_away(day, there):
    person = {
        "created": at(2020, 1, 1),
        "terminationDate": at(2024, 1, 1),
        "hireDate": at(2025, 1, 1),
    }
    assert never_done({}, person, day) == (["missing"] if there else [])
    assert never_done({}, person, day, include_terminated=True) == ["missing"]


def test_who_was_hired_again_is_a_new_employee_since_then():
    training = {**JUNE, "window_last_offered_date": date(2024, 6, 10)}
    person = {
        "created": at(2020, 1, 1),
        "terminationDate": at(2024, 8, 1),
        "hireDate": at(2025, 1, 1),
    }
    assert never_done(training, person, SHUT) == ["not_due"]
    assert never_done(training, {**person, "hireDate": None}, date(2024, 7, 1)) == ["missing"]


def test_without_a_hire_date_the_profiles_day_tells_who_is_new():
    training = {**JUNE, "window_last_offered_date": date(2025, 6, 10)}
    people = [{"id": "new", "created": at(2026, 1, 1)}, {"id": "old", "created": at(2020, 1, 1)}]
    status = expiry_status(
        COMPLETIONS.empty(),
        catalogue(training),
        frame(USERS, people),
        as_of=SHUT,
        required=pairs(("new", 7), ("old", 7), ("unknown", 7)),
    )
    assert status["status"].to_list() == ["not_due", "missing", "missing"]


@pytest.mark.parametrize("training", [{}, {"renewal_months": 12}, fixed(7, 1)])
def test_other_trainings_never_completed_are_missing(training):
    status = expiry_status(
        COMPLETIONS.empty(), catalogue(training), as_of=TODAY, required=pairs((PERSON, 7))
    )
    assert status["status"].to_list() == ["missing"]


def test_the_vendors_employee_status_says_what_is_required():
    employee_status = frame(
        EMPLOYEE_STATUS,
        [
            {"m_user_id": "a", "incomplete_training_ids": [7], "complete_training_ids": [8]},
            {"m_user_id": "b", "incomplete_training_ids": [], "complete_training_ids": None},
        ],
    )
    status = expiry_status(COMPLETIONS.empty(), as_of=TODAY, required=employee_status)
    assert status.select("m_user_id", "training_id", "status").rows() == [
        ("a", 7, "missing"),
        ("a", 8, "missing"),
    ]


def test_the_latest_completion_counts_even_where_an_earlier_one_expires_later():
    records = done(
        {"date": date(2026, 1, 1), "special_expiration_date": date(2030, 1, 1)},
        {"date": date(2026, 1, 2)},
    )
    status = expiry_status(records, catalogue({"renewal_months": 1}), as_of=TODAY)
    assert status.select("completion_id", "status").rows() == [(2, "expired")]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"date": date(2026, 1, 2)}, {"date": date(2026, 1, 1), "created": at(2026, 2, 2)}),
        ({"created": at(2026, 1, 2)}, {"created": at(2026, 1, 1)}),
    ],
)
def test_ties_go_by_created_and_then_by_id(one, other):
    same = {"date": date(2026, 1, 1), "created": at(2026, 1, 1)}
    for records, counts in (((one, other), 1), ((other, one), 2), ((other, other), 2)):
        status = expiry_status(done(*({**same, **row} for row in records)), as_of=TODAY)
        assert status["completion_id"].to_list() == [counts]


def test_a_completion_after_as_of_has_not_happened_yet():
    records = done({"date": TODAY}, {"date": date(2026, 6, 16)})
    assert expiry_status(records, as_of=TODAY)["completion_id"].to_list() == [1]


def test_an_undated_completion_is_seen_but_proves_nothing():
    training = catalogue({"renewal_months": 12})
    alone = expiry_status(done({"date": None}), training, as_of=TODAY).row(0, named=True)
    assert (alone["completion_id"], alone["status"]) == (1, "missing")
    assert (alone["expiration_source"], alone["expiration_date"]) == ("unknown", None)
    beside = expiry_status(done({"date": date(2020, 1, 1)}, {"date": None}), training, as_of=TODAY)
    assert beside.select("completion_id", "status").rows() == [(1, "expired")]


def test_an_undated_completion_is_good_until_its_special_date():
    record = {"date": None, "special_expiration_date": date(2026, 7, 1)}
    row = judge(record, {"renewal_months": 12})
    assert (row["expiration_source"], row["days_left"], row["status"]) == (
        "special",
        16,
        "expiring",
    )


def test_an_unknown_training_keeps_its_special_date_and_nothing_else():
    records = done(
        {"training_id": 1, "date": date(2020, 1, 1)},
        {"training_id": 2, "date": TODAY, "special_expiration_date": date(2026, 7, 15)},
    )
    status = expiry_status(records, catalogue({"renewal_months": 1}), as_of=TODAY)
    assert status.select("training", "expiration_source", "status", "starts_expiring").rows() == [
        ("1", "unknown", "current", None),
        ("2", "special", "expiring", TODAY),
    ]


# composed trainings


def composed(*more):
    return catalogue(
        {"id": 1, "renewal_months": 12},
        {"id": 2, "renewal_months": 24},
        {"id": 10, "title": "Both", "included_trainings_id": [1, 2]},
        *more,
    )


def completed_on(**days):
    return done(
        *(
            {"training_id": int(name[1:]), "date": day, "created": at(2020, 1, 1)}
            for name, day in days.items()
        )
    )


def row_of(status, training):
    found = status.filter(pl.col("training_id") == training)
    return found.row(0, named=True) if found.height else None


def test_a_composed_training_is_derived_from_its_parts():
    records = completed_on(t1=date(2025, 7, 1), t2=date(2025, 8, 1))
    row = row_of(expiry_status(records, composed(), as_of=TODAY), 10)
    assert (row["completion_id"], row["expiration_source"]) == (None, "composed")
    assert (row["date"], row["expiration_date"]) == (date(2025, 8, 1), date(2026, 7, 1))
    assert (row["starts_expiring"], row["days_left"]) == (date(2026, 6, 1), 16)
    assert (row["training"], row["status"]) == ("Both", "expiring")


def test_a_composed_training_is_as_bad_as_its_worst_part():
    records = completed_on(t1=date(2020, 7, 1), t2=date(2026, 6, 1))
    assert row_of(expiry_status(records, composed(), as_of=TODAY), 10)["status"] == "expired"


def test_its_own_completion_comes_first():
    records = completed_on(t1=date(2020, 7, 1), t2=date(2020, 6, 1), t10=date(2020, 1, 1))
    row = row_of(expiry_status(records, composed(), as_of=TODAY), 10)
    assert (row["completion_id"], row["expiration_source"], row["status"]) == (
        3,
        "never",
        "current",
    )


def test_with_a_part_missing_it_is_missing_where_required_else_absent():
    records = completed_on(t1=date(2026, 1, 1))
    assert row_of(expiry_status(records, composed(), as_of=TODAY), 10) is None
    required = expiry_status(records, composed(), as_of=TODAY, required=pairs((PERSON, 10)))
    assert row_of(required, 10)["status"] == "missing"


def test_a_composed_window_training_knows_no_grace():
    training = catalogue({"id": 1}, {**JUNE, "id": 10, "included_trainings_id": [1]})
    status = expiry_status(
        COMPLETIONS.empty(), training, as_of=OPEN, required=pairs((PERSON, 10), (PERSON, 1))
    )
    assert row_of(status, 10)["status"] == "missing"


def test_a_part_the_catalogue_does_not_have_is_missing():
    training = catalogue({"id": 1}, {"id": 10, "included_trainings_id": [1, 999]})
    records = completed_on(t1=TODAY, t999=TODAY)
    assert row_of(expiry_status(records, training, as_of=TODAY), 10) is None


def test_composed_of_composed():
    training = composed({"id": 3}, {"id": 20, "included_trainings_id": [10, 3]})
    records = completed_on(t1=date(2026, 1, 1), t2=date(2026, 2, 1), t3=date(2026, 3, 1))
    row = row_of(expiry_status(records, training, as_of=TODAY), 20)
    assert (row["date"], row["expiration_date"]) == (date(2026, 3, 1), date(2027, 1, 1))


EARLY = {"renewal_months": 36, "expiring_days": 1095}
LATE = {"renewal_months": 6, "expiring_days": 14}
ANNUAL = {"schedule_type": "annual", "renewal_months": 1}


def offered_on(*day):
    return {**JUNE, "window_last_offered_date": date(*day)}


@pytest.mark.parametrize(
    ("own", "as_of", "expires", "starts", "status"),
    [
        # the parts: completed on 2025-07-01 for 12 months and on 2025-08-01 for 24
        ({"renewal_months": 36}, "2026-06-15", "2026-07-01", "2026-06-01", "expiring"),
        ({"renewal_months": 6}, "2025-09-01", "2026-02-01", "2026-01-02", "current"),
        ({"renewal_months": 6}, "2026-02-01", "2026-02-01", "2026-01-02", "expiring"),
        ({"renewal_months": 6}, "2026-02-02", "2026-02-01", "2026-01-02", "expired"),
        # its own expiring days are of its own schedule, those of the parts are of theirs
        (EARLY, "2025-09-01", "2026-07-01", "2025-08-02", "expiring"),
        (LATE, "2025-09-01", "2026-02-01", "2026-01-18", "current"),
        (fixed(9, 15), "2025-09-01", "2025-09-15", "2025-08-16", "expiring"),
        # a window counts from the derived day, with its offerings
        (JUNE, "2026-05-01", "2026-06-30", "2026-06-01", "current"),
        (offered_on(2026, 6, 2), "2026-06-03", "2026-06-30", "2026-06-01", "expiring"),
        (offered_on(2026, 3, 2), "2026-03-03", "2026-03-01", "2026-03-01", "expired"),
        ({**JUNE, "window_open_month": 5}, "2025-08-01", "2026-06-30", "2026-05-01", "current"),
        # a schedule that is not known adds nothing
        (ANNUAL, "2026-01-01", "2026-07-01", "2026-06-01", "current"),
    ],
)  # fmt: skip
def test_a_composed_trainings_own_schedule_counts_from_the_derived_day(
    own, as_of, expires, starts, status
):
    as_of, starts, expires = (date.fromisoformat(day) for day in (as_of, starts, expires))
    training = catalogue(
        {"id": 1, "renewal_months": 12},
        {"id": 2, "renewal_months": 24},
        {"id": 10, "included_trainings_id": [1, 2], **own},
    )
    records = completed_on(t1=date(2025, 7, 1), t2=date(2025, 8, 1))
    row = row_of(expiry_status(records, training, as_of=as_of), 10)
    assert (row["expiration_date"], row["starts_expiring"], row["status"]) == (
        expires,
        starts,
        status,
    )
    assert (row["date"], row["expiration_source"]) == (date(2025, 8, 1), "composed")
    assert row["days_left"] == (expires - as_of).days


def test_the_vendors_composed_example():
    training = catalogue(
        {"id": 1025},
        {"id": 1026},
        {
            "id": 1024,
            "included_trainings_id": [1025, 1026],
            "renewal_months": 12,
            "expiring_days": 14,
        },
    )
    records = completed_on(t1025=date(2025, 6, 1), t1026=date(2025, 6, 20))
    row = row_of(expiry_status(records, training, as_of=TODAY), 1024)
    assert (row["expiration_date"], row["status"]) == (date(2026, 6, 20), "expiring")


def test_a_composed_training_moves_on_with_its_window_parts():
    training = catalogue({**JUNE, "id": 1}, {"id": 10, "included_trainings_id": [1]})
    records = completed_on(t1=date(2020, 6, 10))
    row = row_of(expiry_status(records, training, as_of=date(2026, 9, 1)), 10)
    assert (row["expiration_date"], row["status"]) == (date(2027, 6, 30), "current")


def test_an_inner_trainings_own_schedule_reaches_the_outer_one():
    training = catalogue(
        {"id": 1},
        {"id": 10, "included_trainings_id": [1], "renewal_months": 6},
        {"id": 20, "included_trainings_id": [10]},
    )
    row = row_of(expiry_status(completed_on(t1=date(2025, 7, 1)), training, as_of=TODAY), 20)
    assert (row["expiration_date"], row["status"]) == (date(2026, 1, 1), "expired")


def test_parts_held_by_special_dates_alone_have_no_day_to_count_from():
    training = catalogue({"id": 1}, {"id": 10, "included_trainings_id": [1], "renewal_months": 6})
    records = done({"training_id": 1, "date": None, "special_expiration_date": date(2027, 1, 1)})
    row = row_of(expiry_status(records, training, as_of=TODAY), 10)
    assert (row["date"], row["expiration_date"]) == (None, date(2027, 1, 1))


@pytest.mark.parametrize("lazy", [False, True])
def test_deeply_composed(lazy):
    levels = [{"id": n, "included_trainings_id": [n - 1] if n > 1 else []} for n in range(1, 41)]
    records = completed_on(t1=TODAY)
    status = expiry_status(records.lazy() if lazy else records, catalogue(*levels), as_of=TODAY)
    assert status.lazy().collect()["training_id"].to_list() == list(range(1, 41))


@pytest.mark.parametrize(
    ("parts", "circle"),
    [({1: [1]}, "1 -> 1"), ({1: [2], 2: [3], 3: [1], 4: [1]}, r"\d -> \d -> \d -> \d")],
)
def test_a_circle_of_composed_trainings_is_named(parts, circle):
    training = catalogue(*({"id": n, "included_trainings_id": ids} for n, ids in parts.items()))
    with pytest.raises(
        KPADataError, match=f"included_trainings_id goes round in a circle: {circle}"
    ):
        expiry_status(COMPLETIONS.empty(), training, as_of=TODAY)


def test_a_circle_is_told_in_the_order_of_inclusion():
    training = catalogue(*({"id": n, "included_trainings_id": [n % 3 + 1]} for n in (1, 2, 3)))
    with pytest.raises(KPADataError) as error:
        expiry_status(COMPLETIONS.empty(), training, as_of=TODAY)
    circle = [int(n) for n in str(error.value).rsplit(": ", 1)[1].split(" -> ")]
    assert all(after == before % 3 + 1 for before, after in pairwise(circle))


# who counts, and under which name


@pytest.mark.parametrize(
    ("left", "counts"),
    [
        (at(2026, 6, 15, 0), False),
        (at(2026, 6, 15, 5), False),
        (at(2026, 6, 15, 12), False),
        (at(2026, 6, 14, 13), False),
        (at(2026, 6, 15, 13), True),
        (at(2026, 6, 15, 23), True),
        (at(2026, 6, 16, 0), True),
        (None, True),
    ],
)
def test_who_left_on_or_before_the_day_is_left_out(left, counts):
    users = frame(USERS, [{"id": PERSON, "terminationDate": left}])
    status = expiry_status(
        done({"date": TODAY}), None, users, as_of=TODAY, required=pairs((PERSON, 9))
    )
    assert status.height == (2 if counts else 0)
    everyone = expiry_status(
        done({"date": TODAY}), None, users, as_of=TODAY, include_terminated=True
    )
    assert everyone.height == 1


def test_names_and_ids_where_there_are_none():
    users = [
        {"id": "a", "firstname": "Ann", "lastname": "Moe"},
        {"id": "b", "firstname": "Ann", "lastname": "Moe"},
        {"id": "c", "firstname": " ", "lastname": None},
    ]
    records = done(*({"m_user_id": who, "date": TODAY} for who in "abcd"))
    status = expiry_status(records, catalogue({"title": " "}), frame(USERS, users), as_of=TODAY)
    assert status["user"].to_list() == ["Moe, Ann", "Moe, Ann", "c", "d"]
    assert status["training"].to_list() == ["7"] * 4


def test_duplicate_records_trainings_and_users_do_not_multiply_rows():
    records = done({"date": TODAY}, {"date": TODAY})
    records = pl.concat([records, records])
    training = catalogue({"renewal_months": 12}, {"renewal_months": 1})
    users = frame(USERS, [{"id": PERSON, "lastname": "Moe"}, {"id": PERSON, "lastname": "Roe"}])
    status = expiry_status(
        records, training, users, as_of=TODAY, required=pairs((PERSON, 7), (PERSON, 7))
    )
    assert status.height == 1
    assert status["expiration_date"].to_list() == [date(2027, 6, 15)]


# shape and bad input


@pytest.mark.parametrize("kind", ["eager", "lazy"])
def test_the_columns_are_the_tables(kind):
    records = done({"date": TODAY})
    status = expiry_status(records.lazy() if kind == "lazy" else records, as_of=TODAY)
    assert isinstance(status, pl.LazyFrame if kind == "lazy" else pl.DataFrame)
    assert status.collect_schema() == EXPIRY_STATUS.schema
    assert expiry_status(COMPLETIONS.empty(), as_of=TODAY).schema == EXPIRY_STATUS.schema


@pytest.mark.parametrize("days", [-1, 30.0, "30", None, True, 36_501, 10**12])
def test_impossible_expiring_days_are_refused_by_name(days):
    with pytest.raises(KPADataError, match=r"expiring_days must be a whole number .*, not"):
        expiry_status(COMPLETIONS.empty(), as_of=TODAY, expiring_days=days)


@pytest.mark.parametrize(
    "column", ["id", "training_id", "m_user_id", "created", "date", "special_expiration_date"]
)
def test_a_lacking_column_is_named_with_who_makes_it(column):
    with pytest.raises(KPADataError, match=rf"'{column}'; load_completions\(\) makes such frames"):
        expiry_status(COMPLETIONS.empty().drop(column), as_of=TODAY)


def test_lacking_columns_of_the_other_frames_are_named_too():
    none = COMPLETIONS.empty()
    with pytest.raises(KPADataError, match=r"'renewal_months'; load_trainings\(\)"):
        expiry_status(none, TRAININGS.empty().drop("renewal_months"))
    with pytest.raises(KPADataError, match=r"'terminationDate'; load_users\(\)"):
        expiry_status(none, None, USERS.empty().drop("terminationDate"))
    with pytest.raises(KPADataError, match=r"'training_id'; load_employee_status\(\)"):
        expiry_status(none, required=pl.DataFrame({"m_user_id": ["a"]}))


@pytest.mark.parametrize("as_of", [datetime(2026, 6, 15, 12), "15/06/2026", "2026-06-31", 20260615])
def test_as_of_must_be_a_plain_day(as_of):
    with pytest.raises(KPADataError, match="as_of must be a day"):
        expiry_status(COMPLETIONS.empty(), as_of=as_of)

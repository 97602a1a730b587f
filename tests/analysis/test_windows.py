"""Window trainings: their offerings, and who has to take them."""

from datetime import date

import pytest

from kpa_analytics.analysis.expiry_status import expiry_status
from kpa_analytics.schema import COMPLETIONS, USERS
from tests.analysis.company import frame
from tests.analysis.rule_cases import (
    FEBRUARY,
    JUNE,
    NEW_YEAR,
    OPEN,
    PERSON,
    SHUT,
    at,
    catalogue,
    judge,
    pairs,
)

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

"""When a completion expires in the demo, which is written apart from the package."""

import pytest

from kpa_analytics.demo.rules import Schedule
from tests.demo.status_cases import DAY, JUNE, fixed, offered, rolling, window

SPRING = window((3, 1), (4, 30))
WINTER = window((12, 15), (1, 15))
LEAP = window((2, 1), (2, 29))


@pytest.mark.parametrize(
    ("schedule", "done", "expires", "starts"),
    [
        (rolling(12), "2019-06-10", "2020-06-10", "2020-05-11"),  # the vendor's example
        (rolling(12), "2025-06-30", "2026-06-30", "2026-05-31"),
        (rolling(1), "2024-01-31", "2024-02-29", "2024-01-30"),
        (rolling(1), "2023-01-31", "2023-02-28", "2023-01-29"),
        (rolling(24, expiring_days=60), "2024-02-29", "2026-02-28", "2025-12-30"),
        (rolling(12, expiring_days=0), "2025-06-30", "2026-06-30", "2026-06-30"),
        (rolling(None), "2025-06-30", None, None),
        (rolling(0), "2025-06-30", None, None),
        (fixed(7, 15), "2022-05-06", "2022-07-15", "2022-06-15"),
        (fixed(7, 15), "2022-07-15", "2023-07-15", "2023-06-15"),
        (fixed(7, 15, 12), "2022-05-06", "2022-07-15", "2022-06-15"),
        (fixed(7, 15, 12), "2022-07-15", "2023-07-15", "2023-06-15"),
        (fixed(7, 15, 24), "2022-08-01", "2024-07-15", "2024-06-15"),
        (fixed(7, 15, 3), "2022-08-01", "2023-07-15", "2023-06-15"),
        (fixed(2, 29, 12), "2024-03-01", "2025-02-28", "2025-01-29"),
        # a blank type says nothing: the other fields decide, and there is no window
        (
            {**SPRING, "schedule_type": " ", "renewal_months": 12},
            "2025-06-30",
            "2026-06-30",
            "2026-05-31",
        ),
        ({**SPRING, "schedule_type": None}, "2025-06-30", None, None),
        # a type that is not known says nothing, whatever else is there
        ({**rolling(12), "schedule_type": "annual"}, "2025-06-30", None, None),
        ({**SPRING, "schedule_type": "Window"}, "2025-06-30", None, None),
    ],
)
def test_a_completion_expires_by_its_schedule(schedule, done, expires, starts):
    stands = Schedule(schedule).stand(DAY(done), None, DAY("2026-01-01"))
    assert stands[1:] == tuple(day and DAY(day) for day in (expires, starts))


@pytest.mark.parametrize(
    "schedule",
    [rolling(12), rolling(None), fixed(7, 15, 12), SPRING, rolling(1, schedule_type="annual")],
)
def test_a_special_date_overrides_the_schedule(schedule):
    schedule = schedule | {"window_last_offered_date_number": 20250310}
    stands = Schedule(schedule).stand(DAY("2025-01-01"), DAY("2025-09-30"), DAY("2025-08-31"))
    assert tuple(stands) == ("expiring", DAY("2025-09-30"), DAY("2025-08-31"))


@pytest.mark.parametrize(
    ("schedule", "done", "as_of", "status"),
    [
        (rolling(12), "2025-06-30", "2026-05-30", "current"),
        (rolling(12), "2025-06-30", "2026-05-31", "expiring"),
        (rolling(12), "2025-06-30", "2026-06-30", "expiring"),
        (rolling(12), "2025-06-30", "2026-07-01", "expired"),
        (rolling(None), "1999-06-30", "2026-07-01", "current"),
        (rolling(12, schedule_type="annual"), "1999-06-30", "2026-07-01", "current"),
    ],
)
def test_a_completion_is_valid_through_its_expiration_date(schedule, done, as_of, status):
    assert Schedule(schedule).stand(DAY(done), None, DAY(as_of)).status == status


FIRST_DAY, LAST_DAY = offered(JUNE, 20250601), offered(JUNE, 20250630)
AGAIN, IN_MARCH = offered(JUNE, 20260605), offered(JUNE, 20260310)
JANUARY, LEAP_25 = offered(WINTER, 20260110), offered(LEAP, 20250228)


@pytest.mark.parametrize(
    ("schedule", "done", "as_of", "status", "expires", "starts"),
    [
        # never offered: a window that passes does not end a completion
        (JUNE, "2019-06-10", "2026-03-01", "current", "2026-06-30", "2026-06-01"),
        (JUNE, "2019-06-10", "2026-06-01", "expiring", "2026-06-30", "2026-06-01"),
        (JUNE, "2019-06-10", "2026-06-30", "expiring", "2026-06-30", "2026-06-01"),
        (JUNE, "2019-06-10", "2026-07-01", "current", "2027-06-30", "2027-06-01"),
        (JUNE, "2026-06-01", "2026-06-15", "current", "2027-06-30", "2027-06-01"),
        (JUNE, "2026-05-31", "2026-06-15", "expiring", "2026-06-30", "2026-06-01"),
        # completed the last time it was offered, on any day of that window or after it
        (FIRST_DAY, "2025-06-10", "2026-09-01", "current", "2027-06-30", "2027-06-01"),
        (LAST_DAY, "2025-06-10", "2025-12-01", "current", "2026-06-30", "2026-06-01"),
        (LAST_DAY, "2025-06-01", "2026-06-09", "expiring", "2026-06-30", "2026-06-01"),
        (LAST_DAY, "2025-09-01", "2026-06-09", "expiring", "2026-06-30", "2026-06-01"),
        # offered again, and that window still open: time is left to who came a year before
        (AGAIN, "2025-06-01", "2026-06-30", "expiring", "2026-06-30", "2026-06-01"),
        (AGAIN, "2026-05-31", "2026-06-05", "expiring", "2026-06-30", "2026-06-01"),
        (AGAIN, "2025-05-31", "2026-06-30", "expired", "2025-06-30", "2025-06-01"),
        # and once it has closed
        (AGAIN, "2025-06-10", "2026-07-01", "expired", "2026-06-30", "2026-06-01"),
        (AGAIN, "2025-06-10", "2030-01-01", "expired", "2026-06-30", "2026-06-01"),
        # an offering after the day is ignored
        (AGAIN, "2025-05-31", "2026-06-04", "expiring", "2026-06-30", "2026-06-01"),
        # offered outside every window: on that day alone
        (IN_MARCH, "2025-07-10", "2026-03-09", "current", "2026-06-30", "2026-06-01"),
        (IN_MARCH, "2025-07-10", "2026-03-10", "expired", "2026-03-09", "2026-03-09"),
        (IN_MARCH, "2025-07-10", "2026-06-30", "expired", "2026-03-09", "2026-03-09"),
        (IN_MARCH, "2025-07-10", "2026-07-01", "expired", "2026-06-30", "2026-06-01"),
        (IN_MARCH, "2026-03-10", "2026-04-01", "current", "2026-06-30", "2026-06-01"),
        # over the new year
        (JANUARY, "2025-12-20", "2026-01-15", "current", "2027-01-15", "2026-12-15"),
        (JANUARY, "2025-01-02", "2026-01-15", "expiring", "2026-01-15", "2025-12-15"),
        (JANUARY, "2025-01-02", "2026-01-16", "expired", "2026-01-15", "2025-12-15"),
        (JANUARY, "2024-12-14", "2026-01-15", "expired", "2025-01-15", "2024-12-15"),
        (WINTER, "2026-01-02", "2026-01-10", "current", "2027-01-15", "2026-12-15"),
        # 29 February
        (LEAP, "2023-05-01", "2024-02-29", "expiring", "2024-02-29", "2024-02-01"),
        (LEAP, "2023-05-01", "2024-03-01", "current", "2025-02-28", "2025-02-01"),
        (LEAP_25, "2024-02-29", "2025-02-28", "expiring", "2025-02-28", "2025-02-01"),
    ],
)  # fmt: skip
def test_a_completion_ends_with_a_new_offering_not_with_a_passing_window(
    schedule, done, as_of, status, expires, starts
):
    stands = Schedule(schedule).stand(DAY(done), None, DAY(as_of))
    assert tuple(stands) == (status, DAY(expires), DAY(starts))


@pytest.mark.parametrize(
    ("offered", "newcomers", "hired", "as_of", "status"),
    [
        (20260310, True, "2026-03-11", "2026-06-30", "missing"),
        (20260310, False, "2026-03-11", "2026-04-30", "expiring"),
        (20260310, False, "2026-03-11", "2026-06-30", "not_due"),
        (20260310, False, "2026-03-10", "2026-06-30", "missing"),
        (20260310, False, "2020-01-01", "2025-06-30", "not_due"),  # before it was ever offered
        (None, True, "2020-01-01", "2026-06-30", "missing"),
        (None, False, "2020-01-01", "2026-04-01", "expiring"),
        (None, False, "2020-01-01", "2026-06-30", "not_due"),
    ],
)
def test_the_status_of_people_who_never_completed_a_window_training(
    offered, newcomers, hired, as_of, status
):
    schedule = Schedule(
        SPRING
        | {
            "window_last_offered_date_number": offered,
            "window_required_for_new_employees": newcomers,
        }
    )
    assert schedule.status_of_never(DAY(hired), DAY(as_of)) == status


@pytest.mark.parametrize("schedule", [rolling(12), rolling(12, schedule_type="annual")])
def test_people_who_never_completed_another_training_are_missing_it(schedule):
    assert Schedule(schedule).status_of_never(DAY("2026-06-29"), DAY("2026-06-30")) == "missing"

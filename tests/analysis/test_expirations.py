"""When a completion expires, and what status follows."""

from datetime import date

import pytest

from kpa_analytics import expiry_status
from tests.analysis.rule_cases import (
    FEBRUARY,
    JUNE,
    NEW_YEAR,
    TODAY,
    catalogue,
    done,
    fixed,
    judge,
)


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


@pytest.mark.slow
@pytest.mark.parametrize("years", range(0, 30, 3))
def test_what_is_valid_never_has_less_than_no_days_left(years):
    trainings = {7: JUNE, 8: NEW_YEAR, 9: FEBRUARY}
    completions = done(
        *({"date": date(2020, 1, 20), "training_id": number} for number in trainings)
    )
    rules = catalogue(*({**training, "id": number} for number, training in trainings.items()))
    for month in range(1, 13):
        status = expiry_status(completions, rules, as_of=date(2020 + years, month, 20))
        assert sorted(status["training_id"]) == [7, 8, 9]
        assert status["days_left"].min() >= 0
        assert {*status["status"]} <= {"current", "expiring"}


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

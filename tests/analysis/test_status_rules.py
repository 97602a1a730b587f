"""Who must have a training, and what is missing."""

from datetime import date

import pytest

from kpa_analytics.analysis.expiry_status import expiry_status
from kpa_analytics.schema import COMPLETIONS, EMPLOYEE_STATUS, USERS
from tests.analysis.company import frame
from tests.analysis.rule_cases import JUNE, PERSON, SHUT, TODAY, at, catalogue, done, fixed, pairs


def never_done(training, person, as_of, **options):
    """The status of one person who must have one training and never completed it."""
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

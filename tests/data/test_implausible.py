"""Dates that exist but are implausible: each is a finding that says how the person is treated."""

from datetime import UTC, date, datetime

import pytest

from kpa_analytics.data.quality import record_findings
from kpa_analytics.data.training_data import TrainingData
from kpa_analytics.schema import COMPLETIONS, USERS
from tests.frames import frame_of

AS_OF = date(2026, 6, 30)
MADE = datetime(2026, 5, 4, 23, 30, tzinfo=UTC)


def findings(table, *records):
    data = TrainingData(
        **{"completions": COMPLETIONS.empty(), table.name: frame_of(table, *records)}
    )
    return record_findings(data, as_of=AS_OF)


def kinds(table, *records):
    about = findings(table, *records).select("finding", "record_id", "field", "value")
    return [row for row in about.rows() if row[0] != "completion_in_future"]


@pytest.mark.parametrize(
    ("day", "is_odd"),
    [
        (date(1926, 5, 4), True),
        (date(1976, 5, 3), True),
        (date(1976, 5, 4), False),
        (date(2026, 5, 4), False),
        (date(2027, 5, 5), False),
        (date(2027, 5, 6), True),
        (date(2206, 5, 4), True),
        (date(9999, 12, 31), True),
    ],
)
def test_a_date_far_from_the_creation_of_its_record_is_implausible(day, is_odd):
    record = {"id": 1, "m_user_id": "ann", "training_id": 7, "date": day, "created": MADE}
    expected = [("implausible_date", "1", "date", str(day))] if is_odd else []
    assert kinds(COMPLETIONS, record) == expected


@pytest.mark.parametrize(("day", "is_odd"), [(date(1949, 12, 31), True), (date(1950, 1, 1), False)])
def test_without_a_creation_time_dates_before_1950_are_implausible(day, is_odd):
    record = {"id": 1, "m_user_id": "ann", "training_id": 7, "date": day}
    assert bool(kinds(COMPLETIONS, record)) == is_odd


@pytest.mark.slow
def test_an_implausible_date_says_when_its_record_was_created():
    record = {"id": 1, "date": date(1926, 5, 4), "created": MADE}
    assert findings(COMPLETIONS, record)["message"].item() == (
        "Completion 1 is dated 4 May 1926, but its record was created on 4 May 2026: the year may "
        "be mistyped."
    )
    alone = findings(COMPLETIONS, record | {"created": None})["message"].item()
    assert alone == "Completion 1 is dated 4 May 1926: the year may be mistyped."


def at(*moment):
    return datetime(*moment, tzinfo=UTC)


@pytest.mark.parametrize(
    ("profile", "expected"),
    [
        ({"hireDate": at(1970, 1, 1)}, [("implausible_hire_date", "hireDate", "1970-01-01")]),
        ({"hireDate": at(1970, 1, 2)}, [("implausible_hire_date", "hireDate", "1970-01-02")]),
        ({"hireDate": at(1970, 1, 2, 1)}, []),
        ({"hireDate": at(1800, 7, 1, 5)}, [("implausible_hire_date", "hireDate", "1800-07-01")]),
        ({"hireDate": at(1929, 12, 31, 14)}, []),  # the midnight of New Year east of Greenwich
        (
            {"hireDate": at(1929, 12, 31, 12)},
            [("implausible_hire_date", "hireDate", "1929-12-31")],
        ),
        ({"terminationDate": at(2099, 12, 31, 5)}, []),
        (
            {"terminationDate": at(2100, 1, 1, 5)},
            [("implausible_termination_date", "terminationDate", "2100-01-01")],
        ),
        (
            {"hireDate": at(2020, 1, 1, 5), "terminationDate": at(1970, 1, 1)},
            [("implausible_termination_date", "terminationDate", "1970-01-01")],
        ),
        (
            {"hireDate": at(2024, 5, 1, 5), "terminationDate": at(2023, 2, 1, 5)},
            [("hired_after_leaving", "hireDate", "2024-05-01")],
        ),
        (
            {"hireDate": at(2206, 5, 1, 5), "terminationDate": at(2027, 2, 1, 5)},
            [("implausible_hire_date", "hireDate", "2206-05-01")],
        ),
        ({"hireDate": at(2024, 5, 1, 5), "terminationDate": at(2024, 5, 1, 5)}, []),
        # the same day, as midnight in two time zones
        ({"hireDate": at(2024, 4, 30, 14), "terminationDate": at(2024, 5, 1, 5)}, []),
        ({"hireDate": None, "terminationDate": None}, []),
        ({"created": at(1970, 1, 1)}, [("implausible_profile_date", "created", "1970-01-01")]),
        ({"created": at(1800, 3, 4)}, [("implausible_profile_date", "created", "1800-03-04")]),
    ],
)
def test_odd_employment_dates_are_findings(profile, expected):
    assert kinds(USERS, {"id": "ann", "created": at(2019, 3, 4, 9), **profile}) == [
        (finding, "ann", field, value) for finding, field, value in expected
    ]


@pytest.mark.parametrize(
    ("profile", "message"),
    [
        (
            {"hireDate": at(1800, 7, 1, 5)},
            "Person ann has the hire date 1 Jul 1800, which is implausible: the person is treated "
            "as hired on 4 Mar 2019, when the profile was created.",
        ),
        (
            {"hireDate": at(1800, 7, 1, 5), "created": None},
            "Person ann has the hire date 1 Jul 1800, which is implausible: the person is treated "
            "as having no hire date.",
        ),
        (
            {"terminationDate": at(1970, 1, 1)},
            "Person ann has the termination date 1 Jan 1970, which is implausible: the person is "
            "treated as still employed.",
        ),
        (
            {"hireDate": at(2024, 5, 1, 5), "terminationDate": at(2023, 2, 1, 5)},
            "Person ann has the hire date 1 May 2024, after the termination date 1 Feb 2023: the "
            "person is treated as employed before the termination date, not employed from then "
            "until the hire date, and employed again from the hire date on.",
        ),
    ],
)
def test_a_finding_about_employment_says_how_the_person_is_treated(profile, message):
    person = {"id": "ann", "created": at(2019, 3, 4, 9), **profile}
    assert findings(USERS, person)["message"].item() == message


def test_a_person_listed_twice_has_one_finding_of_each_kind():
    person = {"id": "ann", "hireDate": at(1970, 1, 1)}
    assert [row[0] for row in kinds(USERS, person, person)] == [
        "implausible_hire_date",
        "duplicate_id",
    ]

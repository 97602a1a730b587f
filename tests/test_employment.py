"""The days that people were hired, left and came back."""

from datetime import UTC, date, datetime

import polars as pl
import pytest

from kpa_analytics.employment import employment, has_left, is_believed, local_day
from kpa_analytics.schema import USERS
from tests.frames import frame_of


def at(year, month, day, hour=12, minute=0, second=0):
    return datetime(year, month, day, hour, minute, second, tzinfo=UTC)


def person(**fields):
    users = frame_of(USERS, {"id": "a", "created": at(2020, 1, 1), **fields})
    return employment(users).collect().row(0, named=True)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (at(2026, 3, 1, 0), date(2026, 3, 1)),
        (at(2026, 3, 1, 5), date(2026, 3, 1)),
        (at(2026, 3, 1, 12), date(2026, 3, 1)),
        (at(2026, 3, 1, 12, 59), date(2026, 3, 1)),
        (at(2026, 3, 1, 13), date(2026, 3, 2)),
        (at(2026, 3, 1, 13, 0, 1), date(2026, 3, 1)),
        (at(2026, 3, 1, 22, 30), date(2026, 3, 1)),
        (at(2026, 3, 1, 23), date(2026, 3, 2)),
        (at(2026, 3, 1, 23, 59), date(2026, 3, 1)),
        (at(2026, 12, 31, 15), date(2027, 1, 1)),
        (at(1965, 3, 1, 14), date(1965, 3, 2)),
        (at(1965, 3, 1, 14, 0, 1), date(1965, 3, 1)),
        (None, None),
    ],
)
@pytest.mark.parametrize("field", ["hireDate", "terminationDate"])
def test_a_local_midnight_is_the_day_that_begins(field, moment, day):
    users = frame_of(USERS, {"id": "a", field: moment})
    assert users.select(local_day(field)).item() == day
    column = {"hireDate": "hired", "terminationDate": "left"}[field]
    assert employment(users).collect()[column].item() == day


def test_the_day_of_a_profile_is_its_utc_day():
    assert person(created=at(2026, 3, 1, 23))["exists_since"] == date(2026, 3, 1)


@pytest.mark.parametrize(
    ("moment", "believed"),
    [
        (at(1970, 1, 1, 0), False),
        (at(1970, 1, 1, 5), False),
        (at(1969, 12, 31, 14), False),
        (at(1970, 1, 2, 1), True),
        (at(1969, 12, 30, 5), True),
        (at(1929, 12, 31, 12), False),
        (at(1929, 12, 31, 23), True),
        (at(1930, 1, 1, 0), True),
        (at(1800, 5, 1), False),
        (at(2099, 12, 31), True),
        (at(2100, 1, 1, 0), False),
        (None, None),
    ],
)
def test_a_moment_that_cannot_be_is_not_believed(moment, believed):
    users = frame_of(USERS, {"id": "a", "hireDate": moment, "terminationDate": moment})
    assert users.select(is_believed("hireDate")).item() is believed
    known = employment(users).collect().row(0, named=True)
    assert (known["hired"] is not None) is (known["left"] is not None) is bool(believed)


def test_without_a_hire_date_the_profile_tells():
    known = person()
    assert known["hired"] == known["exists_since"] == date(2020, 1, 1)
    known = person(hireDate=at(2022, 1, 1))
    assert known["hired"] == known["exists_since"] == date(2022, 1, 1)


@pytest.mark.parametrize(
    ("made", "since"), [(at(2015, 1, 1), date(2015, 1, 1)), (at(2024, 1, 1), date(2023, 7, 1))]
)
def test_hired_again_after_leaving(made, since):
    users = frame_of(
        USERS,
        {
            "id": "a",
            "created": made,
            "terminationDate": at(2022, 3, 1),
            "hireDate": at(2023, 7, 1),
        },
    )
    known = employment(users).collect()
    days = [date(2022, 2, 28), date(2022, 3, 1), date(2023, 6, 30), date(2023, 7, 1)]
    away = [known.select(has_left(day)).item() for day in days]
    assert away == [False, True, True, False]
    assert known["hired"].item() == date(2023, 7, 1)
    assert known["exists_since"].item() == since


def test_who_left_on_the_day_of_hiring_has_left_for_good():
    users = frame_of(
        USERS, {"id": "a", "terminationDate": at(2022, 3, 1), "hireDate": at(2022, 3, 1)}
    )
    known = employment(users).collect()
    assert known["back"].item() is None
    assert known.select(has_left(date(2030, 1, 1))).item() is True


def test_who_never_left_is_there():
    known = employment(frame_of(USERS, {"id": "a"})).collect()
    assert known.select(has_left(date.max)).item() is False
    assert employment(None).collect().height == 0


def test_the_first_of_several_profiles_counts():
    users = frame_of(USERS, {"id": "a", "hireDate": at(2022, 1, 1)}, {"id": "a"})
    assert employment(users).collect()["hired"].to_list() == [date(2022, 1, 1)]
    assert employment(pl.DataFrame(users)).collect_schema().names() == [
        "m_user_id", "exists_since", "hired", "left", "back",
    ]  # fmt: skip

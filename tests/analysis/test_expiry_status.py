"""The rows and columns of expiry_status, and what it refuses."""

from datetime import date, datetime

import polars as pl
import pytest

from kpa_analytics.analysis.expiry_status import expiry_status
from kpa_analytics.errors import KPADataError
from kpa_analytics.schema import COMPLETIONS, EXPIRY_STATUS, TRAININGS, USERS
from tests.analysis.company import frame
from tests.analysis.rule_cases import PERSON, TODAY, at, catalogue, done, pairs


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
    with pytest.raises(
        KPADataError, match=rf"'{column}'; load_completions\(\) returns such frames"
    ):
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


@pytest.mark.parametrize("value", ["no", 0, 1, None])
def test_include_terminated_is_true_or_false(value):
    with pytest.raises(
        KPADataError, match=f"include_terminated must be True or False, not {value!r}"
    ):
        expiry_status(COMPLETIONS.empty(), as_of=TODAY, include_terminated=value)


def test_a_row_without_a_training_is_refused():
    without = {"id": 5, "training_id": None, "date": TODAY}
    with pytest.raises(KPADataError, match="completion 5 has no 'training_id'"):
        expiry_status(done({"date": TODAY}, without), as_of=TODAY)
    with pytest.raises(KPADataError, match="required: a row has no 'training_id'"):
        expiry_status(done({"date": TODAY}), as_of=TODAY, required=pairs((PERSON, None)))

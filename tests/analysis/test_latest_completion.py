"""Which completion counts."""

from datetime import date

import pytest

from kpa_analytics.analysis.expiry_status import expiry_status
from tests.analysis.rule_cases import TODAY, at, catalogue, done, judge


def test_the_latest_completion_counts_even_where_an_earlier_one_expires_later():
    records = done(
        {"date": date(2026, 1, 1), "special_expiration_date": date(2030, 1, 1)},
        {"date": date(2026, 1, 2)},
    )
    status = expiry_status(records, catalogue({"renewal_months": 1}), as_of=TODAY)
    assert status.select("completion_id", "status").rows() == [(2, "expired")]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("latest", "other"),
    [
        ({"date": date(2026, 1, 2)}, {"date": date(2026, 1, 1), "created": at(2026, 2, 2)}),
        ({"created": at(2026, 1, 2)}, {"created": at(2026, 1, 1)}),
    ],
)
def test_ties_go_by_created_and_then_by_id(latest, other):
    same = {"date": date(2026, 1, 1), "created": at(2026, 1, 1)}
    for records, counts in (((latest, other), 1), ((other, latest), 2), ((other, other), 2)):
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


@pytest.mark.slow
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


def test_of_the_same_date_and_creation_the_higher_id_counts_whatever_its_special_date():
    same = {"date": date(2026, 1, 1), "created": at(2026, 1, 1)}
    records = done(
        {**same, "special_expiration_date": date(2030, 1, 1)},
        {**same, "special_expiration_date": date(2026, 2, 1)},
    )
    status = expiry_status(records, as_of=TODAY)
    assert status.select("completion_id", "status").rows() == [(2, "expired")]

"""Our statuses beside the vendor's."""

from datetime import UTC, date, datetime

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from kpa_analytics.analysis.reconcile import reconcile
from kpa_analytics.errors import KPADataError
from kpa_analytics.schema import EMPLOYEE_STATUS, EXPIRY_STATUS, RECONCILIATION
from tests.analysis.company import frame

DAY = date(2026, 6, 15)
DUE = date(2026, 7, 15)


def ours(*rows):
    plain = {"m_user_id": "a", "user": "Moe, Ann", "training_id": 7, "training": "Ladders"}
    return frame(EXPIRY_STATUS, [{**plain, **row} for row in rows])


def theirs(*rows):
    plain = {
        "m_user_id": "a",
        "incomplete_training_ids": [],
        "complete_training_ids": [],
        "last_completed": [],
        "last_updated": datetime(2026, 6, 15, 9, tzinfo=UTC),
    }
    return frame(EMPLOYEE_STATUS, [{**plain, **row} for row in rows])


def last(expires=None, starts=None, completed=date(2025, 7, 15)):
    return [{"id": 7, "date": completed, "expiresOn": expires, "startsExpiringOn": starts}]


@pytest.mark.parametrize(
    ("vendor", "status"),
    [
        ({"incomplete_training_ids": [7]}, "missing"),
        ({"incomplete_training_ids": [7], "last_completed": last(completed=None)}, "missing"),
        ({"incomplete_training_ids": [7], "last_completed": last(date(2026, 6, 1))}, "expired"),
        ({"incomplete_training_ids": [7], "last_completed": last(DUE)}, "expired"),
        ({"incomplete_training_ids": [7], "last_completed": last(DUE, None, None)}, "expired"),
        ({"complete_training_ids": [7], "last_completed": last(date(2026, 6, 14))}, "expired"),
        ({"complete_training_ids": [7], "last_completed": last(DAY, DAY)}, "expiring"),
        ({"complete_training_ids": [7], "last_completed": last(DUE, DAY)}, "expiring"),
        ({"complete_training_ids": [7], "last_completed": last(DUE, date(2026, 6, 16))}, "current"),
        ({"complete_training_ids": [7], "last_completed": last(DUE)}, "current"),
        ({"complete_training_ids": [7], "last_completed": last()}, "current"),
        ({"complete_training_ids": [7]}, "current"),
        ({"last_completed": last(DUE, DAY)}, "expiring"),
    ],
)
def test_the_vendors_status_in_our_terms(vendor, status):
    row = reconcile(EXPIRY_STATUS.empty(), theirs(vendor)).row(0, named=True)
    assert row["vendor_status"] == status
    expected = vendor["last_completed"][0]["expiresOn"] if "last_completed" in vendor else None
    assert row["vendor_expiration_date"] == expected


@pytest.mark.parametrize(
    ("expires", "status", "agree", "apart"),
    [
        (DUE, "expiring", True, 0),
        (date(2026, 7, 20), "expiring", False, 5),
        (date(2026, 7, 1), "expiring", False, -14),
        (None, "expiring", False, None),
        (DUE, "current", False, 0),
    ],
)
def test_dates_and_statuses_are_compared(expires, status, agree, apart):
    vendor = {"complete_training_ids": [7], "last_completed": last(DUE, DAY)}
    row = reconcile(ours({"expiration_date": expires, "status": status}), theirs(vendor)).row(
        0, named=True
    )
    assert (row["agree"], row["days_apart"]) == (agree, apart)
    assert (row["our_status"], row["vendor_status"]) == (status, "expiring")


def test_two_that_never_expire_agree():
    vendor = {"complete_training_ids": [7], "last_completed": last()}
    row = reconcile(ours({"status": "current"}), theirs(vendor)).row(0, named=True)
    assert (row["agree"], row["days_apart"]) == (True, None)


def test_what_only_one_side_has_is_kept_and_does_not_agree():
    status = ours(
        {"status": "current"}, {"training_id": 8, "training": "Ropes", "status": "not_due"}
    )
    vendor = theirs(
        {"incomplete_training_ids": [9]},
        {"m_user_id": "b", "complete_training_ids": [7, 8]},
    )
    rows = reconcile(status, vendor)
    assert rows.select("m_user_id", "user", "training_id", "training").rows() == [
        ("a", "Moe, Ann", 7, "Ladders"),
        ("a", "Moe, Ann", 8, "Ropes"),
        ("a", "Moe, Ann", 9, "9"),
        ("b", "b", 7, "Ladders"),
        ("b", "b", 8, "Ropes"),
    ]
    assert rows["our_status"].to_list() == ["current", "not_due", None, None, None]
    assert rows["vendor_status"].to_list() == [None, None, "missing", "current", "current"]
    assert rows["agree"].to_list() == [False] * 5


def test_a_case_without_a_person_is_one_row():
    status = ours({"m_user_id": None, "user": None, "expiration_date": DUE, "status": "current"})
    vendor = theirs({"m_user_id": None, "last_completed": last(DUE)})
    (row,) = reconcile(status, vendor).to_dicts()
    assert (row["m_user_id"], row["training_id"], row["agree"]) == (None, 7, True)


def test_of_two_statuses_of_a_person_the_last_counts():
    later = datetime(2026, 6, 16, tzinfo=UTC)
    vendor = theirs(
        {"m_user_id": "a", "complete_training_ids": [7], "last_updated": later},
        {"m_user_id": "a", "incomplete_training_ids": [7]},
        {"m_user_id": "b", "incomplete_training_ids": [7]},
        {"m_user_id": "b", "complete_training_ids": [7], "last_updated": later},
    )
    rows = reconcile(EXPIRY_STATUS.empty(), vendor)
    assert rows["vendor_status"].to_list() == ["current", "current"]


def test_a_list_that_names_a_training_twice_makes_one_row():
    vendor = theirs({"incomplete_training_ids": [7, 7], "complete_training_ids": [7]})
    assert reconcile(ours({"status": "missing"}), vendor).select(
        "vendor_status", "agree"
    ).rows() == [("missing", True)]


def test_lazy_gives_what_frames_give():
    status, vendor = ours({"status": "current"}), theirs({"complete_training_ids": [7]})
    lazy = reconcile(status.lazy(), vendor.lazy())
    assert isinstance(lazy, pl.LazyFrame)
    assert_frame_equal(lazy.collect(), reconcile(status, vendor))


def test_the_columns_are_the_tables():
    empty = reconcile(EXPIRY_STATUS.empty(), EMPLOYEE_STATUS.empty())
    assert empty.schema == RECONCILIATION.schema


def test_a_lacking_column_is_named():
    with pytest.raises(KPADataError, match=r"'last_completed'; load_employee_status\(\)"):
        reconcile(EXPIRY_STATUS.empty(), EMPLOYEE_STATUS.empty().drop("last_completed"))
    with pytest.raises(KPADataError, match=r"'status'; expiry_status\(\)"):
        reconcile(EXPIRY_STATUS.empty().drop("status"), EMPLOYEE_STATUS.empty())

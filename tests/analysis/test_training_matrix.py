"""People by trainings."""

from datetime import date

import polars as pl
import pytest

from kpa_analytics.analysis.expiry_status import expiry_status
from kpa_analytics.analysis.training_matrix import training_matrix
from kpa_analytics.errors import KPADataError
from kpa_analytics.schema import EXPIRY_STATUS, STATUS
from tests.analysis.company import company, frame


def cell(m_user_id, user, training_id, training, status):
    return dict(zip(("m_user_id", "user", "training_id", "training", "status"),
                    (m_user_id, user, training_id, training, status), strict=True))  # fmt: skip


ROWS = frame(
    EXPIRY_STATUS,
    [
        cell("b", "Moe, Ann", 2, "Ladders", "expired"),
        cell("a", "Roe, Bo", 1, "Forklift", "current"),
        cell("c", "Moe, Ann", 1, "Forklift", "missing"),
        cell("b", "Moe, Ann", 1, "Forklift", "expiring"),
    ],
)


@pytest.mark.parametrize("status", [ROWS, ROWS.lazy()], ids=["frame", "lazy"])
def test_a_row_per_person_and_a_column_per_training(status):
    matrix = training_matrix(status)
    assert matrix.rows() == [
        ("b", "Moe, Ann", "expiring", "expired"),
        ("c", "Moe, Ann", "missing", None),
        ("a", "Roe, Bo", "current", None),
    ]
    assert dict(matrix.schema) == {
        "m_user_id": pl.String,
        "user": pl.String,
        "Forklift": STATUS,
        "Ladders": STATUS,
    }


def test_trainings_that_share_a_title_stay_apart():
    rows = [
        cell("a", "A", 1, "Ladders", "current"),
        cell("a", "A", 2, "Ladders", "expired"),
        cell("a", "A", 3, "Ladders (1)", "missing"),
        cell("a", "A", 4, "user", "not_due"),
    ]
    assert training_matrix(frame(EXPIRY_STATUS, rows)).to_dicts() == [
        {
            "m_user_id": "a",
            "user": "A",
            "Ladders (1)": "current",
            "Ladders (2)": "expired",
            "Ladders (1) (3)": "missing",
            "user (4)": "not_due",
        }
    ]


def test_every_row_of_the_status_is_a_cell():
    status = expiry_status(*company(3, people=40, count=800)[:3], as_of=date(2026, 1, 1))
    matrix = training_matrix(status)
    cells = matrix.unpivot(index=["m_user_id", "user"], value_name="status").drop_nulls("status")
    assert cells.height == status.height
    assert matrix["m_user_id"].n_unique() == matrix.height == status["m_user_id"].n_unique()
    assert (
        cells.sort("m_user_id", "status")
        .select("m_user_id", "status")
        .equals(status.sort("m_user_id", "status").select("m_user_id", "status"))
    )


def test_a_case_that_occurs_twice_is_named():
    later = ROWS.with_columns(status=pl.lit("expired", STATUS)).tail(1)
    said = r"^status: Moe, Ann \(b\) has more than one status for Forklift \(1\); give the "
    with pytest.raises(KPADataError, match=said):
        training_matrix(pl.concat([ROWS, later]))


def test_nobody_and_nothing():
    assert training_matrix(EXPIRY_STATUS.empty()).schema == {
        "m_user_id": pl.String,
        "user": pl.String,
    }


def test_a_lacking_column_is_named():
    with pytest.raises(KPADataError, match=r"'status'; expiry_status\(\) returns such frames"):
        training_matrix(ROWS.drop("status"))

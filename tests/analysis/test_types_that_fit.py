"""Frames made by hand: other types that `need` accepts give the same results."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import kpa_analytics as kpa
from kpa_analytics.data.training_data import LOADED
from kpa_analytics.endpoints import endpoint_of
from kpa_analytics.schema import EXPIRY_STATUS, RENEWALS, Table
from tests.analysis.company import company

DAY = date(2026, 6, 30)


def other_types(frame: pl.DataFrame, table: Table) -> pl.DataFrame:
    """Texts as categories, numbers as smaller ones, and columns of nulls without a type."""

    def other(column: pl.Series) -> pl.Series:
        if column.is_null().all():
            return column.cast(pl.Null)
        if column.dtype == pl.String:
            return column.cast(pl.Categorical)
        return column.cast(pl.Int32) if column.dtype == pl.Int64 else column

    return frame.with_columns(other(frame[name]) for name in table.schema)


def made(data: kpa.TrainingData, like: Callable[[pl.DataFrame, Table], pl.DataFrame]) -> Any:
    frames = {name: like(getattr(data, name), endpoint_of(name).table) for name in LOADED}
    return kpa.TrainingData(**frames), frames


@pytest.fixture(scope="module")
def both() -> list[Any]:
    completions, trainings, users, _ = company(7, people=12, count=200)
    data = kpa.TrainingData(completions=completions, trainings=trainings, users=users)
    return [made(data, lambda frame, _: frame), made(data, other_types)]


def the_same(both: list[Any], compute: Callable[[kpa.TrainingData, dict[str, Any]], Any]) -> None:
    usual, other = (compute(*each) for each in both)
    if isinstance(usual, pl.DataFrame):
        assert usual.height > 0
        assert_frame_equal(usual, other, categorical_as_str=True, check_dtypes=False)
    else:
        assert str(usual) == str(other)


def status_of(frames: dict[str, Any]) -> pl.DataFrame:
    return kpa.expiry_status(frames["completions"], frames["trainings"], frames["users"], as_of=DAY)


COMPUTED: dict[str, Callable[[kpa.TrainingData, dict[str, Any]], Any]] = {
    "expiry_status": lambda _, f: status_of(f),
    "eligible_instructors": lambda _, f: kpa.eligible_instructors(
        f["completions"], f["trainings"], f["users"], as_of=DAY
    ),
    "plan_sessions": lambda data, _: kpa.plan_sessions(data, as_of=DAY).unplaced,
    "explain": lambda data, _: [str(each) for each in kpa.Explainer(data, as_of=DAY).every()],
    "status_changes": lambda data, _: kpa.status_changes(
        kpa.TrainingData(completions=data.completions.head(90)), data, as_of=DAY
    ),
    "supervisor_lists": lambda _, f: kpa.supervisor_lists(
        other_types(status_of(f), EXPIRY_STATUS), f["users"], as_of=DAY
    ),
    "renewal_curve": lambda _, f: (
        kpa.renewal_curve(other_types(_renewals(f).clear(), RENEWALS), f["users"], as_of=DAY).height
    ),
    "renewal_punctuality": lambda _, f: kpa.renewal_punctuality(
        other_types(_renewals(f), RENEWALS), as_of=DAY
    ),
    "fleet": lambda data, _: kpa.Fleet({"a": data, "b": data}).completions,
    "together": lambda data, _: kpa.Fleet({"a": data, "b": data}).together().users,
}


def _renewals(frames: dict[str, Any]) -> pl.DataFrame:
    return kpa.renewals(frames["completions"], frames["trainings"], frames["users"], as_of=DAY)


@pytest.mark.slow
@pytest.mark.parametrize("name", COMPUTED)
def test_other_types_give_the_same(name: str, both: list[Any]) -> None:
    the_same(both, COMPUTED[name])

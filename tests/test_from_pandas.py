"""Frames that were in pandas: the advice of our errors makes of them what they were."""

from __future__ import annotations

import re

import polars as pl
import pytest

import kpa_analytics as kpa
from kpa_analytics import schema
from kpa_analytics.errors import KPADataError
from kpa_analytics.inputs import need
from kpa_analytics.schema import Table
from tests.widgets.conftest import company

__all__ = ["company"]

TABLES = [table for table in vars(schema).values() if isinstance(table, Table)]


@pytest.fixture(scope="module")
def frames(company: kpa.TrainingData) -> dict[str, pl.DataFrame]:
    """Frames with rows, by the name of their table."""
    names = ("completions", "trainings", "users", "group_trainings", "employee_status", "groups")
    status = kpa.expiry_status(
        *(company.completions, company.trainings, company.users), required=company.requirements
    )
    made = {"expiry_status": status, "renewals": kpa.renewals(company.completions)}
    return made | {name: getattr(company, name) for name in names}


def followed(refused: pytest.ExceptionInfo[KPADataError], frame: object) -> pl.DataFrame:
    """The frame that the advice of an error makes of a frame of pandas."""
    advice = re.search(r"pl\.from_pandas\(.*\)", str(refused.value))
    assert advice
    made: pl.DataFrame = eval(advice[0], {"pl": pl, "kpa": kpa, "frame": frame})
    return made


@pytest.mark.slow
@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_the_advice_for_a_frame_of_pandas_gives_the_same_frame(
    table: Table, frames: dict[str, pl.DataFrame]
) -> None:
    frame = frames.get(table.name, table.empty())
    pandas = frame.to_pandas()
    with pytest.raises(KPADataError, match="expected a polars frame") as refused:
        need(pandas, table, *frame.columns)
    assert followed(refused, pandas).equals(frame)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["completions", "trainings", "expiry_status", "renewals"])
def test_so_does_the_advice_for_the_types_of_pandas(
    name: str, frames: dict[str, pl.DataFrame]
) -> None:
    frame, table = frames[name], getattr(schema, name.upper())
    pandas = frame.to_pandas()
    with pytest.raises(KPADataError, match=r"column '.*' is (Float64|Datetime)") as refused:
        need(pl.from_pandas(pandas), table, *frame.columns)
    assert followed(refused, pandas).equals(frame)

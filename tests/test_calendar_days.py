"""Days of every year, against Python's calendar."""

from calendar import monthrange
from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpa_analytics.calendar_days import YearlyDay, months_after

TYPES = {"year": pl.Int32, "month": pl.Int8, "day": pl.Int8}
IN_YEAR = YearlyDay(pl.col("month"), pl.col("day")).in_year(pl.col("year"))


def the_day(year: int, month: int, day: int) -> date:
    return date(year, month, min(day, monthrange(year, month)[1]))


@given(st.tuples(st.integers(1, 9999), st.integers(1, 12), st.integers(1, 31)))
def test_a_day_that_does_not_exist_is_the_last_of_the_month(row: tuple[int, int, int]) -> None:
    assert pl.DataFrame([row], TYPES, orient="row").select(IN_YEAR).item() == the_day(*row)


@pytest.mark.parametrize("unknown", TYPES)
def test_null_gives_null(unknown: str) -> None:
    row = {"year": 2024, "month": 2, "day": 30, unknown: None}
    assert pl.DataFrame([row], TYPES).select(IN_YEAR).item() is None


@pytest.mark.slow
@given(st.dates(date(1, 1, 1), date(9000, 12, 31)), st.integers(0, 120))
def test_months_after_a_day(day: date, months: int) -> None:
    years, month = divmod(day.month - 1 + months, 12)
    after = pl.select(months_after(pl.lit(day), pl.lit(months))).item()
    assert after == the_day(day.year + years, month + 1, day.day)

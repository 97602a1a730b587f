"""The numbers of pairs keep the order and lose nothing, whatever the ids and days are."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from kpa_analytics.analysis.pairs import Pairs

LOWEST, HIGHEST = -(2**63), 2**63 - 1
RECORDS = {"person": pl.UInt32, "training_id": pl.Int64, "date": pl.Date}
ids = st.integers(1, 9) | st.sampled_from([LOWEST, -1, 0, HIGHEST])
days = st.none() | st.dates() | st.sampled_from([date.min, date.max])


def numbered(rows: list[tuple], *, people: int, catalogue: list[int]) -> pl.DataFrame:
    records = pl.DataFrame(rows, RECORDS, orient="row")
    trainings = pl.DataFrame({"id": catalogue}, {"id": pl.Int64})
    pairs = Pairs(records.lazy(), pl.DataFrame({"person": range(people)}), trainings)
    return records.select(
        pl.struct([*RECORDS]).alias("record"), pairs.number, pairs.with_day
    ).with_columns(pl.struct(pairs.split).alias("split"))


@pytest.mark.slow
@given(st.lists(st.tuples(st.integers(0, 4), ids, days), max_size=12))
def test_numbers_sort_as_the_columns_do_and_give_them_back(rows: list[tuple]) -> None:
    frame = numbered(rows, people=5, catalogue=[3])
    by_columns = frame.select(pl.col("record").struct.unnest()).sort([*RECORDS])
    by_number = frame.sort("pair_and_day").select(pl.col("record").struct.unnest())
    assert_frame_equal(by_number, by_columns)
    given_back = frame.select(pl.col("split").struct.unnest())
    expected = frame.select("pair", pl.col("record").struct.field("person", "training_id"))
    assert_frame_equal(given_back, expected)


@pytest.mark.parametrize(
    ("highest", "dtype"), [(5_000_000, pl.Int64), (HIGHEST, pl.Int128)], ids=["short", "long"]
)
def test_numbers_are_only_as_large_as_the_ids_need(highest: int, dtype: pl.DataType) -> None:
    rows = [(1, 7, date(2024, 2, 29)), (0, highest, None)]
    assert numbered(rows, people=200_000, catalogue=[7])["pair"].dtype == dtype


def test_numbers_have_room_for_the_catalogue() -> None:
    """The parts of composed trainings may have ids outside those of the records."""
    frame = numbered([(0, 7, None), (1, 7, None)], people=2, catalogue=[1, 900])
    first, second = frame["pair"]
    assert second - first >= 900


def test_nothing_to_number() -> None:
    assert numbered([], people=0, catalogue=[]).is_empty()

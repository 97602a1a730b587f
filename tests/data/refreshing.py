"""Records of accounts to refresh."""

from __future__ import annotations

import polars as pl

from kpa_analytics.demo.sources import COMPLETIONS, Records
from tests.conftest import completion

NEWEST = 20210101


def aged(count: int) -> Records:
    """Records from the newest date to the oldest, in the API's order."""
    days = pl.date_range(pl.date(2015, 1, 1), pl.date(2020, 12, 31), eager=True)
    numbers = days.dt.strftime("%Y%m%d").cast(pl.Int64).to_list()
    return Records(
        {COMPLETIONS: [completion(n, date_number=numbers[n * 2000 // count]) for n in range(count)]}
    )


def new_records(count: int, **fields: object) -> list[dict[str, object]]:
    return [completion(100_000 + n, date_number=NEWEST, **fields) for n in range(count)]

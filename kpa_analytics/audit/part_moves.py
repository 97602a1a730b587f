"""Moves into or out of the part of the records that two packs are about."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import polars as pl

from kpa_analytics.audit.people import people_rows
from kpa_analytics.data.training_data import TrainingData


class PartMoves(NamedTuple):
    """People and records that entered or left the part, but not the account.

    Attributes:
        moved_in: ids of people who were hired by the day of the earlier pack and were not in it.
        moved_out: ids of people who were in the earlier pack, and are still employed.
        records: ids of records that were neither added nor removed: those of people who moved in,
            and those of the earlier pack that the account still has.
    """

    moved_in: list[str]
    moved_out: list[str]
    records: list[int]


#: All records: nobody can move into or out of them.
NO_MOVES = PartMoves([], [], [])


def moves_between(
    before: date,
    after: date,
    joined: pl.DataFrame,
    gone: pl.DataFrame,
    records: pl.Series,
    whole: TrainingData,
) -> PartMoves:
    """Find what moved between the days of two packs of a part.

    Args:
        before: the day of the earlier pack.
        after: the day of this pack.
        joined: people who are only in this pack, as `schema.PEOPLE`.
        gone: people who are only in the earlier pack.
        records: ids of the completions in the earlier pack.
        whole: the complete records on the day of this pack.
    """
    employed = people_rows(whole, after).filter("employed")["m_user_id"]
    moved_in = joined.filter(pl.col("hired") <= before)["m_user_id"]
    moved_out = gone.filter(pl.col("m_user_id").is_in(employed.implode()))["m_user_id"]
    done = whole.completions
    was_made = (pl.col("created").dt.date() <= before).fill_null(True)
    entered = done.filter(pl.col("m_user_id").is_in(moved_in.implode()), was_made)["id"]
    kept = done.filter(pl.col("id").is_in(records.implode()))["id"]
    return PartMoves(moved_in.to_list(), moved_out.to_list(), [*entered, *kept])

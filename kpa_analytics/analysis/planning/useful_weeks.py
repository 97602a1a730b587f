"""In which weeks a session helps a person: the first one, and how long the person stays."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl

from kpa_analytics.analysis.engine import Rules
from kpa_analytics.analysis.expirations import expirations, with_expiry_key

_END = ("training_id", "expires")
_DUE_END = ("due_id", "due_expires")


def with_useful_weeks(cases: pl.DataFrame, rules: Rules, days: Sequence[date]) -> pl.DataFrame:
    """Add `first` and `stays` to cases, in their order.

    `first` is the number of the first week in which a completion gives a later expiration date, or
    the number of weeks if there is none. If a composed training is due, the date of the composed
    training must be later, too. `stays` is the number of weeks before the person leaves.

    Args:
        cases: as `session_cases()` returns them.
        rules: the rules of their catalogue.
        days: the day of the sessions of each week.
    """
    weeks = len(days)
    before_leaving = (pl.col("last_day") - days[0]).dt.total_days() // 7 + 1
    firsts = _first_weeks(cases, rules, days).lazy()
    of_due = firsts.select(due_id="training_id", due_expires="expires", due_first="first")
    return (
        cases.lazy()
        .join(firsts, on=_END, how="left", nulls_equal=True, maintain_order="left")
        .join(of_due, on=_DUE_END, how="left", nulls_equal=True, maintain_order="left")
        .with_columns(
            pl.max_horizontal(pl.col("first", "due_first").fill_null(weeks)).alias("first"),
            before_leaving.clip(0, weeks).fill_null(weeks).alias("stays"),
        )
        .drop("due_first")
        .collect(engine="in-memory")
    )


def _first_weeks(cases: pl.DataFrame, rules: Rules, days: Sequence[date]) -> pl.DataFrame:
    """The first useful week of each training and expiration date that has one."""
    of_due = cases.lazy().select(training_id="due_id", expires="due_expires")
    ends = pl.concat([cases.lazy().select(_END), of_due]).unique()
    is_later = (pl.col("new_end") > pl.col("expires")).fill_null(True)
    week = (pl.col("date").min() - days[0]).dt.total_days() // 7
    return (
        ends.join(_new_ends(ends, rules, days), on="training_id")
        .filter(is_later)
        .group_by(_END)
        .agg(week.alias("first"))
        .collect(engine="in-memory")
    )


def _new_ends(ends: pl.LazyFrame, rules: Rules, days: Sequence[date]) -> pl.LazyFrame:
    """The day through which each training would be valid if completed on each of these days."""
    records = (
        ends.select("training_id")
        .unique()
        .join(pl.LazyFrame({"date": days}, schema={"date": pl.Date}), how="cross")
        .with_columns(special_expiration_date=pl.lit(None, pl.Date))
    )
    keyed = with_expiry_key(records).drop("has_proof")
    return expirations(keyed, rules.schedules).select(
        "training_id", "date", new_end="expiration_date"
    )

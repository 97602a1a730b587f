"""Profiles with the same employee number: perhaps one person, whose records are divided."""

from __future__ import annotations

import polars as pl

from kpa_analytics import report_text as texts
from kpa_analytics.data.checks import Check, row_sentences
from kpa_analytics.data.training_data import FLEET_ACCOUNT
from kpa_analytics.names import employee_numbers

_NUMBER = "employeeNumber"


def shared_employee_numbers(users: pl.LazyFrame) -> Check:
    """Profiles whose employee number another profile of the account has, too.

    White space around a number does not count. The other profile in the sentence is the next one by
    id, or the first for the last one.
    """
    account = [FLEET_ACCOUNT] if FLEET_ACCOUNT in users.collect_schema() else []
    accounts = users.select("id", *account).unique("id", keep="first", maintain_order=True)
    same = [*account, _NUMBER]
    following = pl.col("id").shift(-1).fill_null(pl.col("id").first()).over(same)
    shared = (
        employee_numbers(users)
        .join(accounts, on="id", how="left")
        .sort("id")
        .with_columns(
            following.alias("m_user_id"),
            (pl.len().over(same).cast(pl.Int64) - 2).alias("others"),
        )
        .filter(pl.col("others") >= 0)
        .with_columns(
            pl.when(pl.col("others") > 0)
            .then(row_sentences(texts.MORE_PROFILES))
            .otherwise(pl.lit(""))
            .alias("more")
        )
    )
    kind = "shared_employee_number"
    return Check(kind, "users", _NUMBER, shared, texts.SHARED_NUMBER, value=_NUMBER)

"""The tables of several accounts as one table."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from kpa_analytics.errors import KPADataError
from kpa_analytics.inputs import ACCOUNT
from kpa_analytics.wording import listing


def as_one_table(tables: Mapping[str, object]) -> pl.DataFrame:
    """Put tables with the same columns below each other.

    Args:
        tables: the table of each account, by name.

    Returns:
        The rows of all tables, with a leading column `account`.

    Raises:
        KPADataError: one is not a DataFrame, has a column `account`, or has other columns than the
            first; the message names the account.

    Examples:
        >>> accounts = {"north": pl.DataFrame({"id": [1]}), "south": pl.DataFrame({"id": [2]})}
        >>> as_one_table(accounts).rows()
        [('north', 1), ('south', 2)]
    """
    named: list[pl.DataFrame] = []
    for account, table in tables.items():
        if not isinstance(table, pl.DataFrame):
            raise KPADataError(
                f"{account}: the result must be a polars DataFrame, not {type(table).__name__}"
            )
        if ACCOUNT in table.columns:
            raise KPADataError(
                f"{account}: the table already has a column {ACCOUNT!r}, so rename that one"
            )
        named.append(table.select(pl.lit(account).alias(ACCOUNT), pl.all()))
        first, other = named[0].schema, named[-1].schema
        differ = sorted(name for name in {**first, **other} if first.get(name) != other.get(name))
        if differ:
            raise KPADataError(
                f"{account}: the columns differ from those of {next(iter(tables))}: "
                f"{listing(differ)}"
            )
    return pl.concat(named, how="diagonal")  # their columns may be in another order

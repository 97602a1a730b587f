"""The catalogue of each account, which every executor gets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from kpa_analytics.analysis.schedules import SCHEDULE_FIELDS
from kpa_analytics.errors import KPADataError
from kpa_analytics.inputs import ACCOUNT

if TYPE_CHECKING:
    from collections.abc import Callable

    from kpa_analytics.spark.arguments import Argument

#: The columns of the catalogue that the rules and the titles need.
CATALOGUE = (*SCHEDULE_FIELDS, "title")


class Tables:
    """A small table of each account, such as the catalogue.

    It is collected on the driver and travels with the work.

    Args:
        argument: the table, or None.
    """

    def __init__(self, argument: Argument | None) -> None:
        self._by_account: dict[str | None, pl.DataFrame] = {}
        self._empty: pl.DataFrame | None = None
        if argument is None:
            return
        rows, wire = _collected(argument), argument.wire
        self._empty = wire.received(rows.clear())
        for of_account in rows.partition_by(ACCOUNT, maintain_order=True):
            self._by_account[of_account[ACCOUNT][0]] = wire.received(of_account)

    def of(self, account: str | None) -> pl.DataFrame | None:
        """The table of an account: without rows if it has none, or None if there is no table."""
        return self._by_account.get(account, self._empty)

    def check(self, trial: Callable[[pl.DataFrame | None], object]) -> None:
        """Try the table of each account.

        Args:
            trial: raises `KPADataError` if the table is not valid.

        Raises:
            KPADataError: that of the trial, after the name of the account.
        """
        for account, table in self._by_account.items():
            try:
                trial(table)
            except KPADataError as error:
                raise KPADataError(named(account, str(error))) from error


def named(account: str | None, message: str) -> str:
    """A message about an account."""
    return message if account is None else f"account {account!r}: {message}"


def _collected(argument: Argument) -> pl.DataFrame:
    """The rows as they travel, in their order."""
    rows = argument.spark.select(*argument.wire.sent())
    frame = pl.from_arrow(rows.toArrow())
    assert isinstance(frame, pl.DataFrame)  # noqa: S101 - for the type checker
    return frame

"""Frames of two accounts are joined by no public function: an id means different things in each."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from itertools import combinations
from typing import Any

import polars as pl
import pytest

import kpa_analytics as kpa
from kpa_analytics import schema
from kpa_analytics.analysis.requirements import REQUIRED
from kpa_analytics.errors import KPADataError
from kpa_analytics.schema import Table

#: The frames that functions take, by the name of the argument.
_TABLES: dict[str, Table] = {
    "completions": schema.COMPLETIONS,
    "employee_status": schema.EMPLOYEE_STATUS,
    "group_trainings": schema.GROUP_TRAININGS,
    "groups": schema.GROUPS,
    "renewals": schema.RENEWALS,
    "required": REQUIRED,
    "status": schema.EXPIRY_STATUS,
    "trainings": schema.TRAININGS,
    "users": schema.USERS,
}
_DAYS = {"start": "2026-01-01", "end": "2026-06-30"}


def _joining() -> Iterator[tuple[Callable[..., Any], tuple[str, str], bool]]:
    """Every public function and chart with each pair of the frames that it takes."""
    for place in (kpa, kpa.charts):
        for name in dir(place):
            function = getattr(place, name)
            if not inspect.isfunction(function):
                continue
            arguments = inspect.signature(function).parameters
            frames = [name for name, a in arguments.items() if "Frame" in str(a.annotation)]
            for pair in combinations(frames, 2):
                yield function, pair, "start" in arguments


_JOINING = list(_joining())


def _of(account: str, table: Table) -> pl.DataFrame:
    """A frame of a table with one row, in which nothing but the account is known."""
    nothing = pl.DataFrame({name: [None] for name in table.schema}, schema=table.schema)
    return nothing.with_columns(pl.lit(account).alias("account"))


def test_the_functions_are_those_that_take_several_frames() -> None:
    names = {function.__name__ for function, _, _ in _JOINING}
    assert {"expiry_status", "renewal_curve", "expiry_by_group", "person_timeline"} <= names


@pytest.mark.parametrize(
    ("function", "pair", "has_period"),
    _JOINING,
    ids=[f"{function.__name__}-{'-'.join(pair)}" for function, pair, _ in _JOINING],
)
def test_two_accounts_meet_in_no_function(
    function: Callable[..., Any], pair: tuple[str, str], has_period: bool
) -> None:
    arguments = inspect.signature(function).parameters
    needed = {name for name, a in arguments.items() if a.default is a.empty and name in _TABLES}
    frames = {name: _of("north", _TABLES[name]) for name in needed | {pair[0]}}
    frames[pair[1]] = _of("south", _TABLES[pair[1]])
    with pytest.raises(KPADataError, match=r"several accounts \(north, south\)"):
        function(**frames, **(_DAYS if has_period else {}))

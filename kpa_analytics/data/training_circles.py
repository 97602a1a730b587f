"""Trainings that include themselves, directly or through each other."""

from __future__ import annotations

from collections import deque
from contextlib import suppress
from graphlib import CycleError, TopologicalSorter

import polars as pl

from kpa_analytics import report_text as texts
from kpa_analytics.data.checks import Check, names_of
from kpa_analytics.data.included_trainings import Included, included_trainings
from kpa_analytics.schema import USERS


def training_circles(trainings: pl.LazyFrame) -> list[Check]:
    """Trainings in a circle, in which each training includes the next."""
    circles = circles_in(included_trainings(trainings))
    known = names_of(USERS.empty().lazy(), trainings).select("id", "name")
    names: dict[str, str] = dict(known.collect(engine="in-memory").iter_rows())
    shown = {
        training: f"{training} ({names[key]})" if (key := str(training)) in names else key
        for training in circles
    }
    rows = pl.LazyFrame(
        {
            "id": [*circles],
            "included": [circle[1] for circle in circles.values()],
            "circle": [" -> ".join(shown[each] for each in circle) for circle in circles.values()],
        },
        schema={"id": pl.Int64, "included": pl.Int64, "circle": pl.String},
    )
    itself = pl.col("id") == pl.col("included")
    return [
        Check("training_circle", "trainings", "included_trainings_id", each, text, value="included")
        for each, text in (
            (rows.filter(itself), texts.INCLUDES_ITSELF),
            (rows.filter(~itself), texts.TRAINING_CIRCLE),
        )
    ]


def in_or_above_circles(included: Included) -> set[int]:
    """The trainings that include themselves, and those that include one of these.

    Examples:
        >>> sorted(in_or_above_circles({1: [2], 2: [3], 3: [2], 4: [5], 5: []}))
        [1, 2, 3]
    """
    sorter = TopologicalSorter(included)
    with suppress(CycleError):  # the others can still be sorted
        sorter.prepare()
    rest = {*included}
    while sorter.is_active():
        ready = sorter.get_ready()
        sorter.done(*ready)
        rest -= {*ready}
    return rest


def circles_in(included: Included) -> dict[int, list[int]]:
    """The shortest circle of each training that is in one; it begins and ends with the training.

    Examples:
        >>> circles_in({1: [2], 2: [3], 3: [2], 4: [4]})
        {2: [2, 3, 2], 3: [3, 2, 3], 4: [4, 4]}
    """
    among = in_or_above_circles(included)
    circles = {start: _way_back(start, included, among) for start in sorted(among)}
    return {start: circle for start, circle in circles.items() if circle}


def _way_back(start: int, included: Included, among: set[int]) -> list[int]:
    """The shortest way from a training to itself; empty if there is none."""
    above: dict[int, int] = {}
    waiting = deque([start])
    while waiting:
        training = waiting.popleft()
        for inner in sorted(among.intersection(included[training])):
            if inner == start:
                way = [start, training]
                while way[-1] != start:
                    way.append(above[way[-1]])
                return way[::-1]
            if inner not in above:
                above[inner] = training
                waiting.append(inner)
    return []

"""A sample of cases for an audit test, which anybody can draw again from the pack."""

from __future__ import annotations

import hashlib
from datetime import date
from heapq import heappop, heapreplace
from typing import NamedTuple

import polars as pl

from kpa_analytics import report_text as text
from kpa_analytics.audit.case_rules import with_rules
from kpa_analytics.data.training_data import TrainingData
from kpa_analytics.errors import KPADataError
from kpa_analytics.schema import SAMPLE
from kpa_analytics.statuses import SEVERITY
from kpa_analytics.whole_number import plain_number
from kpa_analytics.wording import say

#: The columns that the tester fills in.
FOR_THE_TESTER = ("result", "evidence_seen", "tester", "tested_on")

_STRATUM = ("training_id", "status")


class Sample(NamedTuple):
    """A stratified sample of cases.

    Attributes:
        rows: `schema.SAMPLE`, the drawn cases by training, status and name.
        size: how many cases were wanted.
        seed: the number that decides which cases are drawn.
        cases: the cases that it was drawn from.
        strata: the strata of these cases; a stratum is one training and one status.
        strata_drawn: the strata with at least one drawn case.
        method: how it was drawn, in sentences.
    """

    rows: pl.DataFrame
    size: int
    seed: int
    cases: int
    strata: int
    strata_drawn: int
    method: str

    @property
    def facts(self) -> dict[str, int | str]:
        """The facts for the manifest."""
        numbers = {"size": self.size, "seed": self.seed, "drawn": self.rows.height}
        strata = {"strata": self.strata, "strata_drawn": self.strata_drawn}
        return {**numbers, "cases": self.cases, **strata, "method": self.method}


def sample_size(sample: object, seed: object) -> tuple[int, int] | None:
    """Check the arguments `sample` and `seed` of `export_audit`; None if there is no sample.

    Raises:
        KPADataError: one is not a whole number, or there is a seed without a sample.
    """
    sample, seed = plain_number(sample), plain_number(seed)
    if sample is None:
        if seed is not None:
            raise KPADataError("seed must not be given alone: sample must be given, too")
        return None
    if type(sample) is not int or sample < 1:
        raise KPADataError(f"sample must be a whole number of cases, at least 1, not {sample!r}")
    if seed is not None and type(seed) is not int:
        raise KPADataError(f"seed must be a whole number, not {seed!r}")
    return sample, seed if type(seed) is int else 0


def sample_of(data: TrainingData, cases: pl.DataFrame, as_of: date, size: int, seed: int) -> Sample:
    """Draw a sample of the cases of a pack, as `audit_cases()` returns them."""
    return draw_sample(with_rules(data, cases, as_of), size, seed)


def draw_sample(cases: pl.DataFrame, size: int, seed: int) -> Sample:
    """Draw a sample of cases, stratified by training and status.

    The same cases, size and seed give the same sample on every machine: which cases are drawn is
    decided by SHA-256. `report_text.SAMPLE_METHOD` describes the method.

    Args:
        cases: the cases, with the columns of `schema.SAMPLE` that describe one.
        size: how many cases to draw; if there are fewer, all are drawn.
        seed: any whole number.
    """
    sizes = {(row[0], row[1]): row[2] for row in cases.group_by(_STRATUM).len().iter_rows()}
    places = allocation(sizes, size)
    drawn = pl.DataFrame(
        [(*stratum, sizes[stratum], count) for stratum, count in places.items()],
        schema={
            "training_id": pl.Int64,
            "status": cases.schema["status"],
            "stratum_cases": pl.Int64,
            "stratum_drawn": pl.Int64,
        },
        orient="row",
    )
    pairs = cases.select("training_id", "m_user_id").iter_rows()
    order = pl.Series("order", [_order(seed, *pair) for pair in pairs], dtype=pl.String)
    rows = (
        cases.with_columns(order)
        .join(drawn, on=_STRATUM, how="inner")
        .sort("order")
        .filter(pl.int_range(pl.len()).over(_STRATUM) < pl.col("stratum_drawn"))
        .sort("training", "training_id", "status", "user", "m_user_id")
        .with_row_index("number", offset=1)
        .with_columns(pl.lit(None, pl.String).alias(name) for name in FOR_THE_TESTER)
        .select(pl.col(name).cast(dtype) for name, dtype in SAMPLE.schema.items())
    )
    everything = rows.height == cases.height
    method = (
        say(text.SAMPLE_IS_ALL, cases=cases.height, size=size)
        if everything
        else say(text.SAMPLE_METHOD, seed=str(seed))
    )
    return Sample(rows, size, seed, cases.height, len(sizes), len(places), method)


def allocation(sizes: dict[tuple[int, str], int], size: int) -> dict[tuple[int, str], int]:
    """How many cases to draw from each stratum (training and status) of the given sizes.

    Strata without a place are left out.

    Examples:
        >>> allocation({(1, "current"): 90, (2, "current"): 9, (2, "expired"): 1}, 10)
        {(1, 'current'): 8, (2, 'current'): 1, (2, 'expired'): 1}
    """
    order = sorted(sizes, key=lambda key: (-sizes[key], key[0], SEVERITY.index(key[1])))
    first_of_status = {status: key for key in reversed(order) for status in [key[1]]}
    leaders = [first_of_status[status] for status in SEVERITY if status in first_of_status]
    line = [*leaders, *(key for key in order if key not in leaders)]
    places = dict.fromkeys(line[:size], 1)
    whole, left = sum(sizes.values()), min(size, sum(sizes.values())) - len(places)

    def shortfall(key: tuple[int, str]) -> int:
        """How far a stratum is below its share, in parts of `whole`."""
        return size * sizes[key] - whole * places[key]

    # As the largest strata come first, this list is sorted, and so it is a heap.
    waiting = [
        (-shortfall(key), at) for at, key in enumerate(order) if _has_room(places, sizes, key)
    ]
    for _ in range(left):
        key = order[waiting[0][1]]
        places[key] += 1
        if places[key] < sizes[key]:
            heapreplace(waiting, (-shortfall(key), waiting[0][1]))
        else:
            heappop(waiting)
    return {key: places[key] for key in order if key in places}


def _has_room(
    places: dict[tuple[int, str], int], sizes: dict[tuple[int, str], int], key: tuple[int, str]
) -> bool:
    return key in places and places[key] < sizes[key]


def _order(seed: int, training: int, person: str) -> str:
    return hashlib.sha256(f"{seed}:{training}:{person}".encode()).hexdigest()

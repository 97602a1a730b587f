"""Read an expiry_status frame for a chart: its rows, its day, and whether gaps are known."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from kpa_analytics.as_of import Day, as_day
from kpa_analytics.demo_mark import is_demo
from kpa_analytics.errors import KPADataError
from kpa_analytics.inputs import AnyFrame, need_switch, read
from kpa_analytics.report_text import NO_REQUIREMENTS, UNDATED_NOTE
from kpa_analytics.report_text import ChartText as Text
from kpa_analytics.schema import EXPIRY_STATUS
from kpa_analytics.statuses import (
    FROM_REQUIREMENTS,
    GAPS,
    MISSING,
    STATUS_LABELS,
    STATUSES,
)
from kpa_analytics.wording import day, say

if TYPE_CHECKING:
    from datetime import date


class StatusRows(NamedTuple):
    """The statuses that a chart draws.

    Attributes:
        frame: the rows, with the columns that the chart reads.
        today: the day of the statuses; None if not known.
        known: whether requirements were provided. Without them, no missing case can be found.
        demo: whether this is demo data.
        planned: whether these are statuses after planned sessions, which have not been held.
        undated: cases that are missing without requirements: their only completion has no date.
    """

    frame: pl.DataFrame
    today: date | None
    known: bool
    demo: bool
    planned: bool = False
    undated: int = 0

    @property
    def gaps(self) -> tuple[str, ...]:
        """The statuses that are gaps and can be found."""
        return gaps_found(self.known)

    @property
    def gap_words(self) -> str:
        """The gaps that can be found, e.g. "expired or missing"."""
        return " or ".join(STATUS_LABELS[gap].lower() for gap in self.gaps)

    def dated(self, sentence: str) -> str:
        """Add the day to a sentence, if it is known, and say whether sessions are planned."""
        dated = say(Text.OF_DAY, sentence=sentence, day=self.today) if self.today else sentence
        return self.supposed(dated)

    def supposed(self, sentence: str) -> str:
        """Add to a sentence that planned sessions have not been held, unless these are real."""
        return say(Text.HYPOTHETICAL, sentence=sentence) if self.planned else sentence

    @property
    def not_known(self) -> str:
        """Say that missing cases are not known, or nothing if they are."""
        if self.known:
            return ""
        why = say(UNDATED_NOTE, undated=self.undated) if self.undated else NO_REQUIREMENTS
        return say(Text.MISSING_NOT_KNOWN, missing=STATUS_LABELS[MISSING], why=why)


def read_status(
    status: AnyFrame, *columns: str, as_of: Day | None = None, known: bool | None = None
) -> StatusRows:
    """Collect the columns that a chart reads; a lazy query runs only once.

    Args:
        status: the result of `expiry_status()`.
        *columns: the columns that the chart reads, in addition to expiration_date, days_left and
            status.
        as_of: the day of the statuses, if no row shows it.
        known: whether requirements were provided; None: True if a row is missing or not due.

    Raises:
        KPADataError: a column is missing, `as_of` is not a date or not the day of the statuses, or
            `known` is not True, False or None.
    """
    frame = read(status, EXPIRY_STATUS, *columns, "expiration_date", "days_left", "status")
    planned = "hypothetical" in status.collect_schema()
    known = requirements_are_known(frame, known)
    undated = 0 if known else int(frame["status"].is_in(FROM_REQUIREMENTS).sum())
    return StatusRows(frame, status_day(frame, as_of), known, is_demo(frame), planned, undated)


def requirements_are_known(frame: pl.DataFrame, given: bool | None) -> bool:
    """Whether requirements were provided: as given, or else if the statuses show it."""
    if given is not None:
        return need_switch(given, "requirements_known")
    return bool(frame["status"].is_in(FROM_REQUIREMENTS).any())


def gaps_found(known: bool) -> tuple[str, ...]:
    """The statuses that are gaps and can be found, by whether requirements were provided."""
    return tuple(gap for gap in GAPS if known or gap not in FROM_REQUIREMENTS)


def null_if_unknown(counts: pl.DataFrame, known: bool) -> pl.DataFrame:
    """Counts of statuses; those that follow from requirements are null if these are not known."""
    if known:
        return counts
    return counts.with_columns(pl.lit(None, pl.Int64).alias(name) for name in FROM_REQUIREMENTS)


def status_day(frame: pl.DataFrame, as_of: Day | None) -> date | None:
    """The day of the statuses: `expiration_date - days_left`, or `as_of` if no row has these."""
    given = None if as_of is None else as_day(as_of)
    dated = pl.col("expiration_date").is_not_null() & pl.col("days_left").is_not_null()
    first = pl.col("expiration_date", "days_left").get(dated.arg_max(), null_on_oob=True)
    expiration, left = frame.select(first).row(0)
    if expiration is None or left is None:
        return given
    actual = as_day(expiration - timedelta(days=left))
    if given not in (None, actual):
        raise KPADataError(
            f"as_of is {day(given)}, but these statuses are of {day(actual)}; "
            f"call expiry_status(..., as_of={str(given)!r}) first"
        )
    return actual


def status_counts() -> list[pl.Expr]:
    """Aggregations that count the rows of each status, and `total`."""
    counts = [(pl.col("status") == status).sum().alias(status) for status in STATUSES]
    return [count.cast(pl.Int64) for count in (*counts, pl.len().alias("total"))]

"""Periods on a time axis: their length, their names, and which ones to draw."""

from __future__ import annotations

import re
from datetime import date
from typing import Any, NamedTuple

import polars as pl

from kpa_analytics.analysis.periods import period_start
from kpa_analytics.as_of import Day, as_day, day_of
from kpa_analytics.errors import KPADataError
from kpa_analytics.report_text import OTHER_PERIODS, PERIOD_LABELS, PERIOD_NOUNS, PeriodText
from kpa_analytics.wording import day as in_words
from kpa_analytics.wording import day_texts, month_texts, say_rows

#: How many periods to draw up to that of `as_of`, and after it.
BEFORE, AFTER = 60, 12
_QUARTERS = {"1q": "3mo", "2q": "6mo", "4q": "1y", "12mo": "1y"}


def period_length(frame: pl.DataFrame, every: str | None = None) -> str:
    """The length of a period: from the frame, else from the caller, else a month.

    Raises:
        KPADataError: `every` is not a length, or differs from the frame's; the frame has several
            lengths; or a period does not begin on the first day of such a period.

    Examples:
        >>> quarters = pl.DataFrame({"period": [date(2026, 4, 1)], "every": ["1q"]})
        >>> period_length(quarters)
        '3mo'
    """
    if every is not None:
        period_start("period", every)
    lengths = {_same(length) for length in frame["every"].drop_nulls().unique()}
    lengths |= {_same(every)} if every else set()
    if len(lengths) > 1:
        raise KPADataError(f"every must be one length of period, not {', '.join(sorted(lengths))}")
    length = lengths.pop() if lengths else "1mo"
    starts = frame.lazy().select(pl.col("period").drop_nulls().unique().sort())
    is_odd = pl.col("period") != period_start("period", length)
    odd = starts.filter(is_odd).collect(engine="in-memory")
    if odd.height:
        raise KPADataError(
            f"period {in_words(odd.item(0, 0))} is not the first day of a period of {length}; "
            "give the length of a period as every="
        )
    return length


def beyond(length: str) -> dict[str, Any]:
    """The fields of `PeriodText` about records in earlier or later periods, which are not drawn.

    Examples:
        >>> from kpa_analytics.wording import say
        >>> say(PeriodText.LATER, number=7, **beyond("1y"))
        '7 in later years (more than 12 ahead)'
    """
    _, periods = PERIOD_NOUNS.get(length, OTHER_PERIODS)
    return {"periods": periods, "before": BEFORE, "after": AFTER}


def period_noun(length: str) -> str:
    """The noun of a period: month, quarter, year, or period for other lengths."""
    return PERIOD_NOUNS.get(length, OTHER_PERIODS)[0]


def period_label(length: str) -> str:
    """The same noun as a label, e.g. Month."""
    return PERIOD_LABELS.get(length, PeriodText.OTHER)


def _same(every: str) -> str:
    """Use one spelling for each length."""
    return _QUARTERS.get(every, every)


def middle_day(frame: pl.DataFrame, column: str, as_of: Day | None) -> date | None:
    """The day that the time axis surrounds, which a mistyped year in the future does not move.

    Returns:
        `as_of` if given, else the latest day up to the default of `as_day`, else the earliest day,
        else None.

    Raises:
        KPADataError: `as_of` is not a date.
    """
    if as_of is not None:
        return as_day(as_of)
    days = frame[column].drop_nulls()
    middle = days.filter(days <= day_of(None, frame)).max() or days.min()
    return middle if isinstance(middle, date) else None


class DrawnPeriods(NamedTuple):
    """The periods that a chart draws: the first, the last, and their length."""

    first: pl.Expr
    last: pl.Expr
    length: str

    def is_drawn(self) -> pl.Expr:
        """Whether a row's period is drawn."""
        return pl.col("period").is_between(self.first, self.last)


def drawn_periods(frame: pl.DataFrame, as_of: Day | None, every: str | None) -> DrawnPeriods:
    """The periods around a day: `BEFORE` up to its own, and `AFTER` after it.

    Raises:
        KPADataError: as `middle_day` and `period_length`.
    """
    length = period_length(frame, every)
    number, unit = re.fullmatch(r"(\d+)(\D+)", length).groups()  # type: ignore[union-attr]
    own = pl.lit(middle_day(frame, "period", as_of), pl.Date).dt.truncate(length)
    return DrawnPeriods(
        own.dt.offset_by(f"-{(BEFORE - 1) * int(number)}{unit}"),
        own.dt.offset_by(f"{AFTER * int(number)}{unit}"),
        length,
    )


def period_ends(frame: pl.DataFrame, length: str) -> pl.DataFrame:
    """Add `until` (Date, the day after the period's last) and `name` (e.g. `Q2 2026`)."""
    period = pl.col("period")
    named = {
        "1y": period.dt.strftime("%Y"),
        "3mo": say_rows(PeriodText.QUARTER, quarter=period.dt.quarter(), year=period.dt.year()),
        "1mo": month_texts(period),
    }
    first_day = say_rows(PeriodText.FROM, day=day_texts(period))
    return frame.with_columns(
        # date.max is the last day that a chart can show.
        pl.min_horizontal(period.dt.offset_by(length), pl.lit(date.max)).alias("until"),
        named.get(_same(length), first_day).alias("name"),
    )


def period_name(period: date, length: str) -> str:
    """A period as `period_ends` names it.

    Examples:
        >>> period_name(date(2026, 4, 1), "3mo")
        'Q2 2026'
    """
    name: str = period_ends(pl.DataFrame({"period": [period]}), length)["name"].item()
    return name

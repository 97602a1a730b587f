"""Findings about schedules that can't be used."""

from __future__ import annotations

import polars as pl

from kpa_analytics import report_text as texts
from kpa_analytics.calendar_days import (
    FIXED_DAY,
    HAS_FIXED_DAY,
    IS_WINDOW,
    TYPE_IS_KNOWN,
    WINDOW,
    YearlyDay,
    are_possible,
)
from kpa_analytics.data.checks import Check, row_sentences


def unknown_schedules(trainings: pl.LazyFrame) -> list[Check]:
    """Trainings whose completions have unknown expiration dates.

    Either the schedule type is not one of the vendor's, or the window or the fixed day has a date
    that does not exist. A blank type is not unknown: the fixed day or the renewal months decide.
    """
    catalogue = trainings.unique("id", keep="first", maintain_order=True).with_columns(
        *(_written(day).alias(name) for name, day in WINDOW._asdict().items())
    )
    fixed_day_counts = TYPE_IS_KNOWN & ~IS_WINDOW & HAS_FIXED_DAY
    return [
        Check(
            "unknown_schedule",
            "trainings",
            field,
            catalogue.filter(is_unknown).with_columns(value.alias("schedule")),
            text,
            value="schedule",
        )
        for field, is_unknown, value, text in (
            ("schedule_type", ~TYPE_IS_KNOWN, pl.col("schedule_type"), texts.UNKNOWN_SCHEDULE_TYPE),
            (
                "window_open_month",
                IS_WINDOW & ~are_possible(*WINDOW),
                row_sentences(texts.WINDOW_RANGE),
                texts.IMPOSSIBLE_WINDOW,
            ),
            (
                "expires_on_month",
                fixed_day_counts & ~are_possible(FIXED_DAY),
                _written(FIXED_DAY),
                texts.IMPOSSIBLE_FIXED_DAY,
            ),
        )
    ]


def _written(day: YearlyDay) -> pl.Expr:
    return pl.format("{}-{}", *(part.cast(pl.String).fill_null("?") for part in day))

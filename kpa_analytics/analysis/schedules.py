"""The schedule of each training, from the catalogue."""

from __future__ import annotations

import polars as pl

from kpa_analytics.calendar_days import (
    FIXED_DAY,
    HAS_FIXED_DAY,
    IS_WINDOW,
    TYPE_IS_KNOWN,
    WINDOW,
    are_possible,
)
from kpa_analytics.inputs import AnyFrame, need_if_known
from kpa_analytics.schema import SOURCE, TRAININGS
from kpa_analytics.statuses import MOST_EXPIRING_DAYS
from kpa_analytics.whole_number import whole_number

#: The longest renewal period, a thousand years, so that every result is a calendar day.
MOST_RENEWAL_MONTHS = 12_000

RENEWS = pl.col("renewal_months") > 0

_DAYS = tuple(part.meta.output_name() for yearly in (*WINDOW, FIXED_DAY) for part in yearly)
SCHEDULE_FIELDS = (
    "id",
    "created",
    "included_trainings_id",
    "schedule_type",
    "renewal_months",
    "expiring_days",
    "window_last_offered_date",
    "window_required_for_new_employees",
    *_DAYS,
)
_IS_COMPOSED = pl.col("included_trainings_id").list.drop_nulls().list.len() > 0


def schedules(trainings: AnyFrame | None) -> pl.DataFrame:
    """The schedule of each training: its rule, and the fields that the rule needs.

    Impossible months, days and expiring days (month 13) become null. A renewal period of more than
    a thousand years becomes a thousand years.

    Returns one row per training: training_id, `rule` (an expiration source; `unknown` if the
    schedule type is not one of the vendor's or its days are impossible), `renewal_months`,
    `expiring_days`, the days of the window and the fixed day, `offered` (the day on which a window
    training was last offered), `grace_allowed` (people who never completed the training may wait
    for the next window), and `made` (the UTC day on which it was created).
    """
    return (
        need_if_known(trainings, TRAININGS, *SCHEDULE_FIELDS)
        .unique("id", keep="first", maintain_order=True)
        .with_columns(
            _rule().alias("rule"),
            pl.when(IS_WINDOW).then("window_last_offered_date").alias("offered"),
            pl.col("renewal_months").clip(upper_bound=MOST_RENEWAL_MONTHS),
            _between("expiring_days", 0, MOST_EXPIRING_DAYS),
            *(_between(name, 1, 12 if name.endswith("month") else 31) for name in _DAYS),
        )
        .select(
            pl.col("id").alias("training_id"),
            "rule",
            "renewal_months",
            "expiring_days",
            *_DAYS,
            "offered",
            _grace_allowed().alias("grace_allowed"),
            pl.col("created").dt.date().alias("made"),
        )
        .collect(engine="in-memory")
    )


def as_expiring_days(days: object) -> int:
    """Check the argument `expiring_days`, the number of days that a training without its own has.

    Raises:
        KPADataError: it is not a whole number from 0 to `MOST_EXPIRING_DAYS`.
    """
    return whole_number(days, "expiring_days", MOST_EXPIRING_DAYS, least=0)


def _between(name: str, least: int, most: int) -> pl.Expr:
    return pl.when(pl.col(name).is_between(least, most)).then(name).alias(name)


def _rule() -> pl.Expr:
    """The first rule that applies to a completion without a special expiration date.

    An unknown schedule type gives `unknown`, because `never` would be a guess.

    Source: docs/rules.md section 1.
    """
    return (
        pl.when(~TYPE_IS_KNOWN)
        .then(pl.lit("unknown", SOURCE))
        .when(IS_WINDOW & are_possible(*WINDOW))
        .then(pl.lit("window", SOURCE))
        .when(IS_WINDOW)
        .then(pl.lit("unknown", SOURCE))
        .when(HAS_FIXED_DAY & are_possible(FIXED_DAY))
        .then(pl.lit("fixed", SOURCE))
        .when(HAS_FIXED_DAY)
        .then(pl.lit("unknown", SOURCE))
        .when(RENEWS)
        .then(pl.lit("rolling", SOURCE))
        .otherwise(pl.lit("never", SOURCE))
    )


def _grace_allowed() -> pl.Expr:
    """Whether people who never completed the training may wait for the next window.

    A window training allows new employees (hired after it was last offered) to wait, unless it is
    required for new employees. If it was never offered, everyone may wait. A composed training
    allows no grace.

    Source: the vendor's help article on training windows; docs/rules.md section 3.
    """
    grace_for_new = ~pl.col("window_required_for_new_employees").fill_null(False)
    return IS_WINDOW & grace_for_new & ~_IS_COMPOSED.fill_null(False)

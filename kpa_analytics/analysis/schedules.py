"""What the catalogue says of each training, read once per training."""

from __future__ import annotations

import polars as pl

from kpa_analytics.inputs import AnyFrame, need
from kpa_analytics.schema import SCHEDULE_TYPES, SOURCE, TRAININGS
from kpa_analytics.yearly import YearlyDay, YearlyWindow

#: Bounds that keep every result a day of the calendar: a thousand years, a hundred years.
MOST_RENEWAL_MONTHS = 12_000
MOST_EXPIRING_DAYS = 36_500

#: A window training's window, and a fixed expiration day, as columns of `schedules`.
WINDOW = YearlyWindow(
    YearlyDay(pl.col("window_open_month"), pl.col("window_open_day")),
    YearlyDay(pl.col("window_close_month"), pl.col("window_close_day")),
)
FIXED_DAY = YearlyDay(pl.col("expires_on_month"), pl.col("expires_on_day"))
RENEWS = pl.col("renewal_months") > 0

_DAYS = tuple(part.meta.output_name() for yearly in (*WINDOW, FIXED_DAY) for part in yearly)
_READ = (
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
_TYPE = pl.col("schedule_type")
_IS_WINDOW = _TYPE.eq("window").fill_null(False)
#: The vendor's types seen so far. Where the catalogue says nothing, its other fields decide.
_IS_KNOWN = _TYPE.is_in(SCHEDULE_TYPES) | _TYPE.str.strip_chars().fill_null("").eq("")
_IS_COMPOSED = pl.col("included_trainings_id").list.drop_nulls().list.len() > 0


def schedules(trainings: AnyFrame | None) -> pl.DataFrame:
    """One row per training: the rule it follows, and all that depends on the training alone.

    Months, days and expiring days that can't be (month 13) become null, a renewal of more than a
    thousand years a thousand.

    Args:
        trainings: as `load_trainings()` makes them, or None where they are not known.

    Returns:
        A frame, unique by training_id: `rule` (an expiration source; unknown where its schedule
        type is not one of the vendor's, or its days can't be), `renewal_months`, `expiring_days`,
        the days of its window and its fixed day, `offered` (the last day a window training was
        offered), `grace_allowed` (who never completed it may wait for the next window), and `made`
        (the UTC day the training was created).
    """
    catalogue = TRAININGS.empty() if trainings is None else trainings
    return (
        need(catalogue, TRAININGS, *_READ)
        .unique("id", keep="first", maintain_order=True)
        .with_columns(
            _rule().alias("rule"),
            pl.when(_IS_WINDOW).then("window_last_offered_date").alias("offered"),
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
            _may_wait().alias("grace_allowed"),
            pl.col("created").dt.date().alias("made"),
        )
        .collect(engine="in-memory")
    )


def _between(name: str, least: int, most: int) -> pl.Expr:
    return pl.when(pl.col(name).is_between(least, most)).then(name).alias(name)


def _rule() -> pl.Expr:
    """The first rule that applies to a completion with no special expiration date.

    Of a schedule type that is not known nothing is guessed: `unknown`, never `never`.

    Source: docs/rules.md section 1.
    """
    fixed_is_set = pl.all_horizontal(part > 0 for part in FIXED_DAY)
    return (
        pl.when(~_IS_KNOWN)
        .then(pl.lit("unknown", SOURCE))
        .when(_IS_WINDOW & _possible(*WINDOW))
        .then(pl.lit("window", SOURCE))
        .when(_IS_WINDOW)
        .then(pl.lit("unknown", SOURCE))
        .when(fixed_is_set & _possible(FIXED_DAY))
        .then(pl.lit("fixed", SOURCE))
        .when(fixed_is_set)
        .then(pl.lit("unknown", SOURCE))
        .when(RENEWS)
        .then(pl.lit("rolling", SOURCE))
        .otherwise(pl.lit("never", SOURCE))
    )


def _possible(*days: YearlyDay) -> pl.Expr:
    return pl.all_horizontal(
        yearly.month.is_between(1, 12) & yearly.day.is_between(1, 31) for yearly in days
    ).fill_null(False)


def _may_wait() -> pl.Expr:
    """Whether who never completed the training has time until the next window, else is missing it.

    Of a window training, who is new (hired after it was last offered) waits for the next window
    unless new employees need it before that; so does everyone while it was never offered. A
    composed training knows no grace.

    Source: the vendor's help article on training windows; docs/rules.md section 3.
    """
    grace_allowed = ~pl.col("window_required_for_new_employees").fill_null(False)
    return _IS_WINDOW & grace_allowed & ~_IS_COMPOSED.fill_null(False)

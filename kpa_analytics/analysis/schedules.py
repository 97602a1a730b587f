"""What the catalogue says of each training, read once per training as of a day."""

from __future__ import annotations

from datetime import date

import polars as pl

from kpa_analytics.analysis.yearly import YearlyDay, YearlyWindow
from kpa_analytics.inputs import AnyFrame, need
from kpa_analytics.schema import SOURCE, STATUS, TRAININGS

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
    "included_trainings_id",
    "schedule_type",
    "renewal_months",
    "expiring_days",
    "window_last_offered_date",
    "window_required_for_new_employees",
    *_DAYS,
)
_IS_WINDOW = pl.col("schedule_type").eq("window").fill_null(False)
_IS_COMPOSED = pl.col("included_trainings_id").list.drop_nulls().list.len() > 0


def schedules(trainings: AnyFrame | None, as_of: date) -> pl.DataFrame:
    """One row per training: the rule it follows, and all that depends on the training alone.

    Months, days and expiring days that can't be (month 13) become null, a renewal of more than a
    thousand years a thousand. An offering after `as_of` has not happened yet.

    Args:
        trainings: as `load_trainings()` makes them, or None where they are not known.
        as_of: the day asked for.

    Returns:
        A frame, unique by training_id: `rule` (an expiration source; unknown where its days
        can't be), `renewal_months`, `expiring_days`, the days of its window and its fixed day,
        `offered` (the last day a window training was offered), `offered_still` (the window of that
        offering is open on `as_of`), and `if_new` and `if_old`: the status of a new and an old
        employee who never completed it.
    """
    catalogue = TRAININGS.empty() if trainings is None else trainings
    offered = pl.col("window_last_offered_date")
    return (
        need(catalogue, TRAININGS, *_READ)
        .unique("id", keep="first", maintain_order=True)
        .with_columns(
            _rule().alias("rule"),
            pl.when(_IS_WINDOW & (offered <= as_of)).then(offered).alias("offered"),
            pl.col("renewal_months").clip(upper_bound=MOST_RENEWAL_MONTHS),
            _between("expiring_days", 0, MOST_EXPIRING_DAYS),
            *(_between(name, 1, 12 if name.endswith("month") else 31) for name in _DAYS),
        )
        .with_columns(
            WINDOW.around(pl.lit(as_of)).is_not_null().alias("is_open"),
            WINDOW.around(pl.col("offered")).ge(as_of).fill_null(False).alias("offered_still"),
        )
        .select(
            pl.col("id").alias("training_id"),
            "rule",
            "renewal_months",
            "expiring_days",
            *_DAYS,
            "offered",
            "offered_still",
            *_if_never_completed(),
        )
        .collect(engine="in-memory")
    )


def _between(name: str, least: int, most: int) -> pl.Expr:
    return pl.when(pl.col(name).is_between(least, most)).then(name).alias(name)


def _rule() -> pl.Expr:
    """The first rule that applies to a completion with no special expiration date."""
    fixed_is_set = pl.all_horizontal(part > 0 for part in FIXED_DAY)
    return (
        pl.when(_IS_WINDOW & _possible(*WINDOW))
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


def _if_never_completed() -> list[pl.Expr]:
    """The status of who must have the training and never completed it: missing, or a grace.

    Of a window training, who is new (hired after it was last offered) waits for the next window
    unless new employees need it before that; so does everyone while it was never offered. They are
    not due, and expiring while the window is open. A composed training knows no grace.

    Source: the vendor's help article on training windows.
    """
    may_wait = ~pl.col("window_required_for_new_employees").fill_null(False)
    graced = _IS_WINDOW & may_wait & ~_IS_COMPOSED.fill_null(False)
    missing, not_due = pl.lit("missing", STATUS), pl.lit("not_due", STATUS)
    grace = pl.when("is_open").then(pl.lit("expiring", STATUS)).otherwise(not_due)
    if_new = pl.when(graced).then(grace).otherwise(missing)
    if_old = pl.when(pl.col("offered").is_null()).then(if_new).otherwise(missing)
    return [if_new.alias("if_new"), if_old.alias("if_old")]

"""When a completion expires, by the first rule that applies: sections 1 and 2 of docs/rules.md.

Worked out once per case: a training, the day completed, and the special expiration date. A window
training's answer is that of its first renewal; what a later day makes of it says `windows`.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from kpa_analytics.analysis.schedules import FIXED_DAY, RENEWS, WINDOW
from kpa_analytics.schema import SOURCE
from kpa_analytics.yearly import months_after

_DAY = pl.col("date")
_SPECIAL = pl.col("special_expiration_date")
_RENEWAL = months_after(_DAY, pl.col("renewal_months"))
_NO_DAY = pl.lit(None, pl.Date)
#: What no day of the calendar is as a number.
_NO_NUMBER = -(2**31)
_COLUMNS = ("training_id", "date", "expiration_source", "expiration_date", "opens", "expiring_days")


def with_case(records: pl.LazyFrame) -> pl.LazyFrame:
    """Give each record the number of its `case`.

    Args:
        records: records with training_id, date and special_expiration_date.

    Returns:
        The records with `case`: one number for training, day and special date, for a join on one
        number is many times faster. And `has_proof`: the record proves something, for its day or a
        special expiration date is there.
    """
    day, special = (
        days.to_physical().cast(pl.Int64).fill_null(_NO_NUMBER) for days in (_DAY, _SPECIAL)
    )
    case = pl.col("training_id").cast(pl.Int128) * 2**64 + (day * 2**32 + special)
    has_proof = _DAY.is_not_null() | _SPECIAL.is_not_null()
    return records.with_columns(case.alias("case"), has_proof.alias("has_proof"))


def expirations(cases: pl.LazyFrame, catalogue: pl.DataFrame) -> pl.LazyFrame:
    """When each case expires and by which rule.

    Args:
        cases: training_id, date, special_expiration_date, and `case`.
        catalogue: as `schedules` makes it.

    Returns:
        A lazy frame, one row per case in any order, of case, training_id, date, and:

        - `expiration_source`: `unknown` where the catalogue does not have the training, where its
          schedule is not known or impossible, and where the completion's day is null.
        - `expiration_date`: null for `never` and `unknown`; of a window training the last day of
          the first window that opens after the completion.
        - `opens`: of a window training the first day of that window, else null.
        - `expiring_days`: the training's own.
    """
    ruled = cases.join(catalogue.lazy(), on="training_id", how="left").with_columns(
        pl.when(_SPECIAL.is_not_null())
        .then(pl.lit("special", SOURCE))
        .when(_DAY.is_not_null())
        .then("rule")
        .fill_null(pl.lit("unknown", SOURCE))
        .alias("expiration_source"),
        _NO_DAY.alias("opens"),
    )
    by_rule = [
        rule(ruled.filter(pl.col("expiration_source") == source)).select("case", *_COLUMNS)
        for source, rule in _RULES.items()
    ]
    # Past the last day that Python's calendar has there is nothing to tell apart.
    return pl.concat(by_rule).with_columns(pl.col("expiration_date").clip(upper_bound=date.max))


def _special(cases: pl.LazyFrame) -> pl.LazyFrame:
    """The record's own date overrides everything else, shorter or longer."""
    return cases.with_columns(_SPECIAL.alias("expiration_date"))


def _window(cases: pl.LazyFrame) -> pl.LazyFrame:
    """The first window that opens after the completion."""
    year = pl.col("renewal_year")
    return cases.with_columns(WINDOW.opens.year_after(_DAY).alias("renewal_year")).with_columns(
        WINDOW.closing(year).alias("expiration_date"),
        WINDOW.opens.in_year(year).alias("opens"),
    )


def _fixed(cases: pl.LazyFrame) -> pl.LazyFrame:
    """The last fixed day that the renewal period allows, else the first after the completion."""
    limit, allowed = pl.col("limit"), pl.col("allowed")
    soonest = FIXED_DAY.in_year(FIXED_DAY.year_after(_DAY))
    return (
        cases.with_columns(pl.when(RENEWS).then(_RENEWAL).alias("limit"))
        .with_columns(FIXED_DAY.in_year(FIXED_DAY.year_until(limit)).alias("allowed"))
        .with_columns(
            pl.when(allowed > _DAY).then(allowed).otherwise(soonest).alias("expiration_date")
        )
    )


def _rolling(cases: pl.LazyFrame) -> pl.LazyFrame:
    """The same day of the month that many months later, cut to the month's last day."""
    return cases.with_columns(_RENEWAL.alias("expiration_date"))


def _no_date(cases: pl.LazyFrame) -> pl.LazyFrame:
    """Neither has a special date, so that one stands in for none at all."""
    return cases.with_columns(_SPECIAL.alias("expiration_date"))


_RULES = {
    "special": _special,
    "window": _window,
    "fixed": _fixed,
    "rolling": _rolling,
    "never": _no_date,
    "unknown": _no_date,
}

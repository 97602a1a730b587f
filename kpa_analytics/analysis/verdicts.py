"""When a completion expires and what it is worth on a day: rule by rule."""

from __future__ import annotations

from datetime import date

import polars as pl

from kpa_analytics.analysis.schedules import FIXED_DAY, RENEWS, WINDOW
from kpa_analytics.analysis.yearly import months_after
from kpa_analytics.schema import SOURCE, STATUS

_DAY = pl.col("date")
_SPECIAL = pl.col("special_expiration_date")
_RENEWAL = months_after(_DAY, pl.col("renewal_months"))


def verdicts(cases: pl.LazyFrame, as_of: date, expiring_days: int) -> pl.LazyFrame:
    """Add to each case when it expires, by which rule, and its status on a day.

    Args:
        cases: date, special_expiration_date and the columns of `schedules`, which are null where
            the catalogue does not have the training.
        as_of: the day asked for.
        expiring_days: days before expiration that count as expiring, where a training has none.

    Returns:
        The cases, in any order, with expiration_source, expiration_date, starts_expiring, days_left
        and status. The source is `unknown`, with no date, where the catalogue does not have the
        training, where its schedule is impossible, and where the completion's day is null; the
        status is null where neither that day nor a special expiration date is there.
    """
    cases = cases.with_columns(
        pl.col("expiring_days").fill_null(expiring_days),
        pl.when(_SPECIAL.is_not_null())
        .then(pl.lit("special", SOURCE))
        .when(_DAY.is_not_null())
        .then("rule")
        .fill_null(pl.lit("unknown", SOURCE))
        .alias("expiration_source"),
    )
    by_rule = [
        rule(cases.filter(pl.col("expiration_source") == source)) for source, rule in _RULES.items()
    ]
    starts = pl.col("expiration_date") - pl.duration(days="expiring_days")
    return (
        pl.concat(by_rule, how="diagonal")
        .with_columns(
            pl.coalesce("renewal_window_opens", starts).alias("starts_expiring"),
            (pl.col("expiration_date") - pl.lit(as_of)).dt.total_days().alias("days_left"),
        )
        .with_columns(_status(as_of))
    )


def _special(cases: pl.LazyFrame) -> pl.LazyFrame:
    return cases.with_columns(_SPECIAL.alias("expiration_date"))


def _window(cases: pl.LazyFrame) -> pl.LazyFrame:
    """The last day of the first window that opens after the completion."""
    year = pl.col("renewal_year")
    return cases.with_columns(WINDOW.opens.year_after(_DAY).alias("renewal_year")).with_columns(
        WINDOW.closing(year).alias("expiration_date"),
        WINDOW.opens.in_year(year).alias("renewal_window_opens"),
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
    return cases.with_columns(_RENEWAL.alias("expiration_date"))


def _no_date(cases: pl.LazyFrame) -> pl.LazyFrame:
    no_day = pl.lit(None, pl.Date)
    return cases.with_columns(no_day.alias("expiration_date"), no_day.alias("renewal_window_opens"))


_RULES = {
    "special": _special,
    "window": _window,
    "fixed": _fixed,
    "rolling": _rolling,
    "never": _no_date,
    "unknown": _no_date,
}


def _status(as_of: date) -> pl.Expr:
    """Expired after the expiration date, or where a window training was offered again since.

    While the very window of that offering is open there is time left: expiring. A special
    expiration date overrides that, as it overrides every rule.
    """
    today = pl.lit(as_of)
    offered_since = (pl.col("expiration_source") != "special") & (pl.col("offered") > _DAY)
    return (
        pl.when(today > pl.col("expiration_date"))
        .then(pl.lit("expired", STATUS))
        .when(offered_since & ~pl.col("offered_still"))
        .then(pl.lit("expired", STATUS))
        .when(offered_since | (today >= pl.col("starts_expiring")))
        .then(pl.lit("expiring", STATUS))
        .when(_DAY.is_not_null() | _SPECIAL.is_not_null())
        .then(pl.lit("current", STATUS))
        .alias("status")
    )

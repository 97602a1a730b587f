"""When a completion expires and what it is worth on a day: rule by rule."""

from __future__ import annotations

from datetime import date

import polars as pl

from kpa_analytics.analysis.schedules import FIXED_DAY, RENEWS, WINDOW
from kpa_analytics.analysis.yearly import months_after
from kpa_analytics.schema import SOURCE, STATUS

_DAY = pl.col("date")
_SPECIAL = pl.col("special_expiration_date")
_NO_DAY = pl.lit(None, pl.Date)


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
        cases.filter(pl.col("expiration_source") == source).with_columns(
            expires.alias("expiration_date"), starts.alias("starts_expiring")
        )
        for source, (expires, starts) in _rules().items()
    ]
    days_left = (pl.col("expiration_date") - pl.lit(as_of)).dt.total_days()
    return pl.concat(by_rule).with_columns(days_left.alias("days_left"), _status(as_of))


def _rules() -> dict[str, tuple[pl.Expr, pl.Expr]]:
    """How each rule finds the expiration date and the first day that counts as expiring."""
    year = WINDOW.opens.year_after(_DAY)
    rolling = months_after(_DAY, pl.col("renewal_months"))
    allowed = FIXED_DAY.in_year(FIXED_DAY.year_until(rolling))
    soonest = FIXED_DAY.in_year(FIXED_DAY.year_after(_DAY))
    fixed = pl.when(RENEWS & (allowed > _DAY)).then(allowed).otherwise(soonest)
    days = pl.duration(days="expiring_days")
    return {
        "special": (_SPECIAL, _SPECIAL - days),
        "window": (WINDOW.closing(year), WINDOW.opens.in_year(year)),
        "fixed": (fixed, fixed - days),
        "rolling": (rolling, rolling - days),
        "never": (_NO_DAY, _NO_DAY),
        "unknown": (_NO_DAY, _NO_DAY),
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

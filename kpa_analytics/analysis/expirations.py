"""When each completion expires, whatever the day asked for: section 1 of the rule."""

from __future__ import annotations

import polars as pl

from kpa_analytics.analysis.schedules import FIXED_DAY, RENEWS, WINDOW
from kpa_analytics.schema import SOURCE
from kpa_analytics.yearly import months_after

_DAY = pl.col("date")
_SPECIAL = pl.col("special_expiration_date")
_RENEWAL = months_after(_DAY, pl.col("renewal_months"))
_ONE_DAY = pl.duration(days=1)
#: No day of the calendar has this number.
_NO_DAY = -(2**31)

#: What `expirations` adds that depends on the training and the days alone.
_BY_CASE = (
    "expiration_date",
    "expiration_source",
    "opens",
    "counts_down_to",
    "good_through",
    "offered_since",
    "offered",
    "may_wait",
)


def expirations(records: pl.LazyFrame, catalogue: pl.DataFrame) -> pl.LazyFrame:
    """Add to each record when it expires and by which rule, worked out once per training and days.

    Args:
        records: as `latest.in_order` makes them, or any of them.
        catalogue: as `schedules` makes it.

    Returns:
        The records in their order, without special_expiration_date but with:

        - `is_held`: it proves something, for its day or a special expiration date is there.
        - `expiration_date`, and `expiration_source`: `unknown`, with no date, where the catalogue
          does not have the training, where its schedule is impossible, and where the completion's
          day is null; null where the training is only required.
        - `opens`: the first day that counts as expiring, where the training says which: its
          window's opening day, or by its own expiring days.
        - `counts_down_to`: where it does not, the day to count the caller's expiring days back
          from.
        - `good_through`: the last day that it is not expired, null where it is for ever. It ends
          with the expiration date, and where a window training was offered again since.
        - `offered_since`: the day of that offering.
        - `offered` and `may_wait`, as `schedules` says.
    """
    day, special = (
        days.to_physical().cast(pl.Int64).fill_null(_NO_DAY) for days in (_DAY, _SPECIAL)
    )
    case = pl.col("training_id").cast(pl.Int128) * 2**64 + (day * 2**32 + special)
    records = records.with_columns(case.alias("case"))
    cases = records.unique("case").join(catalogue.lazy(), on="training_id", how="left")
    answers = _answers(cases).select("case", *_BY_CASE)
    is_held = _DAY.is_not_null() | _SPECIAL.is_not_null()
    is_record = is_held | pl.col("completion_id").is_not_null()
    return (
        records.join(answers, on="case", how="left", maintain_order="left")
        .with_columns(
            is_held.alias("is_held"),
            pl.when(is_record).then("expiration_source").alias("expiration_source"),
        )
        .drop("case", "special_expiration_date")
    )


def _answers(cases: pl.LazyFrame) -> pl.LazyFrame:
    cases = cases.with_columns(
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
    expires = pl.col("expiration_date")
    own_start = expires - pl.duration(days="expiring_days")
    offered = pl.col("offered")
    is_overridden = pl.col("expiration_source") == "special"
    return (
        pl.concat(by_rule, how="diagonal")
        .with_columns(
            pl.coalesce("renewal_window_opens", own_start).alias("opens"),
            pl.when((offered > _DAY) & ~is_overridden).then(offered).alias("offered_since"),
        )
        .with_columns(
            pl.when(pl.col("opens").is_null()).then(expires).alias("counts_down_to"),
            pl.min_horizontal(expires, _good_through_offering()).alias("good_through"),
        )
    )


def _good_through_offering() -> pl.Expr:
    """There is time left while the window of the offering is open; without one, none."""
    was_offered = pl.col("offered_since").is_not_null()
    return pl.when(was_offered).then(
        pl.coalesce("offered_until", pl.col("offered_since") - _ONE_DAY)
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

"""When a completion expires, by the first rule that applies: sections 1 and 2 of docs/rules.md.

The training, the date and the special expiration date decide the expiration. Records in which these
three are equal share an expiry key, and each key is computed once. For a window training the
expiration is the first renewal; `windows` updates it to a day.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from kpa_analytics.analysis.schedules import RENEWS
from kpa_analytics.calendar_days import FIXED_DAY, WINDOW, months_after
from kpa_analytics.schema import SOURCE

_DAY = pl.col("date")
_SPECIAL = pl.col("special_expiration_date")
#: The day on which the renewal period of a completion ends.
RENEWAL = months_after(_DAY, pl.col("renewal_months"))
_NO_DAY = pl.lit(None, pl.Date)
#: The number used for null; no calendar day has this number.
_NO_NUMBER = -(2**31)
_COLUMNS = (
    "training_id",
    "date",
    "expiration_source",
    "expiration_date",
    "expiring_from",
    "expiring_days",
)


def with_expiry_key(records: pl.LazyFrame) -> pl.LazyFrame:
    """Add the expiry key of each record, and whether the record proves a completion.

    `expiry_key` is one number for training, date and special expiration date, because a join on one
    number is many times faster. `has_proof` means that the record has a date or a special
    expiration date.
    """
    day, special = (
        days.to_physical().cast(pl.Int64).fill_null(_NO_NUMBER) for days in (_DAY, _SPECIAL)
    )
    key = pl.col("training_id").cast(pl.Int128) * 2**64 + (day * 2**32 + special)
    has_proof = _DAY.is_not_null() | _SPECIAL.is_not_null()
    return records.with_columns(key.alias("expiry_key"), has_proof.alias("has_proof"))


def expirations(distinct: pl.LazyFrame, catalogue: pl.DataFrame) -> pl.LazyFrame:
    """The expiration date of each expiry key, and the rule that gives it.

    Returns one row per expiry key in any order: expiry_key, training_id, date, and

    - `expiration_source`: `unknown` if the training is not in the catalogue, its schedule is
      unknown or impossible, or the completion has no date;
    - `expiration_date`: null for `never` and `unknown`. For a window training, the last day of the
      first window that opens after the completion;
    - `expiring_from`: for a window training, the first day of that window; otherwise null;
    - `expiring_days`: the training's own number of days.
    """
    ruled = distinct.join(catalogue.lazy(), on="training_id", how="left").with_columns(
        pl.when(_SPECIAL.is_not_null())
        .then(pl.lit("special", SOURCE))
        .when(_DAY.is_not_null())
        .then("rule")
        .fill_null(pl.lit("unknown", SOURCE))
        .alias("expiration_source"),
        _NO_DAY.alias("expiring_from"),
    )
    needed = {"special", "unknown", *catalogue["rule"]}  # leaving out the others saves time
    by_rule = [
        rule(ruled.filter(pl.col("expiration_source") == source)).select("expiry_key", *_COLUMNS)
        for source, rule in _RULES.items()
        if source in needed
    ]
    # Python has no later day.
    return pl.concat(by_rule).with_columns(pl.col("expiration_date").clip(upper_bound=date.max))


def numbered_expirations(
    keyed: pl.LazyFrame, catalogue: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The records with the row of their expiration, and the distinct expirations.

    Args:
        keyed: records as `with_expiry_key` returns them.
        catalogue: what each training requires, as `schedules` returns it.

    Returns:
        The records, in their order, with `expiration_row` in place of `expiry_key`: the row of the
        second frame, null for a record that proves nothing. The second frame is that of
        `expirations`, in the order of `expiry_key`, which is the number of the row.
    """
    row = pl.when("has_proof").then("expiry_key").rank("dense") - 1
    rows = keyed.with_columns(expiration_row=row).drop("expiry_key").collect(engine="in-memory")
    distinct = (
        rows.lazy()
        .filter("has_proof")
        .select("training_id", "date", "special_expiration_date", expiry_key="expiration_row")
        .unique("expiry_key")
    )
    by_row = expirations(distinct, catalogue).sort("expiry_key")
    return rows, by_row.collect(engine="in-memory")


def _special(rows: pl.LazyFrame) -> pl.LazyFrame:
    """The special expiration date overrides every other rule, whether it is earlier or later."""
    return rows.with_columns(_SPECIAL.alias("expiration_date"))


def _window(rows: pl.LazyFrame) -> pl.LazyFrame:
    """The first window that opens after the completion."""
    year = pl.col("renewal_year")
    return rows.with_columns(WINDOW.opens.year_after(_DAY).alias("renewal_year")).with_columns(
        WINDOW.closing(year).alias("expiration_date"),
        WINDOW.opens.in_year(year).alias("expiring_from"),
    )


def _fixed(rows: pl.LazyFrame) -> pl.LazyFrame:
    """The last fixed day within the renewal period, or else the first one after the completion."""
    limit, allowed, soonest = pl.col("limit"), pl.col("allowed"), pl.col("soonest")
    return (
        rows.with_columns(pl.when(RENEWS).then(RENEWAL).alias("limit"))
        .with_columns(
            FIXED_DAY.year_until(limit).alias("allowed"),
            FIXED_DAY.year_after(_DAY).alias("soonest"),
        )
        .with_columns(
            FIXED_DAY.in_year(allowed).alias("allowed"), FIXED_DAY.in_year(soonest).alias("soonest")
        )
        .with_columns(
            pl.when(allowed > _DAY).then(allowed).otherwise(soonest).alias("expiration_date")
        )
    )


def _rolling(rows: pl.LazyFrame) -> pl.LazyFrame:
    """The same day of the month after the renewal period, or the last day of a shorter month."""
    return rows.with_columns(RENEWAL.alias("expiration_date"))


def _no_date(rows: pl.LazyFrame) -> pl.LazyFrame:
    """No expiration date; these rows have no special expiration date, so its nulls are used."""
    return rows.with_columns(_SPECIAL.alias("expiration_date"))


_RULES = {
    "special": _special,
    "window": _window,
    "fixed": _fixed,
    "rolling": _rolling,
    "never": _no_date,
    "unknown": _no_date,
}

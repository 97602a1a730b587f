"""When a completion expires: the catalogue's schedules, and the first rule that applies."""

from __future__ import annotations

from datetime import date

import polars as pl

from kpa_analytics.analysis.inputs import AnyFrame, need
from kpa_analytics.analysis.yearly import YearlyDay, YearlyWindow, months_after
from kpa_analytics.schema import SOURCE, STATUS, TRAININGS

#: What a rule reads of the catalogue.
RULE_COLUMNS = (
    "schedule_type",
    "renewal_months",
    "expires_on_month",
    "expires_on_day",
    "expiring_days",
    "window_open_month",
    "window_open_day",
    "window_close_month",
    "window_close_day",
    "window_last_offered_date",
    "window_required_for_new_employees",
)

#: Bounds that keep every result a day of the calendar: a thousand years, a hundred years.
MOST_RENEWAL_MONTHS = 12_000
MOST_EXPIRING_DAYS = 36_500

WINDOW = YearlyWindow(
    YearlyDay.columns("window_open_month", "window_open_day"),
    YearlyDay.columns("window_close_month", "window_close_day"),
)
IS_WINDOW = pl.col("schedule_type").eq("window").fill_null(False)
_FIXED_DAY = YearlyDay.columns("expires_on_month", "expires_on_day")
_HAS_FIXED_DAY = pl.col("expires_on_month", "expires_on_day").is_not_null()


def training_rules(trainings: AnyFrame | None) -> pl.LazyFrame:
    """One row per training of the catalogue: training_id and what the rules read of it.

    A renewal period is taken as a thousand years at most; an impossible `expiring_days` as none.

    Args:
        trainings: as `load_trainings()` makes them, or None where they are not known.

    Returns:
        A lazy frame of training_id, the `RULE_COLUMNS`, and `known`, which is always true: after a
        left join it is null for a training that the catalogue does not have.
    """
    catalogue = TRAININGS.empty() if trainings is None else trainings
    possible = pl.col("expiring_days").is_between(0, MOST_EXPIRING_DAYS)
    return (
        need(catalogue, TRAININGS, "id", *RULE_COLUMNS)
        .select(pl.col("id").alias("training_id"), *RULE_COLUMNS, known=pl.lit(True))
        .with_columns(
            pl.col("renewal_months").clip(upper_bound=MOST_RENEWAL_MONTHS),
            pl.when(possible).then("expiring_days").alias("expiring_days"),
        )
        .unique("training_id", keep="first", maintain_order=True)
    )


def expiration() -> tuple[pl.Expr, pl.Expr]:
    """The expiration date of a completion and the rule that gave it, by the first that applies.

    special, window, fixed day, rolling, never; and `unknown`, with no date, where the catalogue
    does not have the training, where its schedule is impossible (a window with no days, month
    13), or where a rule needs the completion's day and there is none.

    Returns:
        Expressions of `expiration_date` and `expiration_source` over date,
        special_expiration_date and the columns of `training_rules`.
    """
    special, day = pl.col("special_expiration_date"), pl.col("date")
    has_fixed_day = pl.all_horizontal(_HAS_FIXED_DAY)
    renews = pl.col("renewal_months") > 0
    expires = (
        pl.when(special.is_not_null())
        .then(special)
        .when(IS_WINDOW)
        .then(WINDOW.closing(WINDOW.opens.first_after(day)))
        .when(has_fixed_day)
        .then(_fixed_day_after(day))
        .when(renews)
        .then(months_after(day, pl.col("renewal_months")))
    )
    rule = (
        pl.when(special.is_not_null())
        .then(pl.lit("special"))
        .when(pl.col("known").is_null() | day.is_null())
        .then(pl.lit("unknown"))
        .when(IS_WINDOW)
        .then(pl.lit("window"))
        .when(has_fixed_day)
        .then(pl.lit("fixed"))
        .when(renews)
        .then(pl.lit("rolling"))
        .otherwise(pl.lit("never"))
    )
    lost = expires.is_null() & (rule != "never")
    source = pl.when(lost).then(pl.lit("unknown")).otherwise(rule)
    return expires.alias("expiration_date"), source.cast(SOURCE).alias("expiration_source")


def _fixed_day_after(day: pl.Expr) -> pl.Expr:
    """The last fixed day that the renewal period allows, else the first after the completion."""
    renews = pl.col("renewal_months") > 0
    allowed = _FIXED_DAY.last_until(months_after(day, pl.col("renewal_months")))
    return pl.when(renews & (allowed > day)).then(allowed).otherwise(_FIXED_DAY.first_after(day))


def starts_expiring(expiring_days: int) -> pl.Expr:
    """The first day that counts as expiring, over the columns that `expiration` makes.

    Where the window rule gave the date, it is the day the window to renew in opens; otherwise the
    training's own `expiring_days`, else the caller's, before the expiration.
    """
    days = pl.col("expiring_days").fill_null(expiring_days)
    return (
        pl.when(pl.col("expiration_source") == "window")
        .then(WINDOW.opens.first_after(pl.col("date")))
        .otherwise(pl.col("expiration_date") - pl.duration(days=days))
        .alias("starts_expiring")
    )


def status_on(as_of: date) -> pl.Expr:
    """The status of a completion on `as_of`, over the columns that the rules make.

    A window training offered again since the completion was missed: expired, or expiring while
    that very window is still open. An offering after `as_of` has not happened yet. A special
    expiration date overrides this as it overrides every rule.
    """
    today = pl.lit(as_of)
    offered = pl.col("window_last_offered_date")
    offered_since = (
        IS_WINDOW
        & (pl.col("expiration_source") != "special")
        & (offered <= today)
        & (pl.col("date") < offered)
    )
    return (
        pl.when(today > pl.col("expiration_date"))
        .then(pl.lit("expired"))
        .when(offered_since)
        .then(
            pl.when(WINDOW.around(offered) >= today)
            .then(pl.lit("expiring"))
            .otherwise(pl.lit("expired"))
        )
        .when(today >= pl.col("starts_expiring"))
        .then(pl.lit("expiring"))
        .otherwise(pl.lit("current"))
        .cast(STATUS)
        .alias("status")
    )

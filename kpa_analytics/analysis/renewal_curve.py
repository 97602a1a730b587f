"""How long after their expiration certificates are renewed: the Kaplan-Meier estimate."""

from __future__ import annotations

import polars as pl

from kpa_analytics.analysis.renewal_punctuality import check_day
from kpa_analytics.as_of import Day, as_day, day_of
from kpa_analytics.employment import employment, has_left
from kpa_analytics.inputs import AnyFrame, Frame, computed, need, need_same_account, typed
from kpa_analytics.schema import RENEWAL_CURVE, RENEWALS

_DAY = pl.duration(days=1)


def renewal_curve(
    renewals: Frame, users: AnyFrame | None = None, *, as_of: Day | None = None
) -> Frame:
    """Estimate the share of certificates not yet renewed, by days after their expiration date.

    A certificate that is not renewed yet counts as not renewed up to `as_of`, or up to the person's
    last day of employment; what becomes of it later is not known (it is censored). Kaplan and Meier
    (1958) estimate from both kinds: at each day, the share is multiplied by 1 - renewed / at_risk.
    Certificates that are censored on a day are at risk on that day.

    Args:
        renewals: the result of `renewals()`, or those of some trainings or people.
        users: as `load_users()` returns them, for the days on which people left. Without them,
            everyone counts as employed.
        as_of: the day of the renewals; default today, or for demo data `demo.AS_OF`.

    Returns:
        A frame of the same kind as `renewals` in the columns of `schema.RENEWAL_CURVE`, one row per
        day on which a certificate was renewed or last seen, sorted by days_late.

    Raises:
        KPADataError: a column is missing, the frames are of different accounts, or `as_of` is not a
            calendar day or not the day of the renewals.

    Examples:
        >>> from datetime import date
        >>> days, outcomes = [-3, 0, 12, None], ["on_time", "on_time", "late", "lapsed"]
        >>> due = [date(2026, 6, 20)] * 4
        >>> came_due = pl.DataFrame(
        ...     {"expiration_date": due, "days_late": days, "outcome": outcomes},
        ...     schema_overrides=RENEWALS.schema)
        >>> came_due = pl.concat([RENEWALS.empty(), came_due], how="diagonal")
        >>> renewal_curve(came_due, as_of="2026-07-10").rows()
        [(-3, 4, 1, 0, 0.75), (0, 3, 1, 0, 0.5), (12, 2, 1, 0, 0.25), (20, 1, 0, 1, 0.25)]
    """
    need_same_account(renewals, users)
    as_day(as_of)  # checked before a LazyFrame is collected
    need(renewals, RENEWALS, *RENEWALS.schema)
    renewals = typed(renewals.select(RENEWALS.schema.names()), RENEWALS)
    days = employment(users)

    def curve(rows: pl.DataFrame) -> pl.DataFrame:
        today = day_of(as_of, rows, users)
        check_day(rows, today)
        last_seen = pl.when(has_left(today)).then(pl.col("left") - _DAY).otherwise(pl.lit(today))
        so_far = (last_seen - pl.col("expiration_date")).dt.total_days()
        followed = rows.lazy().join(days, on="m_user_id", how="left")
        is_renewed = pl.col("days_late").is_not_null()
        ended = pl.sum_horizontal("renewed", "censored")
        at_risk = ended.sum() - ended.cum_sum() + ended
        return (
            followed.group_by(pl.coalesce("days_late", so_far).alias("days_late"))
            .agg(is_renewed.sum().alias("renewed"), (~is_renewed).sum().alias("censored"))
            .sort("days_late")
            .with_columns(pl.col("renewed", "censored").cast(pl.Int64))
            .with_columns(at_risk.alias("at_risk"))
            .with_columns(
                (1 - pl.col("renewed") / pl.col("at_risk")).cum_prod().alias("not_renewed")
            )
            .select(RENEWAL_CURVE.schema.names())
            .collect(engine="in-memory")
        )

    return computed(renewals, curve, RENEWAL_CURVE)

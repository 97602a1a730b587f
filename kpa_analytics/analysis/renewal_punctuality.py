"""The share of certificates that are renewed on time, by month, training or group of people."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Literal

import polars as pl

from kpa_analytics.analysis.case_groups import as_by, group_columns, with_group_names, with_groups
from kpa_analytics.as_of import Day, as_day, day_of
from kpa_analytics.errors import KPADataError
from kpa_analytics.inputs import (
    AnyFrame,
    Frame,
    computed,
    need,
    need_if_known,
    need_same_account,
    typed,
)
from kpa_analytics.outcomes import LAPSED, OUTCOMES, PENDING, RENEWED_ON_TIME
from kpa_analytics.schema import GROUPS, RENEWAL_PUNCTUALITY, RENEWALS, USERS
from kpa_analytics.wording import day as in_words

if TYPE_CHECKING:
    from kpa_analytics.analysis.case_groups import By

_OUTCOME, _DUE = pl.col("outcome"), pl.col("expiration_date")


def renewal_punctuality(
    renewals: Frame,
    users: AnyFrame | None = None,
    *,
    as_of: Day | None = None,
    by: By | Literal["month"] | None = "month",
    groups: AnyFrame | None = None,
) -> Frame:
    """Count the certificates that came due and the share that was renewed on time.

    The share is of the certificates whose expiration date is before `as_of`. The others are in the
    counts only: those that were renewed early are known already, those that will be late are not.

    Args:
        renewals: the result of `renewals()`.
        users: as `load_users()` returns them; needed to count by groups of people.
        as_of: the day of the renewals; default today, or for demo data `demo.AS_OF`.
        by: month (of the expiration date; default), training, field_office, job_title,
            line_of_business or supervisor; None for one row of all. A person in two offices counts
            in both. The groups of people are today's.
        groups: as `load_groups()` returns them, for names of field offices, job titles and lines of
            business. Without them, the name is the id.

    Returns:
        A frame of the same kind as `renewals` in the columns of `schema.RENEWAL_PUNCTUALITY`,
        after those of `by`: month (its first day), or the id and the name of the group, such as
        training_id and training, or field_office_id and field_office (null for people without
        one). One row per month or group with a certificate, sorted by month, or by name and id.

    Raises:
        KPADataError: a column is missing, `by` is unknown or needs `users`, or `as_of` is not a
            calendar day or not the day of the renewals.

    Examples:
        >>> days = [date(2026, 4, 30), date(2026, 4, 2), date(2026, 7, 9)]
        >>> came_due = pl.DataFrame(
        ...     {"expiration_date": days, "outcome": ["on_time", "late", "pending"]},
        ...     schema_overrides=RENEWALS.schema)
        >>> came_due = pl.concat([RENEWALS.empty(), came_due], how="diagonal")
        >>> renewal_punctuality(came_due, as_of="2026-06-30").rows()
        [(datetime.date(2026, 4, 1), 2, 1, 1, 0, 0, 0.5),
         (datetime.date(2026, 7, 1), 1, 0, 0, 0, 1, None)]
    """
    need_same_account(renewals, users, groups)
    as_day(as_of)  # checked before a LazyFrame is collected
    group = by if by == "month" else as_by(by, users, "month")
    need(renewals, RENEWALS, *RENEWALS.schema)
    renewals = typed(renewals.select(RENEWALS.schema.names()), RENEWALS)
    need_if_known(users, USERS, "id"), need_if_known(groups, GROUPS, "kind", "id", "name")

    def punctuality(rows: pl.DataFrame) -> pl.DataFrame:
        today = day_of(as_of, rows, users)
        check_day(rows, today)
        return _counted(rows.lazy(), group, users, groups, today)

    return computed(renewals, punctuality, _schema(group))


def check_day(renewals: pl.DataFrame, today: date) -> None:
    """Check that the renewals can be those of a day.

    Raises:
        KPADataError: a pending certificate expired before the day, or a lapsed one did not, or a
            renewal is later.
    """
    is_wrong = (
        ((_OUTCOME == PENDING) & (today > _DUE))
        | ((_OUTCOME == LAPSED) & (today <= _DUE))
        | (pl.col("renewed_on") > today)
    )
    wrong = renewals.filter(is_wrong.fill_null(False))
    if wrong.height:
        outcome, due = wrong.select(_OUTCOME, _DUE).row(0)
        raise KPADataError(
            f"as_of is {in_words(today)}, but these renewals were computed for another day: a "
            f"certificate that expires on {in_words(due)} is {outcome}"
        )


def _schema(by: str | None) -> pl.Schema:
    """The columns of the result."""
    counts = RENEWAL_PUNCTUALITY.schema.items()
    if by is None:
        return pl.Schema(counts)
    if by == "month":
        return pl.Schema([("month", pl.Date), *counts])
    identifier, name = group_columns(by)
    of_id = pl.Int64 if by == "training" else pl.String
    return pl.Schema([(identifier, of_id), (name, pl.String), *counts])


def _counted(
    rows: pl.LazyFrame,
    by: str | None,
    users: AnyFrame | None,
    groups: AnyFrame | None,
    today: date,
) -> pl.DataFrame:
    names = _schema(by).names()
    if by == "month":
        return by_month(rows, today)
    rows = rows.with_columns(pl.lit(1).alias("certificates"))
    if by is None:
        return rows.select(_figures(today)).collect(engine="in-memory")
    identifier, name = group_columns(by)
    if by == "training":
        counted = rows.group_by(identifier).agg(pl.col(name).min(), *_figures(today))
    else:
        everyone = users if users is not None else pl.DataFrame()
        counted = (
            with_groups(rows, everyone, by)
            .group_by(identifier)
            .agg(_figures(today))
            .pipe(with_group_names, by, everyone, groups)
        )
    return counted.sort(name, identifier, nulls_last=True).select(names).collect(engine="in-memory")


def by_month(rows: pl.LazyFrame, today: date) -> pl.DataFrame:
    """The counts and the share of each month, from `expiration_date` and `outcome`."""
    # Count by day first: a million certificates have only a few thousand days.
    days = rows.group_by(_DUE, _OUTCOME).agg(pl.len().alias("certificates"))
    months = days.group_by(_DUE.dt.month_start().alias("month")).agg(_figures(today))
    return months.sort("month").select(_schema("month").names()).collect(engine="in-memory")


def _figures(today: date) -> list[pl.Expr]:
    """The counts of each outcome, and the share of `RENEWAL_PUNCTUALITY`, of `certificates`."""
    number, is_over = pl.col("certificates"), today > _DUE
    on_time = number.filter(is_over & (_OUTCOME == RENEWED_ON_TIME)).sum()
    share = pl.when(is_over.any()).then(on_time / number.filter(is_over).sum())
    counts = [number.filter(_OUTCOME.eq(outcome)).sum().alias(outcome) for outcome in OUTCOMES]
    each = [count.cast(pl.Int64) for count in (number.sum().alias("n"), *counts)]
    return [*each, share.alias("share")]

"""The twelve months up to the day of a pack: how the gaps developed, how punctual renewals were."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import polars as pl

from kpa_analytics.analysis.renewal_punctuality import renewal_punctuality
from kpa_analytics.analysis.renewals import renewals
from kpa_analytics.analysis.sampled_days import SampledDays
from kpa_analytics.analysis.status_over_time import counts_on, usual_start
from kpa_analytics.data.training_data import TrainingData
from kpa_analytics.inputs import AnyFrame
from kpa_analytics.schema import STATUS_OVER_TIME
from kpa_analytics.statuses import FROM_REQUIREMENTS

_MONTHS = 12


class Past(NamedTuple):
    """The statuses of the cases on one day of each month, and the renewals of these months.

    Attributes:
        first: the first of the days, also if the records do not show it.
        begun: the day of the first completion; None if there is none by the day of the pack.
        trend: `schema.STATUS_OVER_TIME`; no days before the first completion.
        since: the first day of the months of the renewals.
        renewals: `schema.RENEWALS`, the certificates that expire in these months or later.
        punctuality: their number by month: month, and `schema.RENEWAL_PUNCTUALITY`.
    """

    first: date
    begun: date | None
    trend: pl.DataFrame
    since: date
    renewals: pl.DataFrame
    punctuality: pl.DataFrame

    @property
    def is_trend(self) -> bool:
        """Whether there are cases on more than one day, so that they can be compared."""
        return self.trend.filter(pl.col("total") > 0).height > 1

    @property
    def is_share_known(self) -> bool:
        """Whether a certificate expired before the day, so that a share was renewed on time."""
        return self.punctuality["share"].count() > 0


def past(data: TrainingData, *, as_of: date, expiring_days: int, required: AnyFrame | None) -> Past:
    """Compute the months up to a day; the arguments are those of `evidence.gather`."""
    days = month_days(as_of).days
    since = days[-_MONTHS:][0].replace(day=1)
    begun = _first_day(data, as_of)
    came_due = renewals(
        data.completions, data.trainings, data.users, as_of=as_of, expiring_days=expiring_days
    ).filter(data.scope.cases, pl.col("expiration_date") >= since)
    return Past(
        first=days[0],
        begun=begun,
        trend=monthly_trend(data, as_of=as_of, expiring_days=expiring_days, required=required),
        since=since,
        renewals=came_due,
        punctuality=renewal_punctuality(came_due, as_of=as_of),
    )


def month_days(as_of: date, begun: date | None = None) -> SampledDays:
    """One day of each month from a year before a day up to that day.

    Days before the first completion, on the day `begun`, are left out.

    Examples:
        >>> from datetime import date
        >>> month_days(date(2026, 6, 30)).days.to_list()[:2]
        [datetime.date(2025, 6, 30), datetime.date(2025, 7, 31)]
    """
    return SampledDays.up_to(as_of, usual_start(as_of, begun), "1mo")


def monthly_trend(
    data: TrainingData, *, as_of: date, expiring_days: int, required: AnyFrame | None
) -> pl.DataFrame:
    """Count the cases of each status on the days of `month_days` (`schema.STATUS_OVER_TIME`).

    Days before the first completion have no row, because nobody knows what the statuses were.
    """
    begun = _first_day(data, as_of)
    if begun is None:
        return STATUS_OVER_TIME.empty()
    return _trend(data, month_days(as_of, begun), expiring_days, required)


def _first_day(data: TrainingData, as_of: date) -> date | None:
    """The day of the first completion; None if there is none by the day of the pack."""
    return data.begun if data.begun and data.begun <= as_of else None


def _trend(
    data: TrainingData, days: SampledDays, expiring_days: int, required: AnyFrame | None
) -> pl.DataFrame:
    counts = counts_on(
        days,
        data.completions,
        data.trainings,
        data.users,
        by="training" if data.scope.trainings else None,
        required=required,
        expiring_days=expiring_days,
    )
    if data.scope.trainings:
        # The trainings that a chosen training includes are in the records, but not in the pack.
        in_scope = counts.filter(data.scope.cases)
        counts = days.days.to_frame().join(
            in_scope.group_by("day").agg(pl.col(STATUS_OVER_TIME.schema.names()[1:]).sum()),
            on="day",
            how="left",
            maintain_order="left",
        )
        counts = counts.with_columns(pl.exclude("day").fill_null(0))
    if required is None:
        counts = counts.with_columns(
            pl.lit(None, pl.Int64).alias(name) for name in FROM_REQUIREMENTS
        )
    return counts.select(STATUS_OVER_TIME.schema.names())

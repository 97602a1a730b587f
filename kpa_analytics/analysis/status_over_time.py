"""How many cases had each status, day by day."""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from kpa_analytics.analysis.as_known import as_known_by, known_records
from kpa_analytics.analysis.case_groups import as_by
from kpa_analytics.analysis.day_counts import day_counts, grouping, trend_schema
from kpa_analytics.analysis.engine import Engine, Rules
from kpa_analytics.analysis.latest_completion import records_of
from kpa_analytics.analysis.requirements import required_pairs
from kpa_analytics.analysis.sampled_days import SampledDays
from kpa_analytics.analysis.schedules import as_expiring_days
from kpa_analytics.analysis.status_spans import StatusSpans
from kpa_analytics.as_of import Day, need_day
from kpa_analytics.employment import employment
from kpa_analytics.errors import KPADataError
from kpa_analytics.inputs import (
    AnyFrame,
    Frame,
    computed,
    need_if_known,
    need_same_account,
    need_switch,
)
from kpa_analytics.schema import GROUPS
from kpa_analytics.statuses import EXPIRING_DAYS
from kpa_analytics.wording import day as in_words

if TYPE_CHECKING:
    from kpa_analytics.analysis.case_groups import By


def status_over_time(
    completions: Frame,
    trainings: AnyFrame | None = None,
    users: AnyFrame | None = None,
    *,
    start: Day,
    end: Day,
    every: str = "1mo",
    by: By | None = None,
    as_known: Day | None = None,
    required: AnyFrame | None = None,
    expiring_days: int = 30,
    include_terminated: bool = False,
    groups: AnyFrame | None = None,
) -> Frame:
    """Count the cases of each status on every day from `start` to `end`.

    Each count is that of `expiry_status(as_of=day)` with the same arguments: completions after the
    day are not counted, people who had left by the day are not counted, and nobody misses a
    training before the training or the person existed.

    The requirements, the schedules of the trainings and the groups of people are today's, because
    the vendor does not give those of the past. If one of them changed, past figures are not what
    people saw then. Source: docs/rules.md, sections 1 to 6.

    Args:
        completions: as `load_completions()` returns them, or the completions of some of the people.
        trainings: as `load_trainings()` returns them. Without them only special expiration dates
            are known.
        users: as `load_users()` returns them. Without them everyone counts.
        start: the first day; a date or ISO text. It must not be before the first completion: the
            records do not show what the statuses were then.
        end: the last possible day. It has a row if it is one of the days `start`, `start` +
            `every`, and so on; no later day has one.
        every: the time from one day to the next: a number from 1 to 999 and d, w, mo, q or y;
            default `1mo`. From the last day of a long month, `1mo` leads to the last day of a
            shorter one.
        by: count each group separately: field_office, job_title, line_of_business, supervisor or
            training. Default: all cases together. A person in two offices counts in both.
        as_known: use only completions that had been recorded by an instant or a day, as for
            `expiry_status`. Default: all.
        required: who must have which training, as for `expiry_status`. Without it, nobody is known
            to miss a training: missing and not_due are null (not known), unless a record without a
            date has such a status on some day.
        expiring_days: days before expiration that count as expiring, for trainings without their
            own number of days; default 30, at most 36,500.
        include_terminated: also count people who had left by the day; default False.
        groups: as `load_groups()` returns them, for names of field offices, job titles and lines of
            business. Without them, the name is the id.

    Returns:
        A frame of the same kind as `completions` in the columns of `schema.STATUS_OVER_TIME`: day,
        current, expiring, expired, missing, not_due and total. With `by`, the id and the name of
        the group come after the day: field_office_id and field_office, job_title_id and job_title,
        line_of_business_id and line_of_business, supervisor_id and supervisor, or training_id and
        training. Cases of people without a group are in the group null.

        One row per day, or per day and group, sorted by day, name and id (null last). Every group
        that has a case on one of the days has a row for each day.

    Raises:
        KPADataError: a column is missing, `start` is after `end` or before the first completion, an
            argument is not a day, `every` is not a period, `by` is unknown or needs `users`,
            `as_known` is neither a day nor an instant with a time zone,
            `expiring_days` is not a number of days, or composed trainings include each other in a
            circle. With a LazyFrame, some are raised when the result is collected.

    Examples:
        >>> from kpa_analytics.schema import COMPLETIONS, TRAININGS
        >>> done = pl.DataFrame(
        ...     [{"id": 1, "training_id": 7, "m_user_id": "a", "date": date(2024, 1, 31)}],
        ...     schema=COMPLETIONS.schema)
        >>> catalogue = pl.DataFrame(
        ...     [{"id": 7, "title": "Ladders", "schedule_type": "rolling", "renewal_months": 12}],
        ...     schema=TRAININGS.schema)
        >>> trend = status_over_time(done, catalogue, start="2024-01-31", end="2025-03-01",
        ...                          every="1y")
        >>> trend.select("day", "current", "expiring", "total").rows()
        [(datetime.date(2024, 1, 31), 1, 0, 1), (datetime.date(2025, 1, 31), 0, 1, 1)]
    """
    return counts_on(
        SampledDays.between(*need_period(start, end), every),
        completions,
        trainings,
        users,
        by=by,
        as_known=as_known,
        required=required,
        expiring_days=expiring_days,
        include_terminated=include_terminated,
        groups=groups,
    )


def need_period(start: Day, end: Day) -> tuple[date, date]:
    """The first and the last day of the counts.

    Raises:
        KPADataError: one of them is not a day, or `start` is after `end`.
    """
    first, last = need_day(start, "start"), need_day(end, "end")
    if first > last:
        days_in_words = f"start is {in_words(first)}, end is {in_words(last)}"
        raise KPADataError(f"start must not be after end: {days_in_words}")
    return first, last


def counts_on(
    days: SampledDays,
    completions: Frame,
    trainings: AnyFrame | None,
    users: AnyFrame | None,
    *,
    by: By | None = None,
    as_known: Day | None = None,
    required: AnyFrame | None = None,
    expiring_days: int = EXPIRING_DAYS,
    include_terminated: bool = False,
    groups: AnyFrame | None = None,
) -> Frame:
    """As `status_over_time()`, on days that are given."""
    need_same_account(completions, trainings, users, required, groups)
    ahead, group = as_expiring_days(expiring_days), as_by(by, users)
    need_switch(include_terminated, "include_terminated")
    is_known, rules = as_known_by(as_known), Rules(trainings)
    records_of(completions), employment(users), required_pairs(required)
    need_if_known(groups, GROUPS, "kind", "id", "name")

    def counts(records: pl.DataFrame) -> pl.DataFrame:
        engine = Engine(known_records(records, is_known), rules, users, required)
        check_start(days.days[0], engine.rows["date"].min())
        counting = Counting(days, ahead, group, include_terminated, required is not None)
        return counting.of(engine, users, groups)

    return computed(completions, counts, trend_schema(group))


class Counting(NamedTuple):
    """How the cases of an engine are counted.

    Attributes:
        days: the days.
        expiring_days: as for `status_over_time()`.
        by: the group, as `as_by` returns it.
        include_terminated: as for `status_over_time()`.
        known: whether requirements were provided.
    """

    days: SampledDays
    expiring_days: int
    by: str | None
    include_terminated: bool
    known: bool

    def of(self, engine: Engine, users: AnyFrame | None, groups: AnyFrame | None) -> pl.DataFrame:
        """The rows of `status_over_time()`."""
        spans = StatusSpans(engine, self.days)
        rows = spans.frame(self.expiring_days, include_terminated=self.include_terminated)
        groupings = grouping(engine, self.by, users, groups)
        return day_counts(rows, groupings, self.days, known=self.known)


def usual_start(end: date, begun: object) -> date:
    """A year before the last day, but not before the first completion, unless `end` is.

    A year before the last day of a month is the last day of that month.

    Examples:
        >>> usual_start(date(2025, 2, 28), None), usual_start(date(2026, 6, 30), date(2026, 1, 2))
        (datetime.date(2024, 2, 29), datetime.date(2026, 1, 2))
    """
    year = max(end.year - 1, 1)
    is_last = end.day == monthrange(end.year, end.month)[1]
    before = date(year, end.month, monthrange(year, end.month)[1] if is_last else end.day)
    return min(max(before, begun), end) if isinstance(begun, date) else before


def check_start(start: date, begun: object) -> None:
    """Nobody knows what the statuses were before the first completion.

    Args:
        start: the first day of the counts.
        begun: the day of the first completion; None if no completion has a date.

    Raises:
        KPADataError: `start` is before it.
    """
    if isinstance(begun, date) and start < begun:
        raise KPADataError(
            f"start must not be before the first completion: start is {in_words(start)}, "
            f"the first completion is dated {in_words(begun)}"
        )

"""How many cases had each status, day by day."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from kpa_analytics.analysis.as_known import as_known_by, known_records
from kpa_analytics.analysis.case_groups import as_by, group_columns, members, with_group_names
from kpa_analytics.analysis.engine import Engine, Rules
from kpa_analytics.analysis.latest_completion import records_of
from kpa_analytics.analysis.required import required_pairs
from kpa_analytics.analysis.sampled_days import SampledDays
from kpa_analytics.analysis.schedules import as_expiring_days
from kpa_analytics.analysis.status_spans import IN_ORDER, POSITIONS, StatusSpans
from kpa_analytics.employment import employment
from kpa_analytics.errors import KPADataError
from kpa_analytics.inputs import AnyFrame, Day, Frame, as_day, computed, need_if_known
from kpa_analytics.schema import GROUPS, STATUS_OVER_TIME
from kpa_analytics.statuses import (
    FROM_REQUIREMENTS,
    STATUSES,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kpa_analytics.analysis.case_groups import By

_NUMBER = pl.UInt32
_NUMBERED = ("key", "group")


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
        by: count each group by itself: field_office, job_title, line_of_business, supervisor or
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
    first, last = as_day(start, "start"), as_day(end, "end")
    if first > last:
        raise KPADataError(f"start must not be after end: start is {first}, end is {last}")
    days = SampledDays(first, last, every)
    ahead, group = as_expiring_days(expiring_days), as_by(by, users)
    is_known, rules = as_known_by(as_known), Rules(trainings)
    records_of(completions), employment(users), required_pairs(required)
    need_if_known(groups, GROUPS, "kind", "id", "name")

    def counts(records: pl.DataFrame) -> pl.DataFrame:
        engine = Engine(known_records(records, is_known), rules, users, required)
        _check_start(engine, first)
        spans = StatusSpans(engine, days, ahead).frame(include_terminated=include_terminated)
        counted = _counted(spans, _grouping(engine, group, users, groups), days)
        known = (
            required is not None
            or counted.select(pl.col(FROM_REQUIREMENTS).sum()).sum_horizontal()[0] > 0
        )
        unknown = (
            [] if known else [pl.lit(None, pl.Int64).alias(name) for name in FROM_REQUIREMENTS]
        )
        return counted.with_columns(unknown).select(_schema(group).names())

    return computed(completions, counts, _schema(group))


class _Grouping(NamedTuple):
    """The groups of the cases.

    Attributes:
        column: the column of a span that decides its groups.
        key: for each value of that column, a key.
        of_key: the groups of each key: key and group.
        named: the groups in the order of the result: group (a number from 0), and their columns.
    """

    column: str
    key: pl.Series
    of_key: pl.DataFrame
    named: pl.DataFrame


def _schema(by: str | None) -> pl.Schema:
    """The columns of the result."""
    day, *counts = STATUS_OVER_TIME.schema.items()
    identifier = pl.Int64 if by == "training" else pl.String
    columns = zip(group_columns(by), (identifier, pl.String), strict=True) if by else ()
    return pl.Schema([day, *columns, *counts])


def _check_start(engine: Engine, start: date) -> None:
    """Nobody knows what the statuses were before the first record."""
    begun = engine.rows["date"].min()
    if isinstance(begun, date) and start < begun:
        raise KPADataError(f"start must not be before the first completion, {begun}, not {start}")


def _grouping(
    engine: Engine, by: str | None, users: AnyFrame | None, groups: AnyFrame | None
) -> _Grouping:
    if by == "training":
        named = engine.titles.sort("training", "training_id").with_row_index("group")
        of_key = named.select(pl.col("title").alias("key"), "group")
        key = engine.titles["title"]
        return _Grouping("title", key, of_key, named.drop("title"))
    person = engine.people.select("person", "m_user_id")
    if by is None or users is None:
        everybody = pl.DataFrame(
            {"key": [0], "group": [0]}, schema=dict.fromkeys(_NUMBERED, _NUMBER)
        )
        key = pl.repeat(0, person.height, dtype=_NUMBER, eager=True)
        return _Grouping("person", key, everybody, everybody.select("group"))
    return _people_grouping(person, by, users, groups)


def _people_grouping(
    person: pl.DataFrame, by: str, users: AnyFrame, groups: AnyFrame | None
) -> _Grouping:
    """People who are in the same groups share a key, so that few keys are counted."""
    identifier, name = group_columns(by)
    listed = person.lazy().join(members(users, by), on="m_user_id", how="left")
    named = (
        listed.select(pl.col(identifier).unique())
        .pipe(with_group_names, by, users, groups)
        .sort(name, identifier, nulls_last=True)
        .with_row_index("group")
        .collect(engine="in-memory")
    )
    sets = (
        listed.join(named.lazy().select(identifier, "group"), on=identifier, nulls_equal=True)
        .group_by("person")
        .agg(pl.col("group").sort())
        .sort("person")
        .collect(engine="in-memory")
    )
    of_key = sets.select(pl.col("group").unique()).with_row_index("key")
    key = sets.join(of_key, on="group", how="left", maintain_order="left")["key"]
    return _Grouping("person", key, of_key.explode("group"), named)


def _counted(spans: pl.DataFrame, grouping: _Grouping, days: SampledDays) -> pl.DataFrame:
    """The rows of the result: the sums of what begins and ends up to each day."""
    end = days.count
    keyed = spans.lazy().with_columns(
        pl.lit(grouping.key).gather(pl.col(grouping.column)).cast(pl.Int64).alias("key")
    )
    changes = (
        pl.concat(_changes(keyed, end), how="diagonal")
        .with_columns(pl.col("key").cast(_NUMBER))
        .join(grouping.of_key.lazy(), on="key")
        .group_by("group", "position")
        .agg(pl.col(STATUSES).sum())
        .collect(engine="in-memory")
    )
    named = grouping.named.lazy()
    if len(grouping.named.columns) > 1:
        named = named.join(changes.lazy().select("group"), on="group", how="semi")
    positions = pl.int_range(end + 1, dtype=pl.Int64, eager=True).alias("position").to_frame()
    return (
        named.join(positions.lazy(), how="cross")
        .join(changes.lazy(), on=["group", "position"], how="left")
        .sort("group", "position")
        # What begins in a group also ends, at the last position, so each group's sum starts at 0.
        .with_columns(pl.col(STATUSES).fill_null(0).cum_sum())
        .filter(pl.col("position") < end)
        .sort("position", "group")
        .with_columns(
            pl.lit(days.days).gather(pl.col("position")).alias("day"),
            pl.sum_horizontal(STATUSES).alias("total"),
        )
    ).collect(engine="in-memory")


def _changes(keyed: pl.LazyFrame, end: int) -> Iterator[pl.LazyFrame]:
    """How many cases of each key begin and cease to have each status at each position."""
    cell = pl.col("cell")
    for is_held, statuses in IN_ORDER.items():
        spans = keyed.filter(held=is_held)
        for number, position in enumerate(POSITIONS):
            count = pl.len().cast(pl.Int64)
            begun = [count.alias(status) for status in statuses[number : number + 1]]
            ceased = [(-count).alias(status) for status in statuses[:number][-1:]]
            yield (
                spans.group_by((pl.col("key") * (end + 1) + pl.col(position)).alias("cell"))
                .agg(*begun, *ceased)
                .with_columns(key=cell // (end + 1), position=cell % (end + 1))
                .drop("cell")
            )

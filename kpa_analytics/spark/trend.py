"""The cases of each status, day by day: counted person by person, then added up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import reduce
from operator import add
from typing import TYPE_CHECKING

import polars as pl
import pyarrow as pa
from pyspark.sql import Window
from pyspark.sql import functions as F  # noqa: N812 - the name that Spark's documentation uses
from pyspark.sql.pandas.types import to_arrow_schema

from kpa_analytics.analysis import status_over_time as _trend
from kpa_analytics.analysis.as_known import as_known_by, known_records
from kpa_analytics.analysis.case_groups import GROUP_FIELDS, as_by, group_columns
from kpa_analytics.analysis.day_counts import trend_schema
from kpa_analytics.analysis.engine import Engine, Rules
from kpa_analytics.analysis.sampled_days import SampledDays
from kpa_analytics.as_of import Day, need_day
from kpa_analytics.errors import KPADataError
from kpa_analytics.inputs import ACCOUNT
from kpa_analytics.schema import COMPLETIONS, GROUPS, TRAININGS, USERS
from kpa_analytics.spark.arguments import Argument, SparkCall, SparkOrPolars, empty_of
from kpa_analytics.spark.cases import RECORD
from kpa_analytics.spark.catalogue import CATALOGUE, Tables, named
from kpa_analytics.spark.columns import arrow_batches, spark_schema
from kpa_analytics.spark.groups import GroupedFrame, by_group, enough_partitions, partitions_of
from kpa_analytics.spark.people import PROFILE, with_people_names
from kpa_analytics.spark.requirements import required_argument
from kpa_analytics.statuses import FROM_REQUIREMENTS, STATUSES

if TYPE_CHECKING:
    from datetime import date

    from pyspark.sql import DataFrame

    from kpa_analytics.analysis.case_groups import By

_SUPERVISOR = "supervisor"
#: Whether the requirements of the account are known.
_KNOWN = "_known"
_COUNTS = (*STATUSES, "total")


def status_over_time(
    completions: DataFrame,
    trainings: SparkOrPolars | None = None,
    users: SparkOrPolars | None = None,
    *,
    start: Day,
    end: Day,
    every: str = "1mo",
    by: By | None = None,
    as_known: Day | None = None,
    required: SparkOrPolars | None = None,
    expiring_days: int = 30,
    include_terminated: bool = False,
    groups: SparkOrPolars | None = None,
    partitions: int | None = None,
) -> DataFrame:
    """Count the cases of each status on every day from `start` to `end`, by Spark.

    The rows are those of `kpa_analytics.status_over_time()` on each account. The executors count
    the cases of groups of whole persons with that same function, and Spark adds them up.

    Args:
        completions: a Spark data frame, as for `expiry_status()` of this module.
        trainings: the catalogue as a Spark data frame or a polars frame.
        users: the people, likewise.
        start: the first day; a date or ISO text. It must not be before the first completion of any
            account, for which Spark looks.
        end: the last possible day.
        every: the time from one day to the next: a number from 1 to 999 and d, w, mo, q and y;
            default `1mo`.
        by: count each group separately: field_office, job_title, line_of_business, supervisor or
            training. Default: all cases of an account together.
        as_known: use only completions that had been recorded by an instant or a day.
        required: who must have which training, as for `expiry_status()` of this module. Without it,
            or for an account without a row in it, missing and not_due are null (not known), unless
            a record without a date has such a status on some day.
        expiring_days: days before expiration that count as expiring, for trainings without their
            own number of days; default 30, at most 36,500.
        include_terminated: also count people who had left by the day; default False.
        groups: as `kpa_analytics.load_groups()` returns them, for names; a Spark data frame or a
            polars frame.
        partitions: the number of partitions of the computation, as for `expiry_status()`.

    Returns:
        A Spark data frame of `account` (if the completions have it) and the columns of
        `schema.STATUS_OVER_TIME`, with the id and the name of the group after the day. It is sorted
        by account, day, name and id (null last).

    Raises:
        KPADataError: as `kpa_analytics.status_over_time()`, from the driver; `account` is missing
            from a frame, or `partitions` is not a whole number from 1.

    Examples:
        The page "Work with Spark" of the site has one that runs.
    """
    wanted, call = partitions_of(partitions), SparkCall(completions)
    if by == ACCOUNT:
        raise KPADataError("by='account': leave it out, because each account has rows of its own")
    field = [GROUP_FIELDS[by]] if by in GROUP_FIELDS else []
    records = call.argument(completions, COMPLETIONS, *RECORD)
    catalogue = call.optional(trainings, TRAININGS, *CATALOGUE)
    people = call.optional(users, USERS, *PROFILE, *field)
    pairs = required_argument(call, required)
    names = call.optional(groups, GROUPS, "kind", "id", "name")

    def trial(titles: pl.DataFrame | None) -> pl.DataFrame:
        return _trend.status_over_time(
            records.empty,
            titles,
            empty_of(people),
            start=start,
            end=end,
            every=every,
            by=by,
            as_known=as_known,
            required=empty_of(pairs),
            expiring_days=expiring_days,
            include_terminated=include_terminated,
            groups=empty_of(names),
        )

    nothing = trial(empty_of(catalogue))
    tables, labels = Tables(catalogue), Tables(names)
    tables.check(trial)
    first = need_day(start, "start")
    days = SampledDays.between(first, need_day(end, "end"), every)
    group = as_by(by, empty_of(people))
    counting = _trend.Counting(days, expiring_days, group, include_terminated, known=True)
    _check_start(records, first, as_known)
    has_people, has_pairs = people is not None, pairs is not None
    every_account = has_pairs and not call.has_accounts

    def work(account: str | None, frames: list[pl.DataFrame]) -> pl.DataFrame:
        profiles = frames[1] if has_people else None
        requirements = frames[-1] if has_pairs else None
        known = known_records(frames[0], as_known_by(as_known))
        engine = Engine(known, Rules(tables.of(account)), profiles, requirements)
        counts = counting.of(engine, profiles, labels.of(account))
        is_known = every_account or (requirements is not None and requirements.height > 0)
        return counts.with_columns(pl.lit(is_known).alias(_KNOWN))

    keyed = ((records, "m_user_id"), (people, "id"), (pairs, "m_user_id"))
    frames = [GroupedFrame(argument, key) for argument, key in keyed if argument is not None]
    schema = pl.Schema({**nothing.schema, _KNOWN: pl.Boolean()})
    number = wanted or enough_partitions(records.spark)
    counts = by_group(frames, "m_user_id", work, schema, number)
    if not call.has_accounts:  # without a single person there are rows, too
        counts = counts.union(_without_cases(call, nothing, known=every_account))
    return call.result(_added_up(counts, group, people))


def _added_up(counts: DataFrame, by: str | None, people: Argument | None) -> DataFrame:
    """The counts of all persons of an account, in the order of the result."""
    columns = group_columns(by) if by else ()
    if by == _SUPERVISOR:  # whose profile may be with another group of persons
        counts = counts.withColumn(_SUPERVISOR, F.col(f"{_SUPERVISOR}_id"))
    sums = [F.sum(name).alias(name) for name in _COUNTS]
    totals = counts.groupBy(ACCOUNT, "day", *columns).agg(*sums, F.max(_KNOWN).alias(_KNOWN))
    seen = reduce(add, map(F.col, FROM_REQUIREMENTS)) > 0
    is_known = F.max(F.col(_KNOWN) | seen).over(Window.partitionBy(ACCOUNT))
    totals = totals.withColumn(_KNOWN, is_known)
    for name in FROM_REQUIREMENTS:
        totals = totals.withColumn(name, F.when(F.col(_KNOWN), F.col(name)))
    if by == _SUPERVISOR:
        totals = with_people_names(totals, people, f"{_SUPERVISOR}_id", _SUPERVISOR)
    order = [F.col(name).asc_nulls_last() for name in reversed(columns)]
    return totals.select(ACCOUNT, *trend_schema(by)).orderBy(ACCOUNT, "day", *order)


def _without_cases(call: SparkCall, nothing: pl.DataFrame, *, known: bool) -> DataFrame:
    """The rows of no cases: every count is 0."""
    rows = nothing.with_columns(pl.col(_COUNTS).fill_null(0), pl.lit(known).alias(_KNOWN))
    schema = spark_schema(rows.schema)
    table = pa.Table.from_batches(arrow_batches(None, rows, schema), to_arrow_schema(schema))
    return call.session.createDataFrame(table)


def _check_start(records: Argument, start: date, as_known: Day | None) -> None:
    """Compare the first day with the first known completion of each account."""
    wire = records.wire
    schema = spark_schema(pl.Schema({"begun": pl.Date()}))

    def run(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            for rows in pl.DataFrame(batch).partition_by(ACCOUNT):
                known = known_records(wire.received(rows), as_known_by(as_known))
                begun = known.select(pl.col("date").min().alias("begun"))
                yield from arrow_batches(rows[ACCOUNT][0], begun, schema)

    begun = records.spark.select(*wire.sent()).mapInArrow(run, schema)
    first = begun.groupBy(ACCOUNT).agg(F.min("begun").alias("begun"))
    early = first.filter(F.col("begun") > F.lit(start)).orderBy(ACCOUNT).first()
    if early is not None:
        try:
            _trend.check_start(start, early["begun"])
        except KPADataError as error:
            raise KPADataError(named(early[ACCOUNT], str(error))) from error

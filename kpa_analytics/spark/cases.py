"""Results that have rows of each person: the statuses, and what became of each certificate."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from kpa_analytics.analysis import expiry_status as _status
from kpa_analytics.analysis import renewals as _renewals
from kpa_analytics.as_of import Day, as_day
from kpa_analytics.schema import COMPLETIONS, EXPIRY_STATUS, RENEWALS, TRAININGS, USERS, Table
from kpa_analytics.spark.arguments import SparkCall, SparkOrPolars, empty_of
from kpa_analytics.spark.catalogue import CATALOGUE, Tables
from kpa_analytics.spark.demo_data import one_day
from kpa_analytics.spark.groups import GroupedFrame, by_group, enough_partitions, partitions_of
from kpa_analytics.spark.people import PROFILE
from kpa_analytics.spark.requirements import required_argument

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

#: The columns of completions that a status depends on.
RECORD = ("id", "training_id", "m_user_id", "created", "date", "special_expiration_date")

_Maybe = pl.DataFrame | None
#: Computes a result from completions, trainings, users and requirements as of a day.
_Function = Callable[[pl.DataFrame, _Maybe, _Maybe, _Maybe, date], pl.DataFrame]


def expiry_status(
    completions: DataFrame,
    trainings: SparkOrPolars | None = None,
    users: SparkOrPolars | None = None,
    *,
    as_of: Day | None = None,
    as_known: Day | None = None,
    expiring_days: int = 30,
    required: SparkOrPolars | None = None,
    include_terminated: bool = False,
    partitions: int | None = None,
) -> DataFrame:
    """The status of every person for every training, as of a day, computed by Spark.

    The rows are those of `kpa_analytics.expiry_status()` on each account. The driver checks the
    arguments, collects the catalogue (`trainings`) and settles the day; the executors compute the
    statuses of groups of whole persons with that same function. So the memory of an executor does
    not depend on the number of records.

    Args:
        completions: a Spark data frame with the columns of `schema.COMPLETIONS`. If it has a column
            `account` (text), every other frame needs it too.
        trainings: the catalogue as a Spark data frame or a polars frame; as for
            `kpa_analytics.expiry_status()`. All of it goes to every executor.
        users: the people, likewise. They travel to the executor of their completions.
        as_of: the day of the statuses; a date or ISO text. Default: today on the driver, or
            `demo.AS_OF` if every account is demo data; the same day for every account.
        as_known: use only completions that had been recorded by an instant or a day.
        expiring_days: days before expiration that count as expiring, for trainings without their
            own number of days; default 30, at most 36,500.
        required: who must have which training, as for `kpa_analytics.expiry_status()`: a frame of
            m_user_id and training_id, or the vendor's employee status.
        include_terminated: also count people who left on or before `as_of`; default False.
        partitions: the number of partitions of the result. Default: one for each 500,000
            completions, which Spark counts. Use a multiple of the number of cores.

    Returns:
        A Spark data frame of `account` (if the completions have it) and the columns of
        `schema.EXPIRY_STATUS` (the source and the status are strings), sorted by account, m_user_id
        and training_id.

    Raises:
        KPADataError: as `kpa_analytics.expiry_status()`, from the driver; `account` is missing from
            a frame, or `partitions` is not a whole number from 1. What is wrong in a single record
            (no training, no `created` to compare with `as_known`) is found by an executor: Spark
            raises an error that quotes it.

    Examples:
        The page "Work with Spark" of the site has one that runs.
    """

    def statuses(
        records: pl.DataFrame, catalogue: _Maybe, people: _Maybe, pairs: _Maybe, day: date
    ) -> pl.DataFrame:
        return _status.expiry_status(
            records,
            catalogue,
            people,
            as_of=day,
            as_known=as_known,
            expiring_days=expiring_days,
            required=pairs,
            include_terminated=include_terminated,
        )

    frames = (completions, trainings, users, required)
    return _by_person(statuses, EXPIRY_STATUS, *frames, as_of=as_of, partitions=partitions)


def renewals(
    completions: DataFrame,
    trainings: SparkOrPolars | None = None,
    users: SparkOrPolars | None = None,
    *,
    as_of: Day | None = None,
    expiring_days: int = 30,
    include_terminated: bool = False,
    partitions: int | None = None,
) -> DataFrame:
    """List each certificate that came due by a day, and what became of it, computed by Spark.

    The rows are those of `kpa_analytics.renewals()` on each account, computed as by
    `expiry_status()` of this module.

    Args:
        completions: a Spark data frame, as for `expiry_status()` of this module.
        trainings: the catalogue as a Spark data frame or a polars frame.
        users: the people, likewise.
        as_of: the day of the outcomes, as for `expiry_status()` of this module.
        expiring_days: days before expiration from which a certificate is due, for trainings without
            their own number of days; default 30, at most 36,500.
        include_terminated: also list certificates of people who were not employed on the day;
            default False.
        partitions: the number of partitions of the result, as for `expiry_status()`.

    Returns:
        A Spark data frame of `account` (if the completions have it) and the columns of
        `schema.RENEWALS` (the outcome is a string), sorted by account, m_user_id, training_id and
        the date of completion.

    Raises:
        KPADataError: as `kpa_analytics.renewals()`, from the driver; `account` is missing from a
            frame, or `partitions` is not a whole number from 1.

    Examples:
        The page "Work with Spark" of the site has one that runs.
    """

    def outcomes(
        records: pl.DataFrame, catalogue: _Maybe, people: _Maybe, _: _Maybe, day: date
    ) -> pl.DataFrame:
        return _renewals.renewals(
            records,
            catalogue,
            people,
            as_of=day,
            expiring_days=expiring_days,
            include_terminated=include_terminated,
        )

    frames = (completions, trainings, users, None)
    return _by_person(outcomes, RENEWALS, *frames, as_of=as_of, partitions=partitions)


def _by_person(
    function: _Function,
    table: Table,
    completions: DataFrame,
    trainings: SparkOrPolars | None,
    users: SparkOrPolars | None,
    required: SparkOrPolars | None,
    *,
    as_of: Day | None,
    partitions: int | None,
) -> DataFrame:
    wanted, call = partitions_of(partitions), SparkCall(completions)
    records = call.argument(completions, COMPLETIONS, *RECORD)
    catalogue = call.optional(trainings, TRAININGS, *CATALOGUE)
    people = call.optional(users, USERS, *PROFILE)
    pairs = required_argument(call, required)

    def trial(titles: _Maybe) -> object:
        others = (empty_of(people), empty_of(pairs))
        return function(records.empty, titles, *others, as_day(as_of))

    trial(empty_of(catalogue))
    tables = Tables(catalogue)
    tables.check(trial)
    day = one_day(as_of, records, people)
    has_people, has_pairs = people is not None, pairs is not None

    def work(account: str | None, frames: list[pl.DataFrame]) -> pl.DataFrame:
        profiles = frames[1] if has_people else None
        requirements = frames[-1] if has_pairs else None
        return function(frames[0], tables.of(account), profiles, requirements, day)

    keyed = ((records, "m_user_id"), (people, "id"), (pairs, "m_user_id"))
    frames = [GroupedFrame(argument, key) for argument, key in keyed if argument is not None]
    number = wanted or enough_partitions(records.spark)
    return call.result(by_group(frames, "m_user_id", work, table.schema, number))

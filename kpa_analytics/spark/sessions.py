"""Group sessions, session by session."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
from pyspark.sql import functions as F  # noqa: N812 - the name that Spark's documentation uses

from kpa_analytics.analysis import group_sessions as _sessions
from kpa_analytics.inputs import ACCOUNT
from kpa_analytics.schema import COMPLETIONS, GROUP_SESSIONS, GROUP_TRAININGS, TRAININGS, USERS
from kpa_analytics.spark.arguments import SparkCall, SparkOrPolars, empty_of
from kpa_analytics.spark.catalogue import Tables
from kpa_analytics.spark.demo_data import with_demo
from kpa_analytics.spark.groups import GroupedFrame, by_group, enough_partitions, partitions_of
from kpa_analytics.spark.people import NAMES, with_people_names

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

_KEY = "group_training_id"
_RECORDED = ("training_id", "m_user_id", "date", "m_instructor_id", _KEY)
_LISTED = ("id", "created", "m_trainees_id", "trainings_id", "m_instructor_id")


def group_sessions(
    completions: DataFrame,
    group_trainings: SparkOrPolars | None = None,
    trainings: SparkOrPolars | None = None,
    users: SparkOrPolars | None = None,
    *,
    partitions: int | None = None,
) -> DataFrame:
    """Compare the attendees listed for each group session with its completions, by Spark.

    The rows are those of `kpa_analytics.group_sessions()` on each account. The executors compute
    groups of whole sessions with that same function.

    Args:
        completions: a Spark data frame, as for `expiry_status()` of this module.
        group_trainings: the sessions as a Spark data frame or a polars frame.
        trainings: the catalogue, likewise, for titles. All of it goes to every executor.
        users: the people, likewise, for names.
        partitions: the number of partitions of the computation. Default: one for each 500,000
            completions in group sessions, which Spark counts.

    Returns:
        A Spark data frame of `account` (if the completions have it) and the columns of
        `schema.GROUP_SESSIONS`, sorted by account, date and session; sessions without a date are
        last.

    Raises:
        KPADataError: a column is missing or has another type, `account` is missing from a frame, or
            `partitions` is not a whole number from 1.

    Examples:
        The page "Work with Spark" of the site has one that runs.
    """
    wanted, call = partitions_of(partitions), SparkCall(completions)
    recorded = call.argument(completions, COMPLETIONS, *_RECORDED)
    listed = call.optional(group_trainings, GROUP_TRAININGS, *_LISTED)
    catalogue = call.optional(trainings, TRAININGS, "id", "title")
    people = call.optional(users, USERS, *NAMES)
    _sessions.group_sessions(recorded.empty, *map(empty_of, (listed, catalogue, people)))
    tables, is_listed = Tables(catalogue), listed is not None

    def work(account: str | None, frames: list[pl.DataFrame]) -> pl.DataFrame:
        listing = frames[1] if is_listed else None
        sessions = _sessions.group_sessions(frames[0], listing, tables.of(account))
        return sessions.drop("demo")

    in_groups = recorded.only(F.col(_KEY).isNotNull())
    frames = [GroupedFrame(in_groups, _KEY), *([GroupedFrame(listed, "id")] if listed else [])]
    schema = pl.Schema({**GROUP_SESSIONS.schema})
    schema.pop("demo")
    number = wanted or enough_partitions(in_groups.spark)
    computed = by_group(frames, _KEY, work, schema, number)
    named = with_people_names(computed, people, "m_instructor_id", "instructor")
    ordered = with_demo(named, recorded, listed, people).orderBy(
        ACCOUNT, F.col("date").asc_nulls_last(), F.col(_KEY).asc_nulls_last()
    )
    return call.result(ordered.select(ACCOUNT, *GROUP_SESSIONS.schema))

"""Group sessions: who is listed, who has a completion, and the share of group training."""

from __future__ import annotations

import polars as pl

from kpa_analytics.analysis.instructors import NO_INSTRUCTOR
from kpa_analytics.analysis.periods import period_start
from kpa_analytics.demo_mark import demo_flag
from kpa_analytics.inputs import (
    AnyFrame,
    Frame,
    as_table,
    like,
    need,
    need_if_known,
    need_same_account,
)
from kpa_analytics.names import with_names, with_titles
from kpa_analytics.schema import COMPLETIONS, GROUP_SESSIONS, GROUP_SHARE, GROUP_TRAININGS


def group_sessions(
    completions: Frame,
    group_trainings: AnyFrame | None = None,
    trainings: AnyFrame | None = None,
    users: AnyFrame | None = None,
) -> Frame:
    """Compare the attendees listed for each group session with the completions recorded in it.

    A session has a row if the group trainings list it or if completions name it. Its date is the
    most frequent date of its completions (the earliest of several), or else the UTC day on which
    the session was recorded. Its trainings are those listed and those completed. Its instructor is
    the listed one, or else the most frequent one of its completions (the first id of several).

    Args:
        completions: as `load_completions()` returns them; those outside group sessions are ignored.
        group_trainings: as `load_group_trainings()` returns them. If a session is listed twice, the
            people and trainings of both are combined.
        trainings: as `load_trainings()` returns them, for titles.
        users: as `load_users()` returns them, for names.

    Returns:
        A frame of the same kind as `completions` in the columns of `schema.GROUP_SESSIONS`, one row
        per session, sorted by date and id. Lists are sorted and have no duplicates. If a session is
        not listed or has no list of people, `attendees` and `m_trainees_id` are null; if its list
        is empty, they are 0 and []. In each of these cases, `recorded_not_listed_ids` has everyone
        recorded in it.

    Raises:
        KPADataError: a column is missing or has another type.

    Examples:
        >>> from datetime import date
        >>> completions = pl.DataFrame(
        ...     {
        ...         "training_id": [7],
        ...         "m_user_id": ["ann"],
        ...         "date": [date(2026, 5, 4)],
        ...         "m_instructor_id": ["ike"],
        ...         "group_training_id": [50],
        ...     }
        ... )
        >>> listed = pl.DataFrame(
        ...     {
        ...         "id": [50],
        ...         "created": [None],
        ...         "m_trainees_id": [["ann", "bob"]],
        ...         "trainings_id": [[7]],
        ...         "m_instructor_id": ["ike"],
        ...     }
        ... )
        >>> sessions = group_sessions(completions, listed)
        >>> sessions.select("attendees", "recorded", "listed_not_recorded_ids").row(0)
        (2, 1, ['bob'])
    """
    need_same_account(completions, group_trainings, trainings, users)
    sessions = (
        _listed(group_trainings)
        .join(_recorded(completions), on="group_training_id", how="full", coalesce=True)
        .select(
            "group_training_id",
            pl.coalesce("day_recorded_in", "day_listed").alias("date"),
            _union("trainings_listed", "trainings_completed").alias("trainings_id"),
            pl.coalesce("instructor_listed", "instructor_recorded").alias("m_instructor_id"),
            pl.col("m_trainees_id").list.len().alias("attendees"),
            pl.col("recorded_ids").list.len().fill_null(0).alias("recorded"),
            pl.col("completions").fill_null(0),
            "m_trainees_id",
            _difference("m_trainees_id", "recorded_ids").alias("listed_not_recorded_ids"),
            _difference("recorded_ids", "m_trainees_id").alias("recorded_not_listed_ids"),
            pl.col("listed").fill_null(False),
        )
    )
    named = (
        sessions.join(_titles(sessions, trainings), on="group_training_id", how="left")
        .pipe(with_names, users, "m_instructor_id", "instructor")
        .with_columns(
            pl.col("trainings").fill_null([]), pl.col("instructor").fill_null(NO_INSTRUCTOR)
        )
        .join(demo_flag(completions, group_trainings, users), how="cross")
        .sort("date", "group_training_id", nulls_last=True)
    )
    return like(completions, as_table(named, GROUP_SESSIONS))


def group_share(completions: Frame, *, every: str = "1mo") -> Frame:
    """Count the completions recorded in and outside group sessions, per calendar period.

    Every completion is counted once; completions without a date are in the row with a null period.

    Args:
        completions: as `load_completions()` returns them.
        every: the length of a period: `1d`, `1w`, `1mo` (default), `1q`, `1y` or multiples.

    Returns:
        A frame of the same kind as `completions` in the columns of `schema.GROUP_SHARE`, one row
        per period with completions, sorted by period; null is last.

    Raises:
        KPADataError: a column is missing, or `every` is not a period.

    Examples:
        >>> from datetime import date
        >>> days = [date(2026, 5, 4), date(2026, 5, 5), date(2026, 6, 1)]
        >>> completions = pl.DataFrame({"date": days, "group_training_id": [50, None, None]})
        >>> group_share(completions)["share"].to_list()
        [0.5, 0.0]
    """
    shares = (
        need(completions, COMPLETIONS, "date", "group_training_id")
        .group_by(period_start("date", every))
        .agg(
            pl.col("group_training_id").count().alias("in_groups"),
            pl.col("group_training_id").null_count().alias("alone"),
        )
        .with_columns(
            (pl.col("in_groups") / pl.sum_horizontal("in_groups", "alone")).alias("share"),
            pl.lit(every).alias("every"),
        )
        .join(demo_flag(completions), how="cross")
        .sort("period", nulls_last=True)
    )
    return like(completions, as_table(shares, GROUP_SHARE))


def _listed(group_trainings: AnyFrame | None) -> pl.LazyFrame:
    """One row per listed session; `m_trainees_id` is null if a session has no list of people."""
    columns = ("id", "created", "m_trainees_id", "trainings_id", "m_instructor_id")
    return (
        need_if_known(group_trainings, GROUP_TRAININGS, *columns)
        .group_by(pl.col("id").alias("group_training_id"))
        .agg(
            pl.col("created").min().dt.date().alias("day_listed"),
            pl.when(pl.col("m_trainees_id").is_not_null().any())
            .then(_ids(pl.col("m_trainees_id").explode()).implode())
            .alias("m_trainees_id"),
            _ids(pl.col("trainings_id").explode()).alias("trainings_listed"),
            pl.col("m_instructor_id").min().alias("instructor_listed"),
            pl.lit(True).first().alias("listed"),
        )
    )


def _recorded(completions: AnyFrame) -> pl.LazyFrame:
    """One row per session that completions name."""
    columns = ("training_id", "m_user_id", "date", "m_instructor_id", "group_training_id")
    return (
        need(completions, COMPLETIONS, *columns)
        .filter(pl.col("group_training_id").is_not_null())
        .group_by("group_training_id")
        .agg(
            pl.len().alias("completions"),
            pl.col("date").drop_nulls().mode().min().alias("day_recorded_in"),
            pl.col("m_instructor_id").drop_nulls().mode().min().alias("instructor_recorded"),
            _ids(pl.col("training_id")).alias("trainings_completed"),
            _ids(pl.col("m_user_id")).alias("recorded_ids"),
        )
    )


def _titles(sessions: pl.LazyFrame, trainings: AnyFrame | None) -> pl.LazyFrame:
    """The titles or ids of each session's trainings, in the order of `trainings_id`."""
    return (
        sessions.select("group_training_id", pl.col("trainings_id").alias("training_id"))
        .explode("training_id")
        .filter(pl.col("training_id").is_not_null())
        .pipe(with_titles, trainings)
        .group_by("group_training_id")
        .agg(pl.col("training").sort_by("training_id").alias("trainings"))
    )


def _ids(values: pl.Expr) -> pl.Expr:
    """The distinct values of a group as a sorted list."""
    return values.drop_nulls().unique().sort()


def _union(first: str, second: str) -> pl.Expr:
    """The ids in at least one of two lists, sorted."""
    both = pl.concat_list(pl.col(first).fill_null([]), pl.col(second).fill_null([]))
    return both.list.unique().list.sort()


def _difference(first: str, second: str) -> pl.Expr:
    """The ids in the first list that are not in the second, sorted."""
    rest = pl.col(first).fill_null([]).list.set_difference(pl.col(second).fill_null([]))
    return rest.list.sort()

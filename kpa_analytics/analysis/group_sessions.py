"""Group training sessions: who was there, who was listed, and how much is taught in groups."""

from __future__ import annotations

import polars as pl

from kpa_analytics.analysis.instructors import instructor_name
from kpa_analytics.analysis.names import people_names, training_titles
from kpa_analytics.analysis.periods import period_start
from kpa_analytics.demo_mark import demo_flag
from kpa_analytics.inputs import AnyFrame, Frame, as_table, like, need
from kpa_analytics.schema import COMPLETIONS, GROUP_SESSIONS, GROUP_SHARE, GROUP_TRAININGS


def group_sessions(
    completions: Frame,
    group_trainings: AnyFrame | None = None,
    trainings: AnyFrame | None = None,
    users: AnyFrame | None = None,
) -> Frame:
    """Put each group session's list of attendees beside the completions recorded in it.

    A session is a row whether the group trainings list it, completions name it, or both. Its day is
    the one most of its completions have (the earliest of equals), else the UTC day it was recorded.
    Its trainings are those listed and those completed. Its instructor is the listed one, else the
    one most of its completions name (the first id of equals).

    Args:
        completions: as `load_completions()` makes them; those outside any session are not read.
        group_trainings: as `load_group_trainings()` makes them. A session listed twice is one
            session with the people and trainings of both.
        trainings: as `load_trainings()` makes them, for titles.
        users: as `load_users()` makes them, for names.

    Returns:
        The kind of frame that came in, one row per session, in the columns of
        `schema.GROUP_SESSIONS`; by day, then id. Lists are sorted and hold each id once. A session
        that is not listed, or is listed without a list of people, has null `attendees` and
        `m_trainees_id`, and everyone recorded in it is "recorded, not listed".

    Raises:
        KPADataError: a frame lacks a column, or a column has another type.

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
        .with_columns(pl.col("trainings").fill_null([]))
        .join(
            people_names(users, "m_instructor_id", "instructor"), on="m_instructor_id", how="left"
        )
        .with_columns(instructor_name())
        .join(demo_flag(completions, group_trainings, users), how="cross")
        .sort("date", "group_training_id", nulls_last=True)
    )
    return like(completions, as_table(named, GROUP_SESSIONS))


def group_share(completions: Frame, *, every: str = "1mo") -> Frame:
    """Count, per calendar period, the completions recorded in group sessions and outside them.

    Every completion is counted once; one without a date in the row whose period is null.

    Args:
        completions: as `load_completions()` makes them.
        every: length of a period, `1d`, `1w`, `1mo` (default), `1q`, `1y` or multiples.

    Returns:
        The kind of frame that came in, one row per period with completions, in the columns of
        `schema.GROUP_SHARE`; by period, null last.

    Raises:
        KPADataError: the frame lacks a column, or `every` is no period.

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
    """One row per listed session; where no list of people is there, none is known."""
    listed = GROUP_TRAININGS.empty() if group_trainings is None else group_trainings
    return (
        need(
            listed,
            GROUP_TRAININGS,
            "id",
            "created",
            "m_trainees_id",
            "trainings_id",
            "m_instructor_id",
        )
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
    return (
        need(
            completions,
            COMPLETIONS,
            "training_id",
            "m_user_id",
            "date",
            "m_instructor_id",
            "group_training_id",
        )
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
    """Per session with trainings: their titles (or ids), in the order of `trainings_id`."""
    title = pl.col("training").fill_null(pl.col("training_id").cast(pl.String))
    return (
        sessions.select("group_training_id", pl.col("trainings_id").alias("training_id"))
        .explode("training_id")
        .filter(pl.col("training_id").is_not_null())
        .join(training_titles(trainings), on="training_id", how="left")
        .group_by("group_training_id")
        .agg(title.sort_by("training_id").alias("trainings"))
    )


def _ids(values: pl.Expr) -> pl.Expr:
    """The different values of a group, sorted, as a list that may be empty."""
    return values.drop_nulls().unique().sort()


def _union(one: str, other: str) -> pl.Expr:
    """The ids in either list, sorted."""
    both = pl.concat_list(pl.col(one).fill_null([]), pl.col(other).fill_null([]))
    return both.list.unique().list.sort()


def _difference(one: str, other: str) -> pl.Expr:
    """The ids in one list and not in the other, sorted."""
    rest = pl.col(one).fill_null([]).list.set_difference(pl.col(other).fill_null([]))
    return rest.list.sort()

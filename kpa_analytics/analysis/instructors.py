"""How much each instructor taught, and which trainings depend on one instructor."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from kpa_analytics.analysis.periods import as_months, in_last_months, period_start
from kpa_analytics.as_of import Day, as_day, day_of
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
from kpa_analytics.names import known_trainings, people_names
from kpa_analytics.schema import (
    COMPLETIONS,
    INSTRUCTOR_ACTIVITY,
    INSTRUCTOR_COVERAGE,
    TRAININGS,
)

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

#: The name in rows of completions without an instructor, such as online trainings.
NO_INSTRUCTOR = "no instructor"

#: The columns whose distinct values are counted.
_COUNTED = ("m_user_id", "training_id", "group_training_id")


def instructor_activity(
    completions: Frame,
    trainings: AnyFrame | None = None,
    users: AnyFrame | None = None,
    *,
    every: str = "1mo",
) -> Frame:
    """Count the completions that each instructor taught in each calendar period.

    Every completion is counted in exactly one row. Completions without an instructor are in the
    rows of "no instructor"; completions without a date are in rows with a null period. Instructors
    who have left or are not in `users` are included.

    Args:
        completions: as `load_completions()` returns them.
        trainings: as `load_trainings()` returns them; checked, but not needed for any figure.
        users: as `load_users()` returns them, for names.
        every: the length of a period: `1d`, `1w`, `1mo` (default), `1q`, `1y` or multiples.

    Returns:
        A frame of the same kind as `completions` in the columns of `schema.INSTRUCTOR_ACTIVITY`,
        one row per instructor and period with completions, sorted by name and period;
        "no instructor" and null periods are last.

    Raises:
        KPADataError: a column is missing, or `every` is not a period.

    Examples:
        >>> from datetime import date
        >>> completions = pl.DataFrame(
        ...     {
        ...         "training_id": [7, 7],
        ...         "m_user_id": ["ann", "bob"],
        ...         "date": [date(2026, 5, 4), date(2026, 5, 18)],
        ...         "m_instructor_id": ["ike", "ike"],
        ...         "group_training_id": [50, 51],
        ...     }
        ... )
        >>> instructor_activity(completions).row(0)
        ('ike', 'ike', datetime.date(2026, 5, 1), '1mo', 2, 2, 1, 2, False)
    """
    need_same_account(completions, trainings, users)
    period = period_start("date", every)
    need_if_known(trainings, TRAININGS, "id")
    rows = need(completions, COMPLETIONS, *_COUNTED, "date", "m_instructor_id")
    names = people_names(users, "m_instructor_id", "instructor")
    demo = demo_flag(completions, users)
    activity = activity_of(rows.with_columns(period), names, demo, every=every)
    return like(completions, as_table(activity, INSTRUCTOR_ACTIVITY))


def instructor_coverage(
    completions: Frame,
    trainings: AnyFrame | None = None,
    users: AnyFrame | None = None,
    *,
    as_of: Day | None = None,
    months: int = 24,
) -> Frame:
    """List the instructors who recently taught each training, and mark trainings with only one.

    Every instructor who taught in these months counts, including those who have left since
    (docs/rules.md section 4), so a report for a past day gives the same figures again. To find
    trainings whose instructors have left, look up the ids in `m_instructor_ids`.

    Args:
        completions: as `load_completions()` returns them. Completions after `as_of` or without a
            date are not counted.
        trainings: as `load_trainings()` returns them, for titles and for trainings that nobody has
            completed.
        users: as `load_users()` returns them, for names.
        as_of: the last day of the period; default today, or for demo data `demo.AS_OF`.
        months: the length of the period in calendar months, 1 to 1200; default 24. The first day is
            the one after `as_of` minus `months`.

    Returns:
        A frame of the same kind as `completions` in the columns of `schema.INSTRUCTOR_COVERAGE`,
        one row per training in `trainings` or `completions`, sorted by title and id. A training
        that nobody taught in the period has 0 instructors and empty lists. `last_taught` is not
        limited to the period.

    Raises:
        KPADataError: a column is missing, or `as_of` or `months` is invalid.

    Examples:
        >>> from datetime import date
        >>> completions = pl.DataFrame(
        ...     {
        ...         "training_id": [7],
        ...         "m_user_id": ["ann"],
        ...         "date": [date(2026, 5, 4)],
        ...         "m_instructor_id": ["ike"],
        ...     }
        ... )
        >>> coverage = instructor_coverage(completions, as_of="2026-06-30")
        >>> coverage.select("training", "instructors", "last_taught", "single_instructor").row(0)
        ('7', 1, datetime.date(2026, 5, 4), True)
    """
    need_same_account(completions, trainings, users)
    as_day(as_of)
    as_months(months)
    rows = need(completions, COMPLETIONS, "training_id", "m_user_id", "date", "m_instructor_id")
    titles = known_trainings(rows, trainings)
    names = people_names(users, "m_instructor_id", "instructor")
    demo = demo_flag(completions, users)
    days, day = taught_days(rows), day_of(as_of, rows, users)
    coverage = coverage_of(days, titles, names, demo, as_of=day, months=months)
    return like(completions, as_table(coverage, INSTRUCTOR_COVERAGE))


def teaching_counts() -> list[pl.Expr]:
    """The number of completions and of distinct trainees, trainings and group sessions."""
    named = zip(_COUNTED, ("trainees", "trainings", "group_sessions"), strict=True)
    return [pl.len().alias("completions"), *(_distinct(ids).alias(name) for ids, name in named)]


def activity_of(
    rows: pl.LazyFrame, names: pl.LazyFrame, demo: pl.LazyFrame, *, every: str
) -> pl.LazyFrame:
    """The rows of `instructor_activity`, in their order.

    The ids of people in `rows` are String or Categorical; Categorical ids are counted three times
    as fast. `names` and `demo` are those of `people_names` and `demo_flag`.
    """
    return (
        rows.group_by("m_instructor_id", "period")
        .agg(teaching_counts())
        .with_columns(pl.col("m_instructor_id").cast(pl.String), pl.lit(every).alias("every"))
        .join(names, on="m_instructor_id", how="left")
        .join(demo, how="cross")
        .with_columns(instructor_name())
        .sort(
            pl.col("m_instructor_id").is_null(),
            "instructor",
            "m_instructor_id",
            "period",
            nulls_last=True,
        )
    )


def taught_days(rows: pl.LazyFrame) -> pl.LazyFrame:
    """The number of completions per training, instructor (String or Categorical) and day."""
    taught = rows.filter(pl.col("m_instructor_id").is_not_null())
    return taught.group_by("training_id", "m_instructor_id", "date").agg(
        pl.len().alias("completions")
    )


def coverage_of(
    days: pl.LazyFrame,
    trainings: pl.LazyFrame,
    names: pl.LazyFrame,
    demo: pl.LazyFrame,
    *,
    as_of: date,
    months: int,
) -> pl.LazyFrame:
    """The rows of `instructor_coverage`, in their order.

    `days`, `trainings`, `names` and `demo` are those of `taught_days`, `known_trainings`,
    `people_names` and `demo_flag`.
    """
    happened = days.filter(pl.col("date") <= as_of)
    last_taught = happened.group_by("training_id").agg(pl.col("date").max().alias("last_taught"))
    in_period = days.filter(in_last_months(as_of, months))
    return (
        trainings.join(_instructors(in_period, names), on="training_id", how="left")
        .join(last_taught, on="training_id", how="left")
        .join(demo, how="cross")
        .with_columns(
            pl.col("m_instructor_ids", "instructor_names").fill_null([]),
            pl.col("instructors", "completions").fill_null(0),
            pl.col("instructors").eq(1).fill_null(False).alias("single_instructor"),
        )
        .sort("training", "training_id")
    )


def taught_by_any(coverage: pl.DataFrame, instructors: Collection[str]) -> pl.DataFrame:
    """The rows of `instructor_coverage` that one of these instructors (ids) taught."""
    return coverage.filter(
        pl.col("m_instructor_ids").list.eval(pl.element().is_in([*instructors])).list.any()
    )


def without_instructors(coverage: pl.DataFrame, leaving: Collection[str]) -> pl.DataFrame:
    """The rows of `instructor_coverage` with the instructors who remain without these (ids)."""
    ids, names = "m_instructor_ids", "instructor_names"
    rows = coverage.with_row_index("row")
    remaining = (
        rows.select("row", ids, names)
        .explode(ids, names)
        .filter(pl.col(ids).is_not_null() & ~pl.col(ids).is_in([*leaving]))
        .group_by("row", maintain_order=True)
        .agg(ids, names)
    )
    number = pl.col(ids).list.len().cast(pl.Int64)
    return (
        rows.drop(ids, names)
        .join(remaining, on="row", how="left", maintain_order="left")
        .with_columns(pl.col(ids, names).fill_null([]))
        .with_columns(number.alias("instructors"), (number == 1).alias("single_instructor"))
        .select(coverage.columns)
    )


def instructor_name() -> pl.Expr:
    """The name, or the id if the name is unknown, or "no instructor"."""
    return pl.coalesce("instructor", "m_instructor_id", pl.lit(NO_INSTRUCTOR)).alias("instructor")


def _instructors(days: pl.LazyFrame, names: pl.LazyFrame) -> pl.LazyFrame:
    """The instructors of each training, most active first, and their number of completions."""
    instructors = (
        days.group_by("training_id", "m_instructor_id")
        .agg(pl.col("completions").sum())
        .with_columns(pl.col("m_instructor_id").cast(pl.String))
        .join(names, on="m_instructor_id", how="left")
        .with_columns(instructor_name())
        .sort("completions", "m_instructor_id", descending=[True, False])
    )
    return instructors.group_by("training_id").agg(
        pl.len().alias("instructors"),
        pl.col("m_instructor_id").alias("m_instructor_ids"),
        pl.col("instructor").alias("instructor_names"),
        pl.col("completions").sum(),
    )


def _distinct(column: str) -> pl.Expr:
    """The number of distinct values, without null."""
    return pl.col(column).n_unique() - pl.col(column).is_null().any().cast(pl.UInt32)

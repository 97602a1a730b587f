"""Who teaches: how much each instructor does, and which trainings hang on one person."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from kpa_analytics.analysis.names import people_names, training_titles
from kpa_analytics.analysis.periods import period_start
from kpa_analytics.demo_mark import demo_flag
from kpa_analytics.errors import KPADataError
from kpa_analytics.inputs import AnyFrame, Day, Frame, as_day, as_table, like, need
from kpa_analytics.schema import (
    COMPLETIONS,
    INSTRUCTOR_ACTIVITY,
    INSTRUCTOR_COVERAGE,
    TRAININGS,
)

if TYPE_CHECKING:
    from datetime import date

#: The name of a row for completions that nobody taught: online, or self-taught.
NO_INSTRUCTOR = "no instructor"

_MONTHS = range(1, 1201)

#: What the figures of a row count different ones of.
_COUNTED = ("m_user_id", "training_id", "group_training_id")


def instructor_activity(
    completions: Frame,
    trainings: AnyFrame | None = None,
    users: AnyFrame | None = None,
    *,
    every: str = "1mo",
) -> Frame:
    """Count what each instructor taught in each calendar period.

    Every completion is counted in exactly one row: one without an instructor in the rows of
    "no instructor", one without a date in the row whose period is null. Instructors who have left,
    or are not in `users`, appear like any other.

    Args:
        completions: as `load_completions()` makes them.
        trainings: as `load_trainings()` makes them; checked, but no figure here depends on it.
        users: as `load_users()` makes them, for names.
        every: length of a period, `1d`, `1w`, `1mo` (default), `1q`, `1y` or multiples.

    Returns:
        The kind of frame that came in, one row per instructor and period with completions, in the
        columns of `schema.INSTRUCTOR_ACTIVITY`; by name, then period; "no instructor" and null
        periods last.

    Raises:
        KPADataError: a frame lacks a column, or `every` is no period.

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
    period = period_start("date", every)
    need(TRAININGS.empty() if trainings is None else trainings, TRAININGS, "id")
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
    """Tell, for each training, who has taught it lately, and whether one person alone carries it.

    The record decides: an instructor who taught in these months counts, also one who has since left
    (docs/rules.md section 4), so that what a report said once it says again. A training that
    two people taught, one of whom has left, is found by their ids in `m_instructor_ids`.

    Args:
        completions: as `load_completions()` makes them. Those after `as_of` have not happened yet;
            those without a date can't be placed: neither counts for any figure.
        trainings: as `load_trainings()` makes them, for titles and for trainings never completed.
        users: as `load_users()` makes them, for names.
        as_of: the last day looked at; default today.
        months: how many calendar months before it count, 1 to 1200; default 24. The first day is
            the one after `as_of` minus `months`.

    Returns:
        The kind of frame that came in, one row per training in `trainings` or `completions`, in the
        columns of `schema.INSTRUCTOR_COVERAGE`; by title, then id. A training that nobody taught in
        these months has 0 instructors and empty lists; `last_taught` looks back without limit.

    Raises:
        KPADataError: a frame lacks a column, or `as_of` or `months` is impossible.

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
    day = as_day(as_of)
    if isinstance(months, bool) or not isinstance(months, int) or months not in _MONTHS:
        raise KPADataError(f"months must be a whole number from 1 to 1200, not {months!r}")
    rows = need(completions, COMPLETIONS, "training_id", "m_user_id", "date", "m_instructor_id")
    catalogue = need(TRAININGS.empty() if trainings is None else trainings, TRAININGS, "id")
    known = pl.concat(
        [rows.select("training_id"), catalogue.select(pl.col("id").alias("training_id"))]
    ).unique()
    titled = known.join(training_titles(trainings), on="training_id", how="left")
    names = people_names(users, "m_instructor_id", "instructor")
    demo = demo_flag(completions, users)
    days = taught_days(rows)
    coverage = coverage_of(days, titled, names, demo, as_of=day, months=months)
    return like(completions, as_table(coverage, INSTRUCTOR_COVERAGE))


def teaching_counts() -> list[pl.Expr]:
    """How many completions, and how many trainees, trainings and sessions, as aggregations."""
    named = zip(_COUNTED, ("trainees", "trainings", "group_sessions"), strict=True)
    return [pl.len().alias("completions"), *(_distinct(ids).alias(name) for ids, name in named)]


def activity_of(
    rows: pl.LazyFrame, names: pl.LazyFrame, demo: pl.LazyFrame, *, every: str
) -> pl.LazyFrame:
    """What `instructor_activity` counts, of rows that may carry their ids as numbers do.

    Args:
        rows: completions with `period`; ids of people are String or, three times as fast to count,
            Categorical.
        names: as `people_names(..., "m_instructor_id", "instructor")` makes them.
        demo: as `demo_flag` makes it.
        every: the length of the periods in `rows`.

    Returns:
        The columns of `schema.INSTRUCTOR_ACTIVITY`, in the order of its rows.
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
    """How many completions each instructor gave of a training on a day; a tenth of the rows.

    Args:
        rows: completions; ids of instructors are String or Categorical.

    Returns:
        training_id, m_instructor_id, date and completions (how many).
    """
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
    """What `instructor_coverage` tells.

    Args:
        days: as `taught_days` makes them.
        trainings: those to tell of: training_id, and their titles in `training` or null.
        names: as `people_names(..., "m_instructor_id", "instructor")` makes them.
        demo: as `demo_flag` makes it.
        as_of: the last day looked at.
        months: how many calendar months before it count.

    Returns:
        The columns of `schema.INSTRUCTOR_COVERAGE`, in the order of its rows.
    """
    happened = days.filter(pl.col("date") <= as_of)
    last_taught = happened.group_by("training_id").agg(pl.col("date").max().alias("last_taught"))
    lately = happened.filter(pl.col("date") > pl.lit(as_of).dt.offset_by(f"-{months}mo"))
    return (
        trainings.join(_instructors(lately, names), on="training_id", how="left")
        .join(last_taught, on="training_id", how="left")
        .join(demo, how="cross")
        .with_columns(
            pl.col("training").fill_null(pl.col("training_id").cast(pl.String)),
            pl.col("m_instructor_ids", "instructor_names").fill_null([]),
            pl.col("instructors", "completions").fill_null(0),
            pl.col("instructors").eq(1).fill_null(False).alias("single_instructor"),
        )
        .sort("training", "training_id")
    )


def instructor_name() -> pl.Expr:
    """The name in `instructor`, else the id in `m_instructor_id`, else "no instructor"."""
    return pl.coalesce("instructor", "m_instructor_id", pl.lit(NO_INSTRUCTOR)).alias("instructor")


def _instructors(days: pl.LazyFrame, names: pl.LazyFrame) -> pl.LazyFrame:
    """Per training: its instructors, most active first, and how much they taught together."""
    each = (
        days.group_by("training_id", "m_instructor_id")
        .agg(pl.col("completions").sum())
        .with_columns(pl.col("m_instructor_id").cast(pl.String))
        .join(names, on="m_instructor_id", how="left")
        .with_columns(instructor_name())
        .sort("completions", "m_instructor_id", descending=[True, False])
    )
    return each.group_by("training_id").agg(
        pl.len().alias("instructors"),
        pl.col("m_instructor_id").alias("m_instructor_ids"),
        pl.col("instructor").alias("instructor_names"),
        pl.col("completions").sum(),
    )


def _distinct(column: str) -> pl.Expr:
    """How many different values there are, null not being one."""
    return pl.col(column).n_unique() - pl.col(column).is_null().any().cast(pl.UInt32)

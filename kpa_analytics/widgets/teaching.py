"""What the instructor explorer shows, worked out without drawing."""

from __future__ import annotations

from datetime import date
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

import polars as pl

from kpa_analytics.analysis.instructors import (
    activity_of,
    coverage_of,
    instructor_name,
    taught,
    taught_days,
)
from kpa_analytics.analysis.names import people_names, training_titles
from kpa_analytics.analysis.periods import period_start
from kpa_analytics.demo_mark import demo_flag
from kpa_analytics.inputs import as_table, at_once
from kpa_analytics.schema import INSTRUCTOR_ACTIVITY, INSTRUCTOR_COVERAGE
from kpa_analytics.widgets.folding import by_name

if TYPE_CHECKING:
    from kpa_analytics.data.training_data import TrainingData
    from kpa_analytics.widgets.period import PeriodQuestion
    from kpa_analytics.widgets.roster import Roster

_READ = ("training_id", "m_user_id", "date", "m_instructor_id", "group_training_id")
_EVERY = "1mo"


class Teaching:
    """Answers questions about who teaches, from one set of records.

    Args:
        data: the records.
        roster: its people.
    """

    def __init__(self, data: TrainingData, roster: Roster) -> None:
        self._roster = roster
        self._lessons = lru_cache(maxsize=1)(self._asked_for)
        self._covered = lru_cache(maxsize=4)(self._coverage)
        # What every question would ask again: whose data it is, names, titles, months. People as
        # numbers (Categorical) are counted in a third of the time.
        self._demo = at_once(demo_flag(data.completions, data.users))
        self._taught = at_once(
            data.completions.lazy()
            .filter(pl.col("m_instructor_id").is_not_null())
            .select(*_READ, period_start("date", _EVERY))
            .with_columns(pl.col("m_user_id", "m_instructor_id").cast(pl.Categorical))
        )
        self._days = at_once(taught_days(self._taught))
        self._names = at_once(
            self._taught.select(pl.col("m_instructor_id").unique().cast(pl.String))
            .join(
                people_names(data.users, "m_instructor_id", "instructor"),
                on="m_instructor_id",
                how="left",
            )
            .with_columns(instructor_name())
        )
        known = pl.concat([data.completions["training_id"], data.trainings["id"]]).unique()
        self._titles = at_once(
            known.to_frame("training_id")
            .lazy()
            .join(training_titles(data.trainings), on="training_id", how="left")
        )

    @cached_property
    def instructors(self) -> dict[str, str]:
        """Everyone who ever taught: id -> name, by name."""
        return by_name(dict(self._names.collect().iter_rows()))

    def activity(self, asked: PeriodQuestion) -> pl.DataFrame:
        """What was taught per instructor and month (`schema.INSTRUCTOR_ACTIVITY`)."""
        found = activity_of(self._lessons(asked), self._names, self._demo, every=_EVERY)
        return as_table(found, INSTRUCTOR_ACTIVITY).collect(engine="in-memory")

    def people(self, asked: PeriodQuestion) -> pl.DataFrame:
        """What was taught per instructor in the whole period, the busiest first.

        Returns:
            m_instructor_id, instructor, completions, trainees, trainings, group_sessions, demo.
        """
        return (
            self._lessons(asked)
            .group_by("m_instructor_id")
            .agg(taught())
            .with_columns(pl.col("m_instructor_id").cast(pl.String))
            .join(self._names, on="m_instructor_id")
            .join(self._demo, how="cross")
            .sort("completions", "instructor", "m_instructor_id", descending=[True, False, False])
            .collect(engine="in-memory")
        )

    def coverage(self, asked: PeriodQuestion) -> pl.DataFrame:
        """Who teaches each training (`schema.INSTRUCTOR_COVERAGE`), the thinnest first.

        Whoever was trained: a training is not thinner for whom one looks for.
        """
        return self._covered(asked.as_of, asked.months, asked.trainings)

    def _coverage(self, as_of: date, months: int, trainings: tuple[int, ...]) -> pl.DataFrame:
        days, titles = self._days, self._titles
        if trainings:
            chosen = pl.col("training_id").is_in(trainings)
            days, titles = days.filter(chosen), titles.filter(chosen)
        found = coverage_of(days, titles, self._names, self._demo, as_of=as_of, months=months)
        carried = pl.col("instructors").replace(0, 10**6)  # nobody teaches it: no one to lose
        return (
            as_table(found, INSTRUCTOR_COVERAGE)
            .sort(
                carried,
                "completions",
                "training",
                "training_id",
                descending=[False, True, False, False],
            )
            .collect(engine="in-memory")
        )

    def _asked_for(self, asked: PeriodQuestion) -> pl.LazyFrame:
        """The completions asked for, in the period asked for."""
        day = pl.lit(asked.as_of)
        wanted = [pl.col("date") <= day, pl.col("date") > day.dt.offset_by(f"-{asked.months}mo")]
        if asked.trainings:
            wanted.append(pl.col("training_id").is_in(asked.trainings))
        if asked.instructors:
            wanted.append(pl.col("m_instructor_id").is_in(asked.instructors))
        people = self._roster.named(asked.search, asked.field_offices)
        if people is not None:
            wanted.append(pl.col("m_user_id").is_in(people.implode()))
        return at_once(self._taught.filter(*wanted))


def charts(
    activity: pl.DataFrame, coverage: pl.DataFrame, as_of: date, dark: bool
) -> list[dict[str, Any]]:
    """Activity and coverage, as Vega-Lite specifications with their data inside."""
    from kpa_analytics import charts
    from kpa_analytics.charts.drawn import drawn

    return [
        drawn(charts.instructor_activity, activity, as_of=as_of, top=12, dark=dark),
        drawn(charts.instructor_coverage, coverage, top=20, dark=dark),
    ]

"""What the instructor explorer shows, worked out without drawing."""

from __future__ import annotations

from datetime import date
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

import polars as pl

from kpa_analytics.analysis.instructors import instructor_activity, instructor_coverage
from kpa_analytics.analysis.names import people_names

if TYPE_CHECKING:
    from kpa_analytics.data.training_data import TrainingData
    from kpa_analytics.widgets.period import PeriodQuestion
    from kpa_analytics.widgets.roster import Roster

_READ = ("training_id", "m_user_id", "date", "m_instructor_id", "group_training_id")


class Teaching:
    """Answers questions about who teaches, from one set of records.

    Args:
        data: the records.
        roster: its people.
    """

    def __init__(self, data: TrainingData, roster: Roster) -> None:
        self._data, self._roster = data, roster
        self._lessons = lru_cache(maxsize=1)(self._asked_for)
        self._covered = lru_cache(maxsize=4)(self._coverage)
        self._taught = data.completions.filter(pl.col("m_instructor_id").is_not_null()).select(
            _READ
        )

    @cached_property
    def instructors(self) -> dict[str, str]:
        """Everyone who ever taught: id -> name, by name."""
        named = (
            self._taught.lazy()
            .select(pl.col("m_instructor_id").unique())
            .join(
                people_names(self._data.users, "m_instructor_id", "name"),
                on="m_instructor_id",
                how="left",
            )
            .select("m_instructor_id", pl.col("name").fill_null(pl.col("m_instructor_id")))
            .collect()
        )
        return dict(sorted(named.iter_rows(), key=lambda row: (row[1].casefold(), row[0])))

    def activity(self, asked: PeriodQuestion) -> pl.DataFrame:
        """What was taught per instructor and month (`schema.INSTRUCTOR_ACTIVITY`)."""
        return instructor_activity(self._lessons(asked), users=self._data.users)

    def people(self, asked: PeriodQuestion) -> pl.DataFrame:
        """What was taught per instructor in the whole period, the busiest first.

        Returns:
            m_instructor_id, instructor, completions, trainees, trainings, group_sessions.
        """
        every = instructor_activity(
            self._lessons(asked).with_columns(pl.lit(asked.as_of).alias("date")),
            users=self._data.users,
            every="1y",
        )
        return every.drop("period").sort("completions", "instructor", descending=[True, False])

    def coverage(self, asked: PeriodQuestion) -> pl.DataFrame:
        """Who teaches each training (`schema.INSTRUCTOR_COVERAGE`), the thinnest first.

        Whoever was trained: a training is not thinner for whom one looks for.
        """
        return self._covered(asked.as_of, asked.months, asked.trainings)

    def _coverage(self, as_of: date, months: int, trainings: tuple[int, ...]) -> pl.DataFrame:
        taught, catalogue = self._taught, self._data.trainings
        if trainings:
            taught = taught.filter(pl.col("training_id").is_in(trainings))
            catalogue = catalogue.filter(pl.col("id").is_in(trainings))
        found = instructor_coverage(taught, catalogue, self._data.users, as_of=as_of, months=months)
        carried = pl.col("instructors").replace(0, 10**6)  # nobody teaches it: no one to lose
        return found.sort(carried, "completions", "training", descending=[False, True, False])

    def _asked_for(self, asked: PeriodQuestion) -> pl.DataFrame:
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
        return self._taught.filter(*wanted)


def charts(activity: pl.DataFrame, coverage: pl.DataFrame, dark: bool) -> list[dict[str, Any]]:
    """Activity and coverage, as Vega-Lite specifications with their data inside."""
    from kpa_analytics import charts
    from kpa_analytics.charts.drawn import drawn

    return [
        drawn(charts.instructor_activity, activity, every="1mo", top=12, dark=dark),
        drawn(charts.instructor_coverage, coverage, top=20, dark=dark),
    ]

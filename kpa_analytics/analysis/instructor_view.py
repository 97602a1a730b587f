"""The rows of the instructor explorer, without any drawing."""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

import polars as pl

from kpa_analytics.analysis.instructors import (
    activity_of,
    coverage_of,
    taught_by_any,
    taught_days,
    teaching_counts,
)
from kpa_analytics.analysis.periods import in_last_months, period_start
from kpa_analytics.analysis.search_text import by_name
from kpa_analytics.analysis.selected_bars import in_bars
from kpa_analytics.data.included_trainings import included_trainings
from kpa_analytics.demo_mark import demo_flag
from kpa_analytics.inputs import as_table, at_once
from kpa_analytics.names import known_trainings, with_names
from kpa_analytics.schema import INSTRUCTOR_ACTIVITY, INSTRUCTOR_COVERAGE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from kpa_analytics.analysis.choices import PeriodChoices
    from kpa_analytics.analysis.people_filter import PeopleFilter
    from kpa_analytics.data.training_data import TrainingData

_READ = ("training_id", "m_user_id", "date", "m_instructor_id", "group_training_id")
_EVERY = "1mo"
#: The columns of the table of completions taught.
TAUGHT_COLUMNS = pl.Schema(
    {
        "date": pl.Date,
        "m_user_id": pl.String,
        "user": pl.String,
        "training_id": pl.Int64,
        "training": pl.String,
        "m_instructor_id": pl.String,
        "instructor": pl.String,
    }
)


class InstructorView:
    """Who teaches what in one set of records, for any choices."""

    def __init__(self, data: TrainingData, people_filter: PeopleFilter) -> None:
        self._people_filter, self._users = people_filter, data.users
        self._catalogue = data.trainings
        self._chosen = lru_cache(maxsize=1)(self._completions)
        self._covered = lru_cache(maxsize=4)(self._coverage)
        # The same for all choices. Categorical ids are counted three times as fast.
        self._demo = at_once(demo_flag(data.completions, data.users))
        self._taught = at_once(
            data.completions.lazy()
            .filter(pl.col("m_instructor_id").is_not_null())
            .select(*_READ, period_start("date", _EVERY))
            .with_columns(pl.col("m_user_id", "m_instructor_id").cast(pl.Categorical))
        )
        self._days = at_once(taught_days(self._taught))
        ids = self._taught.select(pl.col("m_instructor_id").unique().cast(pl.String))
        self._names = at_once(with_names(ids, data.users, "m_instructor_id", "instructor"))
        self._titles = at_once(known_trainings(data.completions.lazy(), data.trainings))

    @cached_property
    def instructors(self) -> dict[str, str]:
        """All instructors: id -> name, sorted by name."""
        return by_name(dict(self._names.collect(engine="in-memory").iter_rows()))

    @cached_property
    def composed(self) -> list[int]:
        """The composed trainings, which people hold through others: nobody has to teach them."""
        included = included_trainings(self._catalogue.lazy())
        return [training for training, ids in included.items() if ids]

    def to_teach(self, coverage: pl.DataFrame) -> pl.DataFrame:
        """The rows of `coverage` without the composed trainings that nobody taught."""
        is_composed = pl.col("training_id").is_in(self.composed)
        return coverage.filter(~is_composed | (pl.col("instructors") > 0))

    def activity(self, choices: PeriodChoices) -> pl.DataFrame:
        """The figures per instructor and month (`schema.INSTRUCTOR_ACTIVITY`)."""
        rows = activity_of(self._chosen(choices), self._names, self._demo, every=_EVERY)
        return as_table(rows, INSTRUCTOR_ACTIVITY).collect(engine="in-memory")

    def people(
        self, choices: PeriodChoices, bars: Sequence[Mapping[str, Any]] = ()
    ) -> pl.DataFrame:
        """The figures per instructor, most completions first.

        Args:
            choices: the choices.
            bars: count only the completions of these bars: an m_instructor_id and a period each,
                or a training_id; empty for all of them.

        Returns:
            m_instructor_id, instructor, completions, trainees, trainings, group_sessions, demo.
        """
        completions = self._chosen(choices)
        return (
            (completions.filter(in_bars(bars)) if bars else completions)
            .group_by("m_instructor_id")
            .agg(teaching_counts())
            .with_columns(pl.col("m_instructor_id").cast(pl.String))
            .join(self._names, on="m_instructor_id")
            .join(self._demo, how="cross")
            .sort("completions", "instructor", "m_instructor_id", descending=[True, False, False])
            .collect(engine="in-memory")
        )

    def completions(self, choices: PeriodChoices) -> pl.DataFrame:
        """The completions that `people` counts, newest first.

        The columns are date, m_user_id, user, training_id, training, m_instructor_id, instructor.
        """
        people = with_names(
            self._taught.select(pl.col("m_user_id").unique().cast(pl.String)),
            self._users,
            "m_user_id",
            "user",
        )
        return (
            self._chosen(choices)
            .with_columns(pl.col("m_user_id", "m_instructor_id").cast(pl.String))
            .join(people, on="m_user_id", how="left", nulls_equal=True)
            .join(self._titles, on="training_id", how="left")
            .join(self._names, on="m_instructor_id")
            .select(*TAUGHT_COLUMNS)
            .sort("date", "user", "m_user_id", "training", descending=[True, False, False, False])
            .collect(engine="in-memory")
        )

    def coverage(self, choices: PeriodChoices) -> pl.DataFrame:
        """The instructors of each training (`schema.INSTRUCTOR_COVERAGE`), fewest first.

        Trainings without an instructor are last. The search and the field offices choose trainees.
        Coverage counts all trainees, because a training depends on one instructor only if nobody
        else teaches it to anybody; but if no person is found, it is empty. If instructors are
        chosen, only the trainings that they taught in the period are listed, with everyone who
        taught them.
        """
        covered = self.coverage_of_all(choices)
        return taught_by_any(covered, choices.instructors) if choices.instructors else covered

    def coverage_of_all(self, choices: PeriodChoices) -> pl.DataFrame:
        """As `coverage`, but the chosen instructors make no difference."""
        covered = self._covered(choices.as_of, choices.months, choices.trainings)
        return covered.clear() if self.finds_nobody(choices) else covered

    def finds_nobody(self, choices: PeriodChoices) -> bool:
        """Whether the search and the field offices find no person at all."""
        people = self._people_filter.matching(choices)
        return people is not None and people.is_empty()

    def _coverage(self, as_of: date, months: int, trainings: tuple[int, ...]) -> pl.DataFrame:
        days, titles = self._days, self._titles
        if trainings:
            chosen = pl.col("training_id").is_in(trainings)
            days, titles = days.filter(chosen), titles.filter(chosen)
        rows = coverage_of(days, titles, self._names, self._demo, as_of=as_of, months=months)
        without_instructor = pl.col("instructors") == 0
        return (
            as_table(rows, INSTRUCTOR_COVERAGE)
            .sort(
                *(without_instructor, "instructors"),
                *("completions", "training", "training_id"),
                descending=[False, False, True, False, False],
            )
            .collect(engine="in-memory")
        )

    def _completions(self, choices: PeriodChoices) -> pl.LazyFrame:
        """The chosen completions."""
        conditions = self._people_filter.conditions(choices)
        if choices.instructors:
            conditions.append(pl.col("m_instructor_id").is_in(choices.instructors))
        conditions.append(in_last_months(choices.as_of, choices.months))
        return at_once(self._taught.filter(*conditions))

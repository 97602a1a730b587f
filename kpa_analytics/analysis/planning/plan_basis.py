"""The records that plans of sessions are made from, with what several plans of them share."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cached_property, lru_cache

import polars as pl

from kpa_analytics.analysis.eligible_instructors import TeachingRecords
from kpa_analytics.analysis.engine import Engine, Rules
from kpa_analytics.analysis.expirations import expirations, with_expiry_key
from kpa_analytics.analysis.planning.instructor_weeks import EligibleInstructors
from kpa_analytics.analysis.planning.session_cases import numbered_by_name, session_cases
from kpa_analytics.analysis.requirements import requirements, requirements_note
from kpa_analytics.analysis.status_rules import STATUS_COLUMNS, statuses_on
from kpa_analytics.data.training_data import TrainingData
from kpa_analytics.employment import has_left
from kpa_analytics.errors import KPADataError
from kpa_analytics.inputs import AnyFrame, need_same_account
from kpa_analytics.statuses import EXPIRING_DAYS, GAPS
from kpa_analytics.wording import day as in_words

#: The number of days whose statuses, and whose instructors, are kept.
_KEPT = 4
#: Cases and expirations are computed for a multiple of this many weeks, so that plans of other
#: lengths share them. The usual plan has 26 weeks, and days before the first of them.
_WEEKS = 28


class PlanBasis:
    """The records of one account, whatever the weeks, seats and costs of a plan.

    Args:
        data: the records.
        required: the requirements, as for `plan_sessions()`.

    Attributes:
        data: these records.
        rules: the rules of their catalogue.
        requirements_note: which requirements are not known; empty if all are.
        status_on: returns the statuses on a day, as `expiry_status()` does; also those of people
            who left but ever taught.
        gaps_on: returns the gaps on a day, as `expiry_status()` does.
        instructors_on: returns the instructors on a day, as `eligible_instructors()` does.
        eligible_instructors_on: returns those of them who may teach.
    """

    def __init__(self, data: TrainingData, required: AnyFrame | None = None) -> None:
        need_same_account(data.completions, data.trainings, data.users, required)
        self.data, self._required = data, requirements(data, required)
        self.rules = Rules(data.trainings)
        self.requirements_note = requirements_note(data, required)
        self.status_on = lru_cache(maxsize=_KEPT)(self._statuses)
        self.gaps_on = lru_cache(maxsize=_KEPT)(self._gaps)
        self._counting_on = lru_cache(maxsize=_KEPT)(self._counting)
        self.instructors_on = lru_cache(maxsize=_KEPT)(self._instructors)
        self.eligible_instructors_on = lru_cache(maxsize=_KEPT)(self._eligible)
        self._kept_cases = lru_cache(maxsize=_KEPT)(self._cases)
        self._kept_expirations = lru_cache(maxsize=_KEPT)(self._session_expirations)

    @cached_property
    def _engine(self) -> Engine:
        return Engine(self.data.completions, self.rules, self.data.users, self._required)

    @cached_property
    def _people_by_name(self) -> pl.DataFrame:
        return numbered_by_name(self._engine.people)

    @cached_property
    def _teaching(self) -> TeachingRecords:
        return TeachingRecords(self.data.completions, self.data.trainings, self.data.users)

    @cached_property
    def _teachers(self) -> pl.Series:
        """The ids of everyone who ever taught."""
        return self.data.completions["m_instructor_id"].unique()

    def cases(self, as_of: date, end: date) -> pl.DataFrame:
        """The cases of a plan from a day to its last day, as `session_cases` returns them."""
        kept = self._kept_cases(as_of, _rounded_up((end - as_of).days // 7 + 1))
        return kept.filter(pl.col("due") <= end)

    def session_expirations(self, first: date, last: date) -> pl.DataFrame:
        """The expiration of each training that is completed on a day of these weeks' sessions.

        Args:
            first: the day of the first sessions; the others are a week, two weeks, ... later.
            last: the last day of the weeks.

        Returns:
            The columns of `expirations`.
        """
        kept = self._kept_expirations(first, _rounded_up((last - first).days // 7 + 1))
        return kept.filter(pl.col("date") <= last)

    def with_status(self, places: pl.DataFrame, first: date, last: date) -> pl.DataFrame:
        """The status that each place in a session gives, on the last day of the weeks.

        Args:
            places: `training_id` and `date`, a day of sessions.
            first: as for `session_expirations`.
            last: as for `session_expirations`.

        Returns:
            The places in their order, with the columns of `STATUS_COLUMNS` on that day.

        Raises:
            KPADataError: a place is on another day, or its training is not in the records.
        """
        key = ("training_id", "date")
        new_expirations = self.session_expirations(first, last).join(places, on=key, how="semi")
        windows = self.rules.windows_on(last)
        statuses = statuses_on(new_expirations.lazy(), windows, last, EXPIRING_DAYS)
        by_key = (
            new_expirations.select(*key, "expiry_key")
            .join(statuses, on="expiry_key")
            .drop("expiry_key")
        )
        others = places.drop(STATUS_COLUMNS, strict=False)
        with_statuses = others.join(by_key, on=key, how="left", maintain_order="left")
        impossible = with_statuses.filter(pl.col("status").is_null()).select(key)
        for training, day in impossible.head(1).rows():
            raise KPADataError(
                f"sessions: no session of training {training} can be on {in_words(day)}"
            )
        return with_statuses

    def gaps_after(self, places: pl.DataFrame, last: date) -> pl.DataFrame:
        """The gaps on the last day of the weeks if these people have these places.

        Args:
            places: `m_user_id`, and the result of `with_status`; each person and training once.
            last: as for `session_expirations`.
        """
        completed = self._counting_on(last)
        return self._engine.gaps_if_completed(
            places, completed, last, EXPIRING_DAYS, include_terminated=False
        )

    def _cases(self, as_of: date, weeks: int) -> pl.DataFrame:
        """As `cases` returns them, of the days of so many weeks that the calendar has."""
        days = min(weeks * 7, (date.max - as_of).days)
        status = self.status_on(as_of)
        end = as_of + timedelta(days=days)
        return session_cases(
            self.data, status, self.rules, self._people_by_name, as_of=as_of, end=end
        )

    def _session_expirations(self, first: date, weeks: int) -> pl.DataFrame:
        """As `session_expirations`, of the weeks from `first` on that the calendar has."""
        weeks = min(weeks, (date.max - first).days // 7 + 1)
        days = [first + timedelta(weeks=week) for week in range(weeks)]
        records = (
            self._engine.titles.lazy()
            .select("training_id")
            .join(pl.LazyFrame({"date": days}, schema={"date": pl.Date}), how="cross")
            .with_columns(special_expiration_date=pl.lit(None, pl.Date))
        )
        keyed = with_expiry_key(records).drop("has_proof")
        return expirations(keyed, self.rules.schedules).collect(engine="in-memory")

    def gaps_at_start(self, as_of: date) -> pl.DataFrame:
        """The result of `gaps_on`, from the statuses that are computed for the cases."""
        left = self._people_by_name.filter(has_left(as_of))["m_user_id"].implode()
        has_stayed = (~pl.col("m_user_id").is_in(left)).fill_null(True)
        return self.status_on(as_of).filter(pl.col("status").is_in(GAPS), has_stayed)

    def _statuses(self, day: date) -> pl.DataFrame:
        return self._engine.status(day, EXPIRING_DAYS, include_terminated=self._teachers)

    def _gaps(self, day: date) -> pl.DataFrame:
        completed = self._counting_on(day)
        return self._engine.gaps_of(completed, day, EXPIRING_DAYS, include_terminated=False)

    def _counting(self, day: date) -> pl.DataFrame:
        return self._engine.counting(day, EXPIRING_DAYS, include_terminated=False)

    def _instructors(self, day: date) -> pl.DataFrame:
        return self._teaching.instructors(self.status_on(day), day)

    def _eligible(self, day: date) -> EligibleInstructors:
        return EligibleInstructors(self.instructors_on(day))


def _rounded_up(weeks: int) -> int:
    return -(-weeks // _WEEKS) * _WEEKS

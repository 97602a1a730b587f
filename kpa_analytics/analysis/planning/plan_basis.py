"""The records that plans of sessions are made from, with what several plans of them share."""

from __future__ import annotations

from datetime import date
from functools import cached_property, lru_cache

import polars as pl

from kpa_analytics.analysis.eligible_instructors import eligible_instructors
from kpa_analytics.analysis.engine import Engine, Rules
from kpa_analytics.analysis.requirements import requirements, requirements_note
from kpa_analytics.data.training_data import TrainingData
from kpa_analytics.inputs import AnyFrame, need_same_account
from kpa_analytics.statuses import EXPIRING_DAYS

#: The number of days whose statuses, and whose instructors, are kept.
_KEPT = 4


class PlanBasis:
    """The records of one account, whatever the weeks, seats and costs of a plan.

    Args:
        data: the records.
        required: the requirements, as for `plan_sessions()`.

    Attributes:
        data: these records.
        rules: the rules of their catalogue.
        requirements_note: which requirements are not known; empty if all are.
        status_on: returns the statuses on a day, as `expiry_status()` does.
        instructors_on: returns the instructors on a day, as `eligible_instructors()` does.
    """

    def __init__(self, data: TrainingData, required: AnyFrame | None = None) -> None:
        need_same_account(data.completions, data.trainings, data.users, required)
        self.data, self._required = data, requirements(data, required)
        self.rules = Rules(data.trainings)
        self.requirements_note = requirements_note(data, required)
        self.status_on = lru_cache(maxsize=_KEPT)(self._statuses)
        self.instructors_on = lru_cache(maxsize=_KEPT)(self._instructors)

    @cached_property
    def _engine(self) -> Engine:
        return Engine(self.data.completions, self.rules, self.data.users, self._required)

    def status_after(self, places: pl.DataFrame, day: date) -> pl.DataFrame:
        """The statuses on a day if people complete trainings before it.

        Args:
            places: m_user_id, training_id and `date`, as `Engine.status_with` takes them.
            day: the day.
        """
        return self._engine.status_with(places, day, EXPIRING_DAYS, include_terminated=False)

    def _statuses(self, day: date) -> pl.DataFrame:
        return self._engine.status(day, EXPIRING_DAYS, include_terminated=False)

    def _instructors(self, day: date) -> pl.DataFrame:
        data = self.data
        return eligible_instructors(data.completions, data.trainings, data.users, as_of=day)

"""The rows and figures of the expiry explorer, without any drawing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

import polars as pl

from kpa_analytics.analysis.due_within import due_within
from kpa_analytics.analysis.engine import Engine, Rules
from kpa_analytics.analysis.expiring_texts import with_expiring_rule
from kpa_analytics.analysis.explanations.explain import Explainer
from kpa_analytics.analysis.periods import months_from, part_of
from kpa_analytics.analysis.requirements import requirements_note
from kpa_analytics.analysis.selected_bars import in_bars
from kpa_analytics.analysis.taught_by import TaughtBy
from kpa_analytics.statuses import STATUSES

if TYPE_CHECKING:
    from kpa_analytics.analysis.choices import ExpiryChoices
    from kpa_analytics.analysis.explanations.explanation import Explanation
    from kpa_analytics.analysis.people_filter import PeopleFilter
    from kpa_analytics.data.training_data import TrainingData

#: The months that the timeline draws before that of `as_of`, and after it. A bar at each end counts
#: the cases that expire earlier or later.
MONTHS_SHOWN = 18
EARLIER, LATER = ENDS = "earlier", "later"
#: The number of results to keep.
_KEPT = 4


class ExpiryView:
    """The statuses of one set of records, for any choices.

    Attributes:
        requirements_note: which requirements are not known; empty if all are.
    """

    def __init__(self, data: TrainingData, people_filter: PeopleFilter) -> None:
        required = data.requirements
        self.requirements_note = requirements_note(data)
        self._data, self._people_filter = data, people_filter
        rules = self._rules = Rules(data.trainings)
        engine = Engine(data.completions, rules, data.users, required)
        self._status = lru_cache(maxsize=_KEPT)(engine.status)
        self._explainer = lru_cache(maxsize=_KEPT)(
            lambda day, days: Explainer(data, as_of=day, expiring_days=days, rules=rules)
        )

    @property
    def requirements_known(self) -> bool:
        """Whether missing trainings can be found."""
        return not self.requirements_note

    def rows(self, choices: ExpiryChoices) -> pl.DataFrame:
        """The chosen cases (`schema.EXPIRY_STATUS`), whatever their status, by person and training.

        Figures and shares are about these, so that a choice of statuses does not change them.
        """
        rows = self._status(choices.as_of, choices.expiring_days, choices.include_terminated)
        conditions = self._people_filter.conditions(choices)
        return rows.filter(*conditions) if conditions else rows

    def with_rule(self, rows: pl.DataFrame, choices: ExpiryChoices) -> pl.DataFrame:
        """Add to each row the rule by which it counts as expiring soon: `expiring_rule`."""
        return with_expiring_rule(rows, self._rules.schedules, choices.expiring_days)

    def with_instructors(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Add to each row who gave the training (`taught_by.COLUMNS`)."""
        return self._taught_by.of(rows)

    @cached_property
    def _taught_by(self) -> TaughtBy:
        return TaughtBy(self._data)

    def explain(self, choices: ExpiryChoices, m_user_id: str, training_id: int) -> Explanation:
        """Why a case has its status on the chosen day.

        Raises:
            KPADataError: there is no such case.
        """
        explainer = self._explainer(choices.as_of, choices.expiring_days)
        return explainer.of(m_user_id, training_id)

    def people(self, choices: ExpiryChoices) -> pl.Series | None:
        """The ids of the chosen people; None for everyone."""
        return self._people_filter.matching(choices)


def in_statuses(cases: pl.DataFrame, statuses: Sequence[str]) -> pl.DataFrame:
    """The cases with one of these statuses; all of them if no status is given."""
    return cases.filter(pl.col("status").is_in(statuses)) if statuses else cases


def selected_rows(
    rows: pl.DataFrame, selected: Sequence[Mapping[str, Any]], as_of: date
) -> pl.DataFrame:
    """The rows that the selected bars of a chart represent; all rows if no bar is selected.

    A bar has a `month` (its first day, or one of `ENDS`) or a `training_id`, and a `status`. The
    figure "Due within" has `due_within`, a number of days.
    """
    if not selected:
        return rows
    due = [due_within(bar["due_within"]) for bar in selected if "due_within" in bar]
    bars = [bar for bar in selected if "due_within" not in bar]
    months = {"month": pl.col("expiration_date").dt.month_start()}
    ends = {"month": _end(as_of)}
    behind = [in_bars([bar], ends if bar.get("month") in ENDS else months) for bar in bars]
    return rows.filter(pl.any_horizontal(*due, *behind))


def _end(as_of: date) -> pl.Expr:
    """At which end of the timeline a case expires; empty in its months."""
    first, last = (pl.lit(months_from(as_of, away)) for away in (-MONTHS_SHOWN, MONTHS_SHOWN))
    names = (EARLIER, "", LATER, "")
    return part_of(pl.col("expiration_date").dt.month_start(), first, last, names)


def has_case(rows: pl.DataFrame, case: Mapping[str, Any]) -> bool:
    """Whether the rows have the case with this m_user_id and training_id."""
    same = [pl.col(name) == case[name] for name in ("m_user_id", "training_id")]
    return not rows.lazy().filter(*same).head(1).collect(engine="in-memory").is_empty()


def case_counts(rows: pl.DataFrame, days: int) -> dict[str, int]:
    """The number of rows with each status, and of all rows (`total`), people and trainings.

    `due_within` counts the cases to renew with at most so many days left.
    """
    counts = dict(rows["status"].value_counts().iter_rows())
    return {
        "due_within": rows.select(due_within(days).sum()).item(),
        **{status: int(counts.get(status, 0)) for status in STATUSES},
        "total": rows.height,
        "people": rows["m_user_id"].n_unique(),
        "trainings": rows["training_id"].n_unique(),
    }

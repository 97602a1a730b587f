"""What the expiry explorer shows, computed without drawing: the rows and their figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import polars as pl

from kpa_analytics.analysis.engine import Engine, Rules
from kpa_analytics.statuses import STATUSES

if TYPE_CHECKING:
    from kpa_analytics.analysis.choices import ExpiryChoices
    from kpa_analytics.analysis.people_filter import PeopleFilter
    from kpa_analytics.data.training_data import TrainingData

#: How many days' statuses are kept.
_KEPT = 4


class ExpiryView:
    """The statuses of one set of records, for one choice after another.

    Args:
        data: the records. Who must have what is read from the vendor's employee status.
        people_filter: the people of the records.

    Attributes:
        requirements_known: it is known who must have what, so that what is missing is found.
    """

    def __init__(self, data: TrainingData, people_filter: PeopleFilter) -> None:
        required = data.employee_status if data.employee_status.height else None
        self.requirements_known = required is not None
        self._people_filter = people_filter
        engine = Engine(data.completions, Rules(data.trainings), data.users, required)
        self._status = lru_cache(maxsize=_KEPT)(engine.status)

    def rows(self, choices: ExpiryChoices) -> pl.DataFrame:
        """The statuses chosen (`schema.EXPIRY_STATUS`), by person, then training."""
        rows = self._status(choices.as_of, choices.expiring_days, choices.include_terminated)
        conditions = []
        if choices.trainings:
            conditions.append(pl.col("training_id").is_in(choices.trainings))
        if choices.statuses:
            conditions.append(pl.col("status").is_in(choices.statuses))
        people = self.people(choices)
        if people is not None:
            conditions.append(pl.col("m_user_id").is_in(people.implode()))
        return rows.filter(*conditions) if conditions else rows

    def people(self, choices: ExpiryChoices) -> pl.Series | None:
        """The ids of the people chosen; None where that is everyone."""
        return self._people_filter.matching(choices.search, choices.field_offices)


def selected_rows(rows: pl.DataFrame, selected: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    """The rows behind bars.

    Args:
        rows: what the charts show.
        selected: each bar's `month` (its first day) or `training_id`, and `status`; where no bar is
            selected, all rows are meant.

    Returns:
        Those of the rows.
    """
    if not selected:
        return rows
    return rows.filter(pl.any_horizontal(_in_bar(bar) for bar in selected))


def _in_bar(bar: Mapping[str, Any]) -> pl.Expr:
    same = [pl.col(key) == value for key, value in bar.items() if key != "month"]
    if month := bar.get("month"):
        same.append(pl.col("expiration_date").dt.month_start() == month)
    return pl.all_horizontal(same)


def status_counts(rows: pl.DataFrame) -> dict[str, int]:
    """How many rows have each status, and `total`, `people` and `trainings` among them."""
    counts = dict(rows["status"].value_counts().iter_rows())
    return {
        **{status: int(counts.get(status, 0)) for status in STATUSES},
        "total": rows.height,
        "people": rows["m_user_id"].n_unique(),
        "trainings": rows["training_id"].n_unique(),
    }

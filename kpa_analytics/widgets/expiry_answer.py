"""What the expiry explorer shows, worked out without drawing: rows, figures, charts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl

from kpa_analytics.statuses import STATUSES
from kpa_analytics.widgets.roster import Roster
from kpa_analytics.widgets.status_book import StatusBook

if TYPE_CHECKING:
    from kpa_analytics.data.training_data import TrainingData

#: The fields that tell the bars of each of the two charts apart.
PICKED_BY = ("month", "training_id")


@dataclass(frozen=True, kw_only=True)
class ExpiryQuestion:
    """What is asked: a day, and whose statuses for which trainings. Empty means all."""

    as_of: date
    horizon: int = 30
    trainings: tuple[int, ...] = ()
    search: str = ""
    field_offices: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    include_leavers: bool = False


class ExpiryAnswer:
    """Answers expiry questions about one set of records.

    Args:
        data: the records.
        roster: its people.
    """

    def __init__(self, data: TrainingData, roster: Roster) -> None:
        self._roster = roster
        self._book = StatusBook(data)

    @property
    def requirements_known(self) -> bool:
        """Whether it is known who must have what, so that what is missing is found."""
        return self._book.requirements_known

    def rows(self, asked: ExpiryQuestion) -> pl.DataFrame:
        """The statuses asked for (`schema.EXPIRY_STATUS`), by person, then training."""
        page = self._book.page(asked.as_of, asked.horizon, asked.include_leavers)
        wanted = []
        if asked.trainings:
            wanted.append(pl.col("training_id").is_in(asked.trainings))
        if asked.statuses:
            wanted.append(pl.col("status").is_in(asked.statuses))
        people = self.people(asked)
        if people is not None:
            wanted.append(pl.col("m_user_id").is_in(people.implode()))
        return page.filter(*wanted) if wanted else page

    def people(self, asked: ExpiryQuestion) -> pl.Series | None:
        """The ids of the people asked for; None where that is everyone."""
        return self._roster.named(asked.search, asked.field_offices)


def picked_rows(rows: pl.DataFrame, picked: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    """The rows behind bars.

    Args:
        rows: what the charts show.
        picked: each bar's `month` (its first day) or `training_id`, and `status`; empty: no bar is
            picked, and all rows are meant.

    Returns:
        Those of the rows.
    """
    if not picked:
        return rows
    return rows.filter(pl.any_horizontal(_in_bar(bar) for bar in picked))


def _in_bar(bar: Mapping[str, Any]) -> pl.Expr:
    same = [pl.col(key) == value for key, value in bar.items() if key != "month"]
    if month := bar.get("month"):
        same.append(pl.col("expiration_date").dt.month_start() == month)
    return pl.all_horizontal(same)


def figures(rows: pl.DataFrame) -> dict[str, int]:
    """How many rows of each status, and `total`, `people` and `trainings` among them."""
    found = dict(rows["status"].value_counts().iter_rows())
    return {
        **{status: int(found.get(status, 0)) for status in STATUSES},
        "total": rows.height,
        "people": rows["m_user_id"].n_unique(),
        "trainings": rows["training_id"].n_unique(),
    }


def charts(
    rows: pl.DataFrame, as_of: date, dark: bool, requirements_known: bool
) -> list[dict[str, Any]]:
    """The timeline and the trainings, as Vega-Lite specifications.

    Args:
        rows: what to draw.
        as_of: the day of the rule.
        dark: for a dark background.
        requirements_known: it is known who must have what.

    Returns:
        The two specifications, their data inside; in the order of `PICKED_BY`.
    """
    from kpa_analytics.charts import expiry_by_training, expiry_timeline
    from kpa_analytics.charts.drawn import drawn

    return [
        drawn(expiry_timeline, rows, as_of=as_of, dark=dark),
        drawn(
            expiry_by_training,
            rows,
            as_of=as_of,
            requirements_known=requirements_known,
            dark=dark,
            top=15,
        ),
    ]

"""The base of the instructor and session explorers: a period and a choice of instructors."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, Unpack

from kpa_analytics.widgets import traits
from kpa_analytics.widgets.chart_explorer import ChartExplorer
from kpa_analytics.widgets.explorer import SharedKeywords
from kpa_analytics.widgets.multi_select import MultiSelect
from kpa_analytics.widgets.number_field import NumberField


def in_period(trainings: int) -> str:
    """Say what a figure counts if so many trainings are chosen.

    Examples:
        >>> in_period(0), in_period(2)
        ('in this period', 'of the trainings chosen, in this period')
    """
    if not trainings:
        return "in this period"
    return f"of the {'training' if trainings == 1 else 'trainings'} chosen, in this period"


class PeriodKeywords(SharedKeywords, total=False):
    """The choices of a `PeriodExplorer`, as keywords."""

    months: int
    instructors: Iterable[str] | None


class PeriodExplorer(ChartExplorer):
    """An explorer of a number of months up to a day, for all or some instructors."""

    instructors_hint: ClassVar[str]

    months = traits.WholeNumber(24, 1, 120, help="The number of months up to `as_of`.")
    instructors = traits.SomeOf[str](help="Ids of the instructors shown; empty for all.")

    def set(self, **changes: Unpack[PeriodKeywords]) -> None:
        """Make several choices at once, with one rebuild. If one fails, none is made."""
        self._choose(changes)

    def _own_controls(self) -> dict[str, Any]:
        return {
            "months": NumberField(
                "Months up to the as-of day", "Number of months to count", type(self).months
            ),
            "instructors": MultiSelect("Instructors", "All instructors", self.instructors_hint),
        }

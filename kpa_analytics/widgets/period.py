"""What the explorers of instructors and sessions share: the months and the instructors."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Unpack

import ipywidgets as ipw

from kpa_analytics.widgets import layout, traits
from kpa_analytics.widgets.chart_panel import ChartPanel
from kpa_analytics.widgets.explorer import Explorer, SharedKeywords
from kpa_analytics.widgets.multi_select import MultiSelect

if TYPE_CHECKING:
    pass


class PeriodKeywords(SharedKeywords, total=False):
    """The choices of an explorer of months, as keywords."""

    months: int
    instructors: Iterable[str] | None


class PeriodExplorer(Explorer):
    """An explorer of the months up to a day, all instructors' or some."""

    months = traits.WholeNumber(24, 1, 120, help="How many months before `as_of` count.")
    instructors = traits.SomeOf[str](help="Ids of the instructors shown; empty for all.")

    _charts: ChartPanel

    def set(self, **changes: Unpack[PeriodKeywords]) -> None:
        """Make several choices at once, with one rebuild: all of them or none."""
        self._choose(changes)

    @property
    def charts(self) -> list[dict[str, Any]]:
        """The charts' Vega-Lite specifications, in the order shown."""
        return list(self._charts.specs)

    def _own_bar(self, hint: str) -> ipw.Widget:
        """The controls of the months and of the instructors."""
        return layout.bar(
            self._control("months", layout.months_control()),
            self._control("instructors", MultiSelect("Instructors", "All instructors", hint)),
        )

"""The base of the instructor and session explorers: a period and a choice of instructors."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Unpack

import ipywidgets as ipw

from kpa_analytics.widgets import layout, traits
from kpa_analytics.widgets.chart_panel import ChartPanel
from kpa_analytics.widgets.explorer import Explorer, SharedKeywords
from kpa_analytics.widgets.multi_select import MultiSelect


class PeriodKeywords(SharedKeywords, total=False):
    """The choices of a `PeriodExplorer`, as keywords."""

    months: int
    instructors: Iterable[str] | None


class PeriodExplorer(Explorer):
    """An explorer of a number of months up to a day, for all or some instructors."""

    months = traits.WholeNumber(24, 1, 120, help="The number of months up to `as_of`.")
    instructors = traits.SomeOf[str](help="Ids of the instructors shown; empty for all.")

    _charts: ChartPanel

    def set(self, **changes: Unpack[PeriodKeywords]) -> None:
        """Make several choices at once, with one rebuild. If one fails, none is made."""
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

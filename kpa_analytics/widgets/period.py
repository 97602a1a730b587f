"""What the explorers of teaching share: the months looked at, and the instructors."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

import ipywidgets as ipw

from kpa_analytics.widgets import checks, layout
from kpa_analytics.widgets.chart_panel import ChartPanel
from kpa_analytics.widgets.explorer import Choice, Explorer
from kpa_analytics.widgets.multi_select import MultiSelect

if TYPE_CHECKING:
    from kpa_analytics.data.training_data import TrainingData


class Taught(Protocol):
    """What answers such questions knows who teaches."""

    @property
    def instructors(self) -> dict[str, str]:
        """Everyone who ever taught: id -> name, by name."""


class PeriodExplorer(Explorer):
    """An explorer of the months up to a day, all instructors' or some."""

    months = Choice[int]("How many months before `as_of` count.")
    instructors = Choice[tuple[str, ...]]("Ids of the instructors shown; empty for all.")

    _view: Taught
    _charts: ChartPanel

    def __init__(self, data: TrainingData, *, dark: bool | None = None, **choices: Any) -> None:
        super().__init__(data, dark=dark, choices=choices)

    @property
    def charts(self) -> list[dict[str, Any]]:
        """The charts' Vega-Lite specifications, in the order shown."""
        return list(self._charts.specs)

    @abstractmethod
    def _viewing(self, data: TrainingData) -> Taught:
        """Get ready to answer questions about records."""

    def _read(self, data: TrainingData) -> dict[str, checks.Check]:
        self._view = self._viewing(data)
        return {
            "months": checks.whole(1, 120),
            "instructors": checks.some_of(self._view.instructors),
        }

    def _defaults(self) -> dict[str, Any]:
        return {"months": 24, "instructors": ()}

    def _options(self) -> dict[str, Mapping[Any, str]]:
        return {"instructors": self._view.instructors}

    def _own_bar(self, hint: str) -> ipw.Widget:
        """The controls of the months and of the instructors."""
        return layout.bar(
            self._control("months", layout.months_control()),
            self._control("instructors", MultiSelect("Instructors", "All instructors", hint)),
        )

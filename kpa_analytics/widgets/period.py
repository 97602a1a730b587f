"""What the explorers of teaching share: the months looked at, and the instructors."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Protocol

import ipywidgets as ipw

from kpa_analytics.widgets import checks, face
from kpa_analytics.widgets.chart_panel import ChartPanel
from kpa_analytics.widgets.explorer import Choice, Explorer
from kpa_analytics.widgets.picker import Picker

if TYPE_CHECKING:
    from kpa_analytics.data.training_data import TrainingData


@dataclass(frozen=True, kw_only=True)
class PeriodQuestion:
    """What is asked: the months up to a day, of what, whom and by whom; empty: all."""

    as_of: date
    months: int = 24
    trainings: tuple[int, ...] = ()
    instructors: tuple[str, ...] = ()
    search: str = ""
    field_offices: tuple[str, ...] = ()


class Taught(Protocol):
    """What answers such questions knows who teaches."""

    @property
    def instructors(self) -> dict[str, str]:
        """Everyone who ever taught: id -> name, by name."""


class PeriodExplorer(Explorer):
    """An explorer of the months up to a day, all instructors' or some."""

    months = Choice[int]("How many months before `as_of` count.")
    instructors = Choice[tuple[str, ...]]("Ids of the instructors shown; empty for all.")

    _answer: Taught
    _charts: ChartPanel

    def __init__(self, data: TrainingData, *, dark: bool | None = None, **choices: Any) -> None:
        super().__init__(data, dark=dark, choices=choices)

    @property
    def charts(self) -> list[dict[str, Any]]:
        """The charts' Vega-Lite specifications, in the order shown."""
        return list(self._charts.specs)

    @abstractmethod
    def _answering(self, data: TrainingData) -> Taught:
        """Get ready to answer questions about records."""

    def _read(self, data: TrainingData) -> dict[str, checks.Check]:
        self._answer = self._answering(data)
        return {
            "months": checks.whole(1, 120),
            "instructors": checks.some_of(self._answer.instructors),
        }

    def _defaults(self) -> dict[str, Any]:
        return {"months": 24, "instructors": ()}

    def _options(self) -> dict[str, Mapping[Any, str]]:
        return {"instructors": self._answer.instructors}

    def _own_bar(self, hint: str) -> ipw.Widget:
        """The controls of the months and of the instructors."""
        return face.bar(
            self._control("months", face.months_control()),
            self._control("instructors", Picker("Instructors", "All instructors", hint)),
        )

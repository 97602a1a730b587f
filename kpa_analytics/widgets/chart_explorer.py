"""The base of the explorers that draw: numbers, charts and tables below the controls."""

from __future__ import annotations

from typing import Any, ClassVar

import ipywidgets as ipw

from kpa_analytics.widgets import layout
from kpa_analytics.widgets.chart_panel import ChartPanel
from kpa_analytics.widgets.explorer import Explorer
from kpa_analytics.widgets.table import Table


class ChartExplorer(Explorer):
    """An explorer that shows numbers, charts and tables of the chosen records."""

    css: ClassVar[str]

    @property
    def charts(self) -> list[dict[str, Any]]:
        """The charts' Vega-Lite specifications, in the order shown."""
        return list(self._charts.specs)

    def _own_controls(self) -> dict[str, Any]:
        """Make the controls of the explorer's own choices, by choice."""
        raise NotImplementedError

    def _tables(self) -> tuple[Table, *tuple[ipw.Widget, ...]]:
        """Make the table, and everything else below the charts."""
        raise NotImplementedError

    def _build(self) -> None:
        self._figures, self._charts = ipw.HTML(), ChartPanel()
        self.shared = self._bar(layout.shared_controls())
        own = self._bar(self._own_controls())
        table, *more = self._tables()
        table.observe(self._follow_page, "dark")
        controls = (self._mark, self.shared, own, self._notice)
        self.view = layout.page(*controls, self._figures, self._charts, table, *more, css=self.css)

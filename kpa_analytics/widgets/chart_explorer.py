"""The base of the explorers that draw: numbers, charts and tables below the controls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import ipywidgets as ipw

from kpa_analytics.widgets import layout
from kpa_analytics.widgets.chart_panel import ChartPanel
from kpa_analytics.widgets.explorer import Explorer
from kpa_analytics.widgets.help import Help
from kpa_analytics.widgets.record import Record
from kpa_analytics.widgets.table import Table
from kpa_analytics.widgets.table_links import connect
from kpa_analytics.widgets.tiles import Tiles

if TYPE_CHECKING:
    from kpa_analytics.audit.document import Document


class ChartExplorer(Explorer):
    """An explorer that shows numbers, charts and tables of the chosen records.

    `uses` are the sentences of its help, `terms` the words of the glossary that are in it.
    """

    css: ClassVar[str]
    uses: ClassVar[tuple[str, ...]]
    terms: ClassVar[tuple[str, ...]]

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
        self._figures, self._charts = Tiles(), ChartPanel()
        self.shared = self._bar(layout.shared_controls())
        own = self._bar(self._own_controls())
        table, *more = self._tables()
        table.observe(self._follow_page, "dark")
        self._shown_tables = [part for part in (table, *more) if isinstance(part, Table)]
        for part in self._shown_tables:
            connect(self, part)
        self._record = Record()
        own.children += (self._history.buttons, Help(self.title, self.uses, self.terms))
        controls = (self._mark, self.shared, own, self._notice, self._figures)
        below = ipw.VBox([table, *more, self._record])
        self.view = layout.page(*controls, layout.beside(self._charts, below), css=self.css)

    @property
    def record(self) -> Document | None:
        """The training record that is open, as `transcript()` returns it, or None."""
        return self._record.document

    def open_record(self, m_user_id: str) -> None:
        """Show the training record of a person, as of the day shown, below the table.

        Raises:
            KPADataError: nobody in the records has this id, or the completions are incremental.
            KPAError: the extra `audit` is not installed.
        """
        from kpa_analytics.audit.transcript import transcript

        days = self.choices.get("expiring_days", 30)
        day = self.choices["as_of"]
        self._record.show(transcript(self.data, m_user_id, as_of=day, expiring_days=days))

    def close_record(self) -> None:
        """Close the training record that is open."""
        self._record.close_record()

    def _summary(self) -> str:
        return f"{super()._summary()}{self._figures.value}"

    def note_state(self) -> None:
        """Note that `state` may have changed, so that the change can be undone."""
        self._history.note()

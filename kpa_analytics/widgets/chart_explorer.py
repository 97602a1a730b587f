"""The base of the explorers that draw: numbers, charts and tables below the controls."""

from __future__ import annotations

import os
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import ipywidgets as ipw

from kpa_analytics.charts.styled import named_after
from kpa_analytics.statuses import EXPIRING_DAYS
from kpa_analytics.widgets import layout
from kpa_analytics.widgets.bars import FIGURE, Bar, Bars, same_bars
from kpa_analytics.widgets.chart_panel import ChartPanel
from kpa_analytics.widgets.download import DownloadButton
from kpa_analytics.widgets.explorer import Explorer
from kpa_analytics.widgets.help import Help
from kpa_analytics.widgets.one_at_a_time import CHANGING
from kpa_analytics.widgets.pack import free_folder
from kpa_analytics.widgets.record import Record
from kpa_analytics.widgets.table import RowsTable
from kpa_analytics.widgets.table_links import connect
from kpa_analytics.widgets.tiles import Tiles
from kpa_analytics.widgets.view_files import write_view

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Set as AbstractSet

    import polars as pl

    from kpa_analytics.audit.document import Document


#: The note about figures that count all people of the sessions in which a chosen person is.
EVERYONE = "; everyone in these sessions is counted"
#: The figure of all rows: a click on it clears the selection.
ALL = "all"
#: How figures are selected, in the help of the explorers.
PRESSING = (
    "Click a figure to list the rows that it counts; a second click shows what was there before."
)
#: How dates are typed, in the help of every explorer.
_DATES = (
    "Type a date such as 30 Jun 2026 or 2026-06-30. The Up and Down arrows go to the next day and "
    "the day before, Page Up and Page Down to the next month and the month before."
)
#: How bars are selected, in the help of every explorer.
SELECTING = (
    "Shift-click adds a bar. A click on a day, a month or a number below the bars selects all bars "
    "above it. A click outside the bars, or Escape, clears the selection. With the "
    "keyboard, arrow keys go from bar to bar and from label to label, and Enter selects one."
)


class ChartExplorer(Explorer):
    """An explorer that shows numbers, charts and tables of the chosen records.

    `uses` are the sentences of its help, `terms` the words of the glossary that are in it, and
    `picks` is the choice that has the bars selected in the charts. `export` names its folder after
    `folder` and the day, and its charts after `drawings`.
    """

    picks: ClassVar[str] = "selected"
    export_label: ClassVar[str] = "Export tables and charts"
    export_hint: ClassVar[str] = (
        "Write the tables as CSV and the charts as SVG, of the people and trainings shown"
    )
    folder: ClassVar[str]
    drawings: ClassVar[tuple[str, ...]]
    css: ClassVar[str]
    uses: ClassVar[tuple[str, ...]]
    terms: ClassVar[tuple[str, ...]]

    @property
    def charts(self) -> list[dict[str, Any]]:
        """The charts' Vega-Lite specifications, in the order shown."""
        return list(self._charts.specs)

    def export(self, out: str | os.PathLike[str] | None = None) -> Path:
        """Write the tables as CSV and the charts as SVG, of the people and trainings shown.

        Selected bars, and the filters of a table, make no difference to the tables.

        Args:
            out: the folder to make; by default, a new one in the current folder, named after the
                day.

        Returns:
            The folder, with a file for each table and each chart. No text acts as a formula.

        Raises:
            KPADataError: `out` exists and is not empty, or cannot be written.
        """
        with CHANGING:
            tables, day = self._exported(), self.choices["as_of"]
            drawings = dict(zip(self.drawings, self.charts, strict=True))
            demo = self.data.demo
        return write_view(out or free_folder(self.folder, day), tables, drawings, demo=demo)

    def _exported(self) -> dict[str, pl.DataFrame]:
        """The tables of `export`, each by the name of its file."""
        raise NotImplementedError

    def _own_controls(self) -> dict[str, Any]:
        """Make the controls of the explorer's own choices, by choice."""
        raise NotImplementedError

    def _tables(self) -> tuple[RowsTable, *tuple[ipw.Widget, ...]]:
        """Make the table, and everything else below the charts."""
        raise NotImplementedError

    def _build(self) -> None:
        self._figures, self._charts = Tiles(), ChartPanel()
        self._charts.observe(self._bar_clicked, "picked")
        self._figures.on_pick(lambda figure: self._figure_clicked(figure))
        self.shared = self._connected(layout.shared_controls())
        own = self._connected(self._own_controls())
        table, *more = self._tables()
        table.observe(self._follow_page, "dark")
        self._shown_tables = [part for part in (table, *more) if isinstance(part, RowsTable)]
        for part in self._shown_tables:
            connect(self, part)
        self._export = DownloadButton(self.export_label, self.export_hint)
        self._export.on_click(lambda: self.guarded(lambda: self._export.offer(self.export())))
        self._record = Record()
        own.children += (self._history.buttons, Help(self.title, (*self.uses, _DATES), self.terms))
        controls = (self._mark, self.shared, own, self._notice, self._figures)
        charts_and_tables = layout.beside(self._charts, ipw.VBox([table, *more, self._export]))
        self._content = (self._figures, charts_and_tables, self._record)
        self.view = layout.explorer_box(*controls, charts_and_tables, self._record, css=self.css)

    def _show(self, changed: AbstractSet[str]) -> None:
        """Send the figures and then the tables after the charts, each in one message.

        The browser lays the page out after each message, and draws a chart while the kernel works.
        """
        with ExitStack() as held:
            for part in (*self._shown_tables, self._figures):  # the last one is sent first
                held.enter_context(part.hold_sync())
            super()._show(changed)

    @property
    def record(self) -> Document | None:
        """The training record that is open, as `transcript()` returns it, or None."""
        return self._record.document

    def open_record(self, m_user_id: str) -> None:
        """Show the training record of a person, as of the day shown, below the tables.

        Raises:
            KPADataError: nobody in the records has this id, or the completions are incremental.
            KPAError: the extra `audit` is not installed.
        """
        from kpa_analytics.audit.transcript import transcript

        days = self.choices.get("expiring_days", EXPIRING_DAYS)
        day = self.choices["as_of"]
        self._record.show(transcript(self.data, m_user_id, as_of=day, expiring_days=days))

    def close_record(self) -> None:
        """Close the training record that is open."""
        self._record.close_record()

    def _show_charts(self, specs: Iterable[dict[str, Any]]) -> None:
        """Show the charts; a picture that their menus save is named after the day shown."""
        self._charts.draw(named_after(spec, self.choices["as_of"]) for spec in specs)

    def _bar_clicked(self, _: Any) -> None:
        """List the rows behind the bars that were clicked."""
        if not self._showing:
            bars = self._pick().of_chart(self._charts.picked)
            self.guarded(lambda: self._choose({**self._no_session(), self.picks: bars}))

    def _show_bars(self) -> None:
        """Select the chosen bars in the charts."""
        bars = getattr(self, self.picks)
        if not same_bars(self._pick().of_chart(self._charts.picked), bars):
            with self._not_a_click():
                self._charts.picked = self._pick().to_chart(bars)

    def _figure_clicked(self, figure: str) -> None:
        """List the rows that a figure counts; a second click shows what was there before."""
        again = figure == ALL or same_bars(getattr(self, self.picks), [{FIGURE: figure}])
        rows = {self.picks: () if again else ({FIGURE: figure},)}
        self.guarded(lambda: self._choose({**self._no_session(), **rows}))

    def _no_session(self) -> dict[str, None]:
        """The choice that deselects a session; empty in an explorer without a table of sessions."""
        return {}

    def _outside_records(self) -> str:
        """A line below the figures, as HTML, if the records do not reach the day shown."""
        day = self.choices["as_of"]
        return layout.before_records(self.data.begun, day) + layout.after_records(self.data, day)

    def _keep_figures(self) -> None:
        """Deselect the figures that now count no row."""
        bars = getattr(self, self.picks)
        self._keep(bar for bar in bars if bar.get(FIGURE) in (None, *self._figures.picks))

    def _keep(self, bars: Iterable[Bar]) -> None:
        """Deselect all bars but these: after another choice, the charts no longer show the others.

        Bars that were selected just now stay: other observers must see what was selected.
        """
        kept = tuple(bars)
        if self.picks not in self._chosen_now and kept != getattr(self, self.picks):
            setattr(self, self.picks, kept)

    def _mark_figures(self) -> None:
        """Mark the figures whose rows are listed."""
        bars = getattr(self, self.picks)
        self._figures.chosen = [bar[FIGURE] for bar in bars if FIGURE in bar] if bars else [ALL]

    def _pick(self) -> Bars:
        trait: Any = self.traits()[self.picks]
        bars: Bars = trait
        return bars

    def _label_at(self, chart: int, label: str) -> int | None:
        """The place of the row with this label in a chart; None for another text."""
        rows = (row for row in self._charts.rows(chart) if "place" in row)
        return next((row["place"] for row in rows if row.get("short") == label), None)

    def _summary(self) -> str:
        return f"{super()._summary()}{self._figures.value}"

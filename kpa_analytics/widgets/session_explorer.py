"""The base of explorers with a table of sessions: a click on a session lists its people."""

from __future__ import annotations

from typing import Any, ClassVar

from kpa_analytics.widgets.chart_explorer import ChartExplorer
from kpa_analytics.widgets.table import RowsTable

#: The caption of the people while no session is selected.
NO_SESSION = "People of a session: click a session above"


class SessionExplorer(ChartExplorer):
    """An explorer whose trait `selected` is the id of a session, and `bars` the selected bars."""

    picks = "bars"
    #: The column of the table of sessions with their ids.
    session_column: ClassVar[str]
    selected: Any
    _sessions: RowsTable

    def _sessions_table(self, *headings: Any, **options: Any) -> RowsTable:
        """Make the table of sessions; the arguments are those of `RowsTable`."""
        hint = "List the people of this session"
        table = RowsTable(*headings, choosable=True, hint=hint, **options)
        table.observe(self._session_clicked, "chosen_row")
        table.observe(self._mark_session, ["sort", "filters"])
        return table

    def _session_clicked(self, change: Any) -> None:
        """Select the session that was clicked in the table."""
        if not self._showing:
            ids = self._sessions.filtered_rows[self.session_column]
            chosen = ids[change.new] if 0 <= change.new < len(ids) else None
            self.guarded(lambda: self._choose({"selected": chosen}))

    def _mark_session(self, _: Any = None) -> None:
        """Mark the selected session in the table, in its current row."""
        rows = self._sessions.filtered_rows
        at = rows[self.session_column].index_of(self.selected) if rows.height else None
        with self._not_a_click():
            self._sessions.chosen_row = -1 if at is None else at

    def _no_session(self) -> dict[str, None]:
        return {"selected": None}

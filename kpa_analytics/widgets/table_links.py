"""Requests of a table to its explorer: rows as a file, a person's record, a note of its state."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Protocol

from kpa_analytics.widgets.about_rows import View, about_rows, rows_file_name
from kpa_analytics.widgets.one_at_a_time import CHANGING
from kpa_analytics.widgets.rows_out import CLIPBOARD, TYPES, rows_as
from kpa_analytics.widgets.table import RowsTable
from kpa_analytics.widgets.table_rows import person_id
from kpa_analytics.widgets.table_views import VIEW


class Owner(View, Protocol):
    """The explorer of a table."""

    def guarded(self, work: Callable[[], object]) -> bool:
        """Call `work`, and show a failure."""

    def open_record(self, m_user_id: str) -> None:
        """Show the training record of a person."""

    def note_state(self) -> None:
        """Note that the state may have changed."""


def connect(explorer: Owner, table: RowsTable) -> None:
    """Answer what the reader asks of a table."""
    table.on_msg(partial(_answer, explorer))
    table.observe(lambda _: explorer.note_state(), [*VIEW])


def _answer(explorer: Owner, table: RowsTable, message: Any, _: Any) -> None:
    match message:
        case {"out": str(kind)} if kind in TYPES:
            if not explorer.guarded(lambda: _send(explorer, table, kind)):
                table.send({"failed": True})
        case {"person": int(place), "column": str(column)}:
            if person := person_id(table.row(place) or {}, column, message.get("at")):
                explorer.guarded(lambda: explorer.open_record(person))


def _send(explorer: Owner, table: RowsTable, kind: str) -> None:
    with CHANGING:
        rows, facts, demo = table.rows_as_shown, about_rows(explorer, table), explorer.data.demo
        name = rows_file_name(explorer, table, "txt" if kind == CLIPBOARD else kind)
    content = rows_as(kind, rows, facts, demo=demo)
    table.send({"name": name, "type": TYPES[kind], "rows": rows.height}, [content])

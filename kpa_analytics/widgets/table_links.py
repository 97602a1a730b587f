"""Requests of a table to its explorer: rows as a file, a person's record, a note of its state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from kpa_analytics.widgets.about_rows import about_rows, file_name
from kpa_analytics.widgets.rows_out import CLIPBOARD, TYPES, rows_as
from kpa_analytics.widgets.table import Table
from kpa_analytics.widgets.traits import ChoiceError, need_known

if TYPE_CHECKING:
    from kpa_analytics.widgets.chart_explorer import ChartExplorer

_VIEW = ("picked", "sort", "filters")


def connect(explorer: ChartExplorer, table: Table) -> None:
    """Answer what the reader asks of a table."""
    table.on_msg(partial(_answer, explorer))
    table.observe(lambda _: explorer.note_state(), [*_VIEW])


def _answer(explorer: ChartExplorer, table: Table, message: Any, _: Any) -> None:
    match message:
        case {"out": str(kind)} if kind in TYPES:
            if not explorer.guarded(lambda: _send(explorer, table, kind)):
                table.send({"failed": True})
        case {"person": int(place)}:
            row = table.row(place) or {}
            if person := row.get("m_user_id"):
                explorer.guarded(lambda: explorer.open_record(person))


def _send(explorer: ChartExplorer, table: Table, kind: str) -> None:
    rows, facts = table.shown, about_rows(explorer, table)
    content = rows_as(kind, rows, facts, demo=explorer.data.demo)
    name = file_name(explorer, table, "txt" if kind == CLIPBOARD else kind)
    table.send({"name": name, "type": TYPES[kind], "rows": rows.height}, [content])


def show_views(tables: Sequence[Table], views: object) -> None:
    """Give tables the columns, sort and filters of a state; the usual ones if it has none.

    Raises:
        ChoiceError: there is no such table, or its columns, sort or filters are not valid.
    """
    if not isinstance(views, Mapping):
        raise ChoiceError(f"tables must be a dictionary, as in `state`, not {views!r}")
    for name in views:
        need_known("tables", name, [table.name for table in tables])
    valid = [(table, _valid(table, views.get(table.name, {}))) for table in tables]
    for table, view in valid:
        if table.view != view:
            table.view = view


def _valid(table: Table, view: Any) -> dict[str, Any]:
    """A table's view, if it names only columns that the table has."""
    if not isinstance(view, Mapping):
        raise ChoiceError(f"tables: {table.name} must be a dictionary, as in `state`, not {view!r}")
    known = [column["column"] for column in table.offered]
    for name, value in view.items():
        need_known(f"tables: {table.name}", name, _VIEW)
        if not isinstance(value, Mapping if name == "filters" else list | tuple):
            raise ChoiceError(f"tables: {name} of {table.name} is not valid: {value!r}")
        for column in value[:1] if name == "sort" else value:
            need_known(f"tables: {name} of {table.name}", column, known)
    return {name: dict(value) if name == "filters" else list(value) for name, value in view.items()}

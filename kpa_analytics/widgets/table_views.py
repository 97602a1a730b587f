"""The columns, sort and filters of tables in the state of an explorer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kpa_analytics.widgets.table import Table
from kpa_analytics.widgets.traits import ChoiceError, need_dictionary, need_known

#: The traits of a table that a state has.
VIEW = ("picked", "sort", "filters")


def show_views(tables: Sequence[Table], views: object) -> None:
    """Give tables the columns, sort and filters of a state; the usual ones if it has none.

    Raises:
        ChoiceError: there is no such table, or its columns, sort or filters are not valid.
    """
    given = need_dictionary("tables", views)
    for name in given:
        need_known("tables", name, [table.name for table in tables])
    valid = [(table, _valid(table, given.get(table.name, {}))) for table in tables]
    for table, view in valid:
        if table.view != view:
            table.view = view


def _valid(table: Table, view: Any) -> dict[str, Any]:
    """A table's view, if it names only columns that the table has."""
    known = [column["column"] for column in table.offered]
    for name, value in need_dictionary(f"tables: {table.name}", view).items():
        need_known(f"tables: {table.name}", name, VIEW)
        if not isinstance(value, Mapping if name == "filters" else list | tuple):
            raise ChoiceError(f"tables: {name} of {table.name} is not valid: {value!r}")
        for column in value[:1] if name == "sort" else value:
            need_known(f"tables: {name} of {table.name}", column, known)
    return {name: dict(value) if name == "filters" else list(value) for name, value in view.items()}

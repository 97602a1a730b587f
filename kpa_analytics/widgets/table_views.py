"""The columns, sort and filters of tables in the state of an explorer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kpa_analytics.widgets.table import RowsTable
from kpa_analytics.widgets.table_rows import NUMBER
from kpa_analytics.widgets.traits import ChoiceError, need_dictionary, need_known
from kpa_analytics.widgets.view_state import json_choice

#: The traits of a table that a state has.
VIEW = ("picked", "sort", "filters")


def show_views(tables: Sequence[RowsTable], views: object) -> None:
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


def _valid(table: RowsTable, view: Any) -> dict[str, Any]:
    """A table's view, if it names only columns that the table has."""
    known = {column["column"]: column["kind"] for column in table.all_columns}
    for name, value in need_dictionary(f"tables: {table.name}", view).items():
        need_known(f"tables: {table.name}", name, VIEW)
        if not isinstance(value, Mapping if name == "filters" else list | tuple):
            raise ChoiceError(f"tables: {name} of {table.name} is not valid: {value!r}")
        if name == "sort" and value and (len(value) != 2 or type(value[1]) is not bool):
            raise ChoiceError(
                f"tables: sort of {table.name} must be a column and True or False, not {value!r}"
            )
        for column in value[:1] if name == "sort" else value:
            need_known(f"tables: {name} of {table.name}", column, known)
    for column, wanted in view.get("filters", {}).items():
        _need_filter(f"tables: filters of {table.name}: {column}", wanted, known[column])
    return {name: json_choice(value) for name, value in view.items()}


def _need_filter(name: str, wanted: Any, kind: str) -> None:
    """Raise a ChoiceError unless this is a filter for a column of this kind."""
    if kind != NUMBER:
        if not isinstance(wanted, str):
            raise ChoiceError(f"{name} must be a text, not {wanted!r}")
        return
    limits = wanted if isinstance(wanted, list | tuple) else ()
    numbers = all(limit is None or type(limit) in (int, float) for limit in limits)
    if len(limits) != 2 or not numbers:
        raise ChoiceError(
            f"{name} must be the least and the largest number, such as [0, 30] or [None, 30], not "
            f"{wanted!r}"
        )

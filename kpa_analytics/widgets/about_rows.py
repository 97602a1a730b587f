"""The facts about the rows of an explorer's table: their origin, and how they were chosen."""

from __future__ import annotations

from datetime import date
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Protocol

import ipywidgets as ipw

from kpa_analytics.widgets.layout import time_of
from kpa_analytics.widgets.table_rows import filter_words
from kpa_analytics.widgets.traits import SELECTIONS
from kpa_analytics.wording import day, listing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kpa_analytics.data.training_data import TrainingData
    from kpa_analytics.widgets.table import RowsTable


#: The part of a caption that says what a click in the table does.
CLICK_A_SESSION = ": click a session to list its people"
#: Said of records that are not as they were downloaded.
CHANGED = ", changed since the download"
#: Choices that filter no rows: selections, and the moves of the planner.
NO_FILTERS = SELECTIONS | {"moves"}
#: The labels of choices that have no control.
_NAMES = {
    "selected": "Selection",
    "bars": "Selection",
    "explained": "Explained case",
    "moves": "Moved sessions",
}


class View(Protocol):
    """An explorer: its title, records, controls and choices."""

    data: TrainingData
    controls: dict[str, Any]

    @property
    def title(self) -> str:
        """The explorer's title."""

    @property
    def choices(self) -> dict[str, Any]:
        """The current value of every choice."""


def about_rows(explorer: View, table: RowsTable) -> dict[str, str]:
    """Facts about the rows: label -> text.

    They name the explorer, the day, every choice, the sort, the filters of columns, the time and
    host of the records, and the version of this package.
    """
    named = {column["column"]: column["label"] for column in table.all_columns}
    facts = {
        "Explorer": explorer.title,
        "Table": table.caption.replace(CLICK_A_SESSION, ""),
        "Rows": f"{table.total:,}",
        **choices_in_words(explorer),
        **dict(filter_words(named[name], wanted) for name, wanted in table.active_filters.items()),
        "Sorted by": _sort(table, named),
        "Records": time_of(explorer.data) + (CHANGED if explorer.data.altered else ""),
        "Made by": f"kpa_analytics {version('kpa-analytics')}",
    }
    return {label: text for label, text in facts.items() if text}


def choices_in_words(explorer: View) -> dict[str, str]:
    """Every choice that filters rows: label -> text."""
    return {
        label_of(explorer, name): text
        for name, value in explorer.choices.items()
        if name not in NO_FILTERS and (text := _choice(explorer, name, value))
    }


def rows_file_name(explorer: View, table: RowsTable, suffix: str) -> str:
    """The name of a file with the rows: table and day, e.g. `expirations-2026-06-30.csv`."""
    return f"{table.name}-{explorer.choices['as_of']:%Y-%m-%d}.{suffix}"


def label_of(explorer: View, name: str) -> str:
    """The label of a choice's control; without one, the choice's name."""
    control = explorer.controls.get(name)
    # The label of a drop-down list of ipywidgets is that of its selected entry.
    text = getattr(control, "description", "") or getattr(control, "label", "")
    return text or _NAMES.get(name) or name.replace("_", " ").capitalize()


def value_labels(explorer: View, name: str) -> dict[Any, str]:
    """The labels that the control of a choice shows for its values: value -> label."""
    control = explorer.controls.get(name)
    options = getattr(control, "options", ())
    if isinstance(control, ipw.Dropdown):
        return {value: label for label, value in options}
    return dict(options)


def _choice(explorer: View, name: str, value: Any) -> str:
    """A choice as text; empty if it narrows nothing."""
    if isinstance(value, date):
        return day(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    labels = value_labels(explorer, name)
    if isinstance(value, tuple):
        return listing([str(labels.get(each, each)) for each in value], most=100)
    return "" if value is None else str(labels.get(value, value))


def _sort(table: RowsTable, named: Mapping[str, str]) -> str:
    if not table.sort:
        return ""
    column, descending = table.sort
    return f"{named.get(column, column)}, {'descending' if descending else 'ascending'}"

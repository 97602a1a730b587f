"""Restores the parts of a state that can be shown, and names the others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from kpa_analytics.errors import KPADataError
from kpa_analytics.widgets.about_rows import label_of
from kpa_analytics.wording import listing

if TYPE_CHECKING:
    from kpa_analytics.widgets.explorer import Explorer


def restore_parts(explorer: Explorer, state: Mapping[str, Any]) -> list[str]:
    """Show each choice and table of a state that can be shown.

    Returns:
        The others, as a person knows them: the label of each with the values that are refused.
    """
    refused = []
    for name, value in state.items():
        if name == "tables" and isinstance(value, Mapping):
            refused += [
                f"table {table}"
                for table, view in value.items()
                if not _shown(explorer, {"tables": {table: view}})
            ]
        elif name not in explorer.choices:
            refused.append(str(name))
        else:
            kept, lost = explorer.still_there(name, value)
            is_lost = bool(lost) and not kept
            if not is_lost and not _shown(explorer, {name: kept}):
                lost = list(value) if isinstance(value, list | tuple) else [value]
            if lost:
                refused.append(_in_words(label_of(explorer, name), lost))
    return refused


def _in_words(label: str, lost: list[Any]) -> str:
    texts = [str(value) for value in lost if not isinstance(value, Mapping)]
    return f"{label}: {listing(texts)}" if texts else label


def _shown(explorer: Explorer, part: Mapping[str, Any]) -> bool:
    try:
        explorer.state = part
    except KPADataError:
        return False
    return True

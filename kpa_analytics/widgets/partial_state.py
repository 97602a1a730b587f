"""Restores the choices and tables of a state that can be shown, and names the others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from kpa_analytics.errors import KPADataError
from kpa_analytics.widgets.about_rows import NO_FILTERS, label_of
from kpa_analytics.wording import listing

if TYPE_CHECKING:
    from kpa_analytics.widgets.explorer import Explorer


def restore_what_fits(explorer: Explorer, state: Mapping[str, Any]) -> list[str]:
    """Show each choice and table of a state that can be shown.

    Returns:
        Those that cannot be shown, with the labels of the page.
    """
    known, kept = explorer.state, {}
    refused = [str(name) or "''" for name in state if name not in known]
    for name in known.keys() & state.keys():
        value = state[name]
        if name not in explorer.choices:  # such as tables
            kept[name] = value
            continue
        valid, lost = explorer.split_valid(name, value)
        if lost:
            refused.append(_in_words(label_of(explorer, name), lost))
        if valid or not lost:
            kept[name] = valid
    if not _fits(explorer, kept):
        refused += _one_by_one(explorer, kept)
    return sorted(refused)


def _one_by_one(explorer: Explorer, kept: Mapping[str, Any]) -> Iterator[str]:
    """Show one choice after the other, and name those that cannot be shown.

    Selections and moved sessions come last, because they need the other choices.
    """
    for name in sorted(kept, key=lambda name: (name in NO_FILTERS, name)):
        value = kept[name]
        if _fits(explorer, {name: value}):
            continue
        if name == "tables" and isinstance(value, Mapping):
            for table, view in value.items():
                if not _fits(explorer, {name: {table: view}}):
                    yield f"table {table}"
            continue
        shown: list[Any] = []
        lost: list[Any] = []
        for each in value if isinstance(value, list | tuple) else ():
            fits = _fits(explorer, {name: [*shown, each]})
            (shown if fits else lost).append(each)
        yield _in_words(label_of(explorer, name), lost or [value])


def _in_words(label: str, values: list[Any]) -> str:
    return f"{label} ({listing([*map(_text, values)])})"


def _text(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_text(each)}" for name, each in value.items())
    return "none" if value is None else str(value)


def _fits(explorer: Explorer, some: Mapping[str, Any]) -> bool:
    """Show some choices if they are valid; return whether they are."""
    try:
        explorer.state = some
    except KPADataError:
        return False
    return True

"""The state of an explorer's view as plain data, and the states before, for undo and reset."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any

import ipywidgets as ipw

from kpa_analytics.widgets.one_at_a_time import CHANGING, one_at_a_time

#: The number of states that can be undone.
KEPT = 20


def json_choice(value: Any) -> Any:
    """A choice as data that JSON has, e.g. a day as text.

    Examples:
        >>> json_choice(({"month": date(2026, 7, 1), "status": "expired"},))
        [{'month': '2026-07-01', 'status': 'expired'}]
    """
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {key: json_choice(each) for key, each in value.items()}
    if isinstance(value, tuple | list):
        return [json_choice(each) for each in value]
    return value


def without_names(state: Mapping[str, Any]) -> dict[str, Any]:
    """A state without the texts that somebody typed: they may be names of people.

    Filters between two numbers stay.

    Examples:
        >>> without_names({"search": "Roe", "filters": {"user": "Roe", "days_left": [0, 30]}})
        {'filters': {'days_left': [0, 30]}}
    """
    kept = {}
    for name, value in state.items():
        part = value
        if name == "filters":
            part = _between_numbers(value)
        elif isinstance(value, Mapping):
            part = without_names(value)
        if name != "search" and part != {}:
            kept[name] = part
    return kept


def has_names(state: Mapping[str, Any]) -> bool:
    """Whether `without_names` leaves out a text."""
    return any(
        bool(value)
        if name == "search"
        else _between_numbers(value) != value
        if name == "filters"
        else isinstance(value, Mapping) and has_names(value)
        for name, value in state.items()
    )


def _between_numbers(filters: Any) -> dict[str, Any]:
    """The filters with a least and a largest number; none of what is not a dictionary."""
    limits = filters.items() if isinstance(filters, Mapping) else ()
    return {column: wanted for column, wanted in limits if _numbers(wanted)}


def _numbers(wanted: Any) -> bool:
    return isinstance(wanted, list | tuple) and all(
        each is None or type(each) in (int, float) for each in wanted
    )


class History:
    """The states of a view before the one shown, and the buttons that go back to them.

    Args:
        read: returns the state of the view.
        write: shows a state; it must not raise.
        changed: is called after every new state.
    """

    def __init__(
        self,
        read: Callable[[], dict[str, Any]],
        write: Callable[[dict[str, Any]], object],
        changed: Callable[[], object],
    ) -> None:
        self._read, self._write, self._changed = read, write, changed
        self._before: deque[dict[str, Any]] = deque(maxlen=KEPT)
        self.first: dict[str, Any] = {}
        self._now: dict[str, Any] = {}
        self._paused = True
        self._undo = _button("Undo", "Go back to the choices before the last change")
        self._reset = _button("Reset", "Go back to the choices that this view began with")
        self._undo.on_click(lambda _: self.undo())
        self._reset.on_click(lambda _: self.reset())
        self.buttons = ipw.Box([self._undo, self._reset])
        self.buttons.add_class("kpa-history")

    def begin(self) -> None:
        """Take the state shown as the first one."""
        self.first = self._read()
        self.forget()

    @one_at_a_time
    def forget(self) -> None:
        """Keep no state but the first and the one shown, e.g. if the records are others."""
        self._before.clear()
        self._now = self._read()
        self._paused = False
        self._show()

    @one_at_a_time
    def note(self) -> None:
        """Keep the state before, if the state shown is a new one."""
        state = self._now if self._paused else self._read()
        if state != self._now:
            self._before.append(self._now)
            self._now = state
            self._show()
            self._changed()

    @one_at_a_time
    def undo(self) -> None:
        """Show the state before the last change."""
        if self._before:
            self._put(self._before.pop())
            self._now = self._read()
            self._show()
            self._changed()

    @one_at_a_time
    def reset(self) -> None:
        """Show the first state; that can be undone, too."""
        self._put(self.first)
        self.note()

    @contextmanager
    def together(self) -> Iterator[None]:
        """Changes that are made together, and noted as one."""
        with CHANGING:
            before, self._paused = self._paused, True
            try:
                yield
            finally:
                self._paused = before
                self.note()

    def _put(self, state: dict[str, Any]) -> None:
        """Show a state without noting the steps on the way to it."""
        self._paused = True
        try:
            self._write(state)
        finally:
            self._paused = False

    def _show(self) -> None:
        self._undo.disabled = not self._before
        self._reset.disabled = self._now == self.first


def _button(text: str, hint: str) -> Any:
    button = ipw.Button(description=text, tooltip=hint)
    button.add_class("kpa-button")
    return button

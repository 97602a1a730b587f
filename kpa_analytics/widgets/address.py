"""The state of a dashboard in the address of its page, so that a link or a reload restores it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import anywidget
import traitlets

from kpa_analytics.errors import KPADataError
from kpa_analytics.widgets.dashboard import Dashboard
from kpa_analytics.widgets.style import HERE
from kpa_analytics.widgets.view_state import has_names, without_names

_LEFT_OUT = (
    "The address of this page restores this view, without the people search and the texts in "
    "filters of columns: they may hold names of people."
)
_DAMAGED = "The part of this page's address after the # is damaged, so it was ignored."
_IGNORED = "This page's address has parts that cannot be shown, and they were ignored: {parts}."


class Address(anywidget.AnyWidget):
    """Keeps a dashboard's state after the # of its page's address, which goes to no server.

    The people search and the texts in filters of columns are left out, and the page says so. The
    view that the page begins with is not in its address.
    """

    _esm = HERE / "address.js"
    state: Any = traitlets.Dict(help="the state in the address").tag(sync=True)
    left_out = traitlets.Unicode(help="a sentence about the texts that are left out").tag(sync=True)

    def __init__(self, dashboard: Dashboard) -> None:
        self._dashboard = dashboard
        super().__init__()
        self._write()
        dashboard.observe(lambda _: self._write(), "states")
        self.on_msg(self._read)

    def _write(self) -> None:
        state = self._dashboard.state
        with self.hold_sync():
            self.state = {} if state == self._dashboard.first_state else without_names(state)
            self.left_out = _LEFT_OUT if has_names(state) else ""

    def _read(self, _: Any, message: Any, __: Any) -> None:
        """Show the state of the page's address; Undo goes back to the one it was opened with."""
        match message:
            case {"restore": Mapping() as state, "opened": bool(opened)}:
                if self._dashboard.guarded(lambda: self._restore(state)) and opened:
                    self._dashboard.begin_undo()
                self._write()
            case {"restore": _}:
                self._dashboard.say(_DAMAGED)
        self.send("write")  # also where the view did not change: its address is another one

    def _restore(self, state: Mapping[str, Any]) -> None:
        wanted = without_names(state)
        try:
            self._dashboard.state = wanted
        except KPADataError:
            ignored = self._dashboard.restore_what_fits(wanted)
            self._dashboard.say(_IGNORED.format(parts="; ".join(ignored)))

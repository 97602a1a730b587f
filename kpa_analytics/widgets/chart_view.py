"""One altair JupyterChart that shows one specification after another, with no internet."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import altair as alt
import traitlets

from kpa_analytics.widgets.spec import selections

#: A selection's name, and the bars picked in it: each by its fields.
OnPick = Callable[[str, list[dict[str, Any]]], None]

_OPTIONS = {
    "renderer": "svg",
    "actions": {"export": True, "source": False, "compiled": False, "editor": False},
}


class ChartView(alt.JupyterChart):
    """A JupyterChart that takes finished specifications, and tells what was clicked.

    Setting `JupyterChart.chart` writes and validates every chart again and makes new selections
    to be observed anew; a specification shown here does neither.

    Args:
        on_pick: called when a click changes what is picked.
    """

    def __init__(self, on_pick: OnPick) -> None:
        self._on_pick = on_pick
        self._known: dict[str, list[dict[str, Any]]] = {}
        nothing: Any = None
        super().__init__(nothing, embed_options=_OPTIONS)
        self.add_class("kpa-chart")

    def show(self, spec: dict[str, Any]) -> None:
        """Draw a specification in place of the one before."""
        names = selections(spec)
        with self.hold_sync():
            self._known = {}
            self._vl_selections = {name: {"value": None, "store": []} for name in names}
            self.spec = spec

    @property
    def picked_in(self) -> set[str]:
        """The selections in which the browser shows something picked."""
        return {name for name, picked in self._known.items() if picked}

    @traitlets.observe("_vl_selections")
    def _on_change_selections(self, change: Any) -> None:
        for name, told in change.new.items():
            picked = _points(told["value"])
            if picked != self._known.get(name, []):
                self._known[name] = picked
                self._on_pick(name, picked)


def _points(signal: Any) -> list[dict[str, Any]]:
    """The picked tuples in Vega-Lite's signal of a point selection."""
    points = ((signal or {}).get("vlPoint") or {}).get("or") or []
    return [dict(point) for point in points]


def chart_view(on_pick: OnPick) -> ChartView:
    """A view that draws with no internet: the scripts come from vl-convert, not from a CDN."""
    if not ChartView._is_offline:
        ChartView.enable_offline()
    return ChartView(on_pick)

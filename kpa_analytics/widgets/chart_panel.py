"""The charts of an explorer, drawn without internet from scripts that a page requests once.

altair's `JupyterChart` sends 0.9 MB of scripts with every chart and saves them in the notebook. It
draws a single chart, and concatenated charts that depend on their container's width come out wrong.
Here all charts share the scripts, which are sent (compressed, 0.4 MB) only to a page that does not
have them yet, and are never saved.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any

import anywidget
import traitlets

from kpa_analytics.charts.render import library
from kpa_analytics.widgets.style import HERE


class ChartPanel(anywidget.AnyWidget):
    """Charts below each other, and the selected bars in one of them.

    Attributes:
        specs: the charts' Vega-Lite specifications; `draw` sets them.
        charts: how many charts there are.
        text_0, text_1, ...: the same as JSON, for the browser, one trait for each chart. A list
            would send every chart again whenever one changes.
        picked: the number of the chart with selected bars (-1: none), and the bars, each with the
            fields of the chart's selection `pick`.
        labels: for each chart, which of its texts can be clicked: "axis" for the labels of its
            rows, "legend" for the entries of its legend, "scale" for the days, months or numbers
            below it, each of which selects its bars.
    """

    # anywidget takes one script.
    _esm = "\n".join(
        (HERE / name).read_text(encoding="utf-8")
        for name in ("chart_keys.js", "chart_fit.js", "chart_panel.js")
    )
    charts: Any = traitlets.Int().tag(sync=True)
    picked: Any = traitlets.List([-1, []]).tag(sync=True)
    labels: Any = traitlets.List().tag(sync=True)

    def __init__(self) -> None:
        super().__init__()
        self.specs: list[dict[str, Any]] = []
        self.on_msg(self._on_message)

    def on_label(
        self, work: Callable[[str, str, int], object], labels: Sequence[Sequence[str]]
    ) -> None:
        """Call `work` when a label is clicked, with "axis" or "legend", its value and its chart.

        `work` must not raise; `labels` is as in the attributes.
        """
        self.labels = [list(kinds) for kinds in labels]

        def press(_: Any, message: Any, __: Any) -> None:
            match message:
                case {"chart": int(chart), "axis": str(value)}:
                    work("axis", value, chart)
                case {"chart": int(chart), "legend": str(value)}:
                    work("legend", value, chart)

        self.on_msg(press)

    def draw(self, charts: Iterable[dict[str, Any]]) -> None:
        """Show these charts, each as soon as it is made: the browser draws it during the next."""
        for at, spec in enumerate(charts):
            self.specs = [*self.specs[:at], spec, *self.specs[at + 1 :]]
            trait = f"text_{at}"
            if not self.has_trait(trait):
                self.add_traits(**{trait: traitlets.Unicode().tag(sync=True)})
            # As text: ipywidgets would search every value of a specification for binary data.
            self.set_trait(trait, json.dumps(spec))
            self.charts = max(self.charts, at + 1)

    def rows(self, chart: int) -> list[dict[str, Any]]:
        """The rows of data that a chart draws."""
        return [row for rows in self.specs[chart].get("datasets", {}).values() for row in rows]

    def _on_message(self, _: Any, message: Any, __: Any) -> None:
        if message == "scripts":
            self.send("scripts", [_scripts()])


@cache
def _scripts() -> bytes:
    return gzip.compress(library().encode(), 9, mtime=0)

"""An explorer's charts: drawn with no internet, from scripts that a page asks for once.

altair's own `JupyterChart` sends 0.9 MB of scripts with every chart, saves them in the notebook
with it, and draws one chart; put under each other in that one, charts that measure their own width
come out wrong. Here any number of charts share the scripts, which are sent (compressed, 0.4 MB) to
a page that does not have them yet, and are never saved.
"""

from __future__ import annotations

import gzip
import json
from functools import cache
from typing import Any

import anywidget
import traitlets

from kpa_analytics.charts.render import library
from kpa_analytics.widgets.style import HERE, STYLE


class ChartPanel(anywidget.AnyWidget):
    """Charts under each other, and what is picked in one of them.

    Attributes:
        specs: the charts' Vega-Lite specifications.
        picked: the place of the chart in which bars are picked (-1: in none), and each bar by the
            fields of the chart's selection `pick`.
    """

    _esm = HERE / "chart_panel.js"
    _css = STYLE
    # As text: ipywidgets would go through every value of them in search of binary data.
    specs: Any = traitlets.List().tag(
        sync=True, to_json=lambda specs, _: [json.dumps(spec) for spec in specs]
    )
    picked: Any = traitlets.List([-1, []]).tag(sync=True)

    def __init__(self) -> None:
        super().__init__()
        self.on_msg(self._asked)

    def _asked(self, _: Any, message: Any, __: Any) -> None:
        if message == "scripts":
            self.send("scripts", [_scripts()])


@cache
def _scripts() -> bytes:
    return gzip.compress(library().encode(), 9, mtime=0)

"""An explorer's charts: drawn with no internet, from scripts that a page asks for once.

altair's own `JupyterChart` sends 0.9 MB of scripts with every chart, saves them in the notebook
with it, and draws one chart; put under each other in that one, charts that measure their own width
come out wrong. Here any number of charts share the scripts, which are sent (compressed, 0.4 MB) to
a page that does not have them yet, and are never saved.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
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


def month_picked(moment: float | dict[str, int]) -> date:
    """The month that a chart's selection holds.

    Ours are midnights in UTC; of other charts, Vega reads a day as midnight where the browser is,
    at most 14 hours from that. 15 hours later it is, everywhere, one of the month's first
    two days.

    Args:
        moment: milliseconds since 1970, or what `month_to_pick` made.

    Returns:
        The month's first day.

    Examples:
        >>> month_picked(1782864000000 - 10 * 3_600_000)  # July in Sydney is still June in UTC
        datetime.date(2026, 7, 1)
    """
    if isinstance(moment, dict):
        return date(moment["year"], moment["month"], 1)
    # Windows knows no timestamp before 1970.
    day = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=moment, hours=15)
    return day.date().replace(day=1)


def month_to_pick(month: date) -> dict[str, int]:
    """A month as Vega-Lite's own day: midnight in UTC, as the chart has it."""
    return {"year": month.year, "month": month.month, "date": 1, "utc": True}


def same_picked(one: Sequence[Any], other: Sequence[Any]) -> bool:
    """Whether the same bars are picked, in any order."""
    return len(one) == len(other) and all(bar in other for bar in one)

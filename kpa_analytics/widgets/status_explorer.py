"""The base of the explorers of statuses: what counts as expiring, and whether leavers count."""

from __future__ import annotations

from typing import Any

import ipywidgets as ipw

from kpa_analytics.statuses import EXPIRING_DAYS, MOST_EXPIRING_DAYS
from kpa_analytics.widgets import layout, traits
from kpa_analytics.widgets.chart_explorer import ChartExplorer
from kpa_analytics.widgets.explorer import SharedKeywords
from kpa_analytics.widgets.number_field import NumberField


class StatusKeywords(SharedKeywords, total=False):
    """The choices of a `StatusExplorer`, as keywords."""

    expiring_days: int
    include_terminated: bool


class StatusExplorer(ChartExplorer):
    """An explorer of the statuses of people's trainings."""

    expiring_days = traits.WholeNumber(
        *(EXPIRING_DAYS, 0, MOST_EXPIRING_DAYS),
        help="Days before expiration that count as expiring.",
    )
    include_terminated = traits.Switch(help="Whether people who have left are shown.")

    @staticmethod
    def _expiring_days_control() -> Any:
        return NumberField(
            "Expiring within (days)",
            "Days before expiration that count as expiring, unless the training sets its own "
            "number",
            StatusExplorer.expiring_days,
        )

    @staticmethod
    def _include_terminated_control() -> Any:
        return layout.labelled(
            ipw.Checkbox(indent=False),
            "Include people who left",
            "Count people who have left, too",
        )

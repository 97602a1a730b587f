"""Non-text contrast of the colours; that of drawn marks is in test_every_chart.py.

Source: WCAG 2, 1.4.11, at least 3:1.
"""

from __future__ import annotations

import pytest

from kpa_analytics import charts
from kpa_analytics.charts.theme import contrast, edge
from kpa_analytics.statuses import status_colours


@pytest.mark.parametrize("dark", [False, True])
def test_an_outline_is_needed_where_a_colour_is_pale_and_only_there(dark):
    ground = charts.palette(dark).background
    for colour in (*status_colours(dark).values(), *charts.palette(dark).steps):
        assert contrast(edge(colour, dark), ground) >= 3
        assert (edge(colour, dark) == colour) == (contrast(colour, ground) >= 3.1)

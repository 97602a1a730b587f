"""Every number that a chart takes is checked in one way."""

from __future__ import annotations

import inspect

import pytest

from kpa_analytics import charts
from kpa_analytics.errors import KPADataError
from tests.charts.drawings import CHARTS, draw, inputs

_NUMBERS = [
    (name, argument)
    for name in CHARTS
    for argument, each in inspect.signature(getattr(charts, name)).parameters.items()
    if each.annotation == "int" and argument != "expiring_days"
]


def test_charts_have_numbers() -> None:
    assert {("expiry_timeline", "months"), ("training_matrix", "people")} <= {*_NUMBERS}


@pytest.mark.parametrize(("name", "argument"), _NUMBERS)
def test_a_number_that_is_not_whole_or_out_of_range_is_named(name, argument):
    given = inputs(name)
    for value in ("3", 1.5, True, 0, -1, 10**6, None):
        with pytest.raises(KPADataError, match=f"^{argument} must be a whole number from 1 to "):
            draw(name, given, **{argument: value})

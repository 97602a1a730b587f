"""Every number, switch and list that a chart takes is checked in one way."""

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
_SWITCHES = [
    (name, argument)
    for name in CHARTS
    for argument, each in inspect.signature(getattr(charts, name)).parameters.items()
    if each.annotation in ("bool", "bool | None")
]
_LISTS = [
    (name, argument)
    for name in CHARTS
    for argument, each in inspect.signature(getattr(charts, name)).parameters.items()
    if each.annotation == "Collection[str]"
]


def test_charts_have_numbers() -> None:
    assert {("expiry_timeline", "months"), ("training_matrix", "people")} <= {*_NUMBERS}


@pytest.mark.parametrize(("name", "argument"), _NUMBERS)
def test_a_number_that_is_not_whole_or_out_of_range_is_named(name, argument):
    given = inputs(name)
    for value in ("3", 1.5, True, 0, -1, 10**6, None):
        with pytest.raises(KPADataError, match=f"^{argument} must be a whole number from 1 to "):
            draw(name, given, **{argument: value})


@pytest.mark.parametrize(("name", "argument"), _SWITCHES)
def test_a_switch_that_is_neither_true_nor_false_is_named(name, argument):
    given = inputs(name)
    for value in ("no", 1):
        with pytest.raises(KPADataError, match=f"^{argument} must be True or False, not {value!r}"):
            draw(name, given, **{argument: value})


def test_charts_have_switches() -> None:
    assert {("session_fill", "dark"), ("training_matrix", "requirements_known")} <= {*_SWITCHES}


@pytest.mark.parametrize("known", ["no", 0])
def test_the_table_of_a_summary_refuses_them_too(known):
    with pytest.raises(KPADataError, match=f"^requirements_known must be .*, not {known!r}"):
        charts.status_summary_table(*inputs("status_summary"), requirements_known=known)


@pytest.mark.parametrize(("name", "argument"), _LISTS)
def test_a_text_in_place_of_a_list_is_named(name, argument):
    given = inputs(name)
    with pytest.raises(
        KPADataError, match=rf"^{argument} must be a list such as \['expired'\], not"
    ):
        draw(name, given, **{argument: "expired"})
    with pytest.raises(KPADataError, match=f"^{argument} must be a list of texts, not 7"):
        draw(name, given, **{argument: 7})


def test_charts_have_lists() -> None:
    assert {("expiry_timeline", "statuses"), ("instructor_coverage", "without")} <= {*_LISTS}

"""No warning of a library is about our own code."""

from __future__ import annotations

import warnings
from datetime import timedelta

import kpa_analytics as kpa


def test_explorers_of_another_day_cause_no_warning(company: kpa.TrainingData) -> None:
    """Polars prints a warning that is an error, so the filter of these tests does not find it."""
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        for make in (
            kpa.widgets.ExpiryExplorer,
            kpa.widgets.InstructorExplorer,
            kpa.widgets.GroupTrainingExplorer,
            kpa.widgets.TrendExplorer,
            kpa.widgets.PlannerExplorer,
        ):
            make(company).as_of -= timedelta(days=30)
        kpa.data_quality(company)
    assert [str(each.message) for each in heard] == []

"""The trainings that an explorer lists, and its initial day."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from kpa_analytics.analysis.search_text import by_name
from kpa_analytics.analysis.training_titles import training_titles
from kpa_analytics.as_of import as_day
from kpa_analytics.charts.text import labels

if TYPE_CHECKING:
    from kpa_analytics.data.training_data import TrainingData


def training_options(data: TrainingData) -> dict[int, str]:
    """Every training in the records, id -> title, sorted by title; equal titles have their ids."""
    return by_name(dict(labels(training_titles(data), "training", "training_id").iter_rows()))


def usual_day(data: TrainingData) -> date:
    """Today, or for demo data the demo's day."""
    return as_day(None, demo=data.demo)

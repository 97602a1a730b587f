"""The trainings that an explorer lists, and its initial day."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from kpa_analytics.analysis.names import known_trainings
from kpa_analytics.analysis.search_text import by_name
from kpa_analytics.as_of import as_day
from kpa_analytics.charts.text import labels

if TYPE_CHECKING:
    from kpa_analytics.data.training_data import TrainingData


def training_options(data: TrainingData) -> dict[int, str]:
    """Every training in the catalogue or the completions, id -> title, sorted by title."""
    titled = known_trainings(data.completions.lazy(), data.trainings).collect()
    rows = labels(titled, "training", "training_id").select("training_id", "training").rows()
    return by_name(dict(rows))


def usual_day(data: TrainingData) -> date:
    """Today, or for demo data the demo's day."""
    return as_day(None, demo=data.demo)

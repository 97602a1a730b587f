"""Fixtures of the tests of the expiry explorer."""

from __future__ import annotations

import polars as pl

import kpa_analytics as kpa
from kpa_analytics.widgets import ExpiryExplorer


def status(data: kpa.TrainingData, **asked: object) -> pl.DataFrame:
    return kpa.expiry_status(
        data.completions,
        data.trainings,
        data.users,
        **{"as_of": "2026-06-30", "required": data.employee_status, **asked},
    )


def drawn(explorer: ExpiryExplorer, chart: int, field: str) -> int:
    """The sum of a chart's bars."""
    datasets = explorer.charts[chart]["datasets"].values()
    return sum(row.get(field, 0) for rows in datasets for row in rows)

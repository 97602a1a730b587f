"""Which cells of the plan's chart belong to a label."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from kpa_analytics.charts.session_plan import colour_step, session_plan_table


def cells_of_label(
    label: str, kind: str, sessions: pl.DataFrame, drawn: Iterable[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """The cells of a training, of a week or month, or of a number of people.

    Args:
        label: the text that was clicked.
        kind: "axis" or "legend".
        sessions: the sessions of the chart.
        drawn: the rows of data of the chart.
    """
    table = session_plan_table(sessions)
    if kind == "legend":
        of_label = table["filled"].map_elements(colour_step, pl.String) == label
    else:
        rows = [*drawn]
        trainings = [row["training_id"] for row in rows if row.get("short") == label]
        periods = [row["period"] for row in rows if row.get("label") == label]
        of_label = table["training_id"].is_in(trainings) | table["period"].cast(pl.String).is_in(
            periods
        )
    period = "week" if table["every"].first() == "1w" else "month"
    cells = table.filter(of_label).select("training_id", pl.col("period").alias(period))
    return cells.to_dicts()

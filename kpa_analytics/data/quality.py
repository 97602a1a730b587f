"""Data quality: records that are wrong or implausible by themselves, one row per finding."""

from __future__ import annotations

import polars as pl

from kpa_analytics.as_of import Day, day_of
from kpa_analytics.data import hierarchy
from kpa_analytics.data.checks import TABLES, findings_of
from kpa_analytics.data.findings import (
    blank_ids,
    impossible_dates,
    repeats,
    shared_ids,
    wrong_days,
)
from kpa_analytics.data.implausible import implausible_dates, odd_employment
from kpa_analytics.data.orphan_ids import REFERENCES, attendees_differ, unknown_ids
from kpa_analytics.data.shared_numbers import shared_employee_numbers
from kpa_analytics.data.training_circles import training_circles
from kpa_analytics.data.training_data import TrainingData, need_training_data
from kpa_analytics.data.unknown_schedules import unknown_schedules
from kpa_analytics.inputs import as_table, need
from kpa_analytics.report_text import FINDING_NAMES
from kpa_analytics.schema import FINDINGS


def record_findings(data: TrainingData, *, as_of: Day | None = None) -> pl.DataFrame:
    """List the findings of `data_quality()` that need no expiration dates, except the late records.

    Its documentation describes the arguments, the result and each finding.

    Raises:
        KPADataError: `data` is not the result of `load_all()`, a collection lacks a column, or
            `as_of` is not a day.
    """
    need_training_data(data)
    rows = {name: need(data.frames[name], table, *table.schema) for name, table in TABLES.items()}
    day = day_of(as_of, rows["completions"], rows["users"])
    completions = rows["completions"]
    loaded = {name for name in rows if name in data.snapshots or data.frames[name].height}
    checks = [
        *impossible_dates(completions, data.faults.lazy()),
        *wrong_days(completions, day),
        implausible_dates(completions),
        *odd_employment(rows["users"]),
        *(shared_ids(name, rows[name]) for name in rows),
        shared_employee_numbers(rows["users"]),
        repeats(completions),
        *(unknown_ids(reference, rows) for reference in REFERENCES if reference.target in loaded),
        *hierarchy.hierarchy_faults(rows["users"], day),
        *attendees_differ(completions, rows["group_trainings"]),
        *unknown_schedules(rows["trainings"]),
        *training_circles(rows["trainings"]),
    ]
    of_checks = findings_of(checks, rows["users"], rows["trainings"])
    findings = [*of_checks, blank_ids(data.blank_ids.lazy())]
    order = (
        pl.col("finding").cast(pl.Enum([*FINDING_NAMES])),
        pl.col("table"),
        pl.col("record_id").cast(pl.Int64, strict=False),
        pl.col("record_id", "field", "value", "message"),
    )
    # The streaming engine of polars 2.1 panics in a text for which a part of a frame has no row.
    return as_table(pl.concat(findings).sort(*order), FINDINGS).collect(engine="in-memory")

"""The schedule of every training: one row per training, with the source of each value."""

from __future__ import annotations

from typing import Any

import polars as pl

from kpa_analytics import report_text as text
from kpa_analytics.analysis.schedule_texts import schedule_text
from kpa_analytics.analysis.schedules import schedules
from kpa_analytics.audit.evidence import Evidence
from kpa_analytics.wording import say

#: The columns of `schedule_rows`.
SCHEMA = pl.Schema(
    {
        "training_id": pl.Int64,
        "training": pl.String,
        "kind": pl.String,
        "schedule": pl.String,
        "schedule_from": pl.String,
        "expiring_days": pl.Int64,
        "expiring_days_from": pl.String,
    }
)
#: The rules that count expiring days back from their own date; a window uses its opening day.
_COUNTS_DAYS = ("fixed", "rolling")


def schedule_rows(evidence: Evidence) -> pl.DataFrame:
    """List the schedule that decides when the completions of each training expire.

    There is one row per training, by title, in `SCHEMA`. If the schedule does not use expiring days
    (a window, for example), they apply to special expiration dates only.
    """
    read = schedules(evidence.data.trainings)
    known = {row["training_id"]: row for row in read.iter_rows(named=True)}
    catalogue = evidence.data.trainings.unique("id", keep="first", maintain_order=True)
    rows = [
        _row(training, known[training["id"]], evidence)
        for training in catalogue.sort("title", "id").iter_rows(named=True)
    ]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def _row(training: dict[str, Any], read: dict[str, Any], evidence: Evidence) -> tuple[Any, ...]:
    rule, included = read["rule"], len({*(training["included_trainings_id"] or [])} - {None})
    kind = text.SCHEDULE_KINDS[rule]
    schedule, source = schedule_text(training, rule, evidence.as_of)
    days, days_from = _expiring_days(training, read["expiring_days"], evidence.expiring_days)
    return (
        training["id"],
        training["title"] or str(training["id"]),
        say(text.COMPOSED, included=included, kind=kind) if included else kind,
        schedule,
        say(text.WITH_INCLUDED, source=source) if included else source,
        days,
        days_from if rule in _COUNTS_DAYS else days_from + text.SPECIAL_DATES_ONLY,
    )


def _expiring_days(training: dict[str, Any], own: int | None, default: int) -> tuple[int, str]:
    """A training's expiring days, and their source: its own, or else the report's default."""
    if own is not None:
        return own, text.FROM_CATALOGUE
    impossible = training["expiring_days"]
    if impossible is None:
        return default, text.FROM_REPORT
    return default, say(text.FROM_REPORT_INSTEAD, catalogue=impossible)

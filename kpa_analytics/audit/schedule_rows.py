"""The catalogue as it was read: one row per training, and where each of its values comes from."""

from __future__ import annotations

from typing import Any

import polars as pl

from kpa_analytics.analysis.schedules import schedules
from kpa_analytics.audit.evidence import Evidence
from kpa_analytics.charts.text import MONTHS, count
from kpa_analytics.schema import SCHEDULE_TYPES

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
#: Nobody can tell whether the caller named the number or took the default: both are the report's.
_REPORTS = "this report's default"
#: The rules that count expiring days back from their own date; a window tells by its opening.
_COUNTS_DAYS = ("fixed", "rolling")
_SPECIAL_ONLY = "; counts for special dates only"
_KINDS = {"fixed": "fixed day", "unknown": "not known"}


def schedule_rows(evidence: Evidence) -> pl.DataFrame:
    """Say of every training by which schedule its completions were judged.

    Args:
        evidence: everything the pack says.

    Returns:
        A frame in `SCHEMA`, one row per training, by title: the kind of schedule, its months, day
        or window, the expiring days, and for both the catalogue's field they come from; expiring
        days that the catalogue does not give are those of the report. Where the schedule itself
        counts no days, as a window does not, they count for special expiration dates only.
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
    rule = read["rule"]
    parts = training["included_trainings_id"] or []
    kind = _KINDS.get(rule, rule)
    text, fields = _schedule(training, rule, evidence)
    days, days_from = _expiring_days(training, read["expiring_days"], evidence.expiring_days)
    if rule not in _COUNTS_DAYS:
        days_from += _SPECIAL_ONLY
    return (
        training["id"],
        training["title"] or str(training["id"]),
        f"composed of {len(parts)}, own schedule: {kind}" if parts else kind,
        text,
        f"{fields}, included_trainings_id" if parts else fields,
        days,
        days_from,
    )


def _schedule(training: dict[str, Any], rule: str, evidence: Evidence) -> tuple[str, str]:
    """What the schedule says, and the fields of the catalogue that say it."""
    kind = training["schedule_type"]
    months = training["renewal_months"]
    if rule == "window":
        return _window(training, evidence), "schedule_type, window_*"
    if rule == "rolling":
        return f"every {count(months, 'month')}", "renewal_months"
    if rule == "fixed":
        day = f"on {_day(training, 'expires_on')}"
        if months and months > 0:
            return f"{day}, every {count(months, 'month')}", "expires_on_*, renewal_months"
        return f"{day} each year", "expires_on_*"
    if rule == "never":
        return "no renewal", "renewal_months"
    if not kind or not kind.strip() or kind in SCHEDULE_TYPES:
        return "its days are not days of the calendar", "window_*, expires_on_*"
    return f"schedule type {kind!r} is not known", "schedule_type"


def _window(training: dict[str, Any], evidence: Evidence) -> str:
    window = f"{_day(training, 'window_open')} to {_day(training, 'window_close')} each year"
    offered = training["window_last_offered_date"]
    if offered is None or offered > evidence.as_of:
        return f"{window}, never offered by this day"
    return f"{window}, last offered {offered.isoformat()}"


def _day(training: dict[str, Any], name: str) -> str:
    return f"{training[f'{name}_day']} {MONTHS[training[f'{name}_month'] - 1]}"


def _expiring_days(training: dict[str, Any], own: int | None, callers: int) -> tuple[int, str]:
    if own is not None:
        return own, "catalogue: expiring_days"
    given = training["expiring_days"]
    return callers, _REPORTS if given is None else f"{_REPORTS}: the catalogue's {given:,} can't be"

"""The schedule of each training in words, and the fields of the catalogue it is taken from."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from kpa_analytics import report_text as text
from kpa_analytics.analysis.schedules import schedules
from kpa_analytics.report_text import ScheduleSource
from kpa_analytics.schema import SCHEDULE_TYPES
from kpa_analytics.wording import MONTHS, say


def schedule_texts(trainings: pl.DataFrame, as_of: date) -> dict[int, str]:
    """The schedule of each training in words, e.g. `every 12 months`, by the training's id."""
    rules = dict(schedules(trainings).select("training_id", "rule").iter_rows())
    catalogue = trainings.unique("id", keep="first", maintain_order=True)
    return {
        training["id"]: schedule_text(training, rules[training["id"]], as_of)[0]
        for training in catalogue.iter_rows(named=True)
    }


def schedule_text(training: dict[str, Any], rule: str, as_of: date) -> tuple[str, str]:
    """The schedule as text, and what in the catalogue it is taken from."""
    kind, months = training["schedule_type"] or "", training["renewal_months"] or 0
    if rule == "window":
        return _window(training, as_of), ScheduleSource.WINDOW
    if rule == "rolling":
        return say(text.EVERY_MONTHS, months=months), ScheduleSource.RENEWAL
    if rule == "fixed":
        day = _day(training, "expires_on")
        if months > 0:
            schedule = say(text.YEARLY_DAY_AND_RENEWAL, yearly_day=day, months=months)
            return schedule, ScheduleSource.FIXED_DAY_AND_RENEWAL
        return say(text.YEARLY_DAY, yearly_day=day), ScheduleSource.FIXED_DAY
    if rule == "never":
        return text.NO_RENEWAL, ScheduleSource.RENEWAL
    if kind.strip() and kind not in SCHEDULE_TYPES:
        return say(text.UNKNOWN_SCHEDULE, kind=kind), ScheduleSource.TYPE
    return text.IMPOSSIBLE_DAYS, ScheduleSource.IMPOSSIBLE_DAYS


def _window(training: dict[str, Any], as_of: date) -> str:
    day = training["window_last_offered_date"]
    offered = say(text.WINDOW_OFFERED, day=day) if day and day <= as_of else text.WINDOW_NOT_OFFERED
    opens, closes = _day(training, "window_open"), _day(training, "window_close")
    return say(text.YEARLY_WINDOW, opens=opens, closes=closes, offered=offered)


def _day(training: dict[str, Any], name: str) -> str:
    return f"{training[f'{name}_day']} {MONTHS[training[f'{name}_month'] - 1]}"

"""The schedule of each training in words, and the fields of the catalogue it is taken from."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Any

import polars as pl

from kpa_analytics.analysis.schedules import schedules
from kpa_analytics.schema import SCHEDULE_TYPES
from kpa_analytics.wording import MONTHS, say

NO_RENEWAL = "no renewal"
IMPOSSIBLE_DAYS = "its days do not exist in the calendar"
ROLLING = "every {months:month|months}"
FIXED_DAY = "on {yearly_day} each year"
FIXED_DAY_AND_RENEWAL = "on {yearly_day}, within {months:month|months} of completion"
WINDOW = "{opens} to {closes} each year, {offered}"
OFFERED = "last offered {day}"
NOT_OFFERED = "no offering listed so far"
UNKNOWN_SCHEDULE = "schedule type {kind!r} is not known"


class ScheduleSource(StrEnum):
    """The field of the catalogue that a schedule is taken from."""

    WINDOW = "window"
    RENEWAL = "renewal months"
    FIXED_DAY = "fixed day"
    FIXED_DAY_AND_RENEWAL = "fixed day and renewal months"
    IMPOSSIBLE_DAYS = "days of the window or the fixed day"
    TYPE = "schedule type"


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
        return say(ROLLING, months=months), ScheduleSource.RENEWAL
    if rule == "fixed":
        day = _day(training, "expires_on")
        if months > 0:
            schedule = say(FIXED_DAY_AND_RENEWAL, yearly_day=day, months=months)
            return schedule, ScheduleSource.FIXED_DAY_AND_RENEWAL
        return say(FIXED_DAY, yearly_day=day), ScheduleSource.FIXED_DAY
    if rule == "never":
        return NO_RENEWAL, ScheduleSource.RENEWAL
    if kind.strip() and kind not in SCHEDULE_TYPES:
        return say(UNKNOWN_SCHEDULE, kind=kind), ScheduleSource.TYPE
    return IMPOSSIBLE_DAYS, ScheduleSource.IMPOSSIBLE_DAYS


def _window(training: dict[str, Any], as_of: date) -> str:
    day = training["window_last_offered_date"]
    offered = say(OFFERED, day=day) if day and day <= as_of else NOT_OFFERED
    opens, closes = _day(training, "window_open"), _day(training, "window_close")
    return say(WINDOW, opens=opens, closes=closes, offered=offered)


def _day(training: dict[str, Any], name: str) -> str:
    return f"{training[f'{name}_day']} {MONTHS[training[f'{name}_month'] - 1]}"

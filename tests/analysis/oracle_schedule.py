"""Sections 1 and 2 of the expiry rules, for one completion on one day, in plain Python.

It lists the days that come into question and picks one, where the package computes.
"""

from datetime import date, timedelta
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

CUSTOMARY = ("rolling", "window", "", None)  # nothing said: the other fields decide


class Judged(NamedTuple):
    """The status of one completion on one day."""

    expiration_date: date | None
    expiration_source: str
    starts_expiring: date | None
    status: str


def day_in(year, month, day):
    """relativedelta cuts day 31 to the month's length, 29 February included."""
    return date(year, month, 1) + relativedelta(day=day)


def possible(month, day):
    return month in range(1, 13) and day in range(1, 32)


def windows(training, first, last):
    """The windows that open in the years from `first` to `last`, oldest first."""
    opens = training["window_open_month"], training["window_open_day"]
    closes = training["window_close_month"], training["window_close_day"]
    if not possible(*opens) or not possible(*closes):
        return []
    later = 1 if closes < opens else 0
    return [
        (day_in(year, *opens), day_in(year + later, *closes)) for year in range(first, last + 1)
    ]


def window_around(training, day):
    """The window that a day lies in."""
    holding = [w for w in windows(training, day.year - 1, day.year) if w[0] <= day <= w[1]]
    return holding[-1] if holding else None


def offered_by(training, as_of):
    """The day on which it was last offered; a day after `as_of` is ignored."""
    offered = training["window_last_offered_date"]
    return offered if offered and offered <= as_of else None


def judge(done, special, training, as_of, expiring_days):
    """Judge a completion of the day `done` by the first rule that applies."""
    lead = expiring_days
    if training and training["expiring_days"] is not None and training["expiring_days"] >= 0:
        lead = training["expiring_days"]
    if special:
        return until(special, "special", lead, as_of)
    if not training or training["schedule_type"] not in CUSTOMARY:
        return Judged(None, "unknown", None, "current")
    if training["schedule_type"] == "window":
        if not windows(training, 2000, 2000):
            return Judged(None, "unknown", None, "current")
        return judge_by_window(done, training, as_of)
    months = training["renewal_months"] or 0
    renewal = done + relativedelta(months=months) if months > 0 else None
    fixed = training["expires_on_month"], training["expires_on_day"]
    if all(part is not None and part > 0 for part in fixed):
        if not possible(*fixed):
            return Judged(None, "unknown", None, "current")
        return until(fixed_day(done, renewal, fixed), "fixed", lead, as_of)
    if renewal:
        return until(renewal, "rolling", lead, as_of)
    return Judged(None, "never", None, "current")


def until(day, source, lead, as_of):
    """It is good through this day, and expiring in the days before."""
    starts = day - timedelta(days=lead)
    status = "expired" if as_of > day else "expiring" if as_of >= starts else "current"
    return Judged(day, source, starts, status)


def fixed_day(done, renewal, fixed):
    days = [day_in(year, *fixed) for year in range(done.year, (renewal or done).year + 2)]
    after = [day for day in days if day > done]
    within = [day for day in after if renewal and day <= renewal]
    return within[-1] if within else after[0]


def judge_by_window(done, training, as_of):
    coming = [w for w in windows(training, done.year - 1, max(done, as_of).year + 2) if w[0] > done]
    offered = offered_by(training, as_of)
    offering = offered and (window_around(training, offered) or (offered, offered))
    if not offering or done >= offering[0]:
        opens, closes = next(w for w in coming if w[1] >= as_of)
        return Judged(closes, "window", opens, "expiring" if opens <= as_of else "current")
    opens, closes = coming[0]
    if window_around(training, offered) and as_of <= offering[1]:
        (year_before,) = windows(training, offering[0].year - 1, offering[0].year - 1)
        if done >= year_before[0]:
            return Judged(closes, "window", opens, "expiring")
    if closes >= as_of:
        closes = offering[0] - timedelta(days=1)
    return Judged(closes, "window", min(opens, closes), "expired")


def of_nothing(hired, training, as_of):
    """Section 3: the status of somebody who must have it and never completed it."""
    if not training or training["schedule_type"] != "window" or training["included_trainings_id"]:
        return "missing"
    offered = offered_by(training, as_of)
    is_new = bool(offered and hired and hired > offered)
    if training["window_required_for_new_employees"] or (offered and not is_new):
        return "missing"
    return "expiring" if window_around(training, as_of) else "not_due"

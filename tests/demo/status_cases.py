"""Trainings and days for the tests of the demo server's employee status."""

from datetime import date

DAY = date.fromisoformat


def window(opens, closes, **more):
    return {
        "schedule_type": "window",
        "window_open_month": opens[0],
        "window_open_day": opens[1],
        "window_close_month": closes[0],
        "window_close_day": closes[1],
        **more,
    }


def rolling(months, **more):
    return {"schedule_type": "rolling", "renewal_months": months} | more


def fixed(month, day, months=None, **more):
    return rolling(months, expires_on_month=month, expires_on_day=day, **more)


JUNE = window((6, 1), (6, 30))


def offered(schedule, day):
    return schedule | {"window_last_offered_date_number": day}

"""Small frames for the tests of the rules: one person, one training, one day."""

from datetime import UTC, date, datetime

import polars as pl

from kpa_analytics.analysis.expiry_status import expiry_status
from kpa_analytics.schema import COMPLETIONS, TRAININGS
from tests.analysis.company import frame

TODAY = date(2026, 6, 15)
PERSON = "5e580f0cb780600088bd2c11"
JUNE = {
    "schedule_type": "window",
    "window_open_month": 6,
    "window_open_day": 1,
    "window_close_month": 6,
    "window_close_day": 30,
}
FEBRUARY = {**JUNE, "window_open_month": 2, "window_close_month": 2, "window_close_day": 29}
NEW_YEAR = {
    "schedule_type": "window",
    "window_open_month": 12,
    "window_open_day": 15,
    "window_close_month": 1,
    "window_close_day": 15,
}


def done(*rows):
    return frame(
        COMPLETIONS,
        [{"id": n, "training_id": 7, "m_user_id": PERSON, **row} for n, row in enumerate(rows, 1)],
    )


def catalogue(*rows):
    plain = {"id": 7, "title": "Ladders", "schedule_type": "rolling"}
    return frame(TRAININGS, [{**plain, **row} for row in rows])


def fixed(month, day, months=None):
    return {"expires_on_month": month, "expires_on_day": day, "renewal_months": months}


def at(year, month, day, hour=12):
    return datetime(year, month, day, hour, tzinfo=UTC)


def judge(completed, training, as_of=TODAY, **options):
    """The one row there is."""
    status = expiry_status(done(completed), catalogue(training), as_of=as_of, **options)
    return status.row(0, named=True)


OPEN, SHUT = date(2026, 6, 15), date(2026, 8, 1)


def pairs(*rows):
    return pl.DataFrame(
        rows, schema={"m_user_id": pl.String, "training_id": pl.Int64}, orient="row"
    )

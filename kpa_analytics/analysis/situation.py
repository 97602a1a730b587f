"""Everything that the statuses of one day depend on."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import polars as pl

from kpa_analytics.statuses import EXPIRING_DAYS


class Situation(NamedTuple):
    """Everything that statuses depend on.

    Attributes:
        completions: `schema.COMPLETIONS`.
        trainings: `schema.TRAININGS`.
        users: `schema.USERS`.
        required: the requirements, as for `expiry_status()`, or None if they are not known.
        as_of: the day of the statuses.
        expiring_days: days before expiration that count as expiring, for trainings without their
            own number of days.
    """

    completions: pl.DataFrame
    trainings: pl.DataFrame
    users: pl.DataFrame
    required: pl.DataFrame | None
    as_of: date
    expiring_days: int = EXPIRING_DAYS

"""The statuses of one set of records, asked for many days."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from kpa_analytics.analysis.engine import Engine, Rules

if TYPE_CHECKING:
    from datetime import date

    import polars as pl

    from kpa_analytics.data.training_data import TrainingData

_KEPT = 4


class StatusBook:
    """`expiry_status` of the same records for one day after another; the last few are kept.

    Args:
        data: the records. Who must have what is read from the vendor's employee status.
    """

    def __init__(self, data: TrainingData) -> None:
        required = data.employee_status if data.employee_status.height else None
        self.requirements_known = required is not None
        engine = Engine(data.completions, Rules(data.trainings), data.users, required)
        self._status = lru_cache(maxsize=_KEPT)(engine.status)

    def page(self, as_of: date, expiring_days: int, include_leavers: bool) -> pl.DataFrame:
        """What `expiry_status` says on a day (`schema.EXPIRY_STATUS`)."""
        return self._status(as_of, expiring_days, include_leavers)

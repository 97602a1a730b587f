"""The statuses of one set of records, asked for many days."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

import polars as pl

from kpa_analytics.analysis.expiry import expiry_status

if TYPE_CHECKING:
    from datetime import date

    from kpa_analytics.data.training_data import TrainingData

_KEPT = 4


class StatusBook:
    """`expiry_status` of the same records for one day after another; the last few are kept.

    Args:
        data: the records. Who must have what is read from the vendor's employee status.
    """

    def __init__(self, data: TrainingData) -> None:
        self._data = data
        self._pages: OrderedDict[tuple[date, int], pl.DataFrame] = OrderedDict()

    def page(self, as_of: date, expiring_days: int, include_leavers: bool) -> pl.DataFrame:
        """What `expiry_status` says on a day (`schema.EXPIRY_STATUS`)."""
        whole = self._whole(as_of, expiring_days)
        if include_leavers:
            return whole
        left = self._data.users.filter(pl.col("terminationDate").dt.date() <= as_of)["id"]
        return whole.filter(~pl.col("m_user_id").is_in(left.implode()))

    def _whole(self, as_of: date, expiring_days: int) -> pl.DataFrame:
        key = (as_of, expiring_days)
        if key not in self._pages:
            required = self._data.employee_status
            self._pages[key] = expiry_status(
                self._data.completions,
                self._data.trainings,
                self._data.users,
                as_of=as_of,
                expiring_days=expiring_days,
                required=required if required.height else None,
                include_terminated=True,
            )
        self._pages.move_to_end(key)
        while len(self._pages) > _KEPT:
            self._pages.popitem(last=False)
        return self._pages[key]

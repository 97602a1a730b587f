"""The statuses of one set of records, asked for many days."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

import polars as pl

from kpa_analytics.analysis.expiry import status_of
from kpa_analytics.analysis.latest import in_order, latest, people_of, records_of

if TYPE_CHECKING:
    from datetime import date

    from kpa_analytics.data.training_data import TrainingData

_KEPT = 4


class StatusBook:
    """`expiry_status` of the same records for one day after another; the last few are kept.

    What is the same for every day, the order of the records, is worked out once.

    Args:
        data: the records. Who must have what is read from the vendor's employee status.
    """

    def __init__(self, data: TrainingData) -> None:
        self._data = data
        self._pages: OrderedDict[tuple[date, int], pl.DataFrame] = OrderedDict()
        required = data.employee_status if data.employee_status.height else None
        records = records_of(data.completions, required)
        self._people = people_of(records, data.users, left_by=None).collect().lazy()
        self._ordered = in_order(records, self._people).collect()

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
            self._pages[key] = status_of(
                latest(self._ordered.lazy(), as_of).collect(engine="in-memory"),
                self._people,
                self._data.trainings,
                as_of=as_of,
                expiring_days=expiring_days,
            )
        self._pages.move_to_end(key)
        while len(self._pages) > _KEPT:
            self._pages.popitem(last=False)
        return self._pages[key]

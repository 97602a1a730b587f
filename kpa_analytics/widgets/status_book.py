"""The statuses of one set of records, asked for many days."""

from __future__ import annotations

from collections import OrderedDict
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from kpa_analytics.analysis.composed import composed_trainings
from kpa_analytics.analysis.expiry import lasting, named, titles_of
from kpa_analytics.analysis.latest import in_order, latest, people_of, records_of, stays
from kpa_analytics.analysis.schedules import open_on, schedules
from kpa_analytics.analysis.verdicts import verdicts
from kpa_analytics.inputs import at_once
from kpa_analytics.schema import EXPIRY_STATUS

if TYPE_CHECKING:
    from datetime import date

    import polars as pl

    from kpa_analytics.data.training_data import TrainingData

_KEPT = 4

#: What a page is made of: no more, for every record is gone through.
_COLUMNS = (
    *("m_user_id", "user", "training_id", "training", "completion_id", "date"),
    *("expiration_date", "expiration_source", "is_held", "opens", "counts_down_to"),
    *("good_through", "offered_since", "offered", "may_wait", "hired", "since", "until", "left"),
)


class StatusBook:
    """`expiry_status` of the same records for one day after another; the last few are kept.

    What is the same for every day, when each record expires and who it is of, is worked out once.

    Args:
        data: the records. Who must have what is read from the vendor's employee status.
    """

    def __init__(self, data: TrainingData) -> None:
        self._pages: OrderedDict[tuple[date, int, bool], pl.DataFrame] = OrderedDict()
        catalogue = schedules(data.trainings)
        self._open_on = lru_cache(maxsize=_KEPT)(partial(open_on, catalogue))
        required = data.employee_status if data.employee_status.height else None
        records = records_of(data.completions, required)
        people = at_once(people_of(records, data.users, left_by=None))
        ordered = at_once(in_order(records, people))
        rows = lasting(ordered, catalogue, composed_trainings(data.trainings))
        titles = titles_of(ordered, catalogue, data.trainings)
        self._rows = at_once(named(rows, people, titles).select(_COLUMNS))

    def page(self, as_of: date, expiring_days: int, include_leavers: bool) -> pl.DataFrame:
        """What `expiry_status` says on a day (`schema.EXPIRY_STATUS`)."""
        key = (as_of, expiring_days, include_leavers)
        if key not in self._pages:
            self._pages[key] = self._written(*key)
        self._pages.move_to_end(key)
        while len(self._pages) > _KEPT:
            self._pages.popitem(last=False)
        return self._pages[key]

    def _written(self, as_of: date, expiring_days: int, include_leavers: bool) -> pl.DataFrame:
        people = stays(None if include_leavers else as_of)
        rows = latest(self._rows.filter(people), as_of)
        page = verdicts(rows, self._open_on(as_of), as_of, expiring_days)
        return page.select(EXPIRY_STATUS.schema.names()).collect(engine="in-memory")

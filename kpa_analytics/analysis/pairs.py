"""The pairs of person and training as numbers, in the order of both.

One number sorts many times faster than several columns, and Int64 faster than Int128, so the
numbers are only as large as the ids and days of the records need.
"""

from __future__ import annotations

import polars as pl

from kpa_analytics.inputs import AnyFrame, need_if_known
from kpa_analytics.schema import TRAININGS

_PERSON, _TRAINING, _DAY = pl.col("person"), pl.col("training_id"), pl.col("date")


class Pairs:
    """Numbers for the pairs of these records.

    Attributes:
        number: the number of `person` (as in `people_of`) and `training_id`, as `pair`.
        with_day: the number of the pair and `date`, as `pair_and_day`. Records without a date come
            before all others of their pair.
        split: pair, person and training_id from `pair_and_day`.
    """

    def __init__(
        self, records: pl.LazyFrame, people: pl.DataFrame, trainings: AnyFrame | None
    ) -> None:
        """Fit the numbers to the records, to these people, and to all trainings of the catalogue.

        Args:
            records: training_id and date.
            people: as `people_of` returns them.
            trainings: the catalogue.
        """
        catalogue = need_if_known(trainings, TRAININGS, "id").select(training_id="id")
        lowest, ids = _range(pl.concat([records.select(_TRAINING), catalogue]))
        first, days = _range(records.select(_DAY.to_physical().cast(pl.Int64)))
        days += 1  # for the records without a date
        fits = people.height * ids * days < 2**63
        dtype = pl.Int64 if fits else pl.Int128
        pair = _PERSON.cast(dtype) * ids + (_TRAINING.cast(dtype) - lowest)
        day = (_DAY.to_physical().cast(dtype) - (first - 1)).fill_null(0)
        self.number = pair.alias("pair")
        self.with_day = (pair * days + day).alias("pair_and_day")
        split = pl.col("pair_and_day") // days
        self.split = (
            split.alias("pair"),
            (split // ids).cast(pl.UInt32).alias("person"),
            (split % ids + lowest).cast(pl.Int64).alias("training_id"),
        )


def _range(column: pl.LazyFrame) -> tuple[int, int]:
    """The lowest value, and how many there are from it to the highest."""
    bounds = column.select(pl.all().min().alias("low"), pl.all().max().alias("high"))
    low, high = bounds.collect(engine="in-memory").row(0)
    return (0, 1) if low is None else (low, high - low + 1)

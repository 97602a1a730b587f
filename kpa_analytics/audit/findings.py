"""The data-quality findings of a pack."""

from __future__ import annotations

from datetime import date

import polars as pl

from kpa_analytics.analysis.data_quality import data_quality, offerings_not_recorded
from kpa_analytics.data.training_data import TrainingData


def findings(data: TrainingData, as_of: date) -> pl.DataFrame:
    """List the faults in the records, compared with all records and not only those of the pack.

    A completion dated after `as_of` is a finding only if it is also dated after the newest record
    was made. Offerings of window trainings are checked as of `as_of`, like the statuses.
    """
    newest = data.whole.completions.select(pl.col("created").dt.date().max()).item()
    day = max(as_of, newest or as_of)
    of_all = data_quality(data.whole, as_of=day)
    if data.scope.is_all and day == as_of:
        return of_all.filter(data.scope.findings(data.frames))
    # Of a part of the records, count only its own people who rely on an offering.
    others = of_all.filter(pl.col("finding") != "offering_not_recorded")
    rows = pl.concat([others, offerings_not_recorded(data, as_of)])
    return rows.filter(data.scope.findings(data.frames))

"""The data-quality findings of a pack."""

from __future__ import annotations

from datetime import date

import polars as pl

from kpa_analytics.analysis.data_quality import data_quality
from kpa_analytics.data.training_data import TrainingData


def findings(data: TrainingData, as_of: date) -> pl.DataFrame:
    """List the faults in the records, compared with all records and not only those of the pack.

    A completion dated after `as_of` is a finding only if it is also dated after the newest record
    was made. Offerings of window trainings are judged as of `as_of`, like the statuses.
    """
    newest = data.whole.completions.select(pl.col("created").dt.date().max()).item()
    day = max(as_of, newest or as_of)
    of_all = data_quality(data.whole, as_of=day)
    offerings = pl.col("finding") == "offering_not_recorded"
    # Count the people who rely on an offering within the part itself.
    same = data.scope.is_all and day == as_of
    of_part = of_all if same else data_quality(data, as_of=as_of)
    rows = pl.concat([of_all.filter(~offerings), of_part.filter(offerings)])
    return rows.filter(data.scope.findings(data.frames))

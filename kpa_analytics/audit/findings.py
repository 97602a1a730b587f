"""What is odd in the records of a pack."""

from __future__ import annotations

from datetime import date

import polars as pl

from kpa_analytics.data.quality import data_quality
from kpa_analytics.data.training_data import TrainingData


def findings(data: TrainingData, as_of: date) -> pl.DataFrame:
    """What is odd in the records, judged by all of them: a person left out is not unknown.

    A record made after the day is not odd for that: a completion is in the future only where its
    day is after the newest record was made, too. Offerings are judged on the day, as statuses are.

    Args:
        data: the records, all or a part.
        as_of: the day asked for.

    Returns:
        A frame in `schema.FINDINGS`.
    """
    newest = data.whole.completions.select(pl.col("created").dt.date().max()).item()
    of_all = data_quality(data.whole, as_of=max(as_of, newest or as_of))
    offerings = pl.col("finding") == "offering_not_recorded"
    # How many people rely on an offering is counted in the part itself.
    relied_on = data_quality(data, as_of=as_of).filter(offerings)
    rows = pl.concat([of_all.filter(~offerings), relied_on])
    return rows.filter(data.scope.findings(data.frames))

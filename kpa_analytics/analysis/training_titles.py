"""The trainings of the records, by id, with their titles."""

from __future__ import annotations

import polars as pl

from kpa_analytics.analysis.requirements import required_pairs, requirements
from kpa_analytics.data.training_data import TrainingData
from kpa_analytics.inputs import AnyFrame
from kpa_analytics.names import known_trainings


def training_titles(data: TrainingData, required: AnyFrame | None = None) -> pl.DataFrame:
    """The title of every training of the catalogue, the completions and the requirements.

    Args:
        data: the records.
        required: the requirements, as for `expiry_status()`; default: the vendor's, if they were
            loaded.

    Returns:
        training_id and training (the id as text if there is no title), sorted by training_id.

    Examples:
        >>> from kpa_analytics.schema import COMPLETIONS
        >>> needed = pl.DataFrame({"m_user_id": ["ann"], "training_id": [9]})
        >>> training_titles(TrainingData(completions=COMPLETIONS.empty()), needed).rows()
        [(9, '9')]
    """
    pairs = required_pairs(requirements(data, required)).select("training_id")
    records = pl.concat([data.completions.lazy().select("training_id"), pairs])
    known = known_trainings(records, data.trainings).sort("training_id")
    return known.select("training_id", "training").collect(engine="in-memory")

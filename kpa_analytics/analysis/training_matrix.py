"""A table of people and trainings with the status in each cell."""

from __future__ import annotations

import polars as pl

from kpa_analytics.errors import KPADataError
from kpa_analytics.inputs import AnyFrame, need
from kpa_analytics.schema import CASE_KEY, EXPIRY_STATUS, TRAINING_MATRIX_KEYS


def training_matrix(status: AnyFrame) -> pl.DataFrame:
    """The status of every person (rows) for every training (columns).

    Args:
        status: as `expiry_status()` returns it.

    Returns:
        A DataFrame, one row per person, sorted by name and id: m_user_id, user, and one column per
        training with its status; null if the person has no status for the training. The columns are
        named after the trainings and sorted by title. If several trainings have the same title, the
        id follows, e.g. "Ladders (1042)".

    Raises:
        KPADataError: a column is missing, or a person has several statuses for a training.

    Examples:
        >>> from kpa_analytics.schema import EXPIRY_STATUS
        >>> status = pl.DataFrame(
        ...     [{"m_user_id": "a", "user": "Moe, Ann", "training_id": 7, "training": "Ladders",
        ...       "status": "current"}], schema=EXPIRY_STATUS.schema)
        >>> training_matrix(status).to_dicts()
        [{'m_user_id': 'a', 'user': 'Moe, Ann', 'Ladders': 'current'}]
    """
    read = (*TRAINING_MATRIX_KEYS, "training_id", "training", "status")
    cells = need(status, EXPIRY_STATUS, *read).select(read).collect(engine="in-memory")
    need_one_status(cells)
    headings = _headings(cells.select("training_id", "training"))
    return (
        cells.join(headings, on="training_id")
        .pivot("heading", headings["heading"], index=TRAINING_MATRIX_KEYS, values="status")
        .sort("user", "m_user_id")
    )


def need_one_status(cells: pl.DataFrame) -> None:
    """Check that no person has several statuses for a training, such as those of several days.

    Args:
        cells: m_user_id, user, training_id, training.

    Raises:
        KPADataError: a person has; the message names the person and the training.
    """
    several = cells.filter(pl.struct(CASE_KEY).is_duplicated())
    if several.height:
        person, name, training, title = several.select(
            "m_user_id", "user", "training_id", "training"
        ).row(0)
        raise KPADataError(
            f"status: {name} ({person}) has more than one status for {title} ({training}); give "
            "the statuses of one day"
        )


def _headings(trainings: pl.DataFrame) -> pl.DataFrame:
    """A unique column name for each training, sorted by title."""
    named = trainings.unique("training_id").sort("training", "training_id")
    title, number = pl.col("training"), pl.col("training_id").cast(pl.String)
    with_id = title + " (" + number + ")"
    ambiguous = (
        title.is_duplicated() | title.is_in(TRAINING_MATRIX_KEYS) | title.is_in(with_id.implode())
    )
    return named.select("training_id", heading=pl.when(ambiguous).then(with_id).otherwise(title))

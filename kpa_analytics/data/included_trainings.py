"""Which trainings a composed training includes."""

from __future__ import annotations

import polars as pl

from kpa_analytics.inputs import AnyFrame

#: The id of a training -> the ids of the included trainings.
Included = dict[int, list[int]]


def included_trainings(trainings: AnyFrame) -> Included:
    """The included trainings of each training in the catalogue; an empty list if there are none.

    If the catalogue repeats a training, its first row counts.

    Examples:
        >>> included_trainings(
        ...     pl.DataFrame({"id": [1, 2], "included_trainings_id": [[2, None, 2], None]}))
        {1: [2], 2: []}
    """
    included = (
        trainings.lazy()
        .unique("id", keep="first", maintain_order=True)
        .select("id", pl.col("included_trainings_id").fill_null([]).list.drop_nulls().list.unique())
        .collect(engine="in-memory")
    )
    return dict(included.iter_rows())

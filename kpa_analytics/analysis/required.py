"""The requirements: who must have which training."""

from __future__ import annotations

import polars as pl

from kpa_analytics.inputs import AnyFrame, need
from kpa_analytics.schema import EMPLOYEE_STATUS, Column, Table

REQUIRED = Table(
    "required",
    "load_employee_status()",
    (
        Column("m_user_id", pl.String, "the person"),
        Column("training_id", pl.Int64, "the training this person must have"),
    ),
)


def required_pairs(required: AnyFrame | None) -> pl.LazyFrame:
    """The required pairs of person and training, in any order; a pair may be repeated.

    `required` is a frame of m_user_id and training_id, or the vendor's employee status with its
    incomplete and complete trainings; None if the requirements are unknown.

    Raises:
        KPADataError: the frame is neither of these; the message names the missing column.
    """
    if required is None:
        return REQUIRED.empty().lazy()
    if "incomplete_training_ids" not in need(required, REQUIRED).collect_schema():
        return need(required, REQUIRED, *REQUIRED.schema).select(*REQUIRED.schema)
    trainings = ("incomplete_training_ids", "complete_training_ids")
    return (
        need(required, EMPLOYEE_STATUS, "m_user_id", *trainings)
        .select("m_user_id", pl.concat_list(pl.col(trainings).fill_null([])).alias("training_id"))
        .explode("training_id")
        .drop_nulls("training_id")
    )

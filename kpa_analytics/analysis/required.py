"""People who must have a training and never completed it."""

from __future__ import annotations

from datetime import date

import polars as pl

from kpa_analytics.analysis.inputs import AnyFrame, need
from kpa_analytics.analysis.schedules import IS_WINDOW, WINDOW
from kpa_analytics.schema import COMPLETIONS, EMPLOYEE_STATUS, STATUS, Table

REQUIRED = Table(
    "required",
    "load_employee_status()",
    tuple(c for c in COMPLETIONS.columns if c.name in ("m_user_id", "training_id")),
)


def required_pairs(required: AnyFrame | None) -> pl.LazyFrame:
    """Who must have what: (m_user_id, training_id), in any order, perhaps repeated.

    Args:
        required: a frame of these two columns, or the vendor's employee status, of which the
            incomplete and the complete trainings are taken; None for nothing known.

    Raises:
        KPADataError: it is neither; the message names the missing column.
    """
    if required is None:
        return REQUIRED.empty().lazy()
    vendors = need(required, REQUIRED).collect_schema()
    if "training_id" in vendors or "incomplete_training_ids" not in vendors:
        return need(required, REQUIRED, "m_user_id", "training_id").select(REQUIRED.schema.names())
    trainings = ("incomplete_training_ids", "complete_training_ids")
    return (
        need(required, EMPLOYEE_STATUS, "m_user_id", *trainings)
        .select("m_user_id", pl.concat_list(pl.col(trainings).fill_null([])).alias("training_id"))
        .explode("training_id")
        .drop_nulls("training_id")
    )


def status_never_completed(as_of: date, composed: list[int]) -> pl.Expr:
    """The status of a pair that is required and was never completed.

    Missing, but for a window training's grace: who is new (hired after it was last offered), and
    everyone while it was never offered, waits for the next window unless new employees need it
    before that: not due, and expiring while the window is open. A composed training has none.

    Args:
        as_of: the day asked for; an offering after it has not happened yet.
        composed: ids of the composed trainings.

    Returns:
        An expression over the columns of `training_rules` and `hired`, the day the person was
        hired; who has none counts as an old employee.

    Source: the vendor's help article on training windows.
    """
    today = pl.lit(as_of)
    offered = pl.col("window_last_offered_date")
    was_offered = (offered <= today).fill_null(False)
    is_new = (pl.col("hired") > offered).fill_null(False)
    may_wait = ~pl.col("window_required_for_new_employees").fill_null(False)
    graced = IS_WINDOW & may_wait & (is_new | ~was_offered) & ~pl.col("training_id").is_in(composed)
    return (
        pl.when(graced & WINDOW.around(today).is_not_null())
        .then(pl.lit("expiring"))
        .when(graced)
        .then(pl.lit("not_due"))
        .otherwise(pl.lit("missing"))
        .cast(STATUS)
        .alias("status")
    )

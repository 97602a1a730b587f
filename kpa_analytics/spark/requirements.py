"""The requirements as a frame of a call."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from kpa_analytics.analysis.requirements import REQUIRED
from kpa_analytics.schema import EMPLOYEE_STATUS, REQUIRED_LISTS
from kpa_analytics.spark.columns import polars_schema

if TYPE_CHECKING:
    from kpa_analytics.spark.arguments import Argument, SparkCall, SparkOrPolars


def required_argument(call: SparkCall, required: SparkOrPolars | None) -> Argument | None:
    """Pairs of person and training, or the vendor's employee status, as for `expiry_status()`."""
    if required is None:
        return None
    status = call.argument(required, EMPLOYEE_STATUS, "m_user_id", *REQUIRED_LISTS)
    if REQUIRED_LISTS[0] in status.wire.columns:
        return status
    schema = (
        required.collect_schema()
        if isinstance(required, pl.DataFrame | pl.LazyFrame)
        else polars_schema(required)
    )
    if schema.get("required") == pl.Boolean:  # the pairs of `required_trainings()`
        required = required.filter("required")
    return call.argument(required, REQUIRED, *REQUIRED.schema)

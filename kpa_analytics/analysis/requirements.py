"""The requirements that statuses use: pairs of person and training, usually the vendor's list."""

from __future__ import annotations

import polars as pl

from kpa_analytics.data.training_data import TrainingData
from kpa_analytics.inputs import AnyFrame, need
from kpa_analytics.report_text import NO_REQUIREMENTS, NO_REQUIREMENTS_OF
from kpa_analytics.schema import EMPLOYEE_STATUS, PACK_REQUIRED, REQUIRED_LISTS, Column, Table
from kpa_analytics.wording import listing, say

REQUIRED = Table(
    "required",
    "load_employee_status()",
    (
        Column("m_user_id", pl.String, "the person"),
        Column("training_id", pl.Int64, "the training this person must have"),
    ),
)


def requirements(data: TrainingData, required: AnyFrame | None) -> pl.DataFrame | None:
    """The requirements: those given, or else the vendor's list, if it was loaded."""
    if required is not None:
        return (
            required.collect(engine="in-memory") if isinstance(required, pl.LazyFrame) else required
        )
    return data.requirements


def required_pairs(required: AnyFrame | None) -> pl.LazyFrame:
    """The required pairs of person and training, in any order; a pair may be repeated.

    `required` is a frame of m_user_id and training_id, or the vendor's employee status with its
    incomplete and complete trainings; None if the requirements are unknown. Of the pairs of
    `required_trainings()`, which have a column `required`, only the true ones are required.

    Raises:
        KPADataError: the frame is neither of these; the message names the missing column.
    """
    if required is None:
        return REQUIRED.empty().lazy()
    if "incomplete_training_ids" not in need(required, REQUIRED).collect_schema():
        pairs = need(required, REQUIRED, *REQUIRED.schema)
        return _only_required(pairs).select(*REQUIRED.schema)
    return (
        need(required, EMPLOYEE_STATUS, "m_user_id", *REQUIRED_LISTS)
        .select(
            "m_user_id", pl.concat_list(pl.col(REQUIRED_LISTS).fill_null([])).alias("training_id")
        )
        .explode("training_id")
        .drop_nulls("training_id")
    )


def _only_required(pairs: pl.LazyFrame) -> pl.LazyFrame:
    """The pairs whose column `required` is true; all pairs without this column.

    `required_trainings()` also lists pairs of which it is not known whether they are required, and
    pairs that only the vendor lists.
    """
    has_column = pairs.collect_schema().get("required") == pl.Boolean
    return pairs.filter("required") if has_column else pairs


def required_sources(required: AnyFrame | None, *, by: str) -> pl.DataFrame:
    """Every required pair once, and where it comes from.

    Args:
        required: as for `required_pairs`.
        by: "vendor" or "given".

    Returns:
        A frame of m_user_id, training_id, required_by, listed_in and listed_at, as in
        `schema.PACK_REQUIRED`. A pair in both of the vendor's lists counts as incomplete.

    Examples:
        >>> given = pl.DataFrame({"m_user_id": ["ann"], "training_id": [7]})
        >>> required_sources(given, by="given").row(0)
        ('ann', 7, 'given', None, None)
    """
    types = PACK_REQUIRED.schema
    if required is None or "incomplete_training_ids" not in required.collect_schema():
        rows = required_pairs(required).with_columns(listed_in=None, listed_at=None)
    else:
        status = need(required, EMPLOYEE_STATUS, "m_user_id", *REQUIRED_LISTS)
        has_moment = "last_updated" in status.collect_schema()
        rows = pl.concat(
            status.select(
                "m_user_id",
                pl.col(listed).alias("training_id"),
                pl.lit(listed).alias("listed_in"),
                (pl.col("last_updated") if has_moment else pl.lit(None)).alias("listed_at"),
            )
            .explode("training_id")
            .drop_nulls("training_id")
            for listed in REQUIRED_LISTS
        )
    return (
        rows.unique(["m_user_id", "training_id"], keep="first", maintain_order=True)
        .with_columns(required_by=pl.lit(by, types["required_by"]))
        .select(
            "m_user_id",
            "training_id",
            "required_by",
            pl.col("listed_in").cast(types["listed_in"]),
            pl.col("listed_at").cast(types["listed_at"]),
        )
        .collect(engine="in-memory")
    )


def requirements_note(data: TrainingData, required: AnyFrame | None = None) -> str:
    """Say that no requirements were provided, or of which accounts; empty if all are known."""
    if required is not None:
        return ""
    if data.requirements is None:
        return NO_REQUIREMENTS
    unknown = data.without_requirements
    return say(NO_REQUIREMENTS_OF, name=listing(unknown, len(unknown))) if unknown else ""

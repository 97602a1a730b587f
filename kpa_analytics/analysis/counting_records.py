"""Which row of the completions is behind each case, also where two records have the same id."""

from __future__ import annotations

import polars as pl

from kpa_analytics.analysis.latest_completion import AGE
from kpa_analytics.schema import CASE_KEY


def counting_records(completions: pl.DataFrame, status: pl.DataFrame) -> pl.DataFrame:
    """The completion that each row of `expiry_status()` names, by its place in the completions.

    An id does not suffice: records that share one, or have none, differ by their date. Among equal
    dates, the record that is last in the order of docs/rules.md#latest counts; among equal records,
    the first one.

    Returns m_user_id, training_id and `row` (a number from 0), one row for each case with a
    completion. Cases that are held through included trainings have none.
    """
    own = status.filter(pl.col("expiration_source").ne_missing(pl.lit("composed")))
    named = own.select(*CASE_KEY, "date", id="completion_id")
    return (
        completions.with_row_index("row")
        .join(named, on=[*CASE_KEY, "id", "date"], how="semi", nulls_equal=True)
        .sort(*AGE, descending=True, nulls_last=True, maintain_order=True)
        .unique(CASE_KEY, keep="first", maintain_order=True)
        .select(*CASE_KEY, "row")
    )

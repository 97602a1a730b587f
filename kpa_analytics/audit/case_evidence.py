"""The evidence on file for each case: instructor, signature, files, and the rule that decides."""

from __future__ import annotations

from datetime import date

import polars as pl

from kpa_analytics.analysis.names import with_names
from kpa_analytics.audit import report_text as text
from kpa_analytics.audit.schedule_texts import schedule_texts
from kpa_analytics.data.training_data import TrainingData

_CASE = ("m_user_id", "training_id", "completion_id")


def case_evidence(data: TrainingData, status: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Add to each case m_instructor_id, instructor, signed and files of its completion, and rule.

    `status` is a result of `expiry_status()`. A case without its own completion, or of a
    composed training, has none of the first four.
    """
    on_file = data.completions.select(
        *("m_user_id", "training_id", pl.col("id").alias("completion_id")),
        *("m_instructor_id", "signed", "files"),
    ).unique(_CASE, keep="first")
    return (
        status.lazy()
        .join(on_file.lazy(), on=_CASE, how="left", maintain_order="left")
        .pipe(with_names, data.users, "m_instructor_id", "instructor")
        .with_columns(_rule(schedule_texts(data.trainings, as_of)).alias("rule"))
        .collect(engine="in-memory")
    )


def _rule(schedules: dict[int, str]) -> pl.Expr:
    """The rule that decides a case, in a few words."""
    schedule = pl.col("training_id").replace_strict(
        schedules, default=text.NOT_KNOWN, return_dtype=pl.String
    )
    source = pl.col("expiration_source").cast(pl.String)
    by_source = pl.format("{}: {}", source, schedule)
    for key, said in text.CASE_RULES.items():
        by_source = pl.when(source == key).then(pl.lit(said)).otherwise(by_source)
    never = (
        pl.col("status")
        .cast(pl.String)
        .replace_strict(text.NEVER_COMPLETED_RULES, default=None, return_dtype=pl.String)
    )
    return pl.coalesce(by_source, never)

"""Trainings that somebody taught while that person's own certificate of them had expired.

This is this project's rule (docs/rules.md section 7). The certificate's status is that of the day
on which the person taught, computed from today's records.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from kpa_analytics import report_text as texts
from kpa_analytics.analysis.instructor_certificates import TAUGHT, certificates
from kpa_analytics.data.checks import Check

_KIND = "taught_while_expired"


def taught_while_expired(
    completions: pl.LazyFrame, trainings: pl.LazyFrame, sessions: pl.LazyFrame, today: date
) -> tuple[Check, Check]:
    """Group sessions, and completions outside of them, that were taught on an expired certificate.

    A listed group session has one row for each training in question; any other completion has a
    row of its own. Somebody who had not completed the training by then is not reported, because
    nothing says that the person ever needed it.
    """
    taught = (
        completions.filter(pl.col("m_instructor_id").is_not_null(), pl.col("date") <= today)
        .select("id", "group_training_id", *TAUGHT)
        .collect(engine="in-memory")
    )
    expired = certificates(taught, completions, trainings).filter("had_expired")
    rows = taught.lazy().join(expired, on=TAUGHT)
    rows = rows.with_columns(pl.col("m_instructor_id").alias("m_user_id"))
    listed = sessions.select(pl.col("id").alias("group_training_id")).unique()
    together = (
        rows.join(listed, on="group_training_id", how="semi")
        .drop("id")
        .unique(["group_training_id", *TAUGHT])
        .rename({"group_training_id": "id"})
    )
    alone = rows.join(listed, on="group_training_id", how="anti")
    in_session, in_record = texts.TAUGHT_WHILE_EXPIRED, texts.COACHED_WHILE_EXPIRED
    training = "training_id"
    return (
        Check(_KIND, "group_trainings", "trainings_id", together, in_session, value=training),
        Check(_KIND, "completions", training, alone, in_record, value=training),
    )

"""Findings about ids in other collections: unknown ids, and attendee lists that do not match."""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

from kpa_analytics import report_text as texts
from kpa_analytics.data.checks import TABLES, Check
from kpa_analytics.endpoints import endpoint_of


class Reference(NamedTuple):
    """A field that holds ids of another collection, and the finding when an id is unknown."""

    kind: str
    table: str
    field: str
    target: str


REFERENCES = (
    Reference("unknown_user", "completions", "m_user_id", "users"),
    Reference("unknown_user", "group_trainings", "m_trainees_id", "users"),
    Reference("unknown_user", "employee_status", "m_user_id", "users"),
    Reference("unknown_training", "completions", "training_id", "trainings"),
    Reference("unknown_training", "group_trainings", "trainings_id", "trainings"),
    Reference("unknown_training", "trainings", "included_trainings_id", "trainings"),
    Reference("unknown_group_session", "completions", "group_training_id", "group_trainings"),
    Reference("unknown_instructor", "completions", "m_instructor_id", "users"),
    Reference("unknown_instructor", "group_trainings", "m_instructor_id", "users"),
)


def unknown_ids(reference: Reference, rows: dict[str, pl.LazyFrame]) -> Check:
    """Records that refer to an id which its collection does not have."""
    kind, table, field, target = reference
    key = endpoint_of(table).record_key
    ids = rows[table].select(pl.col(key).alias("id"), pl.col(field).alias("value"))
    if isinstance(TABLES[table].schema[field], pl.List):
        ids = ids.explode("value").unique()
    known = rows[target].select(pl.col(endpoint_of(target).record_key).alias("value"))
    unknown = ids.filter(pl.col("value").is_not_null()).join(known, on="value", how="anti")
    return Check(kind, table, field, unknown, texts.UNKNOWN_ID[kind])


def attendees_differ(completions: pl.LazyFrame, sessions: pl.LazyFrame) -> list[Check]:
    """People listed in a group session without a completion in it, and the other way round."""
    both = ["id", "m_user_id"]
    listed = (
        sessions.select("id", pl.col("m_trainees_id").alias("m_user_id"))
        .explode("m_user_id")
        .filter(pl.col("m_user_id").is_not_null())
        .unique()
    )
    recorded = (
        completions.select(pl.col("group_training_id").alias("id"), "m_user_id")
        .join(sessions, on="id", how="semi")
        .unique()
    )
    return [
        Check(
            "attendees_differ",
            "group_trainings",
            "m_trainees_id",
            these.join(others, on=both, how="anti"),
            text,
            value="m_user_id",
        )
        for these, others, text in (
            (listed, recorded, texts.LISTED_ONLY),
            (recorded, listed, texts.RECORDED_ONLY),
        )
    ]

"""Where collections disagree: ids that name nothing, and sessions whose lists do not match."""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

from kpa_analytics.data.findings import NOUNS, TABLES, finding_rows
from kpa_analytics.endpoints import endpoint_of


class Reference(NamedTuple):
    """A field that names a record of another collection, and what to say when it is not there."""

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

_UNKNOWN = {
    "unknown_user": "{} {} names the person {}, who is not among the users.",
    "unknown_training": "{} {} names the training {}, which is not in the catalogue.",
    "unknown_group_session": "{} {} names the session {}, which is not in the list of sessions.",
    "unknown_instructor": "{} {} names the instructor {}, who is not among the users.",
}


def unknown_ids(reference: Reference, rows: dict[str, pl.LazyFrame]) -> pl.LazyFrame:
    """Records whose reference names nothing that is there."""
    kind, table, field, target = reference
    key = endpoint_of(table).record_key
    names = rows[table].select(pl.col(key).alias("id"), pl.col(field).alias("value"))
    if isinstance(TABLES[table].schema[field], pl.List):
        names = names.explode("value").unique()
    known = rows[target].select(pl.col(endpoint_of(target).record_key).alias("value"))
    unknown = names.filter(pl.col("value").is_not_null()).join(known, on="value", how="anti")
    message = pl.format(_UNKNOWN[kind], pl.lit(NOUNS[table]), "id", "value")
    return finding_rows(unknown, kind, table, field, message)


def attendees_differ(completions: pl.LazyFrame, sessions: pl.LazyFrame) -> list[pl.LazyFrame]:
    """Who is listed but not recorded, and who is recorded but not listed, session by session."""
    listed = (
        sessions.select("id", pl.col("m_trainees_id").alias("value"))
        .explode("value")
        .filter(pl.col("value").is_not_null())
        .unique()
    )
    recorded = (
        completions.select(
            pl.col("group_training_id").alias("id"), pl.col("m_user_id").alias("value")
        )
        .join(sessions, on="id", how="semi")
        .unique()
    )
    both = ["id", "value"]
    about = ("attendees_differ", "group_trainings", "m_trainees_id")
    return [
        finding_rows(
            listed.join(recorded, on=both, how="anti"),
            *about,
            pl.format("Session {} lists {}, but no completion of theirs is recorded in it.", *both),
        ),
        finding_rows(
            recorded.join(listed, on=both, how="anti"),
            *about,
            pl.format("Session {} has a completion of {}, who is not on its list.", *both),
        ),
    ]

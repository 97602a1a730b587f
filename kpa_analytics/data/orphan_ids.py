"""Where collections disagree: unknown ids, and group sessions whose attendee lists do not match."""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

from kpa_analytics.data.findings import NOUNS, TABLES, finding_rows
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

_UNKNOWN = {
    "unknown_user": "{} {} refers to person {}, who is not in the user list.",
    "unknown_training": "{} {} refers to training {}, which is not in the catalogue.",
    "unknown_group_session": "{} {} refers to group session {}, which is not in the session list.",
    "unknown_instructor": "{} {} refers to instructor {}, who is not in the user list.",
}


def unknown_ids(reference: Reference, rows: dict[str, pl.LazyFrame]) -> pl.LazyFrame:
    """Records that refer to an id which its collection does not have."""
    kind, table, field, target = reference
    key = endpoint_of(table).record_key
    ids = rows[table].select(pl.col(key).alias("id"), pl.col(field).alias("value"))
    if isinstance(TABLES[table].schema[field], pl.List):
        ids = ids.explode("value").unique()
    known = rows[target].select(pl.col(endpoint_of(target).record_key).alias("value"))
    unknown = ids.filter(pl.col("value").is_not_null()).join(known, on="value", how="anti")
    message = pl.format(_UNKNOWN[kind], pl.lit(NOUNS[table]), "id", "value")
    return finding_rows(unknown, kind, table, field, message)


def attendees_differ(completions: pl.LazyFrame, sessions: pl.LazyFrame) -> list[pl.LazyFrame]:
    """People listed in a group session without a completion in it, and the other way round."""
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
            pl.format("Group session {} lists person {}, who has no completion in it.", *both),
        ),
        finding_rows(
            recorded.join(listed, on=both, how="anti"),
            *about,
            pl.format(
                "Group session {} has a completion by person {}, who is not on its list.", *both
            ),
        ),
    ]

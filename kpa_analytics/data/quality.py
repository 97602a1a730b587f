"""Data quality: everything in the records that can't be right, one row per finding."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple, Protocol

import polars as pl

from kpa_analytics.data.frames import record_key
from kpa_analytics.inputs import as_day, as_table, need
from kpa_analytics.schema import (
    COMPLETIONS,
    EMPLOYEE_STATUS,
    FAULTS,
    FINDINGS,
    GROUP_TRAININGS,
    TRAININGS,
    USERS,
    Table,
)

#: Every kind of finding, in the order in which they are reported.
KINDS = (
    "impossible_date",
    "expiration_before_completion",
    "completion_in_future",
    "duplicate_id",
    "same_day_repeat",
    "unknown_user",
    "unknown_training",
    "unknown_group_session",
    "unknown_instructor",
    "attendees_differ",
)

#: At most so many records of one repeat are spelt out in each of its messages.
_SPELT_OUT = 10


class _Records(Protocol):
    """What is looked at: the five collections, and the impossible days the wire held.

    `TrainingData` is such; `faults` is a frame of `schema.FAULTS`.
    """

    @property
    def completions(self) -> pl.DataFrame: ...
    @property
    def trainings(self) -> pl.DataFrame: ...
    @property
    def users(self) -> pl.DataFrame: ...
    @property
    def group_trainings(self) -> pl.DataFrame: ...
    @property
    def employee_status(self) -> pl.DataFrame: ...
    @property
    def faults(self) -> pl.DataFrame: ...


class _Collection(NamedTuple):
    """A collection, the columns of it that are read, and what a sentence calls a record of it."""

    table: Table
    columns: tuple[str, ...]
    record: str

    @property
    def key(self) -> str:
        return record_key(self.table)


_COLLECTIONS = {
    collection.table.name: collection
    for collection in (
        _Collection(
            COMPLETIONS,
            (
                "id",
                "training_id",
                "m_user_id",
                "date",
                "special_expiration_date",
                "m_instructor_id",
                "group_training_id",
            ),
            "Completion",
        ),
        _Collection(TRAININGS, ("id", "included_trainings_id"), "Training"),
        _Collection(USERS, ("id",), "User"),
        _Collection(
            GROUP_TRAININGS, ("id", "m_trainees_id", "trainings_id", "m_instructor_id"), "Session"
        ),
        _Collection(EMPLOYEE_STATUS, ("m_user_id",), "Employee status"),
    )
}


class _Reference(NamedTuple):
    """A field that names a record of another collection, and what to say when it is not there."""

    kind: str
    table: str
    field: str
    target: str


_REFERENCES = (
    _Reference("unknown_user", "completions", "m_user_id", "users"),
    _Reference("unknown_user", "group_trainings", "m_trainees_id", "users"),
    _Reference("unknown_user", "employee_status", "m_user_id", "users"),
    _Reference("unknown_training", "completions", "training_id", "trainings"),
    _Reference("unknown_training", "group_trainings", "trainings_id", "trainings"),
    _Reference("unknown_training", "trainings", "included_trainings_id", "trainings"),
    _Reference("unknown_group_session", "completions", "group_training_id", "group_trainings"),
    _Reference("unknown_instructor", "completions", "m_instructor_id", "users"),
    _Reference("unknown_instructor", "group_trainings", "m_instructor_id", "users"),
)

_UNKNOWN = {
    "unknown_user": "{} {} names the person {}, who is not among the users.",
    "unknown_training": "{} {} names the training {}, which is not in the catalogue.",
    "unknown_group_session": "{} {} names the session {}, which is not in the list of sessions.",
    "unknown_instructor": "{} {} names the instructor {}, who is not among the users.",
}


def data_quality(data: _Records, *, as_of: object | None = None) -> pl.DataFrame:
    """Find what can't be right in the records (expiry.md section 5); nothing is changed or dropped.

    Every record concerned has its own row: each completion of an unknown person, each of the
    completions that repeat one another on one day, each person whom a session's list and its
    completions disagree on. An empty collection is taken as a fact, as a full load is one: with no
    users at all, everybody is unknown.

    Args:
        data: the collections, as `load_all()` makes them.
        as_of: a completion after this day is in the future; default today.

    Returns:
        A frame in the columns of `schema.FINDINGS`, one row per finding, in the order of `KINDS`,
        then by table and record. Findings, each with the table and field it is about:

        - impossible_date (any day): the wire held no day of the calendar; or a completion has none.
        - expiration_before_completion (completions.special_expiration_date).
        - completion_in_future (completions.date).
        - duplicate_id (the id of any table): one row per id, the message says how many share it.
        - same_day_repeat (completions.date): the same person, training and day, in several records.
        - unknown_user, unknown_training, unknown_group_session, unknown_instructor: an id that is
          in no list, wherever a completion, session, status or composed training names it.
        - attendees_differ (group_trainings.m_trainees_id): a person listed in a session without a
          completion in it, or the other way round; an unlisted session is only unknown.

    Raises:
        KPADataError: a collection lacks a column, or `as_of` is no day.
    """
    day = as_day(as_of)
    rows = {
        name: need(getattr(data, name), collection.table, *collection.columns)
        for name, collection in _COLLECTIONS.items()
    }
    completions = rows["completions"]
    faults = need(data.faults, FAULTS, *FAULTS.schema)
    findings = [
        _impossible(faults),
        _undated(completions, faults),
        _expired_before(completions),
        _in_future(completions, day),
        *(_shared_ids(name, rows[name]) for name in rows),
        _repeats(completions),
        *(_unknown(reference, rows) for reference in _REFERENCES),
        *_attendees(completions, rows["group_trainings"]),
    ]
    order = (
        pl.col("finding").cast(pl.Enum(KINDS)),
        pl.col("table"),
        pl.col("record_id").cast(pl.Int64, strict=False),
        pl.col("record_id", "field", "value", "message"),
    )
    return as_table(pl.concat(findings).sort(*order), FINDINGS).collect()


def _found(
    rows: pl.LazyFrame,
    kind: str,
    table: str,
    field: str,
    message: pl.Expr,
    *,
    record: str = "id",
    value: str = "value",
) -> pl.LazyFrame:
    """One finding per row: about the record named by one column, with the value of another."""
    return rows.select(
        pl.lit(kind).alias("finding"),
        pl.lit(table).alias("table"),
        pl.col(record).cast(pl.String).alias("record_id"),
        pl.lit(field).alias("field"),
        pl.col(value).cast(pl.String).alias("value"),
        message.alias("message"),
    )


def _impossible(faults: pl.LazyFrame) -> pl.LazyFrame:
    records = {name: collection.record for name, collection in _COLLECTIONS.items()}
    message = pl.format(
        "{} {} has no calendar day in the field {}, but {}.",
        pl.col("table").replace(records),
        "record_id",
        "field",
        "value",
    )
    return faults.select(
        pl.lit("impossible_date").alias("finding"), *FAULTS.schema, message.alias("message")
    )


def _undated(completions: pl.LazyFrame, faults: pl.LazyFrame) -> pl.LazyFrame:
    named = faults.filter(table="completions", field="date").select("record_id")
    undated = (
        completions.filter(pl.col("date").is_null())
        .with_columns(pl.col("id").cast(pl.String).alias("record_id"))
        .join(named, on="record_id", how="anti")
    )
    message = pl.format("Completion {} has no date.", "id")
    return _found(undated, "impossible_date", "completions", "date", message, value="date")


def _expired_before(completions: pl.LazyFrame) -> pl.LazyFrame:
    return _found(
        completions.filter(pl.col("special_expiration_date") < pl.col("date")),
        "expiration_before_completion",
        "completions",
        "special_expiration_date",
        pl.format(
            "Completion {} is dated {}, but expired before that, on {}.",
            "id",
            "date",
            "special_expiration_date",
        ),
        value="special_expiration_date",
    )


def _in_future(completions: pl.LazyFrame, day: date) -> pl.LazyFrame:
    message = pl.format("Completion {} is dated {}, after {}.", "id", "date", pl.lit(str(day)))
    future = completions.filter(pl.col("date") > day)
    return _found(future, "completion_in_future", "completions", "date", message, value="date")


def _shared_ids(table: str, rows: pl.LazyFrame) -> pl.LazyFrame:
    key = _COLLECTIONS[table].key
    shared = rows.group_by(key).agg(pl.len().alias("count")).filter(pl.col("count") > 1)
    message = pl.format(f"{{}} records of {table} share the id {{}}.", "count", key)
    return _found(shared, "duplicate_id", table, key, message, record=key, value=key)


def _repeats(completions: pl.LazyFrame) -> pl.LazyFrame:
    same = ["m_user_id", "training_id", "date"]
    dated = completions.select("id", *same).filter(pl.col("date").is_not_null()).unique()
    repeats = (
        dated.join(
            dated.group_by(same).agg(pl.len().alias("count")).filter(pl.col("count") > 1), on=same
        )
        .group_by(*same, "count")
        .agg("id", pl.col("id").sort().head(_SPELT_OUT).cast(pl.String).alias("spelt"))
        .with_columns(
            pl.col("spelt").list.join(", "),
            pl.when(pl.col("count") > _SPELT_OUT)
            .then(pl.format(" and {} more", pl.col("count") - _SPELT_OUT))
            .otherwise(pl.lit(""))
            .alias("more"),
        )
        .explode("id")
    )
    message = pl.format(
        "Person {} completed training {} more than once on {}: completions {}{}.",
        *same,
        "spelt",
        "more",
    )
    return _found(repeats, "same_day_repeat", "completions", "date", message, value="date")


def _unknown(reference: _Reference, rows: dict[str, pl.LazyFrame]) -> pl.LazyFrame:
    kind, table, field, target = reference
    source = _COLLECTIONS[table]
    names = rows[table].select(pl.col(source.key).alias("id"), pl.col(field).alias("value"))
    if isinstance(source.table.schema[field], pl.List):
        names = names.explode("value").unique()
    known = rows[target].select(pl.col(_COLLECTIONS[target].key).alias("value"))
    unknown = names.filter(pl.col("value").is_not_null()).join(known, on="value", how="anti")
    message = pl.format(_UNKNOWN[kind], pl.lit(source.record), "id", "value")
    return _found(unknown, kind, table, field, message)


def _attendees(completions: pl.LazyFrame, sessions: pl.LazyFrame) -> list[pl.LazyFrame]:
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
        _found(
            listed.join(recorded, on=both, how="anti"),
            *about,
            pl.format("Session {} lists {}, but no completion of theirs is recorded in it.", *both),
        ),
        _found(
            recorded.join(listed, on=both, how="anti"),
            *about,
            pl.format("Session {} has a completion of {}, who is not on its list.", *both),
        ),
    ]
